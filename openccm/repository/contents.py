"""The bytes of versions: each content kept once, by its hash."""

import hashlib
from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.language.definition import Use
from openccm.repository.tables import ContentBlob, ContentText, DefinitionUse, DefinitionVersion


def sha256(content: bytes) -> str:
    """The name of a content."""
    return hashlib.sha256(content).hexdigest()


async def keep(session: AsyncSession, files: Mapping[str, bytes]) -> dict[str, str]:
    """Store what is not there yet; answers the hashes by path."""
    hashes = {path: sha256(content) for path, content in files.items()}
    contents = {hashes[path]: content for path, content in files.items()}
    known = await session.scalars(
        select(ContentBlob.hash).where(col(ContentBlob.hash).in_(contents))
    )
    missing = sorted(contents.keys() - set(known))
    if missing:
        rows = [{"hash": digest, "content": contents[digest]} for digest in missing]
        await session.execute(insert(ContentBlob), rows)
        texts = [{"hash": each, "words": words_of(contents[each])} for each in missing]
        if any(text["words"] for text in texts):
            await session.execute(insert(ContentText), [each for each in texts if each["words"]])
    return hashes


def words_of(content: bytes) -> str:
    """What the search looks through; nothing of an image."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "" if "\0" in text else text.casefold()


async def files_of(session: AsyncSession, row: DefinitionVersion) -> dict[str, bytes]:
    """The files of a version, by path."""
    contents = await contents_of(session, row.files.values())
    return {path: contents[digest] for path, digest in row.files.items()}


async def contents_of(session: AsyncSession, hashes: Iterable[str]) -> dict[str, bytes]:
    """The contents behind hashes; those that are not there are left out."""
    blobs = await session.scalars(select(ContentBlob).where(col(ContentBlob.hash).in_(set(hashes))))
    return {blob.hash: blob.content for blob in blobs}


async def note_uses(session: AsyncSession, row: DefinitionVersion, uses: Iterable[Use]) -> None:
    """Remember what a version relies on."""
    await session.execute(delete(DefinitionUse).where(col(DefinitionUse.version_id) == row.id))
    rows = {use.code: {"version_id": row.id, "code": use.code, "kind": use.kind} for use in uses}
    if rows:
        await session.execute(insert(DefinitionUse), list(rows.values()))
