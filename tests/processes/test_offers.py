"""Compensations that processes offer: once, decided, paid, taken back."""

import pytest

from openccm.access.keys import register_system
from openccm.cases import hearing, queries
from openccm.cases.case_file import chain_of, opened
from openccm.errors import (
    DeniedError,
    IllegalTransitionError,
    InvalidError,
    NotFoundError,
)
from openccm.platform import audit
from openccm.processes import commands
from openccm.publishing.tables import CallbackDelivery, CallbackSubscription
from openccm.work import commands as work
from openccm.work.tables import ToDo
from tests.core.making import rows
from tests.processes.claims import (
    PAYS,
    answer,
    case_of,
    claim,
    gone,
    offers_of,
    one,
    open_office,
    pay,
    states,
    supervisor,
)
from tests.processes.stage import CALLER, Stage


@pytest.fixture
async def office(stage: Stage) -> Stage:
    return await open_office(stage)


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
        ("01a229b4-0000-7000-8000-000000000000", "BILLING", NotFoundError),
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
