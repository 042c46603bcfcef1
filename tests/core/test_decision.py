"""The send decision: who is stopped, why, and which way the others go."""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest

from openccm.communications.decision import (
    Decision,
    check_permission,
    check_recipient,
    choose_language,
    choose_route,
)
from openccm.communications.facts import Facts
from openccm.language.categories import CATEGORIES
from openccm.parties.contact_points import may_be_used
from openccm.parties.tables import Account, ContactPoint
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


SENT, OPTED_OUT = "email", "opted_out: consent_withdrawn"


@pytest.mark.parametrize(
    ("category", "never_asked", "granted", "withdrawn"),
    [
        ("service", SENT, SENT, OPTED_OUT),
        ("marketing", "opted_out: consent_missing", SENT, OPTED_OUT),
        ("legal", SENT, SENT, SENT),
        ("security", SENT, SENT, SENT),
        ("emergency", SENT, SENT, SENT),
    ],
)
def test_consent_is_asked_for_as_the_category_wants(
    category: str, never_asked: str, granted: str, withdrawn: str
) -> None:
    assert outcome(decide(facts(category))) == never_asked
    assert outcome(decide(facts(category, consent=GRANTED))) == granted
    assert outcome(decide(facts(category, consent=WITHDRAWN))) == withdrawn


@pytest.mark.parametrize(
    ("category", "declinable"),
    [(name, not category.mandatory) for name, category in CATEGORIES.items()],
)
@pytest.mark.parametrize(
    ("refusal", "counts"),
    [
        (wish("refuse"), True),
        (wish("refuse", code=CODE), True),
        (wish("refuse", code="SPRING-OFFER"), False),
        (wish("allow"), False),
    ],
    ids=["everything", "this one", "another one", "allowed"],
)
def test_a_refusal_counts_where_the_recipient_may_decline(
    category: str, declinable: bool, refusal: Preference, counts: bool
) -> None:
    decision = decide(facts(category, consent=GRANTED, preferences=[refusal]))

    stopped = declinable and counts
    assert outcome(decision) == ("opted_out: preference_refused" if stopped else SENT)


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("reason", ["do_not_contact", "registry", "complaint"])
def test_a_hard_stop_holds_for_all_but_emergencies(category: str, reason: str) -> None:
    decision = decide(facts(category, consent=GRANTED, suppressions=[stop(reason=reason)]))

    assert outcome(decision) == (SENT if category == "emergency" else f"suppressed: {reason}")


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("mark", ["restricted", "deceased"])
def test_nobody_restricted_or_deceased_gets_more_than_an_emergency(
    category: str, mark: str
) -> None:
    decision = decide(facts(category, consent=GRANTED, person=person(**{mark: True})))

    assert outcome(decision) == (SENT if category == "emergency" else f"suppressed: {mark}")


def test_a_passed_wish_is_put_down_to_the_category() -> None:
    known = facts("emergency", person=person(restricted=True), consent=WITHDRAWN)
    known.suppressions = [stop()]
    verdicts = {each.step: each for each in decide(known).verdicts}

    assert [verdicts[step].reason for step in (6, 8, 9)] == ["mandatory_category"] * 3
    assert verdicts[8].inputs["consent"] == "withdrawn"
    assert verdicts[9].inputs == {"stops": 1}


def test_nobody_known_ends_as_not_sent() -> None:
    assert outcome(decide(facts(person=None))) == "not_sent: recipient_unknown"


def test_death_is_said_before_restriction_and_both_before_wishes() -> None:
    known = facts(person=person(restricted=True, deceased=True), consent=WITHDRAWN)

    assert outcome(decide(known)) == "suppressed: deceased"


def test_a_wish_is_said_before_a_hard_stop() -> None:
    known = facts(consent=WITHDRAWN, suppressions=[stop()])

    assert outcome(decide(known)) == OPTED_OUT


@pytest.mark.parametrize(
    ("holder", "via"), [(ANA.id, "account holder"), (LETTER.id, "person")], ids=["own", "other"]
)
def test_the_story_says_how_the_recipient_was_found(holder: Any, via: str) -> None:
    account = Account(key="A-5001", holder_id=holder, created_at=NOW)
    chosen = decide(facts(account=account)).verdicts[0]

    assert (chosen.step, chosen.verdict) == (5, "choose")
    assert chosen.inputs == {"person": str(ANA.id), "via": via}


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


@pytest.mark.parametrize(
    ("wanted", "spoken", "chosen"),
    [
        ("de", ["en", "de"], "de"),
        ("de-AT", ["en", "de"], "de"),
        ("de-AT", ["en", "de", "de-AT"], "de-AT"),
        ("fr", ["en", "de"], "en"),
        ("fr", ["de", "en"], "de"),
        ("", ["de"], "de"),
        ("zh-Hant-TW", ["en", "zh"], "zh"),
    ],
)
def test_the_language_is_the_persons_where_it_is_spoken(
    wanted: str, spoken: list[str], chosen: str
) -> None:
    known = facts(person=person(language=wanted))
    known = replace(known, definition=definition(languages=spoken))

    assert choose_language(known) == chosen
    route = decide(known).route
    assert route is not None
    assert route.language == chosen


def test_the_choice_of_content_names_the_pinned_version() -> None:
    verdict = decide(facts()).verdicts[-1]

    assert (verdict.step, verdict.inputs) == (11, {"language": "en", "version": 3})


WISHES = [[], [wish("refuse")], [wish("refuse", "email")], [wish("prefer", "letter")]]
STOPS = [[], [stop()], [stop("email")]]
POINTS = [[], [EMAIL], [EMAIL, LETTER], [contact_point(ANA, state="invalid"), LETTER]]
MARKS = [{}, {"restricted": True}, {"deceased": True}]


@pytest.mark.parametrize("category", CATEGORIES)
def test_no_combination_breaks_the_rules(category: str) -> None:
    needs = CATEGORIES[category]
    for consent, wishes, stops, points, marks, override in product(
        (None, GRANTED, WITHDRAWN), WISHES, STOPS, POINTS, MARKS, (None, "email", "letter")
    ):
        known = facts(
            category,
            person=person(**marks),
            consent=consent,
            preferences=wishes,
            suppressions=stops,
            contact_points=points,
            override=override,
        )
        decision = decide(known)

        steps = [verdict.step for verdict in decision.verdicts]
        assert steps == sorted(set(steps))
        assert (decision.route is None) == (decision.ending is not None) == bool(decision.reason)
        assert [each.verdict for each in decision.verdicts].count("stop") == bool(decision.ending)
        if decision.route is not None:
            point: ContactPoint = decision.route.contact_point
            assert point.state == "active"
            assert point.channel == decision.route.channel
            assert override in (None, decision.route.channel)
            assert consent is GRANTED or not needs.needs_consent
            assert consent is not WITHDRAWN or not needs.honours_opt_out
            assert not marks or not needs.honours_suppression
            assert stop() not in stops or not needs.honours_do_not_contact


def test_verdicts_name_no_address() -> None:
    for known in (facts(), facts(contact_points=[]), facts(consent=WITHDRAWN)):
        said = repr(decide(known).verdicts)

        assert EMAIL.value not in said
        assert ANA.name not in said
