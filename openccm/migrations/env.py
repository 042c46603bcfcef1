"""Alembic's entry: runs the migrations over the same drivers as the application."""

import asyncio
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel.sql.sqltypes import AutoString

from openccm.migrations.schema import METADATA, is_declared
from openccm.platform.columns import PlainJson, UtcDateTime


def spelled(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Column types without a word of ours: a migration stands alone for ever."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if item is PlainJson:
        return 'sa.JSON().with_variant(JSONB(), "postgresql")'
    if isinstance(item, AutoString):
        length = getattr(item.impl, "length", None)
        return f"sa.String({length or ''})"
    return False


def run(connection: Connection) -> None:
    """All migrations in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        compare_type=True,
        render_item=spelled,
        include_object=is_declared,
    )
    with context.begin_transaction():
        context.run_migrations()


async def online() -> None:
    """Connect and run."""
    url = context.config.get_main_option("sqlalchemy.url")
    assert url is not None
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


asyncio.run(online())
