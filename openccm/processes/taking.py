"""Taking a step: look at the rows, do what the step says, answer the way on or what it waits for.

Whatever happens here may happen twice. A visit that is over answers as it did before.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.contracts import ASK, WAIT, Question, StepInput, StepResult
from openccm.errors import OpenCCMError
from openccm.language.flow import STOPPED
from openccm.language.process_compiler import BEGIN, FINISH, STOP, UNWIND
from openccm.language.steps import (
    ERROR,
    ApproveStep,
    BranchStep,
    CallStep,
    CaseStep,
    ContactStep,
    DecideStep,
    EndStep,
    ListenStep,
    LookUpStep,
    OfferStep,
    RepeatStep,
    SendStep,
    SetStep,
    SettleStep,
    StartStep,
    StepBase,
    TaskStep,
    WaitStep,
    WishesStep,
)
from openccm.parties.tables import Person
from openccm.processes import cases, deciding, ending, outside, people, sending, waiting
from openccm.processes.book import Process, Processes
from openccm.processes.deeds import Away, Left, Visit, Waiting
from openccm.processes.lifecycles import INSTANCE
from openccm.processes.tables import InstanceStep, WorkflowInstance
from openccm.processes.walk import Walk, walking

_SOONEST, _LATEST = timedelta(seconds=1), timedelta(minutes=15)
"""How soon and how late somebody who is away is asked again."""

_DEEDS: Mapping[type[StepBase], Callable[[Visit, Any], Awaitable[Left | Waiting]]] = {
    ApproveStep: people.approve,
    BranchStep: deciding.branch,
    CallStep: outside.call,
    CaseStep: cases.case,
    WishesStep: outside.wishes,
    ContactStep: people.contact,
    DecideStep: deciding.decide,
    EndStep: ending.end,
    ListenStep: waiting.listen,
    OfferStep: cases.offer,
    LookUpStep: outside.look_up,
    RepeatStep: deciding.repeat,
    SendStep: sending.send,
    SetStep: deciding.set_values,
    SettleStep: cases.settle,
    StartStep: sending.start,
    TaskStep: people.task,
    WaitStep: waiting.wait,
}

_UNWRITTEN: Mapping[str, Callable[[Visit], Awaitable[Left | Waiting]]] = {
    BEGIN: lambda visit: outside.look_up(visit, None),
    FINISH: ending.finish,
    STOP: ending.stop,
    UNWIND: ending.unwind,
}
"""The deeds of the steps that no author wrote."""


async def take_step(processes: Processes, order: StepInput) -> StepResult:
    """Take a step of an instance once, or look again at one that waits."""
    desk = processes.desk
    fetched = await _fetched(processes, order)
    if isinstance(fetched, Question):
        return StepResult(outcome=ASK, question=fetched)
    async with (
        desk.database.begin() as session,
        walking(session, processes, order.subject, actor="engine", now=desk.clock()) as walk,
    ):
        return await _take(processes, walk, order, fetched)


async def _take(processes: Processes, walk: Walk, order: StepInput, fetched: object) -> StepResult:
    row = await walk.here(order.step, order.visit)
    if row is not None and row.left_at is not None:
        assert row.way is not None
        return StepResult(outcome=row.way)
    if walk.instance.version != order.version:
        return StepResult(outcome=WAIT, waiting_for="its new version", plan=walk.process.plan)
    if _gives_way(walk.process, walk.instance, order.step):
        if row is not None:
            walk.leave(row, STOPPED)
        return StepResult(outcome=STOPPED)
    row = row or await walk.enter(order.step, order.visit)
    if row.state == "skipped":
        assert row.way is not None
        await ending.cancel_opened(Visit(processes, walk, row), "skipped")
        walk.leave(row, row.way)
        return StepResult(outcome=row.way)
    if row.state == ERROR:
        return _waiting(walk, row, _A_PERSON)
    return await _look(Visit(processes, walk, row, fetched))


_A_PERSON = Waiting("a person to retry or skip it")


async def _look(visit: Visit) -> StepResult:
    walk, row = visit.walk, visit.row
    try:
        if row.step in _UNWRITTEN:
            taken = await _UNWRITTEN[row.step](visit)
        else:
            step = walk.process.step(row.step)
            taken = await _DEEDS[type(step)](visit, step)
    except OpenCCMError as error:
        taken = _failed(visit, error)
    if isinstance(taken, Waiting):
        return _waiting(walk, row, taken)
    walk.leave(row, taken.way, taken.outcome)
    return StepResult(outcome=taken.way, marks=_marks(walk))


def _failed(visit: Visit, error: OpenCCMError) -> Left | Waiting:
    """Wait for who is away; else the author's way for errors, else a person."""
    walk, row = visit.walk, visit.row
    row.reason = f"{error.code}: {error}"
    away = visit.fetched
    if isinstance(away, Away) and away.waited < away.patience:
        pause = min(max(away.waited / 4, _SOONEST), _LATEST, away.patience - away.waited)
        return Waiting(f"an answer ({error.code})", until=walk.now + pause)
    if row.step in walk.process.definition.steps and walk.process.step(row.step).error:
        return Left(ERROR, error.code)
    row.state = ERROR
    walk.move(ERROR, error.code, step=row.step, visit=row.visit, says=str(error))
    return _A_PERSON


def _waiting(walk: Walk, row: InstanceStep, waiting: Waiting) -> StepResult:
    if row.state != ERROR:
        row.state = "waiting"
        walk.rest()
    row.waiting_for, row.until = waiting.what, waiting.until
    return StepResult(
        outcome=WAIT, until=waiting.until, waiting_for=waiting.what, marks=_marks(walk)
    )


def _marks(walk: Walk) -> dict[str, str]:
    marks = {"status": walk.instance.state}
    return marks | ({"person": str(walk.person.id)} if walk.person else {})


def _gives_way(process: Process, instance: WorkflowInstance, step: str) -> bool:
    """Whether a step is not to be taken any more: the instance is to end, or has ended."""
    if step in (STOP, UNWIND) or step in process.definition.undo:
        return False
    return instance.stopping is not None or instance.state in INSTANCE.terminal


async def _fetched(processes: Processes, order: StepInput) -> object:
    """What a step has to ask others for, asked while nobody is locked out."""
    async with processes.desk.database.read() as session:
        step = await processes.step(session, order.code, order.version, order.step)
        if order.step != BEGIN and not isinstance(step, LookUpStep | CallStep):
            return None
        instance = await session.get_one(WorkflowInstance, order.subject)
        process = await processes.pinned(session, instance.code, instance.version, instance.pins)
        if _gives_way(process, instance, order.step) or not await _stands(session, order):
            return None
        waited = await _waited(session, order, processes.desk.clock())
        person = await session.get(Person, instance.person_id) if instance.person_id else None
    if isinstance(step, CallStep):
        return await outside.ask(processes, process, instance, person, step, order.answer, waited)
    named = step if isinstance(step, LookUpStep) else None
    return await outside.fetch(processes, process, instance, named, waited)


async def _waited(session: AsyncSession, order: StepInput, now: datetime) -> timedelta:
    """How long ago a visit began."""
    entered = await session.scalar(
        select(InstanceStep.entered_at).where(
            InstanceStep.instance_id == order.subject,
            InstanceStep.step == order.step,
            InstanceStep.visit == order.visit,
        )
    )
    return now - entered if entered is not None else timedelta()


async def _stands(session: AsyncSession, order: StepInput) -> bool:
    """Whether a visit is to be gone on with: it is not over, and nobody skipped it."""
    state = await session.scalar(
        select(InstanceStep.state).where(
            InstanceStep.instance_id == order.subject,
            InstanceStep.step == order.step,
            InstanceStep.visit == order.visit,
        )
    )
    return state in (None, "running", "waiting")
