"""The send decision: who is stopped and why, and in which language the others are written to."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from openccm.communications.decision import (
    choose_language,
)
from openccm.language.categories import CATEGORIES
from openccm.parties.tables import Account, ContactPoint
from openccm.privacy.tables import Preference
from tests.core.deciding import (
    ANA,
    CODE,
    EMAIL,
    GRANTED,
    LETTER,
    WITHDRAWN,
    decide,
    facts,
    outcome,
    stop,
    wish,
)
from tests.core.making import NOW, contact_point, definition, person

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
