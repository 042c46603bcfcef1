"""Rows read and written as they are: no session watches over them, so none has to be searched.

What a step reads in one statement comes as objects, and what it changed in them is written when
it says so. A session needs several times as long for the same; here it only lends the connection
of its transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable, Insert, Table, Update, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, class_mapper
from sqlalchemy.orm.attributes import instance_dict, instance_state

from openccm.platform.columns import Row, table_of

Known = Mapping[str, Any]
"""The values that a statement's parameters stand for."""
Deed = tuple[Executable, Known | Sequence[Known]]
"""A statement that writes, and its values: of one row or of many."""


def reading(*kinds: type[Row], also: Sequence[Any] = ()) -> Any:
    """A statement whose rows ``objects`` understands: all columns, kind after kind, and others."""
    return select(*(column for kind in kinds for column in table_of(kind).c), *also)


def objects(row: Sequence[Any], *kinds: type[Row]) -> list[Any]:
    """The objects that a row begins with; None for what an outer join has missed."""
    found: list[Any] = []
    start = 0
    for kind in kinds:
        mapper = class_mapper(kind)
        names = mapper.columns.keys()
        end = start + len(names)
        key, values = row[start], dict(zip(names, row[start:end], strict=True))
        start = end
        if key is None:
            found.append(None)
            continue
        made = mapper.class_manager.new_instance()
        instance_dict(made).update(values)
        instance_state(made).key = mapper.identity_key_from_primary_key((key,))
        found.append(made)
    return found


async def read(session: AsyncSession, statement: Executable, known: Known) -> Sequence[Any]:
    """All rows of a statement."""
    return await session.run_sync(_read, statement, known)


async def write(session: AsyncSession, *deeds: Deed) -> None:
    """Carry out statements with their values, one after another."""
    await session.run_sync(_write, deeds)


def changes(*rows: Row) -> Iterator[Deed]:
    """To insert what is new, and to update in what was read as ``objects`` what has changed."""
    for row in rows:
        state, table = instance_state(row), table_of(type(row))
        if state.key is None:
            yield _insert(table), _values(row, table.c.keys())
        elif changed := tuple(state.committed_state):
            yield _update(table, changed), _values(row, changed) | {"row_id": state.key[1][0]}


def _read(session: Session, statement: Executable, known: Known) -> Sequence[Any]:
    return session.connection().execute(statement, known).all()


def _write(session: Session, deeds: Iterable[Deed]) -> None:
    connection = session.connection()
    for statement, values in deeds:
        connection.execute(statement, values)


def _values(row: Row, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _update(table: Table, changed: tuple[str, ...]) -> Update:
    (key,) = table.primary_key
    return (
        update(table)
        .where(key == bindparam("row_id"))
        .values({name: bindparam(name) for name in changed})
    )
