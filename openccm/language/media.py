"""What the language knows about channels: which templates they need and how they can end."""

from collections.abc import Mapping
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

Outcome = Literal["bounced", "undelivered", "failed", "expired", "returned", "no_contact_point"]
"""The endings of a channel after which another one can be tried."""


class Medium(BaseModel):
    """One channel, as far as a definition depends on it."""

    model_config = ConfigDict(frozen=True)

    formats: tuple[str, ...]
    """Endings of its templates; the first that exists is enough."""
    outcomes: frozenset[Outcome] = frozenset(get_args(Outcome))
    subject: bool = False
    """It has a subject line that the author writes."""
    sender: bool = False
    """It has a sender that the author writes."""
    devices: bool = False
    """A recipient has several ends of it; when one is gone, the next one is tried. What it says
    may lose its worth after some time."""
    attachments: bool = False
    links: bool = True
    """Recipients can follow a link in it, so marketing needs an unsubscribe link."""


MEDIA: Mapping[str, Medium] = {
    "email": Medium(
        formats=("html", "txt"),
        outcomes=frozenset(("bounced", "undelivered", "failed", "expired", "no_contact_point")),
        subject=True,
        sender=True,
        attachments=True,
    ),
    "letter": Medium(
        formats=("html",),
        outcomes=frozenset(("returned", "failed", "no_contact_point")),
        links=False,
    ),
    "push": Medium(
        formats=("txt",),
        outcomes=frozenset(("bounced", "failed", "no_contact_point")),
        subject=True,
        devices=True,
        links=False,
    ),
    "sms": Medium(
        formats=("txt",),
        outcomes=frozenset(("undelivered", "failed", "expired", "no_contact_point")),
    ),
}

_UNKNOWN = Medium(formats=("txt", "html"))


def medium(channel: str) -> Medium:
    """The facts of a channel; one that is not in the table may end in any way."""
    return MEDIA.get(channel, _UNKNOWN)
