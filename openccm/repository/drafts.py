"""Drafts: saved as often as their authors like, without one losing the work of another."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.errors import ConflictError, InvalidError, NotFoundError
from openccm.language.bundle import Bundle, digest_of
from openccm.language.folder import bundle_of, misplaced
from openccm.language.kinds import FILES
from openccm.language.problems import START, Problem
from openccm.platform.columns import new_id
from openccm.repository.bases import OvertakenError, require_base
from openccm.repository.contents import contents_of, keep, note_uses
from openccm.repository.moves import By, Deed, move, note
from openccm.repository.publication import opened
from openccm.repository.shelf import (
    draft_of,
    in_force,
    next_number,
    open_version,
    version_of,
)
from openccm.repository.surroundings import bundle_from, companions, findings
from openccm.repository.tables import DefinitionVersion


class Text(NamedTuple):
    """What an author hands in: all files, and what they had before their eyes."""

    files: Mapping[str, bytes]
    base: int | None = None
    """The version it was begun from."""
    seen: str | None = None
    """The digest of the draft that was edited; None where there was none."""
    note: str | None = None


class Saved(NamedTuple):
    """A draft, and all that is wrong with it."""

    version: DefinitionVersion
    problems: list[Problem]


async def save_draft(session: AsyncSession, code: str, text: Text, by: By) -> Saved:
    """Keep a draft. One with problems may be saved; it cannot be submitted.

    Raises:
        OvertakenError: Somebody changed the draft or published a version since this was begun.
        ConflictError: A version of this definition is in review.
        InvalidError: A file has a name or size that is not allowed, or none defines anything.
    """
    _require_fit(code, text.files)
    await opened(session, [code], by)
    standing = await open_version(session, code)
    _require_seen(code, standing, text, digest_of(text.files))
    await _require_base(session, code, text)
    loaded = bundle_of(code, text.files)
    row = await _row(session, code, standing, text, by)
    before = row.digest
    await _fill(session, row, text, loaded, by)
    if before != row.digest:
        await note(session, row, Deed("definition.drafted", text.note), by)
        await session.flush()
    return Saved(row, await problems_with(session, row, loaded))


async def read_draft(session: AsyncSession, code: str) -> Saved:
    """The draft, and all that is wrong with it today.

    Raises:
        NotFoundError: There is none.
    """
    row = await draft_of(session, code)
    return Saved(row, await problems_with(session, row, await bundle_from(session, row)))


async def known_contents(session: AsyncSession, code: str, hashes: set[str]) -> dict[str, bytes]:
    """Of these contents, those that a version of this definition has."""
    if not hashes:
        return {}
    rows = await session.scalars(select(DefinitionVersion).where(DefinitionVersion.code == code))
    own = {digest for row in rows for digest in row.files.values()}
    return await contents_of(session, hashes & own)


async def problems_with(
    session: AsyncSession, row: DefinitionVersion, loaded: Bundle | list[Problem]
) -> list[Problem]:
    """All that is wrong with a version where it stands."""
    if isinstance(loaded, list):
        return loaded
    beside = await companions(session, row)
    return [*await misnamed(session, row, loaded), *await findings(session, loaded, beside)]


async def discard_draft(session: AsyncSession, code: str, reason: str | None, by: By) -> None:
    """Give a draft up. What was never submitted is gone; what was stays readable.

    Raises:
        NotFoundError: There is no draft.
    """
    await opened(session, [code], by)
    row = await draft_of(session, code)
    discarded = Deed("definition.discarded", reason)
    if row.submission:
        await move(session, row, "superseded", discarded, by)
        return
    await note(session, row, discarded, by)
    await note_uses(session, row, ())
    await session.delete(row)
    await session.flush()


def _require_fit(code: str, files: Mapping[str, bytes]) -> None:
    for problem in misplaced(code, files):
        raise InvalidError("files", f"{problem.file}: {problem.message} {problem.mend}")
    if sum(name in files for name in FILES) != 1:
        raise InvalidError("files", f"Exactly one of these must be there: {', '.join(FILES)}.")


def _require_seen(code: str, standing: DefinitionVersion | None, text: Text, digest: str) -> None:
    """Refuse to write over what the author has not seen."""
    if standing is None and text.seen is not None:
        raise ConflictError(
            f"The draft of {code} that you read is gone: published or given up. "
            "Begin anew from the version in force."
        )
    if standing is None:
        return
    if standing.state == "in_review":
        raise ConflictError(
            f"{code} version {standing.version} is in review. Withdraw it, or wait for a verdict."
        )
    if standing.digest not in (digest, text.seen):
        raise OvertakenError(
            f"{standing.author} changed the draft of {code} since you read it. "
            "Read it again, and save your changes on top.",
            standing,
        )


async def _require_base(session: AsyncSession, code: str, text: Text) -> None:
    """Refuse what was begun from a version that is not the newest in force any more."""
    if text.base is not None:
        try:
            await version_of(session, code, text.base)
        except NotFoundError as error:
            raise InvalidError("base", str(error)) from None
    await require_base(session, code, text.base)


async def _row(
    session: AsyncSession, code: str, standing: DefinitionVersion | None, text: Text, by: By
) -> DefinitionVersion:
    """The row to write to: what was judged keeps its number and its text."""
    if standing is None:
        return _new(code, await next_number(session, code), by)
    if standing.submission and standing.digest != digest_of(text.files):
        number = await next_number(session, code)
        rewritten = Deed("definition.rewritten", detail={"by_version": number})
        await move(session, standing, "superseded", rewritten, by)
        row = _new(code, number, by)
        row.editors, row.release_id = list(standing.editors), standing.release_id
        standing.release_id = None
        return row
    number = await next_number(session, code)
    if standing.version < number - 1 and not standing.submission:
        standing.version = number
    return standing


def _new(code: str, number: int, by: By) -> DefinitionVersion:
    return DefinitionVersion(
        id=new_id(),
        code=code,
        kind="",
        title=code,
        version=number,
        digest="",
        author=by.actor,
        created_at=by.now,
        changed_at=by.now,
    )


async def _fill(
    session: AsyncSession,
    row: DefinitionVersion,
    text: Text,
    loaded: Bundle | list[Problem],
    by: By,
) -> None:
    digest = digest_of(text.files)
    row.base, row.note = text.base, text.note or row.note
    if digest != row.digest:
        row.author, row.changed_at = by.actor, by.now
        row.editors = sorted({*row.editors, by.actor})
    row.digest, row.files = digest, await keep(session, text.files)
    row.kind = next(kind for file, kind in FILES.items() if file in text.files)
    if isinstance(loaded, Bundle):
        row.title = loaded.definition.title
        row.visible_to = " ".join(loaded.definition.visible_to)
    session.add(row)
    await session.flush()
    await note_uses(session, row, loaded.definition.uses() if isinstance(loaded, Bundle) else ())


async def misnamed(session: AsyncSession, row: DefinitionVersion, bundle: Bundle) -> list[Problem]:
    """A definition keeps its code and its kind."""
    definition, found = bundle.definition, list[Problem]()
    if definition.code != row.code:
        message = f"This is the draft of {row.code}."
        mend = f"Write code: {row.code}, or save it as {definition.code}."
        found.append(bundle.document.problem(("code",), message, mend))
    live = await in_force(session, row.code)
    if live is not None and live.kind != definition.kind:
        message = f"{row.code} is a {live.kind}; codes are unique across all kinds."
        file = f"{row.code}/{definition.file}"
        found.append(Problem.at(file, START, (), message, "Use another code."))
    return found
