"""Reading a simulation back: from the rows it wrote to the story it tells."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlmodel import col, select

from openccm.communications import queries
from openccm.communications.lifecycles import REQUEST
from openccm.communications.tables import Communication, CommunicationRequest
from openccm.content.port import Rendered
from openccm.contracts import StepInput
from openccm.events.lifecycles import STANDING
from openccm.events.tables import EventEffect, SystemEvent
from openccm.language.definition import Definition
from openccm.language.flow import title_of
from openccm.language.steps import SetStep, StepBase
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.parties.tables import Person
from openccm.processes.book import Process
from openccm.processes.sending import REACHED as REACHED_STATES
from openccm.processes.tables import InstanceEvent, InstanceStep, WorkflowInstance
from openccm.processes.walk import data_of
from openccm.repository.contents import sha256
from openccm.rules.context import value_at
from openccm.rules.findings import ExpressionError
from openccm.simulation.casting import Cast
from openccm.simulation.outside import Recorder
from openccm.simulation.story import (
    EventTold,
    PartTold,
    SendTold,
    Simulation,
    StepTold,
    TaskTold,
)
from openccm.simulation.world import World
from openccm.work.lifecycle import TO_DO
from openccm.work.tables import ToDo

_Visit = tuple[UUID, str, int]


class Reader:
    """Sees every look at a step, and tells the story in the end."""

    def __init__(self, world: World, who: Cast) -> None:
        self._world = world
        self._desk = world.desk
        self._who = who
        self._used: dict[_Visit, dict[str, Any]] = {}
        self._started = world.clock.now
        world.witness = self._witness

    async def story(self, definition: Definition, subject: UUID | None) -> Simulation:
        """Everything that happened, of which ``subject`` was the beginning."""
        path, main = await self._path(subject)
        sends = await self._sends()
        tasks, open_steps = await self._tasks()
        if main is not None:
            state, outcome, reason, ended = main.state, main.outcome, main.reason, main.ended_at
        else:
            first = sends[0] if sends else None
            state = "nothing" if first is None else "completed" if first.over else "waiting"
            outcome, reason = (first.outcome, first.reason) if first else (None, None)
            ended = self._world.clock.now if first and first.over else None
        return Simulation(
            code=definition.code,
            kind=definition.kind,
            time_zone=self._who.person.time_zone,
            started_at=self._started,
            ended_at=ended,
            state=state,
            outcome=outcome,
            reason=reason,
            path=path,
            sends=sends,
            tasks=tasks,
            events=await self._events(),
            unanswered=[*open_steps, *sorted(self._world.unanswered)],
        )

    async def _witness(self, order: StepInput) -> None:
        """Note what the expressions of a step read, as it is before the step is taken."""
        async with self._desk.database.read() as session:
            instance = await session.get_one(WorkflowInstance, order.subject)
            process = await self._world.processes.pinned(
                session, instance.code, instance.version, instance.pins
            )
            steps = process.definition.steps | process.definition.undo
            if order.step not in steps:
                return
            names = _read_by(process, steps[order.step])
            if not names:
                return
            person = None
            if instance.person_id is not None:
                person = await session.get(Person, instance.person_id)
        data = data_of(process, instance, person, self._world.clock())
        found = {name: value_at(data, name) for name in sorted(names)}
        self._used[order.subject, order.step, order.visit] = to_jsonable_python(found)

    async def _path(self, subject: UUID | None) -> tuple[list[StepTold], WorkflowInstance | None]:
        async with self._desk.database.read() as session:
            instances = {each.id: each for each in await session.scalars(select(WorkflowInstance))}
            processes = {
                each.id: await self._world.processes.pinned(
                    session, each.code, each.version, each.pins
                )
                for each in instances.values()
            }
            rows = await session.scalars(select(InstanceStep).order_by(col(InstanceStep.id)))
            told = [
                self._step(row, processes[row.instance_id])
                for row in sorted(rows, key=_when_left)
                if not row.step.startswith(":")
            ]
        main = instances.get(subject) if subject is not None else None
        return told, main or next(iter(instances.values()), None)

    def _step(self, row: InstanceStep, process: Process) -> StepTold:
        return StepTold(
            process=process.definition.code,
            title=title_of(row.step, process.step(row.step)),
            used=self._used.get((row.instance_id, row.step, row.visit), {}),
            **row.model_dump(include=set(StepTold.model_fields) - {"process", "title", "used"}),
        )

    async def _sends(self) -> list[SendTold]:
        async with self._desk.database.read() as session:
            statement = select(CommunicationRequest).order_by(col(CommunicationRequest.id))
            told: list[SendTold] = []
            for request in await session.scalars(statement):
                found = await queries.communications_of(session, request.id)
                verdicts = await queries.explanation(session, request.id)
                told.append(self._send(request, found, [each.sentence for each in verdicts]))
        return told

    def _send(
        self, request: CommunicationRequest, found: Sequence[Communication], verdicts: list[str]
    ) -> SendTold:
        last = found[-1] if found else None
        reached = any(each.state in REACHED_STATES for each in found)
        outcome = request.state
        if request.state == "completed":
            outcome = "reached" if reached else last.state if last else request.state
        elif last is not None and request.state == "prepared":
            outcome = last.state
        return SendTold(
            communication=request.definition,
            step=request.correlation.get("step"),
            asked_at=request.received_at,
            outcome=outcome,
            over=request.state in REQUEST.terminal,
            reason=last.reason if last else request.reason,
            channel=last.channel if last else None,
            language=last.language if last else None,
            left_at=last.sent_at if last else None,
            verdicts=verdicts,
            parts=[_part(each) for each in self._made(last)],
        )

    def _made(self, communication: Communication | None) -> Sequence[Rendered]:
        recorder = self._desk.renderer
        assert isinstance(recorder, Recorder)
        return recorder.made.get(str(communication.id), ()) if communication else ()

    async def _tasks(self) -> tuple[list[TaskTold], list[str]]:
        told: list[TaskTold] = []
        open_steps: list[str] = []
        async with self._desk.database.read() as session:
            for todo in await session.scalars(select(ToDo).order_by(col(ToDo.id))):
                kind = await self._desk.repository.kept(
                    session, ToDoTypeDefinition, todo.type, todo.version
                )
                step = todo.owner_step.partition("/")[0]
                told.append(
                    TaskTold(
                        step=step,
                        raised_at=todo.created_at,
                        outcomes=list(kind.outcomes_given()),
                        **todo.model_dump(include={"type", "role", "state", "outcome", "due_at"}),
                    )
                )
                if todo.state not in TO_DO.terminal:
                    open_steps.append(step)
        return told, open_steps

    async def _events(self) -> list[EventTold]:
        async with self._desk.database.read() as session:
            events = (
                await session.scalars(select(SystemEvent).order_by(col(SystemEvent.id)))
            ).all()
            heard = (await session.scalars(select(InstanceEvent))).all()
            bound = select(EventEffect).where(col(EventEffect.state).in_(STANDING))
            effects = (await session.scalars(bound)).all()
            visits = {each.id: each.step for each in await session.scalars(select(InstanceStep))}
        return [
            EventTold(
                type=event.type,
                at=event.received_at,
                state=event.state,
                heard_by=[
                    *_heard_by(str(event.id), heard, visits),
                    *(
                        each.binding
                        for each in effects
                        if each.event_id == event.id and each.deed != "deliver"
                    ),
                ],
            )
            for event in events
        ]


def _heard_by(key: str, heard: Sequence[InstanceEvent], visits: Mapping[UUID, str]) -> list[str]:
    found = [each for each in heard if each.event_key == key]
    return [visits[each.taken_by] if each.taken_by else each.name for each in found]


def _when_left(row: InstanceStep) -> tuple[bool, datetime, UUID]:
    return row.left_at is None, row.left_at or row.entered_at, row.id


def _read_by(process: Process, step: StepBase) -> set[str]:
    """The names that the expressions of a step read."""
    sources = [written.source for written in step.expressions()]
    sources += [each for handed in step.hands() for each in handed.values.values()]
    sources += step.values.values() if isinstance(step, SetStep) else ()
    names = set[str]()
    for source in sources:
        try:
            names |= process.value(source).reads
        except ExpressionError:
            continue  # it reads names that the step itself has, as each entry of a list
    return names


def _part(made: Rendered) -> PartTold:
    is_text = made.media_type.startswith("text/")
    return PartTold(
        name=made.name,
        media_type=made.media_type,
        digest=sha256(made.content),
        text=made.content.decode() if is_text else None,
        pages=made.pages,
        warnings=list(made.warnings),
        content=made.content,
    )
