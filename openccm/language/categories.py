"""The categories of communication: one table of what each must respect and what it may pass."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

Category = Literal["service", "marketing", "legal", "security", "emergency"]


class CategoryFacts(BaseModel):
    """What the send decision asks of a category. Every override is audited where it is used."""

    model_config = ConfigDict(frozen=True)

    mandatory: bool
    """The recipient cannot decline it."""
    needs_consent: bool
    """The purpose must be granted; otherwise it must only not be withdrawn."""
    honours_opt_out: bool
    """A withdrawn purpose or an opt-out of the channel stops it."""
    honours_do_not_contact: bool
    """A do-not-contact flag or a registry stops it."""
    honours_suppression: bool
    """Restriction, erasure, death or a hold stop it."""
    honours_quiet_hours: bool
    honours_caps: bool
    """It counts against the recipient's frequency cap and is stopped by it."""
    one_click_unsubscribe: bool
    """It carries an unsubscribe link and the RFC 8058 headers."""


def _facts(**differences: bool) -> CategoryFacts:
    """A service message, but for the differences."""
    service = {
        "mandatory": False,
        "needs_consent": False,
        "honours_opt_out": True,
        "honours_do_not_contact": True,
        "honours_suppression": True,
        "honours_quiet_hours": True,
        "honours_caps": True,
        "one_click_unsubscribe": False,
    }
    return CategoryFacts(**(service | differences))


CATEGORIES: Mapping[Category, CategoryFacts] = {
    "service": _facts(),
    "marketing": _facts(needs_consent=True, one_click_unsubscribe=True),
    "legal": _facts(mandatory=True, honours_opt_out=False, honours_caps=False),
    "security": _facts(
        mandatory=True, honours_opt_out=False, honours_quiet_hours=False, honours_caps=False
    ),
    "emergency": _facts(
        mandatory=True,
        honours_opt_out=False,
        honours_do_not_contact=False,
        honours_suppression=False,
        honours_quiet_hours=False,
        honours_caps=False,
    ),
}
"""All categories; nothing else in OpenCCM decides by a category's name."""
