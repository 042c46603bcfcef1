"""Whatever an author writes is refused with its place, or runs to an end, whatever befalls it."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from random import Random
from typing import get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from openccm.language.bundle import Bundle, Library
from openccm.language.checker import check_bundle
from openccm.language.checks.templates import TemplateFindings
from openccm.language.folder import bundle_of
from openccm.language.kinds import KINDS
from openccm.language.loader import load_definitions
from openccm.language.problems import Problem, errors_of
from openccm.language.process import ProcessDefinition
from openccm.language.steps import EndStep, Step
from openccm.platform import audit
from openccm.platform.audit import Head
from openccm.platform.columns import new_id
from openccm.processes.beginning import Beginning, begin
from openccm.processes.stepper import Stepper
from openccm.processes.tables import EventWatch, InstanceStep, WorkflowInstance
from openccm.repository.versions import publish
from tests.processes.anything import OTHERS, Draft, draft
from tests.processes.fate import Fate
from tests.processes.risk import RiskSystem, risk_system
from tests.processes.stage import CALLER, Stage

ENOUGH = {True: 500, False: 120}
"""How many definitions are tried on SQLite, and how many on PostgreSQL."""

TURNS = 12


class World:
    """A stage with all that random processes rely on, and a count of what was seen."""

    def __init__(self, stage: Stage, risk: RiskSystem, others: list[Bundle]) -> None:
        self.stage = stage
        self.risk = risk
        self.others = others
        self.enough = ENOUGH[stage.station.database.is_sqlite]
        self.seen = Counter[str]()
        self.number = 0

    def read(self, draft: Draft) -> Bundle | list[Problem]:
        """The process, or everything that is wrong with it."""
        self.number += 1
        text = draft.written(f"ANY-{self.number}")
        bundle = bundle_of("any", {"process.yaml": text.encode()})
        if not isinstance(bundle, Bundle):
            return bundle
        library = Library((*self.others, bundle))
        found = check_bundle(
            bundle, library, channels=("email",), inspect_template=lambda *_: TemplateFindings()
        )
        return errors_of(found) or bundle

    async def begin(self, bundle: Bundle, chance: Random) -> Fate:
        """Publish it, and begin an instance for somebody new."""
        station = self.stage.station
        station.begin_anew()
        self.risk.be_well()
        someone = await station.person("email")
        payload = {
            "ref": f"B-{new_id()}",
            "amount": chance.choice(("0.00", "186.40", "250.01")),
            "due": chance.choice(("2026-05-09", "2026-04-01", "0001-01-01", "9999-12-31")),
        }
        payload |= chance.choice(({}, {"vip": True}))
        code = bundle.definition.code
        asked = Beginning(code, f"K-{new_id()}", person=someone.key, payload=payload)
        async with station.database.begin() as session:
            await publish(session, Library((bundle,)), actor="test", now=station.clock())
        async with station.database.begin() as session:
            row = await begin(
                session, self.stage.processes, asked, caller=CALLER, now=station.clock()
            )
            stored = await station.desk.repository.stored(session, code, row.version)
        assert stored.plan is not None
        starts = "start" in steps_in(bundle)
        fate = Fate(self.stage, self.risk, chance, row.id, starts)
        fate.runs[row.id] = Stepper(stored.plan, row.id, fate.take)
        return fate


@pytest.fixture(scope="module")
async def world(shared_stage: Stage) -> AsyncIterator[World]:
    async with risk_system() as risk:
        others: list[Bundle] = []
        files = {kind: model.file for kind, model in KINDS.items()}
        for folder, text in OTHERS.items():
            text = text % f"{risk.url}" if "%s" in text else text
            kind = text.split()[1]
            bundle = bundle_of(
                folder,
                {files[kind]: text.encode()}
                | (
                    {"templates/email.en.txt": b"{{ note.ref }}"} if kind == "communication" else {}
                ),
            )
            assert isinstance(bundle, Bundle), [str(each) for each in bundle]
            others.append(bundle)
        station = shared_stage.station
        async with station.database.begin() as session:
            await publish(session, Library(tuple(others)), actor="test", now=station.clock())
        given = load_definitions(shared_stage.others)
        yield World(shared_stage, risk, [*others, *given.bundles])


def steps_in(bundle: Bundle) -> list[str]:
    definition = bundle.definition
    assert isinstance(definition, ProcessDefinition)
    return [step.do for step in (*definition.steps.values(), *definition.undo.values())]


@settings(
    max_examples=max(ENOUGH.values()),
    database=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**64))
async def test_a_process_is_refused_with_its_place_or_comes_to_its_end(
    world: World, seed: int
) -> None:
    if world.number >= world.enough:
        return
    chance = Random(seed)
    drafted = draft(chance)
    found = world.read(drafted)
    if not isinstance(found, Bundle):
        refused_well(found)
        world.seen["refused"] += 1
        return
    world.seen.update(steps_in(found))
    fate = await world.begin(found, chance)
    try:
        await fate.live(TURNS)
        await ended_well(world, fate, found)
    except BaseException:
        print(drafted.written("FAILED"), *fate.told, sep="\n")
        raise
    world.seen[(await fate.row()).state] += 1


def refused_well(found: list[Problem]) -> None:
    """Each finding says where, what, and how to mend it."""
    for problem in found:
        assert problem.line >= 1, problem
        assert problem.message.endswith("."), problem
        assert problem.mend.endswith((".", "?", "…")), problem


async def ended_well(world: World, fate: Fate, bundle: Bundle) -> None:
    """What holds of every instance that has ended, however."""
    row, steps = await fate.row(), await fate.steps()
    definition = bundle.definition
    assert isinstance(definition, ProcessDefinition)

    assert (row.ended_at is not None, row.outcome is not None) == (True, True)
    assert all(step.left_at and step.way for step in steps)
    todos, requests = await fate.open_work()
    assert todos == []
    called_back = [step for step in requests if step.partition("/")[0] not in definition.undo]
    assert row.stopping is None or called_back == []
    taken_back_once(row, steps, definition)
    async with world.stage.station.database.read() as session:
        head = Head(row.trail_sequence, row.trail_hash)
        assert await audit.first_fault(session, f"instance:{row.id}", head) is None
        watches = select(EventWatch).where(EventWatch.instance_id == row.id)
        assert (await session.scalars(watches)).all() == []
    again = Stepper(fate.runs[row.id].plan, row.id, fate.take)
    await again.run()
    assert Counter(again.taken) == Counter(fate.runs[row.id].taken)
    assert await fate.row() == row


def taken_back_once(
    row: WorkflowInstance, steps: Sequence[InstanceStep], definition: ProcessDefinition
) -> None:
    """Everything that was done and can be taken back was, if that was asked for; else nothing."""
    ends = [definition.steps.get(step.step) for step in steps]
    undoing = (
        row.undoing
        if row.stopping
        else any(isinstance(end, EndStep) and end.undoing for end in ends)
    )
    done = [
        definition.steps[step.step].undo
        for step in steps
        if step.step in definition.steps and step.state == "done" and step.way != "error"
    ]
    back = Counter(step.step for step in steps if step.step in definition.undo)
    assert back == Counter(name for name in done if name and undoing)


async def test_every_kind_of_step_and_of_end_was_among_them(world: World) -> None:
    kinds = {
        get_args(kind.model_fields["do"].annotation)[0] for kind in get_args(get_args(Step)[0])
    }

    assert world.number == world.enough
    assert world.seen.keys() >= kinds | {"completed", "cancelled", "refused"}
    assert world.seen["completed"] + world.seen["cancelled"] > world.enough / 2
