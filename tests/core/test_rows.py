"""Rows that no session watches: read as objects, written as they were changed."""

from datetime import timedelta

from sqlalchemy import bindparam
from sqlmodel import col

from openccm.parties.tables import Account, ContactPoint, Person
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.platform.rows import changes, objects, read, reading, write
from tests.core.making import NOW

_PERSON = (
    reading(Person, ContactPoint)
    .select_from(Person)
    .outerjoin(ContactPoint, col(ContactPoint.person_id) == col(Person.id))
    .where(col(Person.key) == bindparam("key"))
)


def person() -> Person:
    key = f"P-{new_id()}"
    return Person(id=new_id(), key=key, name="Ana Moreno", created_at=NOW, updated_at=NOW)


async def kept(house: Database) -> Person:
    someone = person()
    async with house.begin() as session:
        await write(session, *changes(someone))
    return someone


async def found(house: Database, key: str) -> Person:
    async with house.read() as session:
        (row,) = await read(session, _PERSON, {"key": key})
    someone, point = objects(row, Person, ContactPoint)
    assert point is None, "nobody has given one"
    return someone


async def test_what_is_new_is_inserted_and_read_as_it_was(house: Database) -> None:
    ana = await kept(house)

    assert await found(house, ana.key) == ana


async def test_only_what_has_changed_is_written(house: Database) -> None:
    ana = await kept(house)
    mine, theirs = await found(house, ana.key), await found(house, ana.key)
    mine.language = "de"
    theirs.updated_at = NOW + timedelta(days=1)
    async with house.begin() as session:
        await write(session, *changes(mine, theirs))

    now = await found(house, ana.key)
    assert (now.language, now.updated_at) == ("de", NOW + timedelta(days=1))


async def test_what_has_not_changed_is_not_written(house: Database) -> None:
    ana = await kept(house)

    assert list(changes(await found(house, ana.key))) == []


async def test_objects_of_one_row_are_told_apart(house: Database) -> None:
    ana = await kept(house)
    account = Account(id=new_id(), key=f"A-{new_id()}", holder_id=ana.id, created_at=NOW)
    async with house.begin() as session:
        await write(session, *changes(account))
    statement = (
        reading(Account, Person, also=[col(Person.name).label("who")])
        .join(Person, col(Person.id) == col(Account.holder_id))
        .where(col(Account.id) == bindparam("id"))
    )
    async with house.read() as session:
        (row,) = await read(session, statement, {"id": account.id})

    assert objects(row, Account, Person) == [account, ana]
    assert row.who == "Ana Moreno"
