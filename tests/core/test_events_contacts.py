"""Events that lead to contacts and to-dos; tables that decide; facts that several bindings hear."""

from typing import Any

from sqlmodel import select

from openccm.communications.tables import CommunicationRequest
from openccm.contacts.tables import CustomerContact, Reminder
from openccm.work.tables import ToDo
from tests.core.telling import Teller, binding

CLASS = {"kind": "contact-class", "code": "METER", "title": "Meters"}
TO_DO = {
    "kind": "to-do-type",
    "code": "LOOK",
    "title": "Have a look",
    "roles": ["field-work"],
    "context": {"remark": {"type": "text"}},
    "outcomes": {"done": {"label": "Done"}},
}
TYPE = {
    "kind": "contact-type",
    "code": "METER-REMARK",
    "title": "Remark of a meter reader",
    "class": "METER",
    "about": ["person"],
    "direction": "outbound",
    "characteristics": {"remark": {"type": "text", "required": True}},
    "communication": {
        "communication": "BILL-READY",
        "payload": {"bill.number": "remark"},
    },
}
DOG: dict[str, Any] = {"remark": {"code": "DOG", "times": 1}}
DATA = {"remark.code": {"type": "text"}, "remark.times": {"type": "number"}}
CONTACT = {"type": "METER-REMARK", "characteristics": {"remark": "remark.code"}}


def remarked(code: str, event_type: str, **changes: Any) -> dict[str, Any]:
    facts = {"data": DATA, "request": None, "contact": CONTACT} | changes
    return binding(code, event_type, **facts)


async def made(teller: Teller, event_id: Any) -> list[CustomerContact]:
    mine = select(CustomerContact).where(CustomerContact.origin_id == event_id)
    async with teller.station.database.read() as session:
        return list(await session.scalars(mine))


async def told(teller: Teller, event_type: str, **changes: Any) -> Any:
    someone = await teller.station.person("email", "letter")
    facts = {"person": someone.key, "account": None, "data": DOG} | changes
    return await teller.told(event_type, **facts)


async def test_an_event_becomes_a_contact_with_what_its_type_leads_to(teller: Teller) -> None:
    reminder = {"after": "3 days", "to-do": "LOOK", "context": {"remark": "remark"}}
    deed = CONTACT | {"reminder": reminder}
    await teller.bind(CLASS, TO_DO, TYPE, remarked("DOGS", "dog.fact", contact=deed))
    event_id = await told(teller, "dog.fact")
    (contact,) = await made(teller, event_id)
    async with teller.station.database.read() as session:
        mine = select(Reminder).where(Reminder.contact_id == contact.id)
        (promised,) = (await session.scalars(mine)).all()

    assert await teller.effects(event_id) == [("DOGS", "done", None)]
    assert [each.created_id for each in await teller.rows(event_id)] == [contact.id]
    assert (contact.origin, contact.characteristics) == ("event", {"remark": "DOG"})
    assert (promised.todo_type, promised.context) == ("LOOK", {"remark": "DOG"})
    (request,) = await teller.requests(event_id)
    assert request.contact_id == contact.id


async def test_an_event_becomes_a_to_do(teller: Teller) -> None:
    deed = {"type": "LOOK", "context": {"remark": "remark.code"}}
    await teller.bind(TO_DO, remarked("LOOKED", "look.fact", contact=None, **{"to-do": deed}))
    event_id = await told(teller, "look.fact")
    async with teller.station.database.read() as session:
        (todo,) = (await session.scalars(select(ToDo).where(ToDo.owner_id == event_id))).all()

    assert await teller.effects(event_id) == [("LOOKED", "done", None)]
    assert (todo.type, todo.context) == ("LOOK", {"remark": "DOG"})


async def test_a_person_nobody_knows_is_an_error_that_can_be_retried(teller: Teller) -> None:
    await teller.bind(CLASS, TYPE, remarked("STRANGERS", "stranger.fact"))
    event_id = await told(teller, "stranger.fact", person="P-NOBODY")

    assert await teller.effects(event_id) == [("STRANGERS", "error", "not_found")]
    assert await made(teller, event_id) == []


TABLE = {
    "kind": "decision-table",
    "code": "REMARKS",
    "title": "What follows from a remark",
    "policy": "first",
    "inputs": {"code": {"type": "text"}, "times": {"type": "number"}},
    "outputs": {"visit": {"type": "boolean"}},
    "rows": {"often": {"when": {"code": "NOACC", "times": ">= 3"}, "then": {"visit": True}}},
    "otherwise": {"visit": False},
}


async def test_a_decision_table_decides(teller: Teller) -> None:
    asked = {
        "table": "REMARKS",
        "inputs": {"code": "remark.code", "times": "remark.times"},
        "into": "rule",
    }
    await teller.bind(
        CLASS, TYPE, TABLE, remarked("OFTEN", "often.fact", decide=asked, when="rule.visit")
    )
    once = await told(teller, "often.fact", data={"remark": {"code": "NOACC", "times": 1}})
    often = await told(teller, "often.fact", data={"remark": {"code": "NOACC", "times": 3}})

    assert await teller.effects(once) == [("OFTEN", "not_matched", "condition")]
    assert await teller.effects(often) == [("OFTEN", "done", None)]

    await teller.bind(TABLE | {"otherwise": {"visit": True}})
    third = await told(teller, "often.fact", data={"remark": {"code": "NOACC", "times": 1}})
    assert await teller.effects(third) == [("OFTEN", "done", None)]


async def test_of_bindings_that_share_a_fact_the_first_takes_it(teller: Teller) -> None:
    once = {"by": ["remark.code"], "within": "30 days", "among": "ORDER-DONE"}
    await teller.bind(
        CLASS,
        TYPE,
        remarked("BY-CLASS", "shared.fact", once=once, sequence=10),
        remarked("BY-CAMPAIGN", "shared.fact", once=once, sequence=20),
    )
    event_id = await told(teller, "shared.fact")

    assert await teller.effects(event_id) == [
        ("BY-CLASS", "done", None),
        ("BY-CAMPAIGN", "repeated", "told_before"),
    ]
    assert len(await made(teller, event_id)) == 1


async def test_a_contact_can_wait_for_the_fact_to_be_settled(teller: Teller) -> None:
    await teller.bind(CLASS, TYPE, remarked("LATER", "later.fact", create="on-resolve"))
    event_id = await told(teller, "later.fact")
    gone_id = await told(teller, "later.fact")
    before = await made(teller, event_id)
    await teller.command(event_id, "resolve")
    await teller.command(gone_id, "cancel")
    await teller.work()

    assert before == []
    assert len(await made(teller, event_id)) == 1
    assert await made(teller, gone_id) == []
    assert await teller.effects(gone_id) == [("LATER", "cancelled", "trigger_cancelled")]


async def test_a_cancelled_event_withdraws_what_has_not_gone_out(teller: Teller) -> None:
    kept = remarked("KEPT", "kept.fact")
    await teller.bind(
        CLASS, TYPE, kept, remarked("WITHDRAWN", "withdrawn.fact", **{"if-cancelled": "withdraw"})
    )
    ends = {}
    for name in ("kept.fact", "withdrawn.fact"):
        event_id = await told(teller, name)
        await teller.command(event_id, "cancel")
        await teller.work()
        (contact,) = await made(teller, event_id)
        async with teller.station.database.read() as session:
            asked = await session.get_one(CommunicationRequest, contact.request_id)
        ends[name] = (asked.state, [each[1] for each in await teller.effects(event_id)])

    assert ends == {
        "kept.fact": ("accepted", ["done"]),
        "withdrawn.fact": ("cancelled", ["cancelled"]),
    }
