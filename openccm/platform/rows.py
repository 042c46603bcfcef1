"""Rows read and written as they are: no session watches over them, so none has to be searched.

What a step reads in one statement comes as objects, and what it changed in them is written when
it says so. A session needs several times as long for the same.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, Update, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import class_mapper
from sqlalchemy.orm.attributes import instance_dict, instance_state

from openccm.platform.columns import Row, table_of


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


async def save(session: AsyncSession, rows: Iterable[Row]) -> None:
    """Insert what is new; of what was read as ``objects``, update the columns that have changed."""
    for row in rows:
        state, table = instance_state(row), table_of(type(row))
        if state.key is None:
            await session.execute(_insert(table), _values(row, table.c.keys()))
        elif changed := tuple(state.committed_state):
            values = _values(row, changed)
            await session.execute(_update(table, changed), values | {"row_id": state.key[1][0]})


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
