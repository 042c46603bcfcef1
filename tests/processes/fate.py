"""What can befall a process: events, answers, silence, retries, failures, people who step in."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from openccm.access.keys import Caller
from openccm.communications.lifecycles import REQUEST
from openccm.communications.tables import CommunicationRequest
from openccm.contracts import StepInput, StepResult
from openccm.errors import ConflictError, DeniedError, InvalidError
from openccm.platform.columns import new_id
from openccm.processes import commands, queries
from openccm.processes.hearing import Heard, deliver
from openccm.processes.lifecycles import INSTANCE
from openccm.processes.stepper import Stepper
from openccm.processes.tables import InstanceStep, WorkflowInstance
from openccm.processes.taking import take_step
from openccm.work import commands as work
from openccm.work.lifecycle import TO_DO
from openccm.work.tables import ToDo
from tests.processes.risk import RiskSystem
from tests.processes.stage import Stage

SPINS = 600
"""More steps than any of these processes takes without time passing."""

AGENT = Caller("DESK", frozenset({"todo:work"}), None, new_id(), roles=frozenset({"agent", "lead"}))
CHIEF = Caller("CHIEF", frozenset({"todo:work"}), None, new_id(), roles=frozenset({"supervisor"}))
SALES = Caller("SALES", frozenset({"todo:work"}), None, new_id(), roles=frozenset({"sales"}))


@dataclass(slots=True, repr=False)
class Fate:
    """One instance in the hands of chance; its children's runs are kept beside its own."""

    stage: Stage
    risk: RiskSystem
    chance: Random
    id: UUID
    starts: bool
    """Whether it starts other processes."""
    runs: dict[UUID, Stepper] = field(default_factory=dict[UUID, Stepper])
    told: list[str] = field(default_factory=list[str])
    """What befell it, for whoever reads a failure."""
    _spins: int = 0

    @property
    def over(self) -> bool:
        return self.runs[self.id].over

    async def live(self, turns: int) -> None:
        """Whatever comes, so many times; then somebody cancels, and it must come to its end."""
        await self.on()
        for _ in range(turns):
            if self.over:
                return
            await self.happen()
        if not self.over and (await self.row()).stopping is None:
            await self._if_allowed(self.cancel)
        for _ in range(60):
            if self.over:
                return
            await self.mend()
        raise AssertionError(f"It does not end: {self.told}")

    async def on(self) -> None:
        """Let everything go on as far as it goes: the instance, its children, and it again."""
        self._spins, before = 0, -1
        while self._taken > before:
            before = self._taken
            if self.starts:
                await self._begun()
            for run in list(self.runs.values()):
                await run.run()
        await self.stands()

    @property
    def _taken(self) -> int:
        return sum(len(run.taken) for run in self.runs.values())

    async def stands(self) -> None:
        """Where it rests somebody can see where, and for what."""
        row, steps = await self.row(), await self.steps()
        standing = [step for step in steps if step.left_at is None]
        if self.over:
            assert (row.state in INSTANCE.terminal, standing) == (True, []), self.told
            return
        assert row.state in ("waiting", "error"), (row.state, self.told)
        assert standing, self.told
        for step in standing:
            assert step.state in ("waiting", "error"), self.told
            assert step.waiting_for, self.told
            assert step.until is None or step.until > self.stage.station.clock(), self.told

    async def row(self) -> WorkflowInstance:
        async with self.stage.station.database.read() as session:
            return await queries.instance_by_id(session, self.id)

    async def steps(self) -> Sequence[InstanceStep]:
        async with self.stage.station.database.read() as session:
            return await queries.steps_of(session, self.id)

    async def take(self, order: StepInput) -> StepResult:
        """Take a step; now and then twice, as by a worker that died before it could tell."""
        self._spins += 1
        assert self._spins < SPINS, f"It goes round without time passing: {order.step}"
        result = await take_step(self.stage.processes, order)
        if self.chance.random() < 0.2:
            again = await take_step(self.stage.processes, order)
            assert again.outcome == result.outcome, (order.step, result, again)
        return result

    async def happen(self) -> None:
        """One thing."""
        standing = [step for step in await self.steps() if step.left_at is None]
        deeds: list[Callable[[], Awaitable[None]]] = [self.hear, self.hear, self.time, self.mood]
        deeds += [self._on(each, self.answer) for each in standing for _ in range(3)]
        if self.chance.random() < 0.1:
            deeds = [self.cancel, *(self._on(each, self.skip) for each in standing)]
        await self._if_allowed(self.chance.choice(deeds))
        await self.on()

    async def mend(self) -> None:
        """What a patient operator does until nothing is left to do."""
        self.risk.be_well()
        self.stage.station.billing.begin_anew()
        for each in [step for step in await self.steps() if step.left_at is None]:
            if each.state == "error":
                await self._if_allowed(self._on(each, self.skip))
            else:
                await self._if_allowed(self._on(each, self.answer))
        await self.time()
        await self.on()

    async def hear(self) -> None:
        instance = await self.row()
        kind, data = self.chance.choice(
            (
                ("payment.received", {"amount": self.chance.choice(("1.00", "900.00"))}),
                ("letter.received", {"about": self.chance.choice(("gone", "you"))}),
                ("letter.received", {}),
                ("nothing.known", {}),
            )
        )
        key = self.chance.choice((str(new_id()), "E-1", "E-2"))
        ref = self.chance.choice((instance.payload["ref"], "B-other", None))
        heard = Heard(kind, key, instance.person_key, None, data | ({"ref": ref} if ref else {}))
        self.told.append(f"heard {kind} {data} {ref}")
        async with self.stage.station.database.begin() as session:
            await deliver(session, self.stage.processes, heard)

    async def time(self) -> None:
        """Go to when the first of all looks again by itself; or a day on."""
        clock = self.stage.station.clock
        end_of_days = clock.now.replace(year=2100)
        times = [run.until for run in self.runs.values() if run.until and run.until < end_of_days]
        clock.now = max(min(times, default=clock.now + timedelta(days=1)), clock.now)
        self.told.append(f"time {clock.now}")

    async def mood(self) -> None:
        """Others are well, unwell or away."""
        self.stage.station.billing.amount = self.chance.choice(("186.40", "0.00", None))
        self.stage.station.billing.status = self.chance.choice((200, 200, 503, 400))
        self.risk.change(self.chance)
        self.told.append("mood")

    async def cancel(self) -> None:
        undoing = self.chance.random() < 0.5
        self.told.append(f"cancel undoing={undoing}")
        await commands.cancel(
            self.stage.processes, self.id, "by chance", actor="ops", undoing=undoing
        )

    async def skip(self, step: InstanceStep) -> None:
        process, _ = await self._process()
        ways = [*process.flow.ways.get(step.step, {}), None, "nonsense"]
        outcome = self.chance.choice(ways)
        self.told.append(f"skip {step.step} by {outcome}")
        await commands.skip(
            self.stage.processes, self.id, step.step, "by chance", actor="ops", outcome=outcome
        )

    async def answer(self, step: InstanceStep) -> None:
        """Whatever a step that stands waits for, comes."""
        if step.state == "error":
            self.told.append(f"retry {step.step}")
            await commands.retry(self.stage.processes, self.id, step.step, "by chance", actor="ops")
        elif todos := await self._todos(step):
            await self._do(self.chance.choice(todos))
        elif step.subject is not None and await self._is(CommunicationRequest, step.subject):
            await self._settle(step.subject)
        else:
            await self.time()

    async def _todos(self, step: InstanceStep) -> Sequence[UUID]:
        """The to-dos that a step waits for."""
        wanted = select(ToDo.id).where(
            ToDo.owner_id == self.id,
            col(ToDo.owner_step).startswith(f"{step.step}/{step.visit}"),
            col(ToDo.state).not_in(TO_DO.terminal),
        )
        async with self.stage.station.database.read() as session:
            return (await session.scalars(wanted)).all()

    async def _do(self, todo_id: UUID) -> None:
        caller = self.chance.choice((AGENT, AGENT, CHIEF, CHIEF, SALES))
        done = self.chance.choice(
            (
                work.Done("promised", {"promised_on": "2026-05-09"}),
                work.Done("promised"),
                work.Done("lost"),
                work.Done("approved"),
                work.Done("rejected", reason="by chance"),
                work.Done("odd"),
            )
        )
        self.told.append(f"{caller.system_code} says {done.outcome}")
        hand = work.Hand(self.stage.station.desk.repository, caller, self.stage.station.clock())
        async with self.stage.station.database.begin() as session:
            await work.complete(session, hand, todo_id, done)

    async def _settle(self, request_id: UUID) -> None:
        state = self.chance.choice(("opted_out", "not_sent", "completed", "cancelled", "error"))
        self.told.append(f"request becomes {state}")
        way = {"completed": ("gathering", "prepared"), "cancelled": ()}
        await self.stage.settle(request_id, *way.get(state, ("gathering",)), state)

    async def _if_allowed(self, deed: Callable[[], Awaitable[None]]) -> None:
        """What is refused is refused with a sentence, and changes nothing."""
        refused = ""
        try:
            await deed()
        except (ConflictError, DeniedError, InvalidError) as refusal:
            refused = f"refused: {refusal}"
            self.told.append(refused)
        assert not refused or refused.endswith("."), refused

    def _on(
        self, step: InstanceStep, deed: Callable[[InstanceStep], Awaitable[None]]
    ) -> Callable[[], Awaitable[None]]:
        async def done() -> None:
            await deed(step)

        return done

    async def _begun(self) -> None:
        """Runs for the children that steps have started."""
        async with self.stage.station.database.read() as session:
            rows = await session.scalars(
                select(WorkflowInstance).where(WorkflowInstance.parent_id == self.id)
            )
            for row in rows.all():
                if row.id not in self.runs:
                    stored = await self.stage.station.desk.repository.stored(
                        session, row.code, row.version
                    )
                    assert stored.plan is not None
                    self.runs[row.id] = Stepper(stored.plan, row.id, self.take)

    async def _process(self) -> tuple[Any, WorkflowInstance]:
        row = await self.row()
        async with self.stage.station.database.read() as session:
            return await self.stage.processes.pinned(session, row.code, row.version, row.pins), row

    async def _is(self, table: Any, subject: UUID) -> bool:
        async with self.stage.station.database.read() as session:
            return await session.get(table, subject) is not None

    async def open_work(self) -> tuple[list[str], list[str]]:
        """Its to-dos and its requests that are not over, by the step and visit that began them."""
        async with self.stage.station.database.read() as session:
            todos = await session.scalars(
                select(ToDo.owner_step).where(
                    ToDo.owner_id == self.id, col(ToDo.state).not_in(TO_DO.terminal)
                )
            )
            requests = await session.scalars(
                select(CommunicationRequest.idempotency_key).where(
                    CommunicationRequest.instance_id == self.id,
                    col(CommunicationRequest.state).not_in(REQUEST.terminal),
                )
            )
            return list(todos), [key.partition("/")[2] for key in requests]
