"""A counter where contacts are logged: real rows, published types, a clock in the test's hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from openccm.access.caller import Caller
from openccm.contacts.card import Card, opened
from openccm.contacts.keeping import Keeper, ToDosFromContacts
from openccm.contacts.tables import ContactLogEntry, CustomerContact, Reminder
from openccm.contacts.typed import NewContact
from openccm.jobs.commands import start
from openccm.jobs.job import Jobs
from openccm.jobs.tables import JobRun
from openccm.jobs.working import Foreman
from openccm.language.bundle import Library
from openccm.language.folder import bundle_of
from openccm.language.kinds import KINDS
from openccm.parties.tables import Person
from openccm.platform.columns import new_id
from openccm.platform.outbox import OutboxEntry
from openccm.repository.versions import publish
from openccm.work.commands import Done, Hand, complete
from openccm.work.tables import ToDo
from tests.core.station import Station

CLASS = "kind: contact-class\ncode: COLLECT\ntitle: Collection\n"

COLLECT = """
kind: contact-type
code: COLLECT-REMINDED
title: Reminded of a bill
class: COLLECT
about: [person]
direction: outbound
methods: [letter, phone]
opens: open
log: "Reminded of bill {bill.number}"
characteristics:
  bill.number: {type: text, required: true}
  level: {type: text, values: [L1, L2]}
communication:
  communication: BILL-READY
  when: level != null && level == "L2"
  payload: {bill.number: bill.number}
reminder:
  after: 7 days
  to-do: CALL-BACK
  role: collections
  context: {bill: bill.number}
"""

METER = """
kind: contact-type
code: COLLECT-METER
title: Meter could not be read
class: COLLECT
about: [premise]
to-do: {type: CALL-BACK, role: field-work}
"""

CALL = """
kind: contact-type
code: COLLECT-CALL
title: A call
class: COLLECT
about: [person]
"""

CALL_BACK = """
kind: to-do-type
code: CALL-BACK
title: Call back
roles: [collections, field-work]
context:
  bill: {type: text}
  contact.title: {type: text}
  reminder.note: {type: text}
outcomes: {promised: {label: Promised}, not-reached: {label: Not reached}}
sla: {within: 2 business days, until: "17:00", calendar: UK-OFFICE}
"""

UK_OFFICE = Path(__file__).parents[2] / "definitions/office/uk-office" / "calendar.yaml"


@dataclass(slots=True)
class Counter:
    """What tests of contacts begin with."""

    station: Station

    @property
    def agent(self) -> Caller:
        scopes = frozenset({"todo:work", "todo:manage"})
        return Caller("ag1", scopes, None, new_id(), roles=frozenset({"collections"}), kind="user")

    async def publish(self, *texts: str) -> None:
        bundles = []
        for text in texts:
            kind = next(line[6:] for line in text.splitlines() if line.startswith("kind: "))
            bundle = bundle_of(f"d-{new_id()}", {KINDS[kind].file: text.encode()})
            assert not isinstance(bundle, list), [str(each) for each in bundle]
            bundles.append(bundle)
        async with self.station.database.begin() as session:
            await publish(session, Library(tuple(bundles)), actor="test", now=self.station.clock())

    async def log(self, type: str, someone: Person | None = None, **facts: Any) -> CustomerContact:  # noqa: A002
        """Log a contact as an agent does."""
        given: dict[str, Any] = {
            "type": type,
            "origin": "agent",
            "made_as": f"system:test/{new_id()}",
            "person": someone.key if someone else None,
        }
        async with self.station.database.begin() as session:
            return await self.station.desk.contacts.log(
                session,
                NewContact(**(given | facts)),
                caller=self.agent,
                now=self.station.clock(),
            )

    async def reminded(self, **facts: Any) -> tuple[CustomerContact, Reminder]:
        """A contact whose type promises to look again."""
        someone = await self.station.person("email", "letter")
        facts = {"characteristics": {"bill": {"number": "B-417"}}} | facts
        contact = await self.log("COLLECT-REMINDED", someone, **facts)
        (reminder,) = await self.reminders(contact.id)
        return contact, reminder

    async def on_card(self, contact_id: UUID, command: Any, *words: Any) -> None:
        """Do something to a contact."""
        now = self.station.clock()

        async def carried_out(card: Card) -> None:
            await command(card, *words)

        async with (
            self.station.database.begin() as session,
            opened(session, contact_id, actor="user:ag1", now=now) as card,
        ):
            await carried_out(card)

    async def look(self, reminder_id: UUID) -> Any:
        """What the workflow of a reminder does on waking."""
        return await self._keeper().look(reminder_id)

    async def run(self) -> JobRun:
        """A run of the job for all that are due."""
        desk = self.station.desk
        jobs = Jobs([ToDosFromContacts(desk.repository, desk.clock)])
        async with desk.database.begin() as session:
            run = await start(
                session,
                jobs,
                ToDosFromContacts.code,
                {},
                opened_as=f"test/{new_id()}",
                actor="user:op1",
                now=desk.clock(),
            )
        foreman = Foreman(desk.database, jobs, desk.clock)
        while await foreman.turn(run.id) is not None:
            pass
        async with desk.database.read() as session:
            return await session.get_one(JobRun, run.id)

    def _keeper(self) -> Keeper:
        desk = self.station.desk
        return Keeper(desk.database, desk.repository, desk.clock)

    async def done(self, todo_id: UUID, outcome: str) -> None:
        hand = Hand(self.station.desk.repository, self.agent, self.station.clock())
        async with self.station.database.begin() as session:
            await complete(session, hand, todo_id, Done(outcome))

    async def contact(self, contact_id: UUID) -> CustomerContact:
        async with self.station.database.read() as session:
            return await session.get_one(CustomerContact, contact_id)

    async def reminder(self, reminder_id: UUID) -> Reminder:
        async with self.station.database.read() as session:
            return await session.get_one(Reminder, reminder_id)

    async def reminders(self, contact_id: UUID) -> Sequence[Reminder]:
        mine = select(Reminder).where(Reminder.contact_id == contact_id)
        async with self.station.database.read() as session:
            return (await session.scalars(mine)).all()

    async def todos(self, owner_id: UUID) -> Sequence[ToDo]:
        mine = select(ToDo).where(ToDo.owner_id == owner_id)
        async with self.station.database.read() as session:
            return (await session.scalars(mine)).all()

    async def entries(self, contact_id: UUID) -> Sequence[ContactLogEntry]:
        mine = select(ContactLogEntry).where(ContactLogEntry.contact_id == contact_id)
        async with self.station.database.read() as session:
            return (await session.scalars(mine.order_by(col(ContactLogEntry.id)))).all()

    async def codes(self, contact_id: UUID) -> list[str]:
        return [each.code for each in await self.entries(contact_id)]

    async def owed(self, subject: UUID) -> set[str]:
        mine = select(OutboxEntry.deed).where(OutboxEntry.subject == subject)
        async with self.station.database.read() as session:
            return set(await session.scalars(mine))


async def open_counter(station: Station) -> Counter:
    counter = Counter(station)
    await counter.publish(UK_OFFICE.read_text(), CALL_BACK, CLASS, COLLECT, METER, CALL)
    return counter
