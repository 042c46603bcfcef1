"""Contacts that agents log, and the processes that these begin at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.access.caller import Caller
from openccm.contacts.card import opened
from openccm.contacts.tables import CustomerContact
from openccm.contacts.typed import NewContact, Typed, read_facts
from openccm.language.contact_type import ContactTypeDefinition
from openccm.processes.beginning import Beginning, begin
from openccm.processes.book import Processes
from openccm.processes.tables import WorkflowInstance


@dataclass(frozen=True, slots=True)
class Logged:
    """A contact, and the instance that it began."""

    contact: CustomerContact
    instance: WorkflowInstance | None = None
    replayed: bool = False
    """Whether it was there before."""


async def log_contact(
    session: AsyncSession, processes: Processes, new: NewContact, *, caller: Caller, now: datetime
) -> Logged:
    """Log what took place, with all that its type leads to; the same again is the same contact.

    Raises:
        NotFoundError: There is no such type, person or account, or something its type leads to
            is not published.
        InvalidError: Something that its type wants is missing or wrong; names it.
        RuleError: A value of what follows cannot be made of its characteristics.
    """
    desk = processes.desk
    known = await desk.contacts.made(session, new.made_as)
    if known is not None:
        return Logged(known, replayed=True)
    contact = await desk.contacts.log(session, new, caller=caller, now=now)
    assert contact.type is not None
    assert contact.version is not None
    kept = await desk.repository.kept(session, ContactTypeDefinition, contact.type, contact.version)
    flow, typed = kept.process, Typed(kept, contact.version)
    facts = await read_facts(session, kept, new, now)
    if flow is None or not typed.holds(flow.when, facts):
        return Logged(contact)
    asked = Beginning(
        process=flow.process,
        key=f"contact-{contact.id}",
        person=facts.person.key if facts.person else None,
        account=new.account,
        payload=typed.values(flow.payload, facts),
    )
    instance = await begin(session, processes, asked, caller=caller, now=now)
    async with opened(session, contact.id, actor=caller.actor, now=now) as card:
        card.log("process.begun", process=instance.code, instance=str(instance.id))
    return Logged(card.contact, instance)
