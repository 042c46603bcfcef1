"""Reads what the lists need from a message's headers, fast."""

from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser

_PARSER = BytesHeaderParser()


def split(content: bytes) -> bytes:
    """The header block alone, as it came."""
    return content.partition(b"\r\n\r\n")[0]


def read(content: bytes) -> list[tuple[str, str]]:
    """Every header in order, unfolded and decoded for people."""
    parsed = _PARSER.parsebytes(split(content) + b"\r\n\r\n", headersonly=True)
    return [(name, _readable(value)) for name, value in parsed.raw_items()]


def first(headers: list[tuple[str, str]], name: str) -> str | None:
    """The first header of this name, whatever its case."""
    wanted = name.lower()
    return next((value for known, value in headers if known.lower() == wanted), None)


def _readable(value: object) -> str:
    text = str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    text = " ".join(text.split())
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text
