"""Logging a contact: what its type wants is told, and what its type leads to follows, once."""

from typing import Any

import pytest

from openccm.contacts.card import chain_of
from openccm.contacts.tables import CustomerContact
from openccm.errors import IllegalTransitionError, InvalidError, NotFoundError
from openccm.platform import audit
from tests.contacts.counter import Counter
from tests.core.making import NOW, request, rows

BILL = {"bill": {"number": "B-417"}}


async def test_a_contact_says_who_when_why_and_how(counter: Counter) -> None:
    someone = await counter.station.person("email")
    contact = await counter.log("COLLECT-REMINDED", someone, characteristics=BILL, method="phone")

    assert (contact.type, contact.version, contact.class_code) == ("COLLECT-REMINDED", 1, "COLLECT")
    assert (contact.person_id, contact.direction, contact.method) == (
        someone.id,
        "outbound",
        "phone",
    )
    assert (contact.state, contact.origin, contact.created_by) == ("open", "agent", "user:ag1")
    assert (contact.occurred_at, contact.characteristics) == (NOW, BILL)
    (first, *_) = await counter.entries(contact.id)
    assert (first.code, first.text, first.author) == (
        "logged",
        "Reminded of bill B-417",
        "user:ag1",
    )


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("COLLECT-REMINDED", {"person": None}, "person", "is about a person: name it"),
    ("COLLECT-METER", {}, "premise", "is about a premise: name it"),
    ("COLLECT-REMINDED", {"characteristics": {}}, "characteristics.bill.number", "filled in"),
    (
        "COLLECT-REMINDED",
        {"characteristics": {**BILL, "level": "L9"}},
        "characteristics.level",
        "one of: L1, L2",
    ),
    (
        "COLLECT-REMINDED",
        {"characteristics": {**BILL, "colour": "red"}},
        "characteristics.colour",
        "not declared",
    ),
    ("COLLECT-REMINDED", {"direction": "inbound"}, "direction", "is outbound"),
    ("COLLECT-REMINDED", {"method": "chat"}, "method", "letter, phone only"),
]


@pytest.mark.parametrize(("kind", "facts", "field", "says"), REFUSED)
async def test_what_its_type_wants_is_told(
    counter: Counter, kind: str, facts: dict[str, Any], field: str, says: str
) -> None:
    someone = await counter.station.person("email")
    before = len(await rows(counter.station.database, CustomerContact))
    given = {"person": someone.key, "characteristics": BILL if "REMINDED" in kind else {}} | facts

    with pytest.raises(InvalidError) as refused:
        await counter.log(kind, **given)

    assert refused.value.field == field
    assert says in str(refused.value)
    assert len(await rows(counter.station.database, CustomerContact)) == before


async def test_an_unknown_type_or_person_is_refused(counter: Counter) -> None:
    with pytest.raises(NotFoundError, match="contact-type NONE"):
        await counter.log("NONE")
    with pytest.raises(NotFoundError, match="person P-0"):
        await counter.log("COLLECT-CALL", person="P-0")


async def test_an_account_stands_for_its_holder(counter: Counter) -> None:
    someone = await counter.station.person("email")
    account = someone.key.replace("P-", "A-")
    contact = await counter.log("COLLECT-CALL", account=account)

    assert (contact.person_id, contact.account_key) == (someone.id, account)


async def test_the_same_one_twice_is_one(counter: Counter) -> None:
    someone = await counter.station.person("email")
    first = await counter.log("COLLECT-CALL", someone, made_as="system:test/twice")
    again = await counter.log("COLLECT-CALL", someone, made_as="system:test/twice")

    assert first.id == again.id
    assert await counter.codes(first.id) == ["logged"]


async def test_a_type_with_a_letter_asks_for_it_on_behalf_of_the_contact(counter: Counter) -> None:
    someone = await counter.station.person("email", "letter")
    account = someone.key.replace("P-", "A-")
    told = {"bill": {"number": "B-418"}, "level": "L2"}
    contact = await counter.log("COLLECT-REMINDED", someone, account=account, characteristics=told)
    assert contact.request_id is not None
    asked = await request(counter.station.database, contact.request_id)

    assert (asked.definition, asked.payload) == ("BILL-READY", {"bill.number": "B-418"})
    assert (asked.contact_id, asked.account_key) == (contact.id, account)
    assert await counter.codes(contact.id) == ["logged", "request.asked", "reminder.pending"]
    assert "start" in await counter.owed(asked.id)


async def test_a_letter_whose_condition_does_not_hold_is_not_asked_for(counter: Counter) -> None:
    contact, _ = await counter.reminded(characteristics={**BILL, "level": "L1"})

    assert contact.request_id is None


async def test_a_type_with_work_raises_it_once(counter: Counter) -> None:
    contact = await counter.log("COLLECT-METER", premise="PR-9001")
    (todo,) = await counter.todos(contact.id)

    assert (todo.type, todo.role, todo.owner_kind) == ("CALL-BACK", "field-work", "contact")
    assert await counter.owed(todo.id) == {"to-do"}
    assert await counter.codes(contact.id) == ["logged", "to-do.raised"]


async def test_it_is_closed_and_opened_again_with_a_reason(counter: Counter) -> None:
    contact, _ = await counter.reminded()

    async def move(card: Any, state: str, reason: str) -> None:
        card.move(state, reason)

    await counter.on_card(contact.id, move, "closed", "paid")
    closed = await counter.contact(contact.id)
    with pytest.raises(IllegalTransitionError):
        await counter.on_card(contact.id, move, "closed", "paid")
    await counter.on_card(contact.id, move, "open", "bounced")
    reopened = await counter.contact(contact.id)

    assert (closed.state, closed.closed_by, closed.reason) == ("closed", "user:ag1", "paid")
    assert (reopened.state, reopened.closed_at, reopened.reason) == ("open", None, "bounced")
    assert (await counter.codes(contact.id))[-2:] == ["closed", "reopened"]
    async with counter.station.database.read() as session:
        head = audit.Head(reopened.trail_sequence, reopened.trail_hash)
        assert await audit.first_fault(session, chain_of(contact.id), head) is None
