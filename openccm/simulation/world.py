"""What relay, Temporal and the outside do together, in one process and with time in hand.

The outbox says what is to be begun, as it does in production; plans are followed by the stepper;
steps are the production ones. When nothing moves any more, the clock goes to the next moment at
which something can: a time that a step waits for, an event, an answer.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from openccm.access.caller import Caller
from openccm.communications.compose import compose_step
from openccm.communications.desk import Desk
from openccm.communications.dossier import opened
from openccm.communications.follow import fall_back, follow
from openccm.communications.gather import gather
from openccm.communications.hand_over import hand_over
from openccm.communications.tables import CommunicationRequest
from openccm.contracts import (
    COMPOSE,
    FALL_BACK,
    FOLLOW,
    GATHER,
    HAND_OVER,
    StepInput,
    StepResult,
)
from openccm.errors import InvalidError
from openccm.events import intake
from openccm.events.catalogue import Catalogue
from openccm.events.commands import command
from openccm.events.handling import Handler
from openccm.events.intake import Incoming, Told
from openccm.language.case import Answer
from openccm.plan import Call
from openccm.platform import outbox
from openccm.processes.book import Processes
from openccm.processes.stepper import Stepper
from openccm.processes.tables import WorkflowInstance
from openccm.processes.taking import take_step
from openccm.simulation.answering import Counterparts
from openccm.simulation.outside import REACHED, SAID_BY_CHANNELS, HandClock

MOST = 5_000
"""Looks at steps. What takes more goes round, or is too long to be read."""

HORIZON = timedelta(days=3 * 366)
"""How far a simulation looks ahead."""

_COMMUNICATION: Mapping[str, Callable[[Desk, StepInput], Awaitable[StepResult]]] = {
    GATHER: gather,
    COMPOSE: compose_step,
    HAND_OVER: hand_over,
    FOLLOW: follow,
    FALL_BACK: fall_back,
}
_BEFORE_GATHERING = frozenset({"cancelled", "duplicate"})

Witness = Callable[[StepInput], Awaitable[None]]
"""Is told of every look at a step of a process, before it is taken."""


async def _nobody(_order: StepInput) -> None:
    """Sees nothing."""


class EndlessError(InvalidError):
    """It does not come to rest."""

    def __init__(self) -> None:
        message = f"It does not come to rest: {MOST:,} looks at its steps were not enough."
        super().__init__("definition", message)


@dataclass(order=True)
class Happening:
    """Something that will happen from outside."""

    at: datetime
    number: int
    deed: Callable[[], Awaitable[None]] = field(compare=False)


class World:
    """All runs of a simulation, and what its author wants to happen."""

    def __init__(
        self,
        desk: Desk,
        clock: HandClock,
        caller: Caller,
        answers: Mapping[str, Sequence[Answer]],
    ) -> None:
        self.desk = desk
        self.clock = clock
        self.caller = caller
        """On whose behalf things happen."""
        self.witness: Witness = _nobody
        self.processes = Processes(desk)
        self.unanswered: set[str] = set()
        """The hooks that were asked, and of which the author says nothing."""
        self._answers = answers
        self._counterparts = Counterparts(desk, self.processes, caller)
        self._catalogue = Catalogue(desk.repository)
        self._handler = Handler(desk)
        self._runs: dict[UUID, Stepper] = {}
        self._plans: list[Happening] = []
        self._seen: set[UUID] = set()
        self._said: dict[UUID, str] = {}
        self._here: tuple[str, int] = ("", 1)
        self._looks = 0
        self._end = clock()

    def plan(self, at: datetime, deed: Callable[[], Awaitable[None]]) -> None:
        """Have something happen at a time; what has the same time keeps its order."""
        self._plans.append(Happening(at, len(self._plans), deed))
        self._plans.sort(key=lambda each: (each.at, each.number))

    async def run(self) -> None:
        """Let everything happen, until nothing more can.

        Raises:
            EndlessError: It goes round without rest.
            InvalidError: An answer or an event does not fit; names it.
        """
        self._end = self.clock() + HORIZON
        while True:
            await self._settle()
            following = self._next()
            if following is None:
                return
            self.clock.now = max(following, self.clock.now)
            if self._plans and self._plans[0].at <= self.clock.now:
                await self._plans.pop(0).deed()

    def says_of_hook(self, code: str) -> Answer | None:
        """What the author has a hook answer to the step that is being taken."""
        step, visit = self._here
        said = self._answer(step, visit) or self._answer(code, visit)
        if said is None:
            self.unanswered.add(code)
        return said

    def says_of_channel(self, communication_id: str) -> str:
        """What the author has a provider answer."""
        return self._said.get(UUID(communication_id), REACHED)

    async def tell(self, number: int, incoming: Incoming, source: str) -> None:
        """Let an event of a core system come in; what it tells of is settled at once.

        Raises:
            InvalidError: It does not fit; names it.
        """
        told = Told(incoming, replace(self.caller, name=source))
        (taken,) = await intake.take(self.desk, self._catalogue, [told])
        if taken.refusal is not None:
            raise InvalidError(f"events[{number}]", str(taken.refusal))
        await self._handler.round()
        assert taken.event is not None
        await command(self.desk, taken.event["id"], "resolve", "simulated", actor="simulation")
        await self._handler.round()

    def _answer(self, key: str, visit: int) -> Answer | None:
        said = self._answers.get(key)
        return said[min(visit, len(said)) - 1] if said else None

    async def _settle(self) -> None:
        """Go on until every run waits or is over."""
        moving = True
        while moving:
            for run in [each for each in self._runs.values() if not each.over]:
                await run.run()
            moving = await self._relay()
            await self._plan_answers()

    async def _relay(self) -> bool:
        """Do what the outbox owes; whether anything was to be done."""
        async with self.desk.database.begin() as session:
            owed = [(each.id, each.deed, each.subject) for each in await outbox.due(
                session, self.clock(), MOST
            )]  # fmt: skip
            await outbox.done(session, [entry for entry, _, _ in owed])
        for _, deed, subject in owed:
            if deed == "start-instance":
                await self._start_instance(subject)
            elif deed == "start":
                await self._start_request(subject)
        return any(deed != "callbacks" for _, deed, _ in owed)

    async def _start_instance(self, instance_id: UUID) -> None:
        async with self.desk.database.read() as session:
            instance = await session.get_one(WorkflowInstance, instance_id)
            stored = await self.desk.repository.stored(session, instance.code, instance.version)
        assert stored.plan is not None
        self._runs[instance_id] = Stepper(stored.plan, instance_id, self._take_step)

    async def _start_request(self, request_id: UUID) -> None:
        """Begin its run, or have it end as the author says, at once or when they say so."""
        if request_id in self._runs:
            return
        async with self.desk.database.read() as session:
            request = await session.get_one(CommunicationRequest, request_id)
        said = self._said_of(request)

        async def begin() -> None:
            if said is None or said.outcome in SAID_BY_CHANNELS:
                await self._run_request(request, said.outcome if said else REACHED)
            else:
                await self._end_request(request_id, said.outcome)

        if said is not None and said.after is not None:
            self.plan(self.clock() + timedelta(seconds=said.after.seconds), begin)
        else:
            await begin()

    def _said_of(self, request: CommunicationRequest) -> Answer | None:
        if request.instance_id is None or request.contact_id is not None:
            return self._answer("send", 1)
        _, step, visit = request.idempotency_key.rsplit("/", 2)
        return self._answer(step, int(visit))

    async def _run_request(self, request: CommunicationRequest, word: str) -> None:
        async with self.desk.database.read() as session:
            published = await self.desk.repository.pinned(
                session, request.definition, request.version
            )
        plan = published.plan

        async def take(order: StepInput) -> StepResult:
            call = plan.instructions[order.step]
            assert isinstance(call, Call)
            self._look()
            result = await _COMMUNICATION[call.activity](self.desk, order)
            self._said |= dict.fromkeys(result.communications, word)
            return result

        self._runs[request.id] = Stepper(plan, request.id, take)
        await self._runs[request.id].run()

    async def _end_request(self, request_id: UUID, state: str) -> None:
        async with (
            self.desk.database.begin() as session,
            opened(session, request_id, actor="simulation", now=self.clock()) as dossier,
        ):
            if state not in _BEFORE_GATHERING:
                dossier.move_request("gathering")
            dossier.move_request(state, "as_simulated")

    async def _take_step(self, order: StepInput) -> StepResult:
        self._look()
        self._here = (order.step, order.visit)
        await self.witness(order)
        return await take_step(self.processes, order)

    def _look(self) -> None:
        self._looks += 1
        if self._looks > MOST:
            raise EndlessError

    async def _plan_answers(self) -> None:
        """Have people and core systems do what the author says they will."""
        async for asked in self._counterparts.asked():
            if asked.id in self._seen:
                continue
            self._seen.add(asked.id)
            said = self._answer(asked.step, asked.visit)
            if said is not None:
                pause = timedelta(seconds=said.after.seconds if said.after else 0)
                self.plan(self.clock() + pause, partial(asked.answer, said))

    def _next(self) -> datetime | None:
        """The next moment at which something can happen; None where nothing more will."""
        running = [run for run in self._runs.values() if not run.over]
        times = [run.until for run in running if run.until is not None]
        times += [each.at for each in self._plans]
        following = min(times, default=None)
        if following is None or following > self._end:
            return None
        return following
