"""E-mail addresses: brought to one spelling, refused when wrong, kept out of texts."""

import re
import unicodedata

import idna

from openccm.errors import InvalidError

MAX_ADDRESS = 254
MAX_LOCAL_PART = 64

_ATEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\u00a1-\U0010ffff]+")
_QUOTED = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])*"')
_QUOTED_PAIR = re.compile(r"\\(.)")
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)

_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\s]+")
_CHUNK = re.compile(r"[^\s<>()\[\],;:]+")
_HIDDEN = "[address]"


def normalise_address(text: str, field: str = "address") -> str:
    """The one spelling of an e-mail address: domain in lower case and ASCII, no needless quotes.

    The local part keeps its case, because only its own server may say that case does not matter.

    Raises:
        InvalidError: Mail cannot be sent there; names ``field``.
    """
    address = text.strip()
    if len(address) > MAX_ADDRESS:
        raise InvalidError(field, f"An e-mail address has at most {MAX_ADDRESS} characters.")
    local, at, domain = address.rpartition("@")
    if not (at and local and domain):
        raise InvalidError(field, "An e-mail address has a name, an @ and a domain.")
    spelled = f"{_local_part(local, field)}@{_domain(domain, field)}"
    if len(spelled.encode()) > MAX_ADDRESS:
        raise InvalidError(field, f"An e-mail address has at most {MAX_ADDRESS} octets.")
    return spelled


def redact_addresses(text: str, *addresses: str, limit: int = 200) -> str:
    """Somebody else's text on one line, without e-mail addresses and without ``addresses``."""
    line = _NOT_PRINTABLE.sub(" ", text[: limit * 10])
    for address in addresses:
        line = _hide(line, address)
    hidden = _CHUNK.sub(lambda found: _HIDDEN if "@" in found[0] else found[0], line)
    return hidden.strip()[:limit]


def _local_part(local: str, field: str) -> str:
    if local.startswith('"'):
        if not _QUOTED.fullmatch(local):
            raise InvalidError(field, "The quoted name before the @ is not closed or not ASCII.")
        bare = _QUOTED_PAIR.sub(r"\1", local[1:-1])
        local = bare if _is_dot_atom(bare) else _quote(bare)
    elif not _is_dot_atom(local):
        raise InvalidError(field, "The name before the @ holds a character that must not be there.")
    local = unicodedata.normalize("NFC", local)
    if len(local.encode()) > MAX_LOCAL_PART:
        raise InvalidError(field, f"The name before the @ has at most {MAX_LOCAL_PART} octets.")
    return local


def _is_dot_atom(text: str) -> bool:
    return bool(
        _ATEXT.fullmatch(text)
        and text.isprintable()
        and not text.startswith(".")
        and not text.endswith(".")
        and ".." not in text
    )


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _domain(domain: str, field: str) -> str:
    domain = domain.lower()
    if not domain.isascii() or "xn--" in domain:
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise InvalidError(field, "The domain after the @ is not a valid one.") from None
    if not _DOMAIN.fullmatch(domain):
        raise InvalidError(field, "The domain after the @ must be a full one, as in example.com.")
    return domain


def _hide(line: str, address: str) -> str:
    """Servers also echo the name alone, and the name without its ``+tag``."""
    local, _, domain = address.rpartition("@")
    for secret in (address, local, local.partition("+")[0], domain):
        if len(secret) > 2:
            spelled = rf"(?<![^\W_]){re.escape(secret)}(?![^\W_])"
            line = re.sub(spelled, _HIDDEN, line, flags=re.IGNORECASE)
    return line
