"""Simulations for whoever asks over HTTP, and the saved cases that a submission must pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.access.caller import Caller
from openccm.access.reach import require_person
from openccm.errors import InvalidError, NotFoundError
from openccm.language.bundle import Bundle, Library
from openccm.language.case import Answer, Case, Telling
from openccm.language.checks.cases import CASES, files_in, name_of, read_case
from openccm.language.folder import bundle_of
from openccm.language.problems import InvalidDefinition, Problem, errors_of
from openccm.language.sample import Sample
from openccm.parties.people import person_by_key
from openccm.repository.checking import problems_of
from openccm.repository.editing import Written
from openccm.repository.lifecycles import IN_FORCE, ON_THE_WAY
from openccm.repository.search import Wanted, search
from openccm.repository.shelf import draft_of, in_state, version_of
from openccm.repository.surroundings import bundle_from, companions, library_around
from openccm.simulation.cases import CaseResult, run_cases
from openccm.simulation.casting import sample_of
from openccm.simulation.playing import needed, open_theatre
from openccm.simulation.scenario import House, Scenario
from openccm.simulation.story import Simulation


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be played."""

    code: str
    version: int | None = None
    """The version; where left out what is in force, else what is on its way."""
    start: datetime | str | None = None
    sample: str | Sample | None = None
    """A sample, or the name of one of the definition's; its first where left out."""
    person: str | None = None
    payload: Mapping[str, Any] | None = None
    events: Sequence[Telling] = ()
    answers: Mapping[str, Sequence[Answer]] = field(default_factory=dict[str, Sequence[Answer]])


async def simulate(
    session: AsyncSession, house: House, wish: Wish, written: Written | None, caller: Caller
) -> Simulation:
    """Play what is stored under a code, or a text as it stands in an editor.

    Raises:
        NotFoundError: There is no such definition or version; or nobody whom the caller may see
            bears the person's key.
        InvalidDefinition: It has errors; says each.
        InvalidError: Something of the wish does not fit; names it.
        EndlessError: It goes round without rest.
    """
    if wish.person is not None:
        require_person(caller, await person_by_key(session, wish.person))
    bundle = await _bundle(session, wish, written)
    told = [each.event for each in wish.events]
    library = await _library(session, [bundle], told)
    _refuse(bundle, library)
    sample = wish.sample
    if not isinstance(sample, Sample):
        sample = sample_of(bundle, sample)
    scenario = Scenario(
        bundle.definition.code,
        wish.start or datetime.now(UTC),
        sample=sample,
        person=wish.person,
        payload=wish.payload,
        events=wish.events,
        answers=wish.answers,
    )
    async with open_theatre(house, needed(library, scenario.code, told)) as theatre:
        return await theatre.play(scenario)


async def cases_of_draft(
    session: AsyncSession, house: House, code: str, name: str | None = None
) -> list[CaseResult]:
    """The saved cases of a draft, or one; played among what would go live with it and what is live.

    Raises:
        NotFoundError: There is no draft, or it has no such case.
    """
    row = await draft_of(session, code)
    bundle = await bundle_from(session, row)
    if not isinstance(bundle, Bundle):
        return []
    paths = [path for path in files_in(bundle, CASES) if name in (None, name_of(path))]
    if name is not None and not paths:
        raise NotFoundError("case", name)
    if not paths:
        return []
    cases = [read_case(bundle, path)[1] for path in paths]
    told = [each.event for case in cases if isinstance(case, Case) for each in case.events]
    library = await _library(session, [*await companions(session, row), bundle], told)
    if errors_of(problems_of(bundle, library)):
        return []  # told by whoever checks it; nothing can be played
    async with open_theatre(house, needed(library, bundle.definition.code, told)) as theatre:
        return await run_cases(theatre, bundle, paths)


async def cases_among(house: House, library: Library, codes: Sequence[str]) -> list[CaseResult]:
    """The saved cases of some definitions of a library, each played among what it needs."""
    results: list[CaseResult] = []
    for code in codes:
        bundle = library.bundle(code)
        cases = [read_case(bundle, path)[1] for path in files_in(bundle, CASES)]
        told = [each.event for case in cases if isinstance(case, Case) for each in case.events]
        if cases:
            async with open_theatre(house, needed(library, code, told)) as theatre:
                results += await run_cases(theatre, bundle)
    return results


def refuse_failing(results: Sequence[CaseResult]) -> None:
    """Let nothing be submitted of which a saved case comes out otherwise.

    Raises:
        InvalidDefinition: Names each case.
    """
    problems = [_named(each, problem) for each in results for problem in each.problems]
    if problems:
        raise InvalidDefinition(problems)


def _named(result: CaseResult, problem: Problem) -> Problem:
    return problem.model_copy(update={"message": f"Case {result.name}: {problem.message}"})


async def _bundle(session: AsyncSession, wish: Wish, written: Written | None) -> Bundle:
    if written is not None:
        loaded = bundle_of(wish.code, written.folder())
    elif wish.version is not None:
        loaded = await bundle_from(session, await version_of(session, wish.code, wish.version))
    else:
        row = await in_state(session, wish.code, IN_FORCE)
        row = row or await in_state(session, wish.code, ON_THE_WAY)
        if row is None:
            raise NotFoundError("definition", wish.code)
        loaded = await bundle_from(session, row)
    if not isinstance(loaded, Bundle):
        raise InvalidDefinition(loaded)
    if loaded.definition.code != wish.code:
        raise InvalidError("code", f"The text defines {loaded.definition.code}.")
    return loaded


async def _library(
    session: AsyncSession, bundles: Sequence[Bundle], told: Sequence[str]
) -> Library:
    """These with all they rely on; where events come in, with what is bound to any event."""
    if not told:
        return await library_around(session, bundles)
    codes = {bundle.definition.code for bundle in bundles}
    found = await search(session, Wanted(kind="event-binding", limit=10_000))
    bound = [await bundle_from(session, row) for row in found if row.code not in codes]
    bindings = [each for each in bound if isinstance(each, Bundle)]
    return await library_around(session, [*bundles, *bindings])


def _refuse(bundle: Bundle, library: Library) -> None:
    errors = errors_of(problems_of(bundle, library))
    if errors:
        raise InvalidDefinition(errors)
