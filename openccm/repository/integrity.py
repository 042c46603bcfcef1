"""Proof that nothing was altered: every digest and every chain, computed anew."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.language.bundle import digest_of
from openccm.platform.audit import AuditEntry, first_fault
from openccm.repository.contents import contents_of, sha256
from openccm.repository.moves import digest_of_json
from openccm.repository.shelf import chain_of
from openccm.repository.tables import DefinitionVersion


class Mismatch(NamedTuple):
    """The first thing that is not as it was written."""

    code: str
    version: int | None
    """None where the trail itself was altered."""
    what: str

    def __str__(self) -> str:
        name = self.code if self.version is None else f"{self.code} version {self.version}"
        return f"{name}: {self.what}"


class Verification(NamedTuple):
    """How much was looked at, and the first mismatch; None where all is whole."""

    versions: int
    mismatch: Mismatch | None


async def verify(session: AsyncSession, code: str | None = None) -> Verification:
    """Compare every version (of one code) with its contents and with the trail."""
    statement = select(DefinitionVersion).order_by(
        col(DefinitionVersion.code), col(DefinitionVersion.version)
    )
    if code is not None:
        statement = statement.where(DefinitionVersion.code == code)
    rows = (await session.scalars(statement)).all()
    count = 0
    for name in dict.fromkeys(row.code for row in rows):
        own = [row for row in rows if row.code == name]
        mismatch = await _first_of_code(session, name, own)
        if mismatch is not None:
            return Verification(count, mismatch)
        count += len(own)
    return Verification(count, None)


async def _first_of_code(
    session: AsyncSession, code: str, rows: Sequence[DefinitionVersion]
) -> Mismatch | None:
    fault = await first_fault(session, chain_of(code))
    if fault is not None:
        return Mismatch(code, None, f"entry {fault} of the trail was altered.")
    entries = await session.scalars(
        select(AuditEntry)
        .where(AuditEntry.chain == chain_of(code))
        .order_by(col(AuditEntry.sequence))
    )
    last = {entry.detail["version"]: entry for entry in entries if "version" in entry.detail}
    for row in rows:
        what = next(_of_trail(row, last), None) or await _of_contents(session, row)
        if what is not None:
            return Mismatch(code, row.version, what)
    return None


def _of_trail(row: DefinitionVersion, last: Mapping[int, AuditEntry]) -> Iterator[str]:
    """Where a row is not what the trail last said of it."""
    entry = last.get(row.version)
    if entry is None:
        yield "the trail knows no such version."
        return
    told = {
        "state": entry.to_state,
        "digest": entry.detail.get("digest"),
        "plan": entry.detail.get("plan"),
        "author": entry.detail.get("author"),
    }
    found = {
        "state": row.state,
        "digest": row.digest,
        "plan": digest_of_json(row.plan),
        "author": row.author,
    }
    for name, value in found.items():
        if value != told[name]:
            yield f"its {name} is not what the trail says."


async def _of_contents(session: AsyncSession, row: DefinitionVersion) -> str | None:
    contents = await contents_of(session, row.files.values())
    for path, digest in sorted(row.files.items()):
        if digest not in contents:
            return f"{path} is missing."
        # A hand may have left anything there, on SQLite even a text.
        content = cast("object", contents[digest])
        if not isinstance(content, bytes) or sha256(content) != digest:
            return f"{path} was altered."
    files = {path: contents[digest] for path, digest in row.files.items()}
    return None if digest_of(files) == row.digest else "its list of files was altered."
