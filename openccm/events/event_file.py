"""One event under work: the only place where states of events and their effects change."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import NotFoundError
from openccm.events.intake import chain_of
from openccm.events.lifecycles import EFFECT, EVENT, TRIGGER
from openccm.events.tables import EventEffect, SystemEvent
from openccm.platform.audit import Fact, Head, chained, insert_entries


class Outcome(NamedTuple):
    """What came of one deed."""

    state: str
    reason: str | None = None
    says: str | None = None
    created: UUID | None = None


class Deed(NamedTuple):
    """One deed of one version of a binding."""

    binding: str
    version: int
    sequence: int
    number: int
    kind: str
    entry: str = ""


class EventFile:
    """A locked event with its effects, and what was decided while it was open."""

    def __init__(
        self,
        session: AsyncSession,
        event: SystemEvent,
        effects: Iterable[EventEffect],
        *,
        actor: str,
        now: datetime,
    ) -> None:
        self.session = session
        self.event = event
        self.effects = {(each.binding, each.number): each for each in effects}
        self.actor = actor
        self.now = now
        self._facts: list[Fact] = []

    def move(self, state: str, reason: str | None = None) -> None:
        """Change the event's state.

        Raises:
            IllegalTransitionError: The life cycle does not lead there.
        """
        event = self.event
        EVENT.check(event.state, state)
        made = {
            f"{each.binding}/{each.number}": str(each.created_id)
            for each in self.effects.values()
            if each.created_id is not None
        }
        action = "retried" if state == "received" else state
        self._note(action, event.state, state, reason, {"made": made} if made else {})
        event.state, event.reason, event.updated_at = state, reason, self.now

    def settle(self, trigger: str, reason: str) -> None:
        """Note that what the event tells of is resolved or cancelled.

        Raises:
            IllegalTransitionError: It is settled otherwise.
        """
        event = self.event
        TRIGGER.check(event.trigger, trigger)
        self._note(trigger, event.trigger, trigger, reason, {})
        event.trigger, event.resolved_at, event.updated_at = trigger, self.now, self.now

    def record(self, deed: Deed, outcome: Outcome) -> None:
        """Keep what came of a deed, in place of what came of it before."""
        effect = self.effects.get((deed.binding, deed.number))
        if effect is None:
            effect = EventEffect(
                event_id=self.event.id,
                binding=deed.binding,
                version=deed.version,
                sequence=deed.sequence,
                number=deed.number,
                deed=deed.kind,
                entry=deed.entry,
                state=outcome.state,
                at=self.now,
            )
            self.effects[deed.binding, deed.number] = effect
            self.session.add(effect)
        elif effect.state != outcome.state:
            EFFECT.check(effect.state, outcome.state)
            effect.state, effect.at = outcome.state, self.now
            effect.version, effect.sequence = deed.version, deed.sequence
        effect.entry = deed.entry or effect.entry
        effect.reason, effect.says = outcome.reason, outcome.says
        effect.created_id = outcome.created or effect.created_id

    def entries(self) -> list[dict[str, Any]]:
        """What goes on the trail; asked for once, before the commit."""
        event = self.event
        rows, head = chained(self._facts, Head(event.trail_sequence, event.trail_hash))
        event.trail_sequence, event.trail_hash = head.sequence, head.hash
        return rows

    def _note(
        self, action: str, before: str, after: str, reason: str | None, detail: Mapping[str, Any]
    ) -> None:
        self._facts.append(
            Fact(
                chain=chain_of(self.event.id),
                at=self.now,
                actor=self.actor,
                action=f"event.{action}",
                object_kind="event",
                object_id=str(self.event.id),
                from_state=before,
                to_state=after,
                reason=reason,
                detail=dict(detail),
            )
        )


async def open_files(
    session: AsyncSession, ids: Sequence[UUID], *, actor: str, now: datetime
) -> list[EventFile]:
    """Lock events and lay out their files, in the order in which they came in."""
    # populate_existing: what was read before the lock may have changed while it was waited for.
    events = await session.scalars(
        select(SystemEvent)
        .where(col(SystemEvent.id).in_(ids))
        .order_by(col(SystemEvent.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    effects: dict[UUID, list[EventEffect]] = {}
    kept = await session.scalars(
        select(EventEffect)
        .where(col(EventEffect.event_id).in_(ids))
        .execution_options(populate_existing=True)
    )
    for effect in kept:
        effects.setdefault(effect.event_id, []).append(effect)
    return [
        EventFile(session, event, effects.get(event.id, ()), actor=actor, now=now)
        for event in events
    ]


@asynccontextmanager
async def opened(
    session: AsyncSession, event_id: UUID, *, actor: str, now: datetime
) -> AsyncGenerator[EventFile]:
    """Open one event's file; at the end of the block everything decided is written.

    Raises:
        NotFoundError: There is no such event.
    """
    files = await open_files(session, [event_id], actor=actor, now=now)
    if not files:
        raise NotFoundError("event", event_id)
    yield files[0]
    await insert_entries(session, files[0].entries())
