"""One request under work: the only place where states change.

A dossier locks its request, so that two hands never work on one at a time. What is decided while
it is open becomes, at its close and in the same transaction: the rows' new states, the audit
trail, the explanation, the customer contacts with their logs, and the callbacks that core systems
are owed.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.communications.lifecycles import COMMUNICATION, REQUEST
from openccm.communications.tables import (
    Communication,
    CommunicationRequest,
    DecisionVerdict,
    StatusUpdate,
)
from openccm.contacts.automatic import (
    INSERT_CONTACTS,
    INSERT_ENTRIES,
    TOLD,
    contact_row,
    entry_row,
)
from openccm.errors import NotFoundError
from openccm.platform import outbox
from openccm.platform.audit import Fact, Head, chained, insertion
from openccm.platform.columns import bulk_insert, new_id
from openccm.platform.rows import Deed, changes, objects, read, reading, write
from openccm.publishing.callbacks import Notice, is_told, owe

STEPS = {
    1: "caller",
    2: "idempotency",
    3: "definition",
    4: "duplicate",
    5: "recipient",
    6: "restriction",
    7: "eligibility",
    8: "consent",
    9: "do-not-contact",
    10: "channel",
    11: "content",
    12: "data",
    13: "frequency",
    14: "approval",
    15: "compose",
    16: "schedule",
    17: "throttle",
    18: "re-check",
    19: "hand-over",
    20: "status",
}
"""The decision order for one send, by number."""

_INSERT = bulk_insert(DecisionVerdict)

_LOCK = (
    select(col(CommunicationRequest.id))
    .where(col(CommunicationRequest.id) == bindparam("id"))
    .with_for_update()
)
_DOSSIER = (
    reading(
        CommunicationRequest,
        Communication,
        also=[
            exists()
            .where(
                col(StatusUpdate.communication_id) == Communication.id,
                col(StatusUpdate.applied).is_(False),
            )
            .label("is_reported"),
            is_told(CommunicationRequest.system_code),
        ],
    )
    .select_from(CommunicationRequest)
    .outerjoin(Communication, col(Communication.request_id) == col(CommunicationRequest.id))
    .where(col(CommunicationRequest.id) == bindparam("id"))
    .order_by(col(Communication.id))
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one step of the send decision found."""

    step: int
    verdict: str
    """``pass``, ``stop``, ``choose``, ``wait``, ``skip`` or ``error``."""
    reason: str | None = None
    inputs: dict[str, Any] = field(default_factory=dict[str, Any])


class Dossier:
    """A locked request with its communications, and what was decided while it was open."""

    def __init__(
        self,
        session: AsyncSession,
        request: CommunicationRequest,
        communications: dict[UUID, Communication],
        *,
        actor: str,
        now: datetime,
        told: bool = True,
        reported: frozenset[UUID] = frozenset(),
    ) -> None:
        self.session = session
        self.request = request
        self.communications = communications
        self.actor = actor
        self.now = now
        self.told = told
        """Whether the core system that asked may have subscribed to anything."""
        self.reported = reported
        """Communications of which facts were reported that nobody could believe yet: they left."""
        self._deeds: list[Deed] = []
        self._facts: list[Fact] = []
        self._verdicts: list[dict[str, Any]] = []
        self._notices: dict[int, Notice] = {}
        self._contacts: list[dict[str, Any]] = []
        self._entries: list[dict[str, Any]] = []

    def move_request(
        self, state: str, reason: str | None = None, detail: dict[str, Any] | None = None
    ) -> None:
        """Change the request's state.

        Raises:
            IllegalTransitionError: The life cycle does not lead there.
        """
        request = self.request
        REQUEST.check(request.state, state)
        self._note("request", request.id, request.state, state, reason, detail or {})
        request.state, request.reason, request.updated_at = state, reason, self.now

    def move(
        self,
        communication: Communication,
        *states: str,
        reason: str | None = None,
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Change a communication's state, through several in a row where named.

        Raises:
            IllegalTransitionError: The life cycle does not lead there.
        """
        for state in states:
            COMMUNICATION.check(communication.state, state)
            self._note(
                "communication",
                communication.id,
                communication.state,
                state,
                reason,
                {"channel": communication.channel, **(detail or {})},
            )
            communication.state, communication.reason = state, reason
            if state in TOLD:
                self._tell_agents(communication, state, reason)
        communication.updated_at = self.now
        if states[-1] in COMMUNICATION.terminal:
            communication.final = True

    def add(self, communication: Communication) -> None:
        """Open a new communication under this request; a customer contact tells of it."""
        self.communications[communication.id] = communication
        self._log(communication)
        detail = {"channel": communication.channel}
        if communication.fallback_of:
            detail["fallback_of"] = str(communication.fallback_of)
        self._note("communication", communication.id, None, communication.state, None, detail)

    def receive(self) -> None:
        """Write down that the request came in."""
        self._note("request", self.request.id, None, self.request.state, None, {})

    def write(self, *deeds: Deed) -> None:
        """Have more rows written at the close."""
        self._deeds += deeds

    def explain(self, verdict: Verdict, communication_id: UUID | None = None) -> None:
        """Keep a step's verdict for whoever asks why."""
        self._verdicts.append(
            {
                "id": new_id(),
                "request_id": self.request.id,
                "communication_id": communication_id,
                "step": verdict.step,
                "name": STEPS[verdict.step],
                "verdict": verdict.verdict,
                "reason": verdict.reason,
                "inputs": verdict.inputs,
                "at": self.now,
            }
        )

    def note(
        self, action: str, kind: str, object_id: UUID, detail: dict[str, Any], **change: str | None
    ) -> None:
        """Put something on the trail; ``change`` names the states and the reason, if any."""
        self._facts.append(
            Fact(
                chain=chain_of(self.request.id),
                at=self.now,
                actor=self.actor,
                action=action,
                object_kind=kind,
                object_id=str(object_id),
                detail=detail,
                **change,
            )
        )

    def complete(self) -> None:
        """Close the request when nothing more is expected of any of its communications."""
        if self.request.state == "prepared" and all(
            communication.final for communication in self.communications.values()
        ):
            self.move_request("completed")

    async def close(self) -> None:
        """Write everything down; called once, by ``opened``."""
        request = self.request
        rows, head = chained(self._facts, Head(request.trail_sequence, request.trail_hash))
        if rows:
            request.trail_sequence, request.trail_hash = head.sequence, head.hash
        deeds = [*changes(request, *self.communications.values()), *self._deeds]
        if rows:
            deeds.append(insertion(rows))
        if self._verdicts:
            deeds.append((_INSERT, self._verdicts))
        if self._contacts:
            deeds.append((INSERT_CONTACTS, self._contacts))
        if self._entries:
            deeds.append((INSERT_ENTRIES, self._entries))
        await write(self.session, *deeds)
        if request.instance_id is not None and request.state in REQUEST.terminal:
            await outbox.put(self.session, "wake-instance", [request.instance_id], self.now)
        notices = {rows[index]["sequence"]: each for index, each in self._notices.items()}
        if notices:
            await owe(self.session, self.request.system_code, notices, self.now)

    def _log(self, communication: Communication) -> None:
        """In the contact that asked for it, else as a contact of its own."""
        request = self.request
        if request.contact_id is not None:
            communication.contact_id = request.contact_id
            self._tell_agents(communication, "created", None)
            return
        row = contact_row(
            communication_id=communication.id,
            request_id=request.id,
            definition=communication.definition,
            channel=communication.channel,
            person_id=communication.person_id,
            account=request.account_key,
            actor=self.actor,
            now=self.now,
        )
        communication.contact_id = row["id"]
        self._contacts.append(row)

    def _tell_agents(self, communication: Communication, what: str, reason: str | None) -> None:
        if communication.contact_id is None:
            return
        detail = {"communication": str(communication.id), "channel": communication.channel}
        if reason is not None:
            detail["reason"] = reason
        self._entries.append(
            entry_row(
                communication.contact_id,
                f"communication.{what}",
                detail,
                actor=self.actor,
                now=self.now,
            )
        )

    def _note(
        self,
        kind: str,
        object_id: UUID,
        before: str | None,
        after: str,
        reason: str | None,
        detail: dict[str, Any],
    ) -> None:
        action = f"{kind}.{after if before else 'received' if kind == 'request' else 'created'}"
        change = {"from_state": before, "to_state": after, "reason": reason}
        self.note(action, kind, object_id, detail, **change)
        if not self.told:
            return
        self._notices[len(self._facts) - 1] = Notice(
            event=f"{kind}.{after}",
            lane=self.request.id,
            definition=self.request.definition,
            data=self._told(kind, object_id, after, reason, detail),
        )

    def _told(
        self, kind: str, object_id: UUID, state: str, reason: str | None, detail: dict[str, Any]
    ) -> dict[str, Any]:
        """What a core system is told: its own references and our ids, no personal data."""
        request = self.request
        told: dict[str, Any] = {
            "request_id": str(request.id),
            "idempotency_key": request.idempotency_key,
            "definition": request.definition,
            "correlation": request.correlation,
            "state": state,
            "reason": reason,
        }
        if kind == "communication":
            told |= {"communication_id": str(object_id), **detail}
        return told


@asynccontextmanager
async def opened(
    session: AsyncSession, request_id: UUID, *, actor: str, now: datetime
) -> AsyncGenerator[Dossier]:
    """Open a request's dossier; at the end of the block everything decided is written.

    Raises:
        NotFoundError: There is no such request.
    """
    if session.get_bind().dialect.name == "postgresql":
        # A statement that waits for a lock reads what it joins as it was before it waited.
        await read(session, _LOCK, {"id": request_id})
    rows = await read(session, _DOSSIER, {"id": request_id})
    if not rows:
        raise NotFoundError("request", request_id)
    found = [objects(row, CommunicationRequest, Communication) for row in rows]
    request, told = found[0][0], rows[0].is_told
    communications = {each.id: each for _, each in found if each is not None}
    reported = frozenset(
        each.id for row, (_, each) in zip(rows, found, strict=True) if row.is_reported
    )
    dossier = Dossier(
        session, request, communications, actor=actor, now=now, told=told, reported=reported
    )
    yield dossier
    await dossier.close()


def chain_of(request_id: UUID) -> str:
    """The audit chain of a request and all that belongs to it."""
    return f"request:{request_id}"
