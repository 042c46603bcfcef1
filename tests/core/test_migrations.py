"""The migrations make exactly the tables that the code declares."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from openccm.migrations.schema import METADATA, is_declared
from tests.support.databases import Databases


async def test_nothing_is_declared_that_was_not_migrated(databases: Databases) -> None:
    engine = create_async_engine(await databases.fresh())

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": False, "include_object": is_declared}
        )
        return compare_metadata(context, METADATA)

    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()

    assert found == []
