"""One customer contact under work: the only place where contacts and reminders change state.

A card locks its contact. What is decided while it is open becomes, at its close and in the same
transaction: the rows' new states, the lines of the contact's log, and the audit trail.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.contacts.automatic import INSERT_ENTRIES, entry_row
from openccm.contacts.lifecycles import CONTACT, REMINDER
from openccm.contacts.tables import CustomerContact, Reminder
from openccm.errors import NotFoundError
from openccm.platform import outbox
from openccm.platform.audit import Fact, Head, chained, insert_entries
from openccm.platform.rows import write

# populate_existing: what the caller read before the lock may have changed while it waited.
_LOCKED = (
    select(CustomerContact)
    .where(CustomerContact.id == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


class Card:
    """A locked contact, and what was decided while it was open."""

    def __init__(
        self, session: AsyncSession, contact: CustomerContact, *, actor: str, now: datetime
    ) -> None:
        self.session = session
        self.contact = contact
        self.actor = actor
        self.now = now
        self._facts: list[Fact] = []
        self._entries: list[dict[str, Any]] = []

    def begin(self, text: str) -> UUID:
        """Write down that it was logged; ``text`` is what its log begins with."""
        contact = self.contact
        self.session.add(contact)
        detail = {"type": contact.type, "version": contact.version, "origin": contact.origin}
        self._fact("contact.logged", None, contact.state, None, detail)
        return self.log("logged", text)

    def log(self, code: str, text: str | None = None, **detail: Any) -> UUID:
        """Add a line to the log; answers its id."""
        entry = entry_row(self.contact.id, code, detail, actor=self.actor, now=self.now, text=text)
        self._entries.append(entry)
        return entry["id"]

    def note(self, action: str, reason: str | None = None, **detail: Any) -> None:
        """Put something on the trail that is no change of state."""
        self._fact(action, None, None, reason, detail)

    def move(self, state: str, reason: str | None) -> None:
        """Close the contact, or open it again.

        Raises:
            IllegalTransitionError: It stands there already.
        """
        contact = self.contact
        CONTACT.check(contact.state, state)
        closed = state == "closed"
        code = "closed" if closed else "reopened"
        self._fact(f"contact.{code}", contact.state, state, reason, {})
        self.log(code, reason)
        contact.state, contact.reason, contact.updated_at = state, reason, self.now
        contact.closed_at = self.now if closed else None
        contact.closed_by = self.actor if closed else None

    async def move_reminder(
        self, reminder: Reminder, state: str, reason: str | None = None, **detail: Any
    ) -> None:
        """Change a reminder's state; whoever looks after it is woken.

        Raises:
            IllegalTransitionError: The life cycle does not lead there.
        """
        before = reminder.state
        REMINDER.check(before, state)
        what = {"reminder": str(reminder.id), **detail}
        self._fact(f"reminder.{state}", before, state, reason, what)
        self.log(f"reminder.{state}", reason, **what)
        reminder.state, reminder.reason, reminder.updated_at = state, reason, self.now
        if state in REMINDER.terminal:
            reminder.closed_at, reminder.closed_by = self.now, self.actor
        await outbox.put(self.session, "reminder", [reminder.id], self.now)

    async def write(self) -> None:
        """Write the rows down as far as they are decided, for others to point at."""
        await self.session.flush()
        if self._entries:
            await write(self.session, (INSERT_ENTRIES, self._entries))
        self._entries = []

    async def close(self) -> None:
        """Write everything down; called once."""
        contact = self.contact
        rows, head = chained(self._facts, Head(contact.trail_sequence, contact.trail_hash))
        contact.trail_sequence, contact.trail_hash = head.sequence, head.hash
        await self.write()
        await insert_entries(self.session, rows)

    def _fact(
        self,
        action: str,
        before: str | None,
        after: str | None,
        reason: str | None,
        detail: dict[str, Any],
    ) -> None:
        self._facts.append(
            Fact(
                chain=chain_of(self.contact.id),
                at=self.now,
                actor=self.actor,
                action=action,
                object_kind="customer contact",
                object_id=str(self.contact.id),
                from_state=before,
                to_state=after,
                reason=reason,
                detail=detail,
            )
        )


@asynccontextmanager
async def opened(
    session: AsyncSession, contact_id: UUID, *, actor: str, now: datetime
) -> AsyncGenerator[Card]:
    """Open a contact's card; at the end of the block everything decided is written.

    Raises:
        NotFoundError: There is no such contact.
    """
    contact = await session.scalar(_LOCKED, {"id": contact_id})
    if contact is None:
        raise NotFoundError("customer contact", contact_id)
    card = Card(session, contact, actor=actor, now=now)
    yield card
    await card.close()


def chain_of(contact_id: UUID) -> str:
    """The audit chain of a contact and its reminders."""
    return f"contact:{contact_id}"
