"""What authors try out at a terminal: plans in words, simulations, saved cases."""

import shlex
from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openccm.content.pool import RenderPool
from openccm.data.services import DataDesk
from openccm.errors import InvalidError, NotFoundError
from openccm.language.bundle import Bundle, Library
from openccm.language.case import Answer, Case, Telling
from openccm.language.checks.cases import CASES, files_in, name_of, read_case
from openccm.language.document import Document
from openccm.language.explaining import PlanExplained, explain
from openccm.language.kinds import FILES
from openccm.language.loader import root_of
from openccm.language.problems import InvalidDefinition, Problem, errors_of
from openccm.language.validation import validated
from openccm.plan import Plan
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from openccm.platform.settings import Settings
from openccm.repository.checking import checked_library
from openccm.repository.lifecycles import IN_FORCE
from openccm.repository.plans import plan_of
from openccm.repository.shelf import in_state
from openccm.repository.surroundings import bundle_from, library_around
from openccm.simulation.cases import CaseResult, accepted_at, run_cases
from openccm.simulation.casting import sample_of
from openccm.simulation.playing import needed, open_theatre
from openccm.simulation.scenario import House, Scenario
from openccm.simulation.story import Simulation


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody types who wants to see a definition played."""

    sample: str | None = None
    person: str | None = None
    start: str | None = None
    events: Sequence[str] = ()
    at: Sequence[str] = ()
    answers: Sequence[str] = ()
    case: str | None = None


async def explained(settings: Settings, what: str) -> PlanExplained:
    """The compiled plan of a folder, or of what is live under a code, in words.

    Raises:
        NotFoundError: There is neither.
        InvalidDefinition: It has errors; says each.
        InvalidError: It is of a kind that does not run.
    """
    library, bundle = await chosen(settings, what)
    plan = plan_of(bundle, library, 1)
    if plan is None:
        kind = bundle.definition.kind
        raise InvalidError("definition", f"{bundle.definition.code} is a {kind} and has no plan.")
    return explain(Plan.model_validate(plan), bundle.definition)


async def simulated(settings: Settings, what: str, wish: Wish) -> Simulation:
    """A definition of a folder, or what is live under a code, played through.

    Raises:
        NotFoundError: There is neither, or nobody bears the person's key.
        InvalidDefinition: It has errors; says each.
        InvalidError: Something of the wish does not fit; names it.
        EndlessError: It goes round without rest.
    """
    library, bundle = await chosen(settings, what)
    scenario = _scenario(bundle, wish)
    async with _house(settings, real=wish.person is not None) as house:
        events = [each.event for each in scenario.events]
        wanted = needed(library, bundle.definition.code, events)
        async with open_theatre(house, wanted) as theatre:
            return await theatre.play(scenario)


async def tested(settings: Settings, folder: Path, *, accept: bool) -> list[CaseResult]:
    """Every saved case below a folder; with ``accept`` what they write now is kept beside them.

    Raises:
        InvalidDefinition: A definition has errors; says each.
    """
    library, only = _folder(folder)
    _refuse(library)
    results: list[CaseResult] = []
    async with _house(settings, real=False) as house:
        for bundle in library.bundles:
            if only not in (None, bundle.definition.code) or not files_in(bundle, CASES):
                continue
            wanted = needed(library, bundle.definition.code, list(_told_in(bundle)))
            async with open_theatre(house, wanted) as theatre:
                found = await run_cases(theatre, bundle)
            if accept:
                place = folder if only is not None else folder / bundle.folder
                found = [_accepted(each, place) for each in found]
            results += found
    return results


async def chosen(settings: Settings, what: str) -> tuple[Library, Bundle]:
    """A folder's definition among its neighbours, or what is live under a code.

    Raises:
        NotFoundError: There is neither.
        InvalidDefinition: It, or something it relies on, has errors; says each.
    """
    return _of_folder(Path(what)) or await _live(settings, what)


def _of_folder(path: Path) -> tuple[Library, Bundle] | None:
    if not path.is_dir():
        return None
    library, code = _folder(path)
    if code is None:
        message = f"{path} holds more than one definition. Name one of its folders."
        raise InvalidError("definition", message)
    found = needed(library, code)
    _refuse(replace(found, problems=_problems_of(library, found)))
    return library, library.bundle(code)


def _folder(path: Path) -> tuple[Library, str | None]:
    """The library of a folder of definitions, or around one definition's folder, and its code.

    Raises:
        InvalidDefinition: That one cannot be read; says why.
    """
    if not any((path / name).exists() for name in FILES):
        return checked_library(path), None
    root = root_of(path)
    library = checked_library(root)
    name = path.resolve().relative_to(root).as_posix()
    for bundle in library.bundles:
        if bundle.folder == name:
            return library, bundle.definition.code
    raise InvalidDefinition([each for each in library.problems if _stands_in(each, {name})])


def _problems_of(library: Library, part: Library) -> tuple[Problem, ...]:
    folders = {bundle.folder for bundle in part.bundles}
    return tuple(each for each in library.problems if _stands_in(each, folders))


def _stands_in(problem: Problem, folders: Collection[str]) -> bool:
    return any(f"{problem.file}/".startswith(f"{folder}/") for folder in folders)


def _refuse(library: Library) -> None:
    errors = errors_of(library.problems)
    if errors:
        raise InvalidDefinition(errors)


async def _live(settings: Settings, code: str) -> tuple[Library, Bundle]:
    database = Database(settings.database_url)
    try:
        async with database.read() as session:
            row = await in_state(session, code, IN_FORCE)
            bundle = await bundle_from(session, row) if row is not None else None
            if not isinstance(bundle, Bundle):
                raise NotFoundError("folder or live definition", code)
            return await library_around(session, [bundle]), bundle
    finally:
        await database.close()


@asynccontextmanager
async def _house(settings: Settings, *, real: bool) -> AsyncGenerator[House]:
    """What a simulation borrows; where a real person plays, also the database and the services."""
    async with RenderPool(processes=1) as renderer:
        if not real:
            yield House(settings, renderer)
            return
        database, data = Database(settings.database_url), DataDesk(utc_now)
        await data.open()
        try:
            yield House(settings, renderer, database, data)
        finally:
            await data.close()
            await database.close()


def _scenario(bundle: Bundle, wish: Wish) -> Scenario:
    code = bundle.definition.code
    start = wish.start or datetime.now(UTC)
    base = Scenario(code, start)
    if wish.case is not None:
        case = _case(bundle, wish.case)
        sample = sample_of(bundle, case.sample)
        assert sample is not None
        base = Scenario.of(code, case, sample)
        base = replace(base, start=wish.start or case.start)
    if wish.person is not None:
        base = replace(base, person=wish.person, sample=sample_of(bundle, wish.sample))
    elif wish.case is None or wish.sample is not None:
        base = replace(base, sample=sample_of(bundle, wish.sample))
    return replace(
        base,
        events=[*base.events, *_events(wish.events, wish.at)],
        answers={**base.answers, **_answers(wish.answers)},
    )


def _case(bundle: Bundle, name: str) -> Case:
    for path in files_in(bundle, CASES):
        if name_of(path) == name:
            _, case = read_case(bundle, path)
            if isinstance(case, Case):
                return case
            raise InvalidDefinition(case)
    raise NotFoundError("case", name)


def _told_in(bundle: Bundle) -> Iterator[str]:
    """The events that a definition's saved cases tell."""
    for path in files_in(bundle, CASES):
        _, case = read_case(bundle, path)
        if isinstance(case, Case):
            yield from (each.event for each in case.events)


def _events(events: Sequence[str], at: Sequence[str]) -> Iterator[Telling]:
    """``paid amount=100`` and ``2026-05-01 09:00`` or ``3 days``."""
    if len(at) > len(events):
        raise InvalidError("at", "Each --at belongs to the --event before it.")
    for number, text in enumerate(events):
        name, *given = shlex.split(text) or [""]
        when = at[number] if number < len(at) else None
        told: dict[str, Any] = {"event": name, "data": _named(given, "event")}
        if when is not None:
            told["at" if when[:4].isdigit() and when[4:5] == "-" else "after"] = when
        yield _read(Telling, told, "event")


def _answers(answers: Sequence[str]) -> dict[str, Sequence[Answer]]:
    """``review=approved@2 hours amount=100``; the same step again is its next answer."""
    found: dict[str, list[Answer]] = {}
    for text in answers:
        first, *given = text.split(" ", 1) if "@" not in text else _with_pause(text)
        step, _, word = first.partition("=")
        outcome, _, after = word.partition("@")
        values = _named(shlex.split(given[0]) if given else [], "answer")
        told: dict[str, Any] = {"outcome": outcome, "values": values}
        told |= {"after": after} if after else {}
        found.setdefault(step, []).append(_read(Answer, told, "answer"))
    return dict(found)


def _with_pause(text: str) -> list[str]:
    """``review=approved@2 hours amount=100``: the length of time has a space of its own."""
    words = text.split(" ")
    end = next((at for at, word in enumerate(words[1:], 1) if "=" in word), len(words))
    return [" ".join(words[:end]), *([" ".join(words[end:])] if words[end:] else [])]


def _named(given: Sequence[str], field: str) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    for name, equals, _ in pairs:
        if not equals:
            raise InvalidError(field, f"Write name=value, not {name}.")
    return {name: value for name, _, value in pairs}


def _read(model: Any, told: dict[str, Any], field: str) -> Any:
    read = validated(model, Document(f"--{field}", told))
    if isinstance(read, list):
        raise InvalidError(field, f"{read[0].message} {read[0].mend}")
    return read


def _accepted(result: CaseResult, folder: Path) -> CaseResult:
    """Keep what a case writes; what it still says besides stays as it is."""
    if not result.written:
        return result
    path = accepted_at(f"cases/{result.name}.yaml")
    (folder / path).write_text(result.written, encoding="utf-8")
    left = tuple(each for each in result.problems if not each.file.endswith(path))
    return replace(result, problems=left, differences=())
