"""Where random processes live: what they rely on, how one begins, and what holds when it ended."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

from sqlmodel import select

from openccm.language.bundle import Bundle, Library
from openccm.language.checker import check_bundle
from openccm.language.checks.inspecting import TemplateFindings
from openccm.language.folder import bundle_of
from openccm.language.kinds import KINDS
from openccm.language.loader import load_definitions
from openccm.language.problems import Problem, errors_of
from openccm.language.process import ProcessDefinition
from openccm.language.steps import EndStep
from openccm.platform import audit
from openccm.platform.audit import Head
from openccm.platform.columns import new_id
from openccm.processes.beginning import Beginning, begin
from openccm.processes.stepper import Stepper
from openccm.processes.tables import EventWatch, InstanceStep, WorkflowInstance
from openccm.repository.versions import publish
from tests.processes.anything import OTHERS, Draft
from tests.processes.fate import Fate
from tests.processes.risk import RiskSystem
from tests.processes.stage import CALLER, Stage


class World:
    """A stage with all that random processes rely on, and a count of what was seen."""

    def __init__(self, stage: Stage, risk: RiskSystem, others: list[Bundle]) -> None:
        self.stage = stage
        self.risk = risk
        self.others = others
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

    async def begun(self, bundle: Bundle, chance: Random) -> WorkflowInstance:
        """Publish it, and begin an instance for somebody new."""
        station = self.stage.station
        station.begin_anew()
        self.risk.be_well()
        someone = await station.person("email")
        payload: dict[str, Any] = {
            "ref": f"B-{new_id()}",
            "amount": chance.choice(("0.00", "186.40", "250.01")),
            "due": chance.choice(("2026-05-09", "2026-04-01", "0001-01-01", "9999-12-31")),
        }
        sizes = chance.choice(((), (0,), (1,), (0, 1)))
        payload["people"] = [{"person": someone.key, "size": size} for size in sizes]
        payload |= chance.choice(({}, {"vip": True}))
        code = bundle.definition.code
        asked = Beginning(code, f"K-{new_id()}", person=someone.key, payload=payload)
        async with station.database.begin() as session:
            await publish(session, Library((bundle,)), actor="test", now=station.clock())
        async with station.database.begin() as session:
            return await begin(
                session, self.stage.processes, asked, caller=CALLER, now=station.clock()
            )


async def world_on(stage: Stage, risk: RiskSystem) -> World:
    """A world whose definitions are live."""
    others: list[Bundle] = []
    for folder, text in OTHERS.items():
        kind = text.split()[1]
        files = {KINDS[kind].file: text.replace("%s", risk.url).encode()}
        if kind == "communication":
            files["templates/email.en.txt"] = b"{{ note.ref }}"
        bundle = bundle_of(folder, files)
        assert isinstance(bundle, Bundle), [str(each) for each in bundle]
        others.append(bundle)
    station = stage.station
    async with station.database.begin() as session:
        await publish(session, Library(tuple(others)), actor="test", now=station.clock())
    return World(stage, risk, [*others, *load_definitions(stage.others).bundles])


def steps_in(bundle: Bundle) -> list[str]:
    """What its steps do."""
    definition = bundle.definition
    assert isinstance(definition, ProcessDefinition)
    return [step.do for step in (*definition.steps.values(), *definition.undo.values())]


def refused_well(found: list[Problem]) -> None:
    """Each finding says where, what, and how to mend it."""
    for problem in found:
        assert problem.line >= 1, problem
        assert problem.message.endswith("."), problem
        assert problem.mend.endswith((".", "?", "…")), problem


async def ended_well(fate: Fate, bundle: Bundle) -> None:
    """What holds of every instance that has ended, however it did."""
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
    async with fate.stage.station.database.read() as session:
        head = Head(row.trail_sequence, row.trail_hash)
        assert await audit.first_fault(session, f"instance:{row.id}", head) is None
        watches = select(EventWatch).where(EventWatch.instance_id == row.id)
        assert (await session.scalars(watches)).all() == []
        stored = await fate.stage.station.desk.repository.stored(session, row.code, row.version)
    assert stored.plan is not None
    again = Stepper(stored.plan, row.id, fate.take)
    await again.run()
    # A step that gave way before it was ever looked at has left no row.
    more = Counter(again.taken) - Counter((step.step, step.way) for step in steps)
    assert {way for _, way in more} <= {"stopped"}
    assert more.total() == len(again.taken) - len(steps)
    assert await fate.row() == row


def taken_back_once(
    row: WorkflowInstance, steps: Sequence[InstanceStep], definition: ProcessDefinition
) -> None:
    """Everything that was done and can be taken back was, if that was asked for; else nothing.

    What gave way may have been done all the same, where what it opened could not be called back.
    """
    ends = [definition.steps.get(step.step) for step in steps]
    ended = any(isinstance(end, EndStep) and end.undoing for end in ends)
    undoing = row.undoing if row.stopping else ended
    done = [
        definition.steps[step.step].undo
        for step in steps
        if step.step in definition.steps and step.state == "done" and step.way != "error"
    ]
    back = Counter(step.step for step in steps if step.step in definition.undo)
    owed = Counter(name for name in done if name and undoing)
    beyond_recall = Counter(
        definition.steps[step.step].undo
        for step in steps
        if undoing and step.step in definition.steps and step.state == "stopped" and step.subject
    )
    assert not owed - back
    assert not back - owed - beyond_recall
    marked = Counter(definition.steps[step.step].undo for step in steps if step.undone)
    assert back == marked


def read_process(text: str) -> Library:
    """A library of one process that relies on nothing else."""
    bundle = bundle_of("any", {"process.yaml": text.encode()})
    assert isinstance(bundle, Bundle), [str(each) for each in bundle]
    return Library((bundle,))
