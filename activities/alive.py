"""How an activity shows that it is alive, and that what it began is seen through."""

import asyncio
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

from temporalio import activity

T = TypeVar("T")

_BEAT = 5.0


@contextmanager
def beating() -> Generator[None]:
    """Heartbeats while the block runs, so that a dead worker is noticed and a living one is not."""
    loop = asyncio.get_running_loop()

    def beat() -> None:
        nonlocal next_beat
        activity.heartbeat()
        next_beat = loop.call_later(_BEAT, beat)

    next_beat = loop.call_later(_BEAT, beat)
    try:
        yield
    finally:
        next_beat.cancel()


async def seen_through(work: Coroutine[Any, Any, T]) -> T:
    """Do it to its end even when cancelled: a call that is given up halfway is ambiguous."""
    doing = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait({doing})
        return doing.result()
