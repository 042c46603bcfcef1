"""The send decision: which way leads to the recipient, and what closes the ways."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from openccm.communications.decision import (
    Decision,
    choose_route,
)
from openccm.parties.contact_points import may_be_used
from tests.core.deciding import (
    ANA,
    CODE,
    EMAIL,
    LETTER,
    decide,
    facts,
    outcome,
    stop,
    wish,
)
from tests.core.making import NOW, contact_point, definition


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, "email"),
        ({"contact_points": [LETTER]}, "letter"),
        ({"contact_points": [contact_point(ANA, state="invalid"), LETTER]}, "letter"),
        (
            {"contact_points": [contact_point(ANA, state="invalid", value="old@x.example"), EMAIL]},
            "email",
        ),
        ({"contact_points": []}, "not_sent: no_contact_point"),
        (
            {"contact_points": [contact_point(ANA, state="invalid")]},
            "not_sent: no_route",
        ),
        ({"preferences": [wish("prefer", "letter")]}, "letter"),
        ({"preferences": [wish("prefer", "letter", CODE)]}, "letter"),
        ({"preferences": [wish("prefer", "letter", "SPRING-OFFER")]}, "email"),
        ({"preferences": [wish("prefer", "pigeon")]}, "email"),
        ({"preferences": [wish("prefer", "letter")], "contact_points": [EMAIL]}, "email"),
        ({"preferences": [wish("refuse", "email", "SPRING-OFFER")]}, "email"),
        ({"preferences": [wish("refuse", "letter")]}, "email"),
        ({"suppressions": [stop("letter")]}, "email"),
        ({"override": "letter"}, "letter"),
        ({"override": "letter", "contact_points": [EMAIL]}, "not_sent: no_contact_point"),
        ({"override": "sms"}, "not_sent: not_permitted"),
        (
            {"override": "email", "preferences": [wish("refuse", "email")]},
            "opted_out: preference_refused",
        ),
        (
            {"override": "email", "suppressions": [stop("email")]},
            "suppressed: do_not_contact",
        ),
        ({"override": "letter", "preferences": [wish("prefer", "email")]}, "letter"),
    ],
)
def test_the_way_is_the_first_that_may_be_used(known: dict[str, Any], expected: str) -> None:
    assert outcome(decide(facts(**known))) == expected


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        ({"preferences": [wish("refuse", "email")]}, "opted_out: preference_refused"),
        ({"suppressions": [stop("email")]}, "suppressed: do_not_contact"),
    ],
    ids=["refused", "do not contact"],
)
def test_an_ending_is_named_after_what_closed_the_way_not_after_the_fallback_it_lacks(
    closed: dict[str, Any], expected: str
) -> None:
    """``letter`` is no fallback for a wish, so what ended it is the wish."""
    assert outcome(decide(facts(**closed))) == expected


@pytest.mark.parametrize(
    ("wishes", "stops", "expected"),
    [
        (["email", "letter"], [], "opted_out: preference_refused"),
        ([], ["email", "letter"], "suppressed: do_not_contact"),
        (["email"], ["letter"], "suppressed: do_not_contact"),
        (["email"], [], "letter"),
        ([], ["email"], "letter"),
    ],
)
def test_where_any_channel_will_do_each_must_be_closed(
    wishes: list[str], stops: list[str], expected: str
) -> None:
    known = facts(
        preferences=[wish("refuse", channel) for channel in wishes],
        suppressions=[stop(channel) for channel in stops],
    )
    known = replace(known, definition=definition(channels={"email": {}, "letter": {}}))

    assert outcome(decide(known)) == expected


@pytest.mark.parametrize("category", ["legal", "security", "emergency"])
def test_a_mandatory_message_takes_a_refused_channel(category: str) -> None:
    known = facts(category, preferences=[wish("refuse", "email")])

    assert outcome(decide(known)) == "email"


def test_only_an_emergency_takes_a_closed_channel() -> None:
    assert outcome(decide(facts("emergency", suppressions=[stop("email")]))) == "email"
    assert outcome(decide(facts("security", suppressions=[stop("email")]))) != "email"


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("bounced", "letter"),
        ("failed", "letter"),
        ("undelivered", "not_sent"),
        ("expired", "not_sent"),
        ("returned", "not_sent"),
    ],
)
def test_a_fallback_is_used_for_what_it_is_declared_for(after: str, expected: str) -> None:
    decision = Decision()
    choose_route(facts(), decision, after=after, tried=("email",))

    assert (decision.route.channel if decision.route else decision.ending) == expected


def test_a_channel_that_was_tried_is_not_tried_again() -> None:
    decision = Decision()
    choose_route(facts(), decision, after="failed", tried=("email", "letter"))

    assert decision.route is None
    assert decision.verdicts[0].inputs["candidates"] == {
        "email": "already_tried",
        "letter": "already_tried",
    }


def test_an_override_has_no_fallback() -> None:
    decision = Decision()
    choose_route(facts(override="email"), decision, after="bounced", tried=("email",))

    assert decision.route is None


@pytest.mark.parametrize(
    ("category", "point", "expected"),
    [
        ("service", {"valid_until": date(2026, 5, 1)}, "email"),
        ("service", {"valid_until": date(2026, 4, 30)}, "letter"),
        ("service", {"valid_from": date(2026, 5, 2)}, "letter"),
        ("service", {"do_not_disturb": True}, "letter"),
        ("security", {"do_not_disturb": True}, "email"),
    ],
)
def test_a_contact_point_is_used_while_it_holds_and_where_it_may_disturb(
    category: str, point: dict[str, Any], expected: str
) -> None:
    known = facts(contact_points=[contact_point(ANA, **point), LETTER], category=category)
    decision = Decision()
    choose_route(known, decision, after=None, tried=(), today=NOW.date())

    assert decision.route is not None
    assert decision.route.channel == expected


def test_a_landline_takes_no_text_messages() -> None:
    landline = contact_point(ANA, "sms", value="+441632960102", line="landline")

    assert not may_be_used(landline, NOW.date())
    assert may_be_used(contact_point(ANA, "voice", line="landline"), None)


def test_the_preferred_contact_point_is_the_first_that_is_active() -> None:
    points = [
        contact_point(ANA, value="first@x.example", state="invalid"),
        contact_point(ANA, value="second@x.example"),
        contact_point(ANA, value="third@x.example"),
    ]
    route = decide(facts(contact_points=points)).route

    assert route is not None
    assert route.contact_point is points[1]
