"""Every communication stands in a contact: of its own, or in the one that asked for it."""

from sqlmodel import select

from openccm.communications.dossier import opened
from openccm.communications.gather import gather
from openccm.communications.hand_over import hand_over
from openccm.communications.tables import Communication
from openccm.contacts.tables import CustomerContact
from tests.contacts.counter import Counter
from tests.core.making import communication, request
from tests.core.station import step


async def logged_by(counter: Counter, row: Communication) -> CustomerContact:
    assert row.contact_id is not None
    return await counter.contact(row.contact_id)


async def test_a_communication_logs_itself_with_a_link(counter: Counter) -> None:
    asked, communication_id = await counter.station.ready("email")
    row = await communication(counter.station.database, communication_id)
    contact = await logged_by(counter, row)

    assert (contact.origin, contact.type, contact.title) == ("communication", None, "BILL-READY")
    assert (contact.communication_id, contact.request_id) == (communication_id, asked.id)
    assert (contact.person_id, contact.method) == (row.person_id, "email")
    assert (contact.direction, contact.state) == ("outbound", "closed")


async def test_what_becomes_of_it_is_a_line_of_the_log(counter: Counter) -> None:
    asked, communication_id = await counter.station.ready("email")
    await hand_over(counter.station.desk, step(asked, communication_id))
    async with (
        counter.station.database.begin() as session,
        opened(session, asked.id, actor="mail", now=counter.station.clock()) as dossier,
    ):
        dossier.move(dossier.communications[communication_id], "bounced", reason="no_such_user")
    row = await communication(counter.station.database, communication_id)
    contact = await logged_by(counter, row)
    entries = await counter.entries(contact.id)

    assert [each.code for each in entries] == ["communication.sent", "communication.bounced"]
    assert entries[-1].detail == {
        "communication": str(communication_id),
        "channel": "email",
        "reason": "no_such_user",
    }


async def test_the_letter_of_a_contact_is_told_in_that_contact(counter: Counter) -> None:
    someone = await counter.station.person("email", "letter")
    contact = await counter.log(
        "COLLECT-REMINDED",
        someone,
        account=someone.key.replace("P-", "A-"),
        characteristics={"bill": {"number": "B-419"}, "level": "L2"},
    )
    assert contact.request_id is not None
    asked = await request(counter.station.database, contact.request_id)
    result = await gather(counter.station.desk, step(asked))
    row = await communication(counter.station.database, result.communications[0])
    async with counter.station.database.read() as session:
        mine = select(CustomerContact).where(CustomerContact.person_id == someone.id)
        all_of_them = (await session.scalars(mine)).all()

    assert row.contact_id == contact.id
    assert [each.id for each in all_of_them] == [contact.id]
    assert (await counter.codes(contact.id))[-1] == "communication.created"
