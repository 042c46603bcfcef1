"""People and core systems that a process waits for: what they are asked, how they answer."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from openccm.access.caller import Caller
from openccm.cases import hearing
from openccm.cases.tables import Case, CompensationOffer
from openccm.communications.desk import Desk
from openccm.errors import InvalidError
from openccm.language.case import Answer
from openccm.language.steps import SettleStep
from openccm.processes.book import Processes
from openccm.processes.tables import InstanceStep, WorkflowInstance
from openccm.work.commands import Done, Hand, cancel, complete
from openccm.work.lifecycle import TO_DO
from openccm.work.rights import SUPERVISE
from openccm.work.tables import ToDo

_PAID = "settled"


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that waits for an answer."""

    id: UUID
    step: str
    visit: int
    answer: Callable[[Answer], Awaitable[None]]


class Counterparts:
    """Agents who do to-dos, and core systems that pay."""

    def __init__(self, desk: Desk, processes: Processes, caller: Caller) -> None:
        self._desk = desk
        self._processes = processes
        self._caller = caller

    async def asked(self) -> AsyncGenerator[Asked]:
        """Everything that waits for one of them."""
        for todo in await self._todos():
            step, visit = todo.owner_step.split("/")[:2]
            yield Asked(todo.id, step, int(visit), self._finishing(todo.id, step))
        for offer, step, visit in await self._unpaid():
            yield Asked(offer.id, step, visit, self._paying(offer))

    async def _todos(self) -> Sequence[ToDo]:
        statement = select(ToDo).where(
            col(ToDo.state).not_in(TO_DO.terminal), ToDo.owner_kind == "instance"
        )
        async with self._desk.database.read() as session:
            return (await session.scalars(statement.order_by(col(ToDo.id)))).all()

    def _finishing(self, todo_id: UUID, step: str) -> Callable[[Answer], Awaitable[None]]:
        async def finish(said: Answer) -> None:
            async with self._desk.database.begin() as session:
                todo = await session.get_one(ToDo, todo_id)
                if todo.state in TO_DO.terminal:
                    return
                hand = Hand(self._desk.repository, self._somebody(todo), self._desk.clock())
                try:
                    if said.outcome == "cancelled":
                        await cancel(session, hand, todo_id, said.reason or "simulated")
                    else:
                        done = Done(said.outcome, said.values, said.reason)
                        await complete(session, hand, todo_id, done)
                except InvalidError as error:
                    message = f"The answer of {step} does not fit: {error}"
                    raise InvalidError(f"answers.{step}.{error.field}", message) from None

        return finish

    def _somebody(self, todo: ToDo) -> Caller:
        """An agent of whichever role has the to-do now."""
        return Caller(
            "simulated",
            frozenset({SUPERVISE}),
            None,
            self._caller.key_id,
            roles=frozenset({todo.role}),
            kind="user",
        )

    async def _unpaid(self) -> list[tuple[CompensationOffer, str, int]]:
        """Offers that a step waits for somebody to pay."""
        found: list[tuple[CompensationOffer, str, int]] = []
        statement = (
            select(CompensationOffer, InstanceStep, WorkflowInstance)
            .join(Case, col(Case.id) == col(CompensationOffer.case_id))
            .join(WorkflowInstance, col(WorkflowInstance.id) == col(Case.instance_id))
            .join(InstanceStep, col(InstanceStep.instance_id) == col(WorkflowInstance.id))
            .where(CompensationOffer.state == "issued", col(InstanceStep.left_at).is_(None))
            .order_by(col(CompensationOffer.id))
        )
        async with self._desk.database.read() as session:
            for offer, row, instance in (await session.execute(statement)).all():
                step = await self._processes.step(
                    session, instance.code, instance.version, row.step
                )
                if isinstance(step, SettleStep):
                    found.append((offer, row.step, row.visit))
        return found

    def _paying(self, offer: CompensationOffer) -> Callable[[Answer], Awaitable[None]]:
        async def pay(said: Answer) -> None:
            if said.outcome != _PAID:
                return
            async with self._desk.database.begin() as session:
                await hearing.settled(
                    session,
                    self._desk.repository,
                    str(offer.id),
                    system=offer.system_code,
                    actor=self._caller.actor,
                    now=self._desk.clock(),
                )

        return pay
