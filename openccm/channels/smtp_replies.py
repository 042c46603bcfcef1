"""What a mail server's refusal means to us: the reply's code and enhanced status decide."""

import re
from collections.abc import Callable, Mapping
from typing import Literal

from openccm.channels.addresses import redact_addresses
from openccm.errors import (
    BadContent,
    BadRecipient,
    ChannelError,
    NeedsReauth,
    Permanent,
    Retryable,
    Scope,
)

Phase = Literal["greeting", "login", "sender", "recipient", "content"]

_Status = tuple[int, int]
_Meaning = tuple[type[ChannelError], Scope]

_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
_BAD_LOGIN = {530, 534, 535, 538}
_TOO_LARGE = {(2, 3), (3, 4)}
_MAILBOX_FULL = (2, 2)
_SENDER_AT_FAULT = {(1, 7), (1, 8), (1, 9)}
_NOWHERE = (0, 0)

_REFUSED = {
    "greeting": "The mail server would not serve us",
    "login": "The mail server did not let us log in",
    "sender": "The mail server refused the return address",
    "recipient": "The mail server refused the recipient",
    "content": "The mail server refused the message",
}


def refusal(phase: Phase, code: int, text: str, recipient: str = "") -> ChannelError:
    """The error for a reply that was not the hoped-for one; it never names the recipient."""
    found = _ENHANCED.match(text)
    status = (int(found[2]), int(found[3])) if found else _NOWHERE
    provider_code = f"{code} {found[0].strip()}" if found else str(code)
    kind, scope = _meaning(phase, code, status)
    said = redact_addresses(text[found.end() :] if found else text, recipient)
    message = f"{_REFUSED[phase]}: {provider_code} {said}".rstrip()
    return kind(message, scope=scope, provider_code=provider_code)


def _meaning(phase: Phase, code: int, status: _Status) -> _Meaning:
    if code == 421:
        return Retryable, "provider"
    if code in _BAD_LOGIN or (phase == "login" and code >= 500):
        return NeedsReauth, "account"
    # A final "no" to the greeting still waits for an operator: no message is to blame for it.
    if phase in _FINAL and 500 <= code < 600:
        return _FINAL[phase](code, status)
    return Retryable, _place_of_trouble(phase, status)


def _place_of_trouble(phase: Phase, status: _Status) -> Scope:
    subject = status[0]
    if phase == "recipient" and subject not in {3, 4}:
        return "recipient"
    if phase == "content" and subject not in {3, 4}:
        return "recipient" if subject in {1, 2} else "message"
    if phase == "sender" and subject in {1, 7}:
        return "sender"
    return "provider"


def _refused_sender(code: int, status: _Status) -> _Meaning:
    if status in _TOO_LARGE or (code == 552 and status == _NOWHERE):
        return BadContent, "message"
    return Permanent, "provider" if code in range(500, 505) or status[0] == 5 else "sender"


def _refused_recipient(code: int, status: _Status) -> _Meaning:
    subject = status[0]
    if status == _MAILBOX_FULL:
        return Retryable, "recipient"
    if status in _TOO_LARGE or (code == 552 and status == _NOWHERE) or subject == 6:
        return BadContent, "message"
    if status in _SENDER_AT_FAULT or subject == 7:
        # Policy against us (a block list, no relaying) is not the contact point's fault.
        return Permanent, "sender"
    if subject in {3, 5}:
        return Permanent, "provider"
    if subject or code in {501, 550, 551, 553}:
        return BadRecipient, "recipient"
    return Permanent, "message"


def _refused_content(code: int, status: _Status) -> _Meaning:
    subject = status[0]
    if status == _MAILBOX_FULL:
        return Retryable, "recipient"
    if status in _TOO_LARGE or code in {552, 554} or subject in {6, 7}:
        return BadContent, "message"
    if subject == 1 and status not in _SENDER_AT_FAULT:
        return BadRecipient, "recipient"
    return Permanent, "message"


_FINAL: Mapping[Phase, Callable[[int, _Status], _Meaning]] = {
    "sender": _refused_sender,
    "recipient": _refused_recipient,
    "content": _refused_content,
}
