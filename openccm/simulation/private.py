"""A database in memory that nobody else sees: what happens in a simulation is written there."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from alembic import command
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.migrations.schema import config
from openccm.parties.people import person_by_key
from openccm.parties.tables import Account, ContactPoint, Person
from openccm.platform.database import Database
from openccm.privacy.tables import Consent, Preference, Suppression

_OF_PERSON = (ContactPoint, Consent, Preference, Suppression)
"""What the send decision knows of a person."""


class PrivateDatabase:
    """A database with every table, that can be put back to how it was."""

    def __init__(self, uri: str, anchor: sqlite3.Connection, kept: sqlite3.Connection) -> None:
        self.database = Database(f"sqlite+aiosqlite:///{uri}&uri=true&check_same_thread=false")
        self._anchor = anchor
        self._kept = kept

    def keep(self) -> None:
        """Remember how it is now."""
        self._anchor.backup(self._kept)

    def put_back(self) -> None:
        """Make it as it was when it was kept; nobody may be at work in it."""
        self._kept.backup(self._anchor)


@asynccontextmanager
async def private_database() -> AsyncGenerator[PrivateDatabase]:
    """An empty one; gone at the end of the block."""
    uri = f"file:simulation-{uuid4().hex}?mode=memory&cache=shared"
    # It lives for as long as somebody has it open.
    with (
        closing(sqlite3.connect(uri, uri=True)) as anchor,
        closing(sqlite3.connect(":memory:", check_same_thread=False)) as kept,
    ):
        kept.deserialize(await asyncio.to_thread(_empty))
        private = PrivateDatabase(uri, anchor, kept)
        private.put_back()
        try:
            yield private
        finally:
            await private.database.close()


async def copy_person(source: AsyncSession, target: AsyncSession, key: str) -> Person:
    """Take a real person over, with their accounts and everything that decides on sending.

    Raises:
        NotFoundError: Nobody bears this key.
    """
    person = await person_by_key(source, key)
    target.add(Person(**person.model_dump()))
    await target.flush()
    held = select(Account).where(Account.holder_id == person.id)
    target.add_all(Account(**row.model_dump()) for row in await source.scalars(held))
    for kind in _OF_PERSON:
        rows = await source.scalars(select(kind).where(col(kind.person_id) == person.id))
        target.add_all(kind(**row.model_dump()) for row in rows)
    await target.flush()
    return person


@cache
def _empty() -> bytes:
    """A database as the migrations leave it, made once: nothing else knows all that is in it."""
    with TemporaryDirectory(prefix="openccm-") as folder:
        file = Path(folder) / "empty.db"
        command.upgrade(config(f"sqlite+aiosqlite:///{file}"), "head")
        with closing(sqlite3.connect(file)) as made:
            return made.serialize()
