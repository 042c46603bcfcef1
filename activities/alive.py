"""How an activity shows that it is alive, and that what it began is seen through."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from temporalio import activity

T = TypeVar("T")

_BEAT = 5.0


@asynccontextmanager
async def beating() -> AsyncGenerator[None]:
    """Heartbeats while the block runs, so that a dead worker is noticed and a living one is not."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(_BEAT)
            activity.heartbeat()

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def seen_through(work: Coroutine[Any, Any, T]) -> T:
    """Do it to its end even when cancelled: a call that is given up halfway is ambiguous."""
    doing = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait({doing})
        return doing.result()
