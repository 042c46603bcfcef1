"""Header fields of e-mails as RFC 5322, 2047 and 2231 spell them."""

import re
from binascii import b2a_base64
from collections.abc import Iterator
from urllib.parse import quote

from openccm.errors import InvalidError

CRLF = "\r\n"
MAX_LINE = 76

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9'+-]+(?: [A-Za-z0-9'+-]+)*")
_PLAIN_FILE_NAME = re.compile(r"[A-Za-z0-9 ._()+,-]{1,60}")
_ENCODED_WORD_FRAME = len("=?utf-8?b??=")
_ENCODED_WORD_BYTES = 45
_PARAMETER_SEGMENT = 54


def checked(field: str, text: str, limit: int) -> str:
    """The text itself, once it is known to be fit for a header.

    Raises:
        InvalidError: It is too long, or could break out of its line; names ``field``.
    """
    if len(text) > limit:
        raise InvalidError(field, f"{field} has {len(text)} characters; {limit} are allowed.")
    if found := _FORBIDDEN.search(text):
        raise InvalidError(field, f"{field} holds the forbidden character {found[0]!a}.")
    return text


def text_field(name: str, text: str) -> str:
    """A free-text field such as ``Subject``, folded, encoded only where it must be."""
    line = f"{name}: {text}"
    if not _needs_encoding(text):
        if len(line) <= MAX_LINE:
            return line + CRLF
        words = text.split(" ")
        if all(words) and max(map(len, words)) < MAX_LINE - len(name) - 2:
            return _folded(f"{name}:", words) + CRLF
    return f"{name}: {_encoded_words(text, len(name) + 2)}{CRLF}"


def mailbox_field(name: str, display_name: str, address: str) -> str:
    """An address field such as ``From``; the display name is quoted or encoded as it needs."""
    display_name = " ".join(display_name.split())
    if not display_name:
        return f"{name}: {address}{CRLF}"
    phrase = _phrase(display_name, len(name) + 2)
    last_line = phrase.rpartition(CRLF)[2] if CRLF in phrase else f"{name}: {phrase}"
    gap = " " if len(last_line) + len(address) + 3 <= MAX_LINE else f"{CRLF} "
    return f"{name}: {phrase}{gap}<{address}>{CRLF}"


def file_name_parameter(file_name: str) -> str:
    """The ``filename`` parameter on its own folded line or lines, after RFC 2231."""
    if _PLAIN_FILE_NAME.fullmatch(file_name):
        return f';{CRLF} filename="{file_name}"'
    encoded = quote(file_name, safe="")
    if len(encoded) <= _PARAMETER_SEGMENT:
        return f";{CRLF} filename*=utf-8''{encoded}"
    segments = _whole_escapes(encoded)
    return "".join(
        f";{CRLF} filename*{number}*={segment}"
        for number, segment in enumerate(("utf-8''" + next(segments), *segments))
    )


def _needs_encoding(text: str) -> bool:
    return not text.isascii() or "=?" in text or text != text.strip()


def _folded(start: str, words: list[str]) -> str:
    lines, line = list[str](), start
    for word in words:
        if len(line) + len(word) >= MAX_LINE and line != start:
            lines.append(line)
            line = ""
        line += f" {word}"
    return CRLF.join((*lines, line))


def _phrase(text: str, used: int) -> str:
    if _ATOMS.fullmatch(text) and len(text) + used <= MAX_LINE:
        return text
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if _needs_encoding(text) or len(quoted) + used > MAX_LINE:
        return _encoded_words(text, used)
    return quoted


def _encoded_words(text: str, used: int) -> str:
    first = (MAX_LINE - used - _ENCODED_WORD_FRAME) // 4 * 3
    return f"{CRLF} ".join(
        f"=?utf-8?b?{b2a_base64(piece, newline=False).decode('ascii')}?="
        for piece in _whole_characters(text.encode(), first)
    )


def _whole_characters(data: bytes, first: int) -> Iterator[bytes]:
    """Cut UTF-8 where a character begins: every encoded word must stand alone."""
    start, room = 0, first
    while start < len(data):
        end = min(start + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        yield data[start:end]
        start, room = end, _ENCODED_WORD_BYTES


def _whole_escapes(encoded: str) -> Iterator[str]:
    start = 0
    while start < len(encoded):
        end = min(start + _PARAMETER_SEGMENT, len(encoded))
        last_escape = encoded.rfind("%", end - 2, end)
        if last_escape != -1 and end < len(encoded):
            end = last_escape
        yield encoded[start:end]
        start = end
