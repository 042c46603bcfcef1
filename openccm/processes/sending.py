"""Steps that begin something of its own: a communication, another process."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications.accept import Ask, accept
from openccm.communications.lifecycles import REQUEST
from openccm.communications.tables import Communication, CommunicationRequest
from openccm.language.steps import SendStep, StartStep
from openccm.processes.beginning import Beginning, begin
from openccm.processes.deeds import Left, Visit, Waiting, way_of
from openccm.processes.lifecycles import INSTANCE
from openccm.processes.tables import MAX_KEY, WorkflowInstance
from openccm.processes.walk import Walk
from openccm.rules.findings import RuleError

REACHED = frozenset(
    {"sent", "delivered", "read", "published", "dispatched", "printed", "extracted", "handed_over"}
)
"""The states in which a finished communication has reached its recipient, for all we know."""


async def send(visit: Visit, step: SendStep) -> Left | Waiting:
    """Ask for the communication once; look what became of it where the step waits."""
    walk, row = visit.walk, visit.row
    if row.subject is None:
        row.subject = (await _ask(visit, step)).id
        if not step.wait:
            return Left(outcome="asked")
    request = await walk.session.get_one(CommunicationRequest, row.subject)
    if request.state not in REQUEST.terminal:
        return Waiting(f"what becomes of {step.communication}")
    return way_of(step, await _became(walk.session, request))


async def start(visit: Visit, step: StartStep) -> Left | Waiting:
    """Start the process once; look whether it has ended where the step waits."""
    walk, row = visit.walk, visit.row
    if row.subject is None:
        row.subject = (await _start(visit, step)).id
        if not step.wait:
            return Left(outcome="started")
    child = await walk.session.get_one(WorkflowInstance, row.subject)
    if child.state not in INSTANCE.terminal:
        return Waiting(f"the end of {step.process}")
    return way_of(step, child.outcome or child.state)


async def _ask(visit: Visit, step: SendStep) -> CommunicationRequest:
    walk, row = visit.walk, visit.row
    instance = walk.instance
    named = _named(walk, step.person) if step.person else None
    ask = Ask(
        definition=step.communication,
        idempotency_key=f"{instance.id}/{row.step}/{row.visit}",
        person=named or (walk.person.key if walk.person else instance.person_key),
        account=None if named else instance.account_key,
        payload=walk.values(step.payload),
        correlation={**instance.correlation, "instance": str(instance.id), "step": row.step},
        channel=step.channel,
        priority=step.priority,
    )
    published = await visit.processes.desk.repository.live(walk.session, step.communication)
    return await accept(
        walk.session,
        ask,
        published.definition,
        published.version,
        caller=walk.caller,
        now=walk.now,
        instance_id=instance.id,
    )


async def _start(visit: Visit, step: StartStep) -> WorkflowInstance:
    walk, row = visit.walk, visit.row
    instance = walk.instance
    beginning = Beginning(
        process=step.process,
        key=_key(instance, f"{row.step}/{row.visit}"),
        person=walk.person.key if walk.person else instance.person_key,
        account=instance.account_key,
        payload=walk.values(step.payload),
        correlation=instance.correlation,
        parent_id=instance.id,
    )
    return await begin(walk.session, visit.processes, beginning, caller=walk.caller, now=walk.now)


def _named(walk: Walk, source: str) -> str:
    person = walk.value(source)
    if not person:
        raise RuleError("The step names nobody whom it is for.")
    return str(person)


def _key(instance: WorkflowInstance, place: str) -> str:
    """The parent's key with the step's place; the parent's id where that would be too long."""
    readable = f"{instance.key}/{place}"
    return readable if len(readable) <= MAX_KEY else f"{instance.id}/{place}"


async def _became(session: AsyncSession, request: CommunicationRequest) -> str:
    """What became of a request that has ended, in one word."""
    if request.state != "completed":
        return request.state
    states = await session.scalars(
        select(Communication.state).where(col(Communication.request_id) == request.id)
    )
    found = set(states)
    if found & REACHED:
        return "reached"
    return "cancelled" if found <= {"cancelled"} else "failed"
