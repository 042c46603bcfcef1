"""Indexing everything anew: after a restore, or when words are folded in another way."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlmodel import col, select

from openccm.parties.search.documents import index_party
from openccm.parties.tables import Account, Person, Premise
from openccm.platform.database import Database

_AT_ONCE = 200


async def renew(database: Database) -> int:
    """Let every person, account and premise be found as it stands; answers how many there are.

    Others may write meanwhile: few objects are renewed in each transaction.
    """
    number = 0
    for table in (Person, Account, Premise):
        async for ids in _ids(database, table):
            async with database.begin() as session:
                for party in await session.scalars(select(table).where(col(table.id).in_(ids))):
                    await index_party(session, party)
            number += len(ids)
    return number


async def _ids(
    database: Database, table: type[Person] | type[Account] | type[Premise]
) -> AsyncIterator[list[UUID]]:
    after: UUID | None = None
    while True:
        wanted = select(table.id).order_by(col(table.id)).limit(_AT_ONCE)
        if after is not None:
            wanted = wanted.where(col(table.id) > after)
        async with database.read() as session:
            ids = list(await session.scalars(wanted))
        if not ids:
            return
        yield ids
        after = ids[-1]
