"""A user of PostgreSQL who may not create extensions is told whom to ask."""

from uuid import uuid4

import pytest

from openccm.migrations.schema import migrate
from tests.support.databases import PostgresServer


async def test_who_may_not_create_the_extension_hears_what_to_do(postgres: PostgresServer) -> None:
    name = f"plain_{uuid4().hex}"
    await postgres.execute(f"CREATE ROLE {name} LOGIN")
    await postgres.execute(f"CREATE DATABASE {name}")
    await postgres.execute_in(name, f"GRANT ALL ON SCHEMA public TO {name}")
    url = postgres.url(name).replace("openccm@", f"{name}@")

    with pytest.raises(RuntimeError, match="CREATE EXTENSION pg_trgm"):
        await migrate(url)
    await postgres.execute_in(name, "CREATE EXTENSION pg_trgm")
    await migrate(url)
