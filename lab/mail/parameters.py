"""The delivery status notification parameters of RFC 3461, which aiosmtpd does not know."""

import re
from dataclasses import dataclass, field

_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_NEVER = frozenset({"NEVER"})
_NOTIFY = {"SUCCESS", "FAILURE", "DELAY"}


class BadParameter(ValueError):
    """A parameter's value is not what RFC 3461 allows."""


@dataclass
class Recipient:
    """One RCPT TO and what its sender wants to hear of it."""

    address: str
    notify: frozenset[str] = frozenset({"FAILURE"})
    orcpt: str | None = None


@dataclass
class Draft:
    """What a session knows of a message before its content."""

    mail_from: str
    envid: str | None = None
    recipients: list[Recipient] = field(default_factory=list[Recipient])


def take(argument: str | None, names: set[str]) -> tuple[str | None, dict[str, str]]:
    """The argument without the named parameters, and those parameters by name."""
    if not argument:
        return argument, {}
    kept: list[str] = []
    taken: dict[str, str] = {}
    for word in argument.split(" "):
        name, _, value = word.partition("=")
        if name.upper() in names:
            taken[name.upper()] = value
        else:
            kept.append(word)
    return " ".join(kept), taken


def draft(mail_from: str, parameters: dict[str, str]) -> Draft:
    """A message's beginning, from MAIL FROM with RET and ENVID.

    Raises:
        BadParameter: One of them is not what the RFC allows.
    """
    if parameters.get("RET", "HDRS").upper() not in {"FULL", "HDRS"}:
        raise BadParameter("RET is FULL or HDRS")
    envid = parameters.get("ENVID")
    if envid is not None and not 0 < len(envid) <= 100:
        raise BadParameter("ENVID has 1 to 100 characters")
    sender = "" if mail_from == "<>" else mail_from
    return Draft(mail_from=sender, envid=_xtext(envid) if envid else None)


def recipient(address: str, parameters: dict[str, str]) -> Recipient:
    """One recipient, from RCPT TO with NOTIFY and ORCPT.

    Raises:
        BadParameter: One of them is not what the RFC allows.
    """
    orcpt = parameters.get("ORCPT")
    if orcpt is not None and ";" not in orcpt:
        raise BadParameter("ORCPT is a type, a semicolon and an address")
    if "NOTIFY" not in parameters:
        return Recipient(address, orcpt=_xtext(orcpt) if orcpt else None)
    notify = frozenset(parameters["NOTIFY"].upper().split(","))
    if notify != _NEVER and not notify <= _NOTIFY:
        raise BadParameter("NOTIFY is NEVER, or some of SUCCESS, FAILURE, DELAY")
    return Recipient(address, notify, _xtext(orcpt) if orcpt else None)


def _xtext(value: str) -> str:
    return _XTEXT.sub(lambda match: chr(int(match[1], 16)), value)
