"""Signs of life, and what is begun being seen through."""

import asyncio
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities import alive
from activities.alive import beating, seen_through


async def test_a_long_activity_shows_that_it_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alive, "_BEAT", 0.01)
    beats: list[Any] = []
    heard = asyncio.Event()

    def beat(*details: Any) -> None:
        beats.append(details)
        if len(beats) == 3:
            heard.set()

    async def work() -> None:
        with beating():
            await heard.wait()

    environment = ActivityEnvironment()
    environment.on_heartbeat = beat
    await asyncio.wait_for(environment.run(work), 10)

    known = len(beats)
    await asyncio.sleep(0.1)
    assert len(beats) == known, "it beats on after its end"


async def test_what_was_begun_is_seen_through_although_cancelled() -> None:
    begun, answered = asyncio.Event(), asyncio.Event()

    async def call() -> str:
        begun.set()
        await answered.wait()
        return "accepted"

    trying = asyncio.create_task(seen_through(call()))
    await begun.wait()
    trying.cancel()
    await asyncio.sleep(0.01)
    assert not trying.done()
    answered.set()

    assert await trying == "accepted"


async def test_a_failure_after_the_cancelling_is_the_failure() -> None:
    begun, broken = asyncio.Event(), asyncio.Event()

    async def call() -> str:
        begun.set()
        await broken.wait()
        raise ConnectionError

    trying = asyncio.create_task(seen_through(call()))
    await begun.wait()
    trying.cancel()
    broken.set()

    with pytest.raises(ConnectionError):
        await trying
