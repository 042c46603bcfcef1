"""Cases that processes keep, and the compensations they offer: once, decided, paid, taken back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from openccm.access.caller import Caller
from openccm.access.keys import register_system
from openccm.cases import hearing, queries
from openccm.cases.case_file import chain_of, opened
from openccm.cases.opening import NewCase, advance, open_case
from openccm.cases.tables import Case, CaseParty, CompensationOffer
from openccm.errors import (
    ConflictError,
    DeniedError,
    IllegalTransitionError,
    InvalidError,
    NotFoundError,
)
from openccm.language.kinds import KINDS
from openccm.platform import audit
from openccm.platform.columns import new_id
from openccm.processes import commands
from openccm.publishing.tables import CallbackDelivery, CallbackSubscription
from openccm.work import commands as work
from openccm.work.tables import ToDo
from tests.core.making import rows
from tests.processes.stage import CALLER, Play, Stage

LIMIT = """
kind: decision-table
code: LIMIT
title: Who approves
policy: unique
inputs: {amount: {type: money, currency: EUR, values: ">= 0"}}
outputs: {approver: {type: text}}
rows:
  small: {when: {amount: "<= 250"}, then: {approver: automatic}}
  large: {when: {amount: "> 250"}, then: {approver: supervisor}}
"""

WORTH = """
kind: decision-table
code: WORTH
title: What a delay is worth
policy: first
inputs: {boarded: {type: boolean}, hours: {type: number, values: ">= 0"}}
outputs: {amount: {type: money, currency: EUR}, reason: {type: text}}
rows:
  absent: {when: {boarded: false}, then: {amount: 0, reason: NOT_BOARDED}, note: Article 3}
  short: {when: {hours: "< 4"}, then: {amount: 250, reason: SHORT}}
otherwise: {amount: 400, reason: LONG}
"""

ASK = """
kind: to-do-type
code: ASK-SU
title: Approve it
roles: [supervisor]
context: {offer.amount: {type: money}, offer.rule: {type: text}, case.number: {type: text}}
form: {amount: {type: money, currency: EUR}}
outcomes: {approved: {label: Approve}, rejected: {label: Reject, reason: required}}
four-eyes: true
"""

CHECK = """
kind: to-do-type
code: CHECK-IT
title: Check the bag
roles: [agents]
context: {case.number: {type: text}}
outcomes: {done: {label: Done}}
"""

CLAIM = """
kind: case-type
code: CLAIM
title: A claim
parties: [contact, claimant]
statuses:
  received: {state: new}
  assessing: {state: in_progress}
  paying: {state: waiting}
  answered: {state: resolved, tells: true}
  closed: {state: closed}
sla: {within: 2 days}
reopen-within: 14 days
"""

BAG = """
kind: case-type
code: BAG
title: A bag
statuses:
  received: {state: new}
  searching: {state: in_progress}
  found: {state: resolved}
  closed: {state: closed}
tasks:
  check: {to-do: CHECK-IT, at: searching}
"""

PAYS = """
kind: process
code: PAYS-CLAIM
title: Pays a claim
recipient: nobody
data:
  flight: {type: text, from: payload}
  people:
    type: list
    from: payload
    fields:
      person: {type: text}
      guardian: {type: text}
      boarded: {type: boolean}
      hours: {type: number}
steps:
  open: {do: case, case: CLAIM, status: assessing, subject: '"Flight " + flight', note: flight}
  offer:
    do: offer
    for-each: people
    person: each.person
    addressed-to: each.guardian
    cause: flight
    table: WORTH
    inputs: {boarded: each.boarded, hours: each.hours}
    recommendation: '"Pay: " + offer.reason'
    approval:
      table: LIMIT
      inputs: {amount: offer.amount}
      to-do: ASK-SU
      context: {offer.amount: offer.amount, offer.rule: offer.rule, case.number: case.number}
    within: 30 days
    outcomes: {rejected: sorry, nothing: none, withdrawn: gone}
  pay: {do: case, case: CLAIM, status: paying}
  settle: {do: settle, within: 10 days, outcomes: {overdue: late, withdrawn: gone}}
  answer: {do: case, case: CLAIM, status: answered}
  paid: {do: end, outcome: paid}
  sorry: {do: end, outcome: sorry}
  none: {do: end, outcome: none}
  gone: {do: end, outcome: gone}
  late: {do: end, outcome: late}
"""


@pytest.fixture
async def office(stage: Stage) -> Stage:
    for text in (LIMIT, WORTH, ASK, CHECK, CLAIM, BAG):
        heads = (line for line in text.splitlines() if line[:4] in ("kind", "code"))
        facts = dict(line.split(": ", 1) for line in heads)
        folder = stage.folder / facts["code"].lower()
        folder.mkdir(exist_ok=True)
        (folder / KINDS[facts["kind"]].file).write_text(text)
    for code in ("LIMIT", "WORTH", "ASK-SU", "CHECK-IT", "CLAIM", "BAG"):
        await stage.make_live(code)
    return stage


def one(person: str, hours: int = 5, *, boarded: bool = True, guardian: str = "") -> dict[str, Any]:
    return {"person": person, "guardian": guardian, "boarded": boarded, "hours": hours}


async def claim(office: Stage, *people: dict[str, Any], flight: str | None = None) -> Play:
    payload = {"flight": flight or f"GA{new_id().hex[-6:]}", "people": list(people)}
    return await office.play(PAYS, person=None, payload=payload)


async def case_of(play: Play) -> Case:
    async with play.stage.station.database.read() as session:
        found = await queries.case_of(session, play.id)
    assert found is not None
    return found


async def offers_of(play: Play) -> Sequence[CompensationOffer]:
    async with play.stage.station.database.read() as session:
        case = await queries.case_of(session, play.id)
        assert case is not None
        return await queries.offers_of(session, case.id)


async def states(play: Play) -> dict[str, tuple[str, str]]:
    return {each.person_key: (each.amount, each.state) for each in await offers_of(play)}


def supervisor(code: str = "DESK") -> Caller:
    return Caller(code, frozenset({"todo:work"}), None, new_id(), roles=frozenset({"supervisor"}))


async def answer(
    play: Play, person: str, done: work.Done, caller: Caller | None = None
) -> CompensationOffer:
    station = play.stage.station
    (offer,) = [each for each in await offers_of(play) if each.person_key == person]
    assert offer.todo_id is not None
    hand = work.Hand(station.desk.repository, caller or supervisor(), station.clock())
    async with station.database.begin() as session:
        await work.complete(session, hand, offer.todo_id, done)
    await play.on()
    (offer,) = [each for each in await offers_of(play) if each.person_key == person]
    return offer


async def pay(play: Play, offer: CompensationOffer, system: str = "BILLING") -> None:
    station = play.stage.station
    async with station.database.begin() as session:
        await hearing.settled(
            session,
            station.desk.repository,
            str(offer.id),
            system=system,
            actor=f"system:{system}",
            now=station.clock(),
        )
    await play.on()


async def gone(play: Play, cause: str) -> None:
    station = play.stage.station
    async with station.database.begin() as session:
        await hearing.cause_gone(
            session, station.desk.repository, cause, "storm", actor="test", now=station.clock()
        )
    await play.on()


async def test_each_gets_what_the_table_says_and_large_ones_are_asked_for(office: Stage) -> None:
    play = await claim(
        office, one("A"), one("B", 3), one("C", boarded=False), one("D", guardian="A")
    )
    case, made = await case_of(play), {each.person_key: each for each in await offers_of(play)}
    async with office.station.database.read() as session:
        ids = [each.todo_id for each in made.values() if each.todo_id]
        asked = [await session.get_one(ToDo, each) for each in ids]
        parties = await queries.parties_of(session, case.id)
        notes = await queries.notes_of(session, case.id)

    assert await states(play) == {
        "A": ("400.00", "awaiting_approval"),
        "B": ("250.00", "auto_approved"),
        "C": ("0.00", "rejected"),
        "D": ("400.00", "awaiting_approval"),
    }
    assert (made["D"].addressee_key, made["A"].addressee_key) == ("A", "A")
    assert (made["C"].state_reason, made["C"].rule) == ("NOT_BOARDED", "WORTH: absent (Article 3)")
    assert made["A"].recommendation == "Pay: LONG"
    assert [(each.role, each.context["offer"]["rule"]) for each in asked] == [
        ("supervisor", "WORTH: otherwise")
    ] * 2
    assert asked[0].context["case"] == {"number": case.number}
    assert (case.status, case.state, case.subject[:7]) == ("assessing", "in_progress", "Flight ")
    assert sorted((each.part, each.person_key) for each in parties) == [
        ("claimant", key) for key in "ABCD"
    ]
    assert [note.by for note in notes] == ["engine"]


async def test_when_all_is_decided_it_is_paid_and_settled(office: Stage) -> None:
    play = await claim(office, one("A"), one("B", 3))
    offer = await answer(play, "A", work.Done("approved"))
    assert (await case_of(play)).status == "paying"
    assert {state for _, state in (await states(play)).values()} == {"issued"}
    for each in await offers_of(play):
        await pay(play, each)
        await pay(play, each)

    assert offer.decided_by == "system:DESK"
    assert ((await play.row()).outcome, (await case_of(play)).status) == ("paid", "answered")
    assert {state for _, state in (await states(play)).values()} == {"settled"}


async def test_whoever_began_it_does_not_approve_it(office: Stage) -> None:
    play = await claim(office, one("A"))
    with pytest.raises(DeniedError):
        await answer(play, "A", work.Done("approved"), supervisor(CALLER.name))

    assert (await states(play))["A"] == ("400.00", "awaiting_approval")


async def test_a_rejection_needs_a_reason_and_pays_nothing(office: Stage) -> None:
    play = await claim(office, one("A"))
    with pytest.raises(InvalidError):
        await answer(play, "A", work.Done("rejected"))
    offer = await answer(play, "A", work.Done("rejected", reason="was on time"))

    assert (offer.state, offer.state_reason) == ("rejected", "was on time")
    assert (await play.row()).outcome == "sorry"


async def test_another_amount_can_be_approved(office: Stage) -> None:
    play = await claim(office, one("A"))
    offer = await answer(play, "A", work.Done("approved", form={"amount": "300"}))

    assert (offer.amount, offer.state) == ("300.00", "issued")


async def test_never_twice_for_the_same_cause_and_person(office: Stage) -> None:
    first = await claim(office, one("A"), flight="GA1")
    again = await claim(office, one("A"), one("B", 3), flight="GA1")
    async with office.station.database.read() as session:
        trail = await audit.entries(session, chain=chain_of((await case_of(again)).id))

    assert list(await states(first)) == ["A"]
    assert list(await states(again)) == ["B"]
    assert [each.reason for each in trail if each.action == "offer.passed_over"] == [
        "offered_before"
    ]


async def test_what_was_withdrawn_can_be_offered_anew(office: Stage) -> None:
    first = await claim(office, one("E"), flight="GA2")
    await gone(first, "GA2")
    again = await claim(office, one("E"), flight="GA2")

    assert (await states(first))["E"][1] == "withdrawn"
    assert (await states(again))["E"][1] == "awaiting_approval"


async def test_a_cause_that_has_gone_takes_back_what_is_not_issued_yet(office: Stage) -> None:
    play = await claim(office, one("A"), flight="GA3")
    await gone(play, "GA3")
    (offer,) = await offers_of(play)
    async with office.station.database.read() as session:
        todo = await session.get_one(ToDo, offer.todo_id)

    assert (offer.state, offer.state_reason, offer.review) == ("withdrawn", "storm", None)
    assert (todo.state, (await play.row()).outcome) == ("cancelled", "gone")


async def test_what_is_paid_stays_paid_and_is_flagged_once(office: Stage) -> None:
    play = await claim(office, one("B", 3), flight="GA4")
    (offer,) = await offers_of(play)
    await pay(play, offer)
    await gone(play, "GA4")
    await gone(play, "GA4")
    (offer,) = await offers_of(play)
    async with office.station.database.read() as session:
        trail = await audit.entries(session, object_id=str(offer.id))
    station = office.station
    async with (
        station.database.begin() as session,
        opened(
            session, station.desk.repository, offer.case_id, actor="su1", now=station.clock()
        ) as file,
    ):
        file.unflag(file.offers[offer.id], "let it be")
    (seen,) = await offers_of(play)

    assert (offer.state, offer.review) == ("settled", "storm")
    assert [each.action for each in trail][-1] == "offer.flagged"
    assert (seen.state, seen.review) == ("settled", None)


async def test_what_nobody_decides_in_time_expires(office: Stage) -> None:
    play = await claim(office, one("A"))
    await play.later(days=31)

    assert (await states(play))["A"][1] == "expired"
    assert (await play.row()).outcome == "gone"


async def test_what_nobody_pays_in_time_leads_its_own_way(office: Stage) -> None:
    play = await claim(office, one("B", 3))
    await play.later(days=11)

    assert ((await play.row()).outcome, (await states(play))["B"][1]) == ("late", "issued")


@pytest.mark.parametrize(
    ("told", "system", "refusal"),
    [
        ("no-id", "BILLING", InvalidError),
        (str(new_id()), "BILLING", NotFoundError),
        (None, "NOSY", DeniedError),
        (None, "BILLING", IllegalTransitionError),
    ],
)
async def test_a_settlement_that_cannot_be_is_refused(
    office: Stage, told: str | None, system: str, refusal: type[Exception]
) -> None:
    play = await claim(office, one("A"))
    (offer,) = await offers_of(play)
    station = office.station

    with pytest.raises(refusal):
        async with station.database.begin() as session:
            await hearing.settled(
                session,
                station.desk.repository,
                told or str(offer.id),
                system=system,
                actor="test",
                now=station.clock(),
            )


async def test_a_person_without_a_value_leaves_nothing_half_done(office: Stage) -> None:
    payload = {"flight": "GA5", "people": [one("A"), {**one("B"), "hours": -1}]}
    play = await office.play(PAYS, person=None, payload=payload)

    assert (await play.row()).state == "error"
    assert list(await offers_of(play)) == []
    await commands.cancel(office.processes, play.id, "wrong data", actor="ops")


async def test_core_systems_are_told_in_order(office: Stage) -> None:
    subscription = CallbackSubscription(
        system_code=CALLER.name,
        url="http://127.0.0.1:1/",
        events=["compensation.approved", "compensation.settled"],
        secret="none",
        created_at=office.station.clock(),
    )
    now = office.station.clock()
    async with office.station.database.begin() as session:
        await register_system(session, CALLER.name, "Billing", actor="test", now=now)
        session.add(subscription)
    play = await claim(office, one("A"), one("B", 3))
    await answer(play, "A", work.Done("approved"))
    (paid, _) = await offers_of(play)
    await pay(play, paid)
    owed = [
        each
        for each in await rows(office.station.database, CallbackDelivery)
        if each.subscription_id == subscription.id
    ]

    told = [(each.event, each.body["data"]["person"]) for each in sorted(owed, key=_place)]
    assert told == [
        ("compensation.approved", "B"),
        ("compensation.approved", "A"),
        ("compensation.settled", "A"),
    ]
    assert {each.lane for each in owed} == {paid.case_id}
    assert owed[0].body["data"]["offer"] in {str(each.id) for each in await offers_of(play)}


def _place(owed: CallbackDelivery) -> int:
    return owed.place


async def opened_bag(office: Stage) -> Case:
    station = office.station
    new = NewCase(type="BAG", raised_as=f"test/{new_id()}", system_code="DESK")
    async with station.database.begin() as session:
        return await open_case(
            session, station.desk.repository, new, actor="system:DESK", now=station.clock()
        )


async def bring(office: Stage, case: Case, status: str) -> Case:
    station = office.station
    async with station.database.begin() as session:
        return await advance(
            session,
            station.desk.repository,
            case.id,
            status,
            actor="system:DESK",
            now=station.clock(),
        )


async def test_a_case_with_an_open_mandatory_to_do_cannot_be_closed(office: Stage) -> None:
    case = await opened_bag(office)
    for status in ("searching", "found"):
        await bring(office, case, status)
    station = office.station
    async with station.database.read() as session:
        (todo,) = await queries.todos_of(session, case)
    with pytest.raises(ConflictError, match="Check the bag"):
        await bring(office, case, "closed")
    agent = Caller("AG1", frozenset({"todo:work"}), None, new_id(), roles=frozenset({"agents"}))
    hand = work.Hand(station.desk.repository, agent, station.clock())
    async with station.database.begin() as session:
        await work.complete(session, hand, todo.id, work.Done("done"))
    closed = await bring(office, case, "closed")

    assert todo.context == {"case": {"number": case.number}}
    assert (closed.state, closed.closed_at) == ("closed", station.clock())
    with pytest.raises(IllegalTransitionError):
        await bring(office, case, "searching")


async def test_a_resolved_case_is_reopened_within_its_days(office: Stage) -> None:
    early, late = await opened_bag(office), await opened_bag(office)
    for case in (early, late):
        await bring(office, case, "searching")
        await bring(office, case, "found")
    office.station.clock.now += timedelta(days=14)
    reopened = await bring(office, early, "searching")
    office.station.clock.now += timedelta(seconds=1)

    assert reopened.state == "in_progress"
    with pytest.raises(ConflictError, match="14 days"):
        await bring(office, late, "searching")


async def test_a_status_that_the_type_has_not_is_refused(office: Stage) -> None:
    case = await opened_bag(office)
    station = office.station

    with pytest.raises(InvalidError):
        await bring(office, case, "lost")
    with pytest.raises(IllegalTransitionError):
        await bring(office, case, "closed")
    with pytest.raises(InvalidError):
        async with (
            station.database.begin() as session,
            opened(
                session, station.desk.repository, case.id, actor="x", now=station.clock()
            ) as file,
        ):
            file.take_part(CaseParty(case_id=case.id, part="pilot", person_key="P"))


async def test_a_case_that_is_not_resolved_in_time_is_marked(office: Stage) -> None:
    play = await claim(office, one("A"))
    case, now = await case_of(play), office.station.clock()

    assert [queries.mark_of(case, now + timedelta(hours=hours)) for hours in (1, 40, 49)] == [
        "ok",
        "at_risk",
        "breached",
    ]


async def test_the_trail_of_a_case_is_whole(office: Stage) -> None:
    play = await claim(office, one("A"), one("B", 3))
    await answer(play, "A", work.Done("approved"))
    case = await case_of(play)
    async with office.station.database.read() as session:
        head = audit.Head(case.trail_sequence, case.trail_hash)
        fault = await audit.first_fault(session, chain_of(case.id), head)
        entries = await audit.entries(session, chain=chain_of(case.id))

    assert fault is None
    assert [each.action for each in entries if each.object_kind == "compensation offer"] == [
        "offer.proposed",
        "offer.awaiting_approval",
        "offer.proposed",
        "offer.auto_approved",
        "offer.approved",
        "offer.issued",
        "offer.issued",
    ]
