"""The contact desk: the one way in which customer contacts come about, whoever asks for one.

An agent, a binding and a step of a process log a contact alike: the same checks, the same row but
for its origin, and the same that follows from its type: a communication, a to-do, a reminder.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic_core import to_jsonable_python
from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.caller import Caller
from openccm.contacts import reminders
from openccm.contacts.card import Card, opened
from openccm.contacts.letters import Letter, Letters
from openccm.contacts.tables import CustomerContact
from openccm.contacts.typed import Facts, NewContact, Typed, read_facts
from openccm.language.contact_type import ContactReminder, ContactToDo, ContactTypeDefinition
from openccm.repository.versions import Repository
from openccm.work.raising import NewToDo, raise_todo


@dataclass(frozen=True, slots=True)
class ContactDesk:
    """What logging contacts and keeping promises takes."""

    repository: Repository
    letters: Letters

    async def log(
        self, session: AsyncSession, new: NewContact, *, caller: Caller, now: datetime
    ) -> CustomerContact:
        """The contact, with all that follows from its type; the one that was made before if any.

        Raises:
            NotFoundError: There is no such type, person or account, or something its type leads to
                is not published.
            InvalidError: Something that its type wants is missing or wrong; names it.
            RuleError: A value of what follows cannot be made of its characteristics.
        """
        known = await self.made(session, new.made_as)
        if known is not None:
            return known
        typed = await self._typed(session, new)
        facts = await read_facts(session, typed.definition, new, now)
        contact = _contact(new, typed, facts, actor=caller.actor, now=now)
        card = Card(session, contact, actor=caller.actor, now=now)
        entry = card.begin(new.text or typed.log_of(facts))
        await card.write()
        await self._follow(card, typed, facts, caller, new)
        reminder = new.reminder or typed.definition.reminder
        if reminder is not None:
            promised = await self._promise(session, typed, facts, reminder, now)
            await reminders.promise(card, entry, promised)
        await card.close()
        return contact

    async def made(self, session: AsyncSession, made_as: str) -> CustomerContact | None:
        """The contact that was made as this, if it was; from here on nobody else makes it."""
        # Two who make the same one must not both miss it. SQLite has one writer at a time as it is.
        if session.get_bind().dialect.name == "postgresql":
            key = func.hashtextextended(made_as, 2)
            await session.execute(select(func.pg_advisory_xact_lock(key)))
        return await session.scalar(
            select(CustomerContact).where(CustomerContact.made_as == made_as)
        )

    async def withdraw(
        self, session: AsyncSession, contact_id: UUID, reason: str, *, actor: str, now: datetime
    ) -> None:
        """Take back what is still to come of a contact whose cause has gone."""
        async with opened(session, contact_id, actor=actor, now=now) as card:
            request_id = card.contact.request_id
            if request_id is not None:
                await self.letters.give_up(session, request_id, reason, actor=actor, now=now)
            await reminders.withdraw(card, self.repository, reason)
            card.log("withdrawn", reason)

    async def withdraw_all(
        self, session: AsyncSession, origin_id: UUID, reason: str, *, actor: str, now: datetime
    ) -> None:
        """The same for all contacts that a workflow instance made."""
        made = select(CustomerContact.id).where(CustomerContact.origin_id == origin_id)
        for contact_id in (await session.scalars(made.order_by(col(CustomerContact.id)))).all():
            await self.withdraw(session, contact_id, reason, actor=actor, now=now)

    async def _typed(self, session: AsyncSession, new: NewContact) -> Typed:
        if new.version is None:
            found = await self.repository.newest(session, ContactTypeDefinition, new.type)
            return Typed(*found)
        kept = await self.repository.kept(session, ContactTypeDefinition, new.type, new.version)
        return Typed(kept, new.version)

    async def _follow(
        self, card: Card, typed: Typed, facts: Facts, caller: Caller, new: NewContact
    ) -> None:
        """The communication and the to-do."""
        definition, contact = typed.definition, card.contact
        letter = definition.communication
        if letter is not None and typed.holds(letter.when, facts):
            asked = Letter(
                communication=letter.communication,
                contact_id=contact.id,
                person=facts.person.key if facts.person else None,
                account=new.account,
                payload=typed.values(letter.payload, facts),
                channel=letter.channel,
                priority=letter.priority,
                instance_id=contact.origin_id if contact.origin == "process" else None,
                event_id=contact.origin_id if contact.origin == "event" else None,
            )
            contact.request_id = await self.letters.ask(
                card.session, asked, caller=caller, now=card.now
            )
            card.log(
                "request.asked",
                communication=letter.communication,
                request=str(contact.request_id),
            )
        if definition.to_do is not None:
            await self._raise(card, typed, facts, definition.to_do)

    async def _raise(self, card: Card, typed: Typed, facts: Facts, deed: ContactToDo) -> None:
        new = NewToDo(
            type=deed.type,
            owner_kind="contact",
            owner_id=card.contact.id,
            owner_step="to-do",
            raised_by=card.actor,
            role=deed.role,
            context=typed.values(deed.context, facts),
            not_by=frozenset({card.actor}),
            person_id=card.contact.person_id,
            person_key=facts.person.key if facts.person else None,
            account_key=card.contact.account_key or None,
        )
        todo = await raise_todo(card.session, self.repository, new, card.now)
        card.log("to-do.raised", type=todo.type, todo=str(todo.id))

    async def _promise(
        self,
        session: AsyncSession,
        typed: Typed,
        facts: Facts,
        reminder: ContactReminder,
        now: datetime,
    ) -> reminders.Promise:
        zone = ZoneInfo(facts.person.time_zone) if facts.person else None
        calendar = await reminders.calendar_of(session, self.repository, reminder.calendar)
        return reminders.Promise(
            due=reminders.due_after(now, reminder.after, calendar, zone),
            note=reminder.note or "",
            to_do=reminder.to_do,
            role=reminder.role,
            calendar=reminder.calendar,
            context=typed.values(reminder.context, facts),
        )


def _contact(
    new: NewContact, typed: Typed, facts: Facts, *, actor: str, now: datetime
) -> CustomerContact:
    definition = typed.definition
    state = new.opens or definition.opens
    return CustomerContact(
        type=definition.code,
        version=typed.version,
        class_code=definition.class_,
        title=definition.title,
        state=state,
        direction=facts.direction,
        method=facts.method,
        origin=new.origin,
        origin_id=new.origin_id,
        made_as=new.made_as,
        person_id=facts.person.id if facts.person else None,
        account_key=new.account or "",
        premise_key=new.premise or "",
        characteristics=to_jsonable_python(facts.characteristics),
        occurred_at=new.occurred_at or now,
        created_by=actor,
        created_at=now,
        updated_at=now,
        closed_at=now if state == "closed" else None,
        closed_by=actor if state == "closed" else None,
    )
