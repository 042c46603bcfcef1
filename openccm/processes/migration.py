"""Moving instances to another version of their process, where that is safe; else saying why not.

Safe means: whatever an instance stands at is there in the other version, as the same kind of step
in the same branch; whatever is read from there on has been given, or may still be; and whatever
was done can still be taken back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import delete
from sqlmodel import col, select

from openccm.errors import ConflictError, IllegalTransitionError
from openccm.language.fields import PAYLOAD
from openccm.language.process_context import given_by, kept_by
from openccm.language.steps import SetStep
from openccm.processes.beginning import watches
from openccm.processes.book import Process, Processes
from openccm.processes.commands import opened
from openccm.processes.lifecycles import INSTANCE
from openccm.processes.tables import EventWatch, InstanceStep, WorkflowInstance
from openccm.processes.walk import Walk, data_of

_UNDER_WAY = sorted(INSTANCE.states - INSTANCE.terminal)


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of some instances that were to be moved."""

    moved: list[UUID] = field(default_factory=list[UUID])
    refused: dict[UUID, list[str]] = field(default_factory=dict[UUID, list[str]])
    """Those that stay, each with what stands in its way."""
    last: UUID | None = None
    """The last one that was looked at, where there may be more."""


async def migrate(
    processes: Processes, instance_id: UUID, version: int, reason: str, *, actor: str
) -> WorkflowInstance:
    """Go on by another version of the process, from where the instance stands.

    Raises:
        ConflictError: Something stands in the way; says all that does.
        IllegalTransitionError: It has ended.
        NotFoundError: There is no such version, or something it relies on is not live.
    """
    async with opened(processes, instance_id, actor) as walk:
        found = await _move(processes, walk, version, reason)
        if found:
            raise ConflictError(" ".join(found))
    return walk.instance


async def migrate_all(
    processes: Processes,
    code: str,
    versions: tuple[int, int],
    reason: str,
    *,
    actor: str,
    system_code: str | None = None,
    after: UUID | None = None,
    limit: int = 200,
    trial: bool = False,
) -> Moved:
    """Move the instances of one version to another, each by itself: those that can be.

    With ``trial`` nothing is changed, and the answer is what it would be.

    Raises:
        NotFoundError: There is no such version, or something it relies on is not live.
    """
    async with processes.desk.database.read() as session:
        await processes.live(session, code, versions[1])
        wanted = [
            WorkflowInstance.code == code,
            WorkflowInstance.version == versions[0],
            col(WorkflowInstance.state).in_(_UNDER_WAY),
            *([WorkflowInstance.system_code == system_code] if system_code else ()),
            *([col(WorkflowInstance.id) > after] if after else ()),
        ]
        rows = await session.scalars(
            select(WorkflowInstance.id)
            .where(*wanted)
            .order_by(col(WorkflowInstance.id))
            .limit(limit)
        )
        ids = rows.all()
    told = Moved(last=ids[-1] if len(ids) == limit else None)
    for instance_id in ids:
        try:
            async with opened(processes, instance_id, actor, wake=not trial) as walk:
                found = await _move(processes, walk, versions[1], reason, trial=trial)
        except IllegalTransitionError:  # it ended since it was looked for
            continue
        if found:
            told.refused[instance_id] = found
        else:
            told.moved.append(instance_id)
    return told


async def _move(
    processes: Processes, walk: Walk, version: int, reason: str, *, trial: bool = False
) -> list[str]:
    """Move a locked instance, or say what stands in the way."""
    instance = walk.instance
    target, pins = await processes.live(walk.session, instance.code, version)
    rows = (
        await walk.session.scalars(
            select(InstanceStep).where(InstanceStep.instance_id == instance.id)
        )
    ).all()
    found = list(dict.fromkeys(obstacles(walk, target, rows)))
    if found or trial:
        return found
    before, source, instance.version, instance.pins = instance.version, walk.process, version, pins
    await _begin_anew(walk, source, target)
    walk.note("instance.migrated", reason=reason, from_version=before, to_version=version)
    return []


async def _begin_anew(walk: Walk, source: Process, target: Process) -> None:
    """What an instance of the other version has from its beginning: variables, and watches."""
    instance, old, new = walk.instance, source.definition, target.definition
    data = data_of(target, instance, walk.person, walk.now)
    for name, variable in new.variables.items():
        if name not in old.variables and variable.start:
            value = to_jsonable_python(target.value(variable.start).evaluate(data))
            instance.answers = {**instance.answers, name: value}
    await walk.session.execute(delete(EventWatch).where(col(EventWatch.instance_id) == instance.id))
    walk.session.add_all(watches(new, instance, walk.person))


def obstacles(walk: Walk, target: Process, rows: Sequence[InstanceStep]) -> Iterator[str]:
    """Why an instance with these visits cannot go on by another version."""
    standing = [row.step for row in rows if row.left_at is None]
    if walk.ending is not None:
        yield f"It is ending already, as {walk.ending}."
    elif not standing or walk.instance.state == "running":
        yield "It is on its way just now; try again when it rests."
    places = [name for name in _places(walk.process, standing) if not name.startswith(":")]
    yield from _missing(walk.process, target, places)
    if all(name in target.definition.steps for name in places):
        yield from _never_given(walk, target, places or list(target.definition.steps)[:1])
    yield from _other_shapes(walk.process, target, begun=":begin" not in standing)
    yield from _not_taken_back(walk.process, target, rows)


def _places(process: Process, standing: Sequence[str]) -> list[str]:
    """Where it stands; in a branch it may stand anywhere, because others are on their way."""
    found = dict.fromkeys(standing)
    home = process.flow.home
    for step in standing:
        outer = home.get(step)
        while outer is not None:
            inside = process.flow.branches[outer]
            nested = [name for name, inner in home.items() if inner in inside]
            found |= dict.fromkeys([*inside, *nested, process.flow.ways[outer]["join"]])
            outer = home.get(outer)
    return list(found)


def _missing(source: Process, target: Process, places: Sequence[str]) -> Iterator[str]:
    old, new = source.definition, target.definition
    for name in places:
        if name not in new.steps:
            yield f"It stands at {name}, which version {target.version} has not."
        elif type(new.steps[name]) is not type(old.steps[name]):
            yield f"{name} is another kind of step in version {target.version}."
        elif source.flow.home.get(name) != target.flow.home.get(name):
            yield f"{name} stands in another branch in version {target.version}."


def _other_shapes(source: Process, target: Process, *, begun: bool) -> Iterator[str]:
    old, new, version = source.definition, target.definition, target.version
    for name, each in new.data.items():
        if name in old.data and old.data[name].type != each.type:
            yield f"{name} is a {each.type} in version {version}, and was a {old.data[name].type}."
        elif name in old.data or each.missing != "fail":
            continue
        elif each.from_ == PAYLOAD:
            yield f"Version {version} needs {name} from the payload, which nobody gave."
        elif begun:
            yield f"Version {version} looks up {name} at its beginning, which has passed."
    for name, variable in new.variables.items():
        if name in old.variables and old.variables[name].type != variable.type:
            before = old.variables[name].type
            yield f"{name} is a {variable.type} in version {version}, and was a {before}."


def _never_given(walk: Walk, target: Process, places: Sequence[str]) -> Iterator[str]:
    """Names that are read from here on, and that no step before or after has given a value."""
    definition, ahead = target.definition, set[str]()
    waiting = list(places)
    while waiting:
        name = waiting.pop()
        if name in definition.steps and name not in ahead:
            ahead.add(name)
            waiting.extend(target.flow.ways[name].values())
    late = {name for name, _ in kept_by(definition, target.used)} | definition.events.keys()
    known = set(walk.instance.answers)
    for name in ahead:
        known |= given_by(definition.steps[name])
    for name in sorted(ahead):
        for root in sorted((_reads(target, name) & late) - known):
            yield f"{name} of version {target.version} reads {root}, which nothing gave it."


def _reads(process: Process, name: str) -> set[str]:
    """The names whose values a step relies on."""
    step = process.definition.steps[name]
    sources = [written.source for written in step.expressions()]
    sources += [each for handed in step.hands() for each in handed.values.values()]
    if isinstance(step, SetStep):
        sources += step.values.values()
    compiled = [process.value(source, name) for source in sources]
    return {path.partition(".")[0] for each in compiled for path in each.reads - each.guards}


def _not_taken_back(
    source: Process, target: Process, rows: Sequence[InstanceStep]
) -> Iterator[str]:
    old, new = source.definition.steps, target.definition.steps
    for row in rows:
        step = old.get(row.step)
        if step is not None and step.undo and row.left_at is not None and not row.undone:
            after = new.get(row.step)
            if after is None or not after.undo:
                yield f"Version {target.version} cannot take back {row.step}, which was done."
