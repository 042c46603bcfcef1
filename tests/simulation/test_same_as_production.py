"""A simulation takes the path that production takes: random processes, events and answers.

Production is played on rows of a real database with a driver of the test's own, that knows nothing
of the simulation: it lets the same things happen at the same times.
"""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from openccm.access.caller import Caller
from openccm.communications.dossier import opened
from openccm.communications.tables import CommunicationRequest
from openccm.language.bundle import Bundle, Library
from openccm.language.case import Answer, Telling
from openccm.language.folder import bundle_of
from openccm.language.problems import errors_of
from openccm.language.sample import Sample
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.processes.book import Processes
from openccm.repository.checking import problems_of
from openccm.repository.versions import publish
from openccm.simulation.playing import open_theatre
from openccm.simulation.scenario import House, Scenario
from openccm.work.commands import Done, Hand, complete
from openccm.work.tables import ToDo
from tests.core.making import NOW
from tests.core.station import open_station
from tests.processes.stage import Stage
from tests.simulation.plays import COMPANY
from tests.support.databases import Databases

_PLAYS = 20
_ENDINGS = ("opted_out", "suppressed", "not_sent", "cancelled")
_SPANS = ("1 hour", "5 hours", "1 day", "2 days", "1 week")


@dataclass(slots=True)
class Play:
    """A random process with what happens to it."""

    text: str
    events: list[tuple[str, int, int]] = field(default_factory=list[tuple[str, int, int]])
    """The event, after how many hours, and its number."""
    answers: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


def random_play(number: int) -> Play:
    """A process that always ends: ways lead on, and back by counted repetition alone."""
    chance = random.Random(number)
    names = [f"s{at}" for at in range(chance.randint(6, 14))]
    play, lines = Play(""), list[str]()
    for at, name in enumerate(names):
        on = [*names[at + 1 :], "end"]
        lines += _step(chance, play, name, on, names[: at + 1])
    stop = "stops: {halted: {event: halt, when: event.n > 4, undoing: %s}}"
    play.text = "\n".join([
        "kind: process", f"code: PLAY-{number}", "title: A play",
        "data: {n: {type: number, from: payload}}",
        'variables: {count: {type: number, start: "0"}}',
        "events:",
        "  ping: {type: ping.came, match: {person: person}, data: {n: {type: number}}}",
        "  halt: {type: halt.came, match: {person: person}, data: {n: {type: number}}}",
        stop % chance.choice(("true", "false")),
        "steps:", *lines,
        "undo: {back: {do: set, values: {count: count - 1}}}",
    ])  # fmt: skip
    for _ in range(chance.randint(1, 6)):
        event = chance.choice(("ping", "ping", "halt"))
        play.events.append((event, chance.randint(1, 120), chance.randint(0, 9)))
    return play


def _step(
    chance: random.Random, play: Play, name: str, on: list[str], back: list[str]
) -> list[str]:
    span, one, two = chance.choice(_SPANS), chance.choice(on), chance.choice(on)
    match chance.randrange(9):
        case 0:
            lines = [f"  {name}: {{do: wait, for: {span}}}"]
        case 1:
            lines = [f"  {name}: {{do: set, values: {{count: count + n}}, undo: back}}"]
        case 2:
            when = f"count > {chance.randint(0, 6)}"
            case_ = f"{{more: {{when: {when}, next: {one}}}}}"
            lines = [f"  {name}: {{do: branch, cases: {case_}, otherwise: {two}}}"]
        case 3:
            heard = f"events: {{ping: {one}}}, within: {span}, silence: {two}"
            lines = [f"  {name}: {{do: listen, {heard}}}"]
        case 4:
            lines = [f"  {name}: {{do: repeat, from: {chance.choice(back)}, at-most: 2}}"]
        case 5:
            play.answers[name] = [chance.choice(_ENDINGS) for _ in range(2)]
            ways = f"outcomes: {{{play.answers[name][0]}: {one}}}"
            lines = [f"  {name}: {{do: send, communication: NOTE, {ways}}}"]
        case 6:
            play.answers[name] = [chance.choice(("fine", "wrong")) for _ in range(2)]
            ways = f"outcomes: {{wrong: {one}}}, context: {{balance: n}}"
            lines = [f"  {name}: {{do: task, to-do: REVIEW, {ways}}}"]
        case 7:
            inner = [f"{name}-left", f"{name}-right"]
            lines = [
                f"  {name}: {{do: parallel, branches: {{one: {inner[0]}, two: {inner[1]}}},"
                f" join: {name}-join}}",
                f"  {inner[0]}: {{do: wait, for: {span}, next: {name}-join}}",
                f"  {inner[1]}: {{do: wait, for: {chance.choice(_SPANS)}, next: {name}-join}}",
                f"  {name}-join: {{do: set, values: {{count: count + 1}}, undo: back}}",
            ]
        case _:
            outcome, undoing = f"over-{name}", chance.choice(("true", "false"))
            end = f"{{do: end, outcome: {outcome}, undoing: {undoing}}}"
            case_ = f"{{full: {{when: count > 12, next: {name}-end}}}}"
            lines = [
                f"  {name}: {{do: branch, cases: {case_}, otherwise: {name}-on}}",
                f"  {name}-end: {end}",
                f"  {name}-on: {{do: set, values: {{count: count + 0}}}}",
            ]
    return lines


@pytest.fixture(scope="module")
async def stage(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    database = Database(await databases.fresh())
    folder = tmp_path_factory.mktemp("station")
    async with open_station(database, folder) as station:
        library = Library(tuple(company()))
        async with database.begin() as session:
            await publish(session, library, actor="test", now=NOW)
        yield Stage(station, Processes(station.desk), folder)
    await database.close()


def company() -> list[Bundle]:
    found = [
        bundle_of(folder, {name: text.encode() for name, text in files.items()})
        for folder, files in COMPANY.items()
        if folder in ("note", "ledger", "review")
    ]
    return [each for each in found if isinstance(each, Bundle)]


Path = list[tuple[str, str, datetime]]


@pytest.mark.parametrize("number", range(_PLAYS))
async def test_both_take_the_same_path(house: House, stage: Stage, number: int) -> None:
    play = random_play(number)
    loaded = bundle_of(f"play-{number}", {"process.yaml": play.text.encode()})
    assert isinstance(loaded, Bundle), (play.text, [str(each) for each in loaded])
    library = Library((*company(), loaded))
    found = errors_of(problems_of(loaded, library))
    if any("Nothing leads to" in each.message for each in found):
        loaded, library = _without_unreached(play, loaded, [each.path for each in found])
        found = errors_of(problems_of(loaded, library))
    assert found == [], (play.text, [str(each) for each in found])

    simulated = await _simulated(house, library, play, loaded.definition.code)
    produced = await _produced(stage, loaded, play)

    assert simulated == produced, play.text
    assert simulated[0]


def _without_unreached(play: Play, bundle: Bundle, paths: list[str]) -> tuple[Bundle, Library]:
    """The same without steps that nothing leads to; repeated until all are reached."""
    while paths:
        gone = {path.removeprefix("$.steps").strip("[]'.") for path in paths}
        lines = [
            line for line in play.text.splitlines() if line.strip().partition(":")[0] not in gone
        ]
        play.text = "\n".join(lines)
        loaded = bundle_of(bundle.folder, {"process.yaml": play.text.encode()})
        assert isinstance(loaded, Bundle), (play.text, [str(each) for each in loaded])
        bundle = loaded
        library = Library((*company(), bundle))
        problems = errors_of(problems_of(bundle, library))
        paths = [each.path for each in problems if "Nothing leads to" in each.message]
    return bundle, Library((*company(), bundle))


async def _simulated(house: House, library: Library, play: Play, code: str) -> tuple[Path, Any]:
    scenario = Scenario(
        code,
        NOW,
        sample=Sample.model_validate({"time-zone": "UTC", "data": {"n": 3}}),
        events=[
            Telling.model_validate({"event": event, "after": f"{hours} hours", "data": {"n": n}})
            for event, hours, n in play.events
        ],
        answers={
            step: [
                Answer.model_validate(
                    {"outcome": each, "values": {"remark": "no"}, "after": "2 hours"}
                )
                for each in said
            ]
            for step, said in play.answers.items()
        },
    )
    async with open_theatre(house, library) as theatre:
        told = await theatre.play(scenario)
    path = [
        (each.step, each.way or "", each.left_at) for each in told.path if each.left_at is not None
    ]
    return path, (told.state, told.outcome)


async def _produced(stage: Stage, bundle: Bundle, play: Play) -> tuple[Path, Any]:
    """The same on rows, with a driver that knows nothing of simulations."""
    station = stage.station
    station.clock.now = NOW
    async with station.database.begin() as session:
        library = Library((bundle,))
        await publish(session, library, actor="test", now=NOW, around=Library((*company(), bundle)))
    someone = await station.person("email", time_zone="UTC")
    code = bundle.definition.code
    run = await stage.begin(code, person=someone.key, payload={"n": 3})
    due: list[tuple[datetime, int, str, Any]] = [
        (NOW + timedelta(hours=hours), at, "event", (event, n))
        for at, (event, hours, n) in enumerate(play.events)
    ]
    seen = set[UUID]()
    while True:
        await _owe_answers(stage, run.id, play, due, seen)
        times = [each[0] for each in due] + ([run.run.until] if run.run.until else [])
        if not times or run.run.over:
            break
        station.clock.now = max(station.clock.now, min(times))
        due.sort()
        if due and due[0][0] <= station.clock.now:
            _, _, kind, what = due.pop(0)
            await _happen(stage, run, kind, what)
        await run.on()
    path = [
        (each.step, each.way or "", each.left_at)
        for each in sorted(
            await run.steps(),
            key=lambda each: (each.left_at or datetime.max.replace(tzinfo=NOW.tzinfo), each.id),
        )
        if each.left_at is not None and not each.step.startswith(":")
    ]
    row = await run.row()
    return path, (row.state, row.outcome)


async def _owe_answers(
    stage: Stage, instance: UUID, play: Play, due: list[Any], seen: set[UUID]
) -> None:
    """Each request and each to-do is answered two hours after it was asked for."""
    at = stage.station.clock.now + timedelta(hours=2)
    async with stage.station.database.read() as session:
        requests = (
            await session.scalars(
                select(CommunicationRequest).where(CommunicationRequest.instance_id == instance)
            )
        ).all()
        todos = (
            await session.scalars(
                select(ToDo).where(ToDo.owner_id == instance, col(ToDo.closed_at).is_(None))
            )
        ).all()
    for each in requests:
        step, visit = each.idempotency_key.rsplit("/", 2)[1:]
        if each.id not in seen:
            due.append((at, len(seen) + 100, "request", (each.id, _said(play, step, visit))))
            seen.add(each.id)
    for todo in todos:
        step, _, visit = todo.owner_step.partition("/")
        if todo.id not in seen:
            due.append((at, len(seen) + 100, "to-do", (todo.id, _said(play, step, visit))))
            seen.add(todo.id)


def _said(play: Play, step: str, visit: str) -> str:
    said = play.answers[step]
    return said[min(int(visit), len(said)) - 1]


async def _happen(stage: Stage, run: Any, kind: str, what: Any) -> None:
    station = stage.station
    if kind == "event":
        event, n = what
        await run.hear(f"{event}.came", n=n)
        return
    subject, word = what
    async with station.database.begin() as session:
        if kind == "to-do":
            todo = await session.get_one(ToDo, subject)
            if todo.closed_at is None:
                roles = frozenset({todo.role})
                caller = Caller("ann", frozenset(), None, new_id(), roles=roles, kind="user")
                hand = Hand(station.desk.repository, caller, station.clock())
                await complete(session, hand, subject, Done(word, {"remark": "no"}))
            return
        async with opened(session, subject, actor="test", now=station.clock()) as dossier:
            if dossier.request.state == "accepted":
                if word != "cancelled":
                    dossier.move_request("gathering")
                dossier.move_request(word, "as_told")
