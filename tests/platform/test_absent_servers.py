"""Servers that are away: said in one word, and soon where somebody waits for it."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from temporalio.service import RPCError

from openccm.platform.database import Database
from openccm.platform.ports import free_ports
from openccm.platform.temporal import Engine
from tests.counterparts.smtp import scripted_server
from tests.workflows.plans import run_input


async def test_a_database_that_cannot_be_reached_is_an_operational_error() -> None:
    database = Database(f"postgresql+asyncpg://nobody@127.0.0.1:{free_ports(1)[0]}/nothing")
    async with database.read() as session:
        with pytest.raises(OperationalError):
            await session.execute(text("SELECT 1"))
    await database.close()


async def test_who_is_waited_for_soon_gives_up_on_an_absent_temporal() -> None:
    engine = await Engine.connect(f"127.0.0.1:{free_ports(1)[0]}", "default", lazy=True)

    async with asyncio.timeout(30):
        with pytest.raises((RPCError, RuntimeError)):
            await engine.start_run(run_input(), "run")
        with pytest.raises((RPCError, RuntimeError)):
            await engine.wake_round("callbacks", uuid4())


async def test_who_is_waited_for_soon_gives_up_on_a_silent_temporal() -> None:
    async with scripted_server(_say_nothing) as port, asyncio.timeout(30):
        engine = await Engine.connect(f"127.0.0.1:{port}", "default", lazy=True)
        with pytest.raises((RPCError, RuntimeError)):
            await engine.wake_run("run")
        with pytest.raises((RPCError, RuntimeError)):
            await engine.check()


async def test_an_engine_that_is_not_lazy_says_at_once_that_nobody_listens() -> None:
    with pytest.raises(RuntimeError):
        await Engine.connect(f"127.0.0.1:{free_ports(1)[0]}", "default")


async def _say_nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()
