"""Facts about a recipient, and the send decision taken over them."""

from typing import Any

from openccm.communications.decision import (
    Decision,
    check_permission,
    check_recipient,
    choose_route,
)
from openccm.communications.facts import Facts
from openccm.privacy.tables import Consent, Preference, Suppression
from tests.core.making import NOW, contact_point, definition, person

ANA = person(key="P-1001")
EMAIL = contact_point(ANA)
LETTER = contact_point(ANA, "letter")
CODE = "BILL-READY"

GRANTED, WITHDRAWN = (
    Consent(person_id=ANA.id, purpose="billing", state=state, source="core", at=NOW)
    for state in ("granted", "withdrawn")
)


def wish(wish: str, channel: str = "", code: str = "") -> Preference:
    return Preference(person_id=ANA.id, definition=code, channel=channel, wish=wish, at=NOW)


def stop(channel: str = "", reason: str = "do_not_contact") -> Suppression:
    return Suppression(person_id=ANA.id, channel=channel, reason=reason, source="registry", at=NOW)


def facts(category: str = "service", **known: Any) -> Facts:
    plain = {"person": ANA, "contact_points": [EMAIL, LETTER]}
    return Facts(definition=definition(category=category), version=3, **(plain | known))


def decide(known: Facts, after: str | None = None, tried: tuple[str, ...] = ()) -> Decision:
    """The steps in their order, as gathering takes them."""
    decision = Decision()
    check_recipient(known, decision)
    if decision.ending is None:
        check_permission(known, decision)
    if decision.ending is None:
        choose_route(known, decision, after=after, tried=tried)
    return decision


def outcome(decision: Decision) -> str:
    """``email`` for a route, ``suppressed: deceased`` for an ending."""
    if decision.route is not None:
        return decision.route.channel
    return f"{decision.ending}: {decision.reason}"
