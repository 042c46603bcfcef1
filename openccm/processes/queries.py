"""Questions about workflow instances."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import NotFoundError
from openccm.platform import audit
from openccm.platform.audit import AuditEntry
from openccm.processes.lifecycles import INSTANCE
from openccm.processes.tables import InstanceEvent, InstanceStep, WorkflowInstance
from openccm.repository.tables import DefinitionVersion


async def instance_by_id(session: AsyncSession, instance_id: UUID) -> WorkflowInstance:
    """The instance.

    Raises:
        NotFoundError: There is none.
    """
    found = await session.get(WorkflowInstance, instance_id)
    if found is None:
        raise NotFoundError("workflow instance", instance_id)
    return found


async def instances(
    session: AsyncSession,
    *,
    within: ColumnElement[bool],
    system_code: str | None = None,
    code: str | None = None,
    version: int | None = None,
    state: str | None = None,
    step: str | None = None,
    person: str | None = None,
    key: str | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> Sequence[WorkflowInstance]:
    """Newest first; ids are time-ordered, so the last id of a page is its cursor."""
    row = WorkflowInstance
    wanted: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (col(row.system_code), system_code),
            (col(row.code), code),
            (col(row.version), version),
            (col(row.state), state),
            (col(row.person_key), person),
            (col(row.key), key),
        )
        if value is not None
    ]
    if step is not None:
        standing = select(InstanceStep.instance_id).where(
            InstanceStep.step == step, col(InstanceStep.left_at).is_(None)
        )
        wanted.append(col(row.id).in_(standing))
    wanted.append(within)
    if after is not None:
        wanted.append(col(row.id) < after)
    statement = select(row).where(*wanted).order_by(col(row.id).desc()).limit(limit)
    return (await session.scalars(statement)).all()


async def steps_of(session: AsyncSession, instance_id: UUID) -> Sequence[InstanceStep]:
    """Every visit, in the order in which they were begun."""
    statement = (
        select(InstanceStep)
        .where(InstanceStep.instance_id == instance_id)
        .order_by(col(InstanceStep.id))
    )
    return (await session.scalars(statement)).all()


async def events_of(session: AsyncSession, instance_id: UUID) -> Sequence[InstanceEvent]:
    """Every event that was heard, in order."""
    statement = (
        select(InstanceEvent)
        .where(InstanceEvent.instance_id == instance_id)
        .order_by(col(InstanceEvent.id))
    )
    return (await session.scalars(statement)).all()


async def trail_of(session: AsyncSession, instance_id: UUID) -> Sequence[AuditEntry]:
    """Everything that is on the trail about an instance, oldest first."""
    return await audit.entries(session, chain=f"instance:{instance_id}", limit=1_000)


async def is_known(session: AsyncSession, code: str) -> bool:
    """Whether there is or was such a process."""
    wanted = select(DefinitionVersion.id).where(
        DefinitionVersion.code == code, DefinitionVersion.kind == "process"
    )
    return await session.scalar(wanted.limit(1)) is not None


async def states(
    session: AsyncSession, code: str, system_code: str | None = None
) -> Sequence[tuple[int, str, int]]:
    """How many instances of a process are in each state: version, state, count."""
    row = WorkflowInstance
    statement = (
        columns(col(row.version), col(row.state), func.count())
        .where(*_of_process(code, system_code))
        .group_by(col(row.version), col(row.state))
        .order_by(col(row.version), col(row.state))
    )
    found = await session.execute(statement)
    return [(version, state, count) for version, state, count in found]


async def standing(
    session: AsyncSession, code: str, system_code: str | None = None
) -> Sequence[tuple[int, str, str, int, datetime]]:
    """How many instances stand at each step: version, step, state, count, since when the first."""
    row = InstanceStep
    statement = (
        columns(
            col(WorkflowInstance.version),
            col(row.step),
            col(row.state),
            func.count(),
            func.min(col(row.entered_at)),
        )
        .join(row, col(row.instance_id) == col(WorkflowInstance.id))
        .where(
            *_of_process(code, system_code),
            col(WorkflowInstance.state).not_in(INSTANCE.terminal),
            col(row.left_at).is_(None),
        )
        .group_by(col(WorkflowInstance.version), col(row.step), col(row.state))
        .order_by(col(WorkflowInstance.version), col(row.step), col(row.state))
    )
    found = await session.execute(statement)
    return [(version, step, state, count, since) for version, step, state, count, since in found]


def _of_process(code: str, system_code: str | None) -> list[ColumnElement[bool]]:
    wanted = [col(WorkflowInstance.code) == code]
    return wanted + ([col(WorkflowInstance.system_code) == system_code] if system_code else [])
