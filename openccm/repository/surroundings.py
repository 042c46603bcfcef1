"""The library a version stands in: what it relies on, and who relies on it."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.errors import ConflictError
from openccm.language.bundle import Bundle, Library
from openccm.language.folder import bundle_of
from openccm.language.problems import Problem, errors_of, in_reading_order
from openccm.repository.cases import cases_failing
from openccm.repository.checking import problems_of
from openccm.repository.contents import files_of
from openccm.repository.lifecycles import IN_FORCE, ON_THE_WAY
from openccm.repository.shelf import in_state, lock, users_of, uses_of
from openccm.repository.tables import DefinitionVersion


async def bundle_from(session: AsyncSession, row: DefinitionVersion) -> Bundle | list[Problem]:
    """A version as it was written, or why it cannot be read."""
    return bundle_of(row.code, await files_of(session, row))


async def library_around(session: AsyncSession, bundles: Iterable[Bundle]) -> Library:
    """These definitions and all they rely on, step by step.

    What they rely on is what is in force; where nothing is, the newest on its way, so that two
    definitions that need one another can be written before either is live.
    """
    known: dict[str, Bundle] = {bundle.definition.code: bundle for bundle in bundles}
    waiting = list(known.values())
    missing = set[str]()
    while waiting:
        for use in waiting.pop().definition.uses():
            if use.code in known or use.code in missing:
                continue
            found = await _standing(session, use.code)
            if found is None:
                missing.add(use.code)
                continue
            known[use.code] = found
            waiting.append(found)
    return Library(tuple(known.values()))


async def _standing(session: AsyncSession, code: str) -> Bundle | None:
    row = await in_state(session, code, IN_FORCE) or await in_state(session, code, ON_THE_WAY)
    if row is None:
        return None
    bundle = await bundle_from(session, row)
    return bundle if isinstance(bundle, Bundle) else None


async def companions(session: AsyncSession, row: DefinitionVersion) -> list[Bundle]:
    """What would go live with a version, because it belongs to the same release."""
    if row.release_id is None:
        return []
    statement = select(DefinitionVersion).where(
        DefinitionVersion.release_id == row.release_id, DefinitionVersion.id != row.id
    )
    bundles = [await bundle_from(session, each) for each in await session.scalars(statement)]
    return [each for each in bundles if isinstance(each, Bundle)]


async def findings(
    session: AsyncSession, bundle: Bundle, beside: Sequence[Bundle] = ()
) -> list[Problem]:
    """The problems of a definition where it would stand, with those that come beside it."""
    library = await library_around(session, [*beside, bundle])
    return await asyncio.to_thread(problems_of, bundle, library)


async def hindrances(
    session: AsyncSession, bundles: Sequence[Bundle], beside: Sequence[Bundle] = ()
) -> list[Problem]:
    """Everything that keeps these definitions from going live, together with those beside them.

    Their own errors, their saved cases, and what they would break of that which is live.
    """
    together = [*beside, *bundles]
    library = await library_around(session, together)
    found = await asyncio.to_thread(_own, bundles, library)
    return in_reading_order([*found, *await _broken(session, together)])


def _own(bundles: Sequence[Bundle], library: Library) -> list[Problem]:
    found: list[Problem] = []
    for bundle in bundles:
        found += errors_of(problems_of(bundle, library))
        found += cases_failing(bundle, library)
    return found


async def _broken(session: AsyncSession, bundles: Sequence[Bundle]) -> list[Problem]:
    """The errors that live users of these definitions would have, and have not today."""
    changed = {bundle.definition.code: bundle for bundle in bundles}
    users: dict[str, Bundle] = {}
    for code in changed:
        for row in await users_of(session, code, IN_FORCE):
            bundle = await bundle_from(session, row)
            if isinstance(bundle, Bundle) and row.code not in changed:
                users[row.code] = bundle
    if not users:
        return []
    today = await library_around(session, users.values())
    then = Library(tuple(_replaced(today, changed)))
    return await asyncio.to_thread(_new_errors, users.values(), today, then)


def _replaced(library: Library, changed: Mapping[str, Bundle]) -> Iterable[Bundle]:
    for bundle in library.bundles:
        yield changed.get(bundle.definition.code, bundle)


def _new_errors(users: Collection[Bundle], today: Library, then: Library) -> list[Problem]:
    found: list[Problem] = []
    for user in users:
        before = set(errors_of(problems_of(user, today)))
        found += [each for each in errors_of(problems_of(user, then)) if each not in before]
    return found


async def require_uses(session: AsyncSession, rows: Sequence[DefinitionVersion]) -> None:
    """Refuse what relies on something that is neither in force nor among these.

    Raises:
        ConflictError: Names what is missing.
    """
    together = {row.code for row in rows}
    codes = {row.id: row.code for row in rows}
    uses = await uses_of(session, list(codes))
    # Nobody may retire meanwhile what is found in force here.
    await lock(session, {use.code for use in uses} - together)
    for use in uses:
        if use.code not in together and await in_state(session, use.code, IN_FORCE) is None:
            raise ConflictError(
                f"{codes[use.version_id]} uses the {use.kind} {use.code}, which is not live. "
                "Publish that first, or release both together."
            )
