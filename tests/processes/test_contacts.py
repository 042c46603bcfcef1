"""Steps that log contacts and that raise work without waiting for it."""

from sqlmodel import select

from openccm.communications.tables import CommunicationRequest
from openccm.contacts.tables import CustomerContact, Reminder
from openccm.contacts.typed import NewContact
from openccm.work.tables import ToDo
from tests.processes.stage import CALLER, Stage

CLASS = "kind: contact-class\ncode: COLL\ntitle: Collection\n"
TYPE = """kind: contact-type
code: COLL-CHASE
title: Chased
class: COLL
about: [person, account]
direction: outbound
characteristics: {bill: {type: text, required: true}}
communication: {communication: BILL-READY, payload: {bill.number: bill}}
reminder: {after: 7 days, to-do: CALL-BACK}
"""
TO_DO = """kind: to-do-type
code: CALL-BACK
title: Call back
roles: [collections]
outcomes: {done: {label: Done}}
sla: {within: 1 day}
"""
CHASE = """kind: process
code: CHASE
title: Chase
recipient: account-holder
data: {bill: {type: text, from: payload}}
events: {paid: {type: bill.paid, match: {bill: bill}}}
stops: {debt-paid: {event: paid}}
steps:
  chase: {do: contact, type: COLL-CHASE, characteristics: {bill: bill}}
  call: {do: task, to-do: CALL-BACK, wait: false}
  week: {do: wait, for: 10 days}
"""


async def ready(stage: Stage) -> None:
    for name, text in (
        ("coll/contact-class.yaml", CLASS),
        ("call-back/todo.yaml", TO_DO),
        ("coll-chase/contact-type.yaml", TYPE),
    ):
        path = stage.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    for code in ("COLL", "CALL-BACK", "COLL-CHASE"):
        await stage.make_live(code)


async def test_a_step_logs_a_contact_once_and_goes_on(stage: Stage) -> None:
    await ready(stage)
    someone = await stage.station.person("email", "letter")
    account = someone.key.replace("P-", "A-")
    play = await stage.play(CHASE, account=account, payload={"bill": "B-1"})
    async with stage.station.database.read() as session:
        made = select(CustomerContact).where(CustomerContact.origin_id == play.id)
        (contact,) = (await session.scalars(made)).all()
        (todo,) = (await session.scalars(select(ToDo).where(ToDo.owner_id == play.id))).all()

    assert await play.path() == ["chase", "call"]
    assert (contact.type, contact.origin, contact.created_by) == (
        "COLL-CHASE",
        "process",
        "system:BILLING",
    )
    assert (contact.person_id, contact.account_key) == (someone.id, account)
    assert (todo.type, todo.state) == ("CALL-BACK", "open")


async def test_where_the_cause_goes_all_that_was_to_come_is_withdrawn(stage: Stage) -> None:
    await ready(stage)
    someone = await stage.station.person("email", "letter")
    account = someone.key.replace("P-", "A-")
    play = await stage.play(CHASE, account=account, payload={"bill": "B-2"})
    await play.hear("bill.paid", bill="B-2")
    async with stage.station.database.read() as session:
        made = select(CustomerContact).where(CustomerContact.origin_id == play.id)
        (contact,) = (await session.scalars(made)).all()
        mine = select(Reminder).where(Reminder.contact_id == contact.id)
        (reminder,) = (await session.scalars(mine)).all()
        asked = await session.get_one(CommunicationRequest, contact.request_id)
        (todo,) = (await session.scalars(select(ToDo).where(ToDo.owner_id == play.id))).all()

    assert (await play.row()).outcome == "debt-paid"
    assert (reminder.state, reminder.reason) == ("cancelled", "debt-paid")
    assert (asked.state, asked.reason) == ("cancelled", "debt-paid")
    assert (todo.state, todo.reason) == ("cancelled", "debt-paid")


async def test_whoever_logs_a_contact_the_same_comes_of_it(stage: Stage) -> None:
    """By an agent and by a step; tests of events do the same by a binding."""
    await ready(stage)
    someone = await stage.station.person("email", "letter")
    account = someone.key.replace("P-", "A-")
    play = await stage.play(CHASE, account=account, payload={"bill": "B-3"})
    desk = stage.station.desk
    new = NewContact(
        type="COLL-CHASE",
        origin="agent",
        made_as=f"system:test/{play.id}",
        account=account,
        characteristics={"bill": "B-3"},
    )
    async with desk.database.begin() as session:
        by_hand = await desk.contacts.log(session, new, caller=CALLER, now=desk.clock())
    async with desk.database.read() as session:
        made = select(CustomerContact).where(CustomerContact.origin_id == play.id)
        (by_step,) = (await session.scalars(made)).all()
    own = {"id", "origin", "origin_id", "made_as", "request_id", "trail_hash"}

    assert by_hand.model_dump(exclude=own) == by_step.model_dump(exclude=own)
    assert by_hand.request_id is not None
    assert by_step.request_id is not None
