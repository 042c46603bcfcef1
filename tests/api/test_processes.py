"""Where the instances of a process are: counted, watched, and moved together."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from openccm.platform.clock import utc_now
from openccm.repository.versions import publish
from tests.api.house import House
from tests.processes.world import read_process
from tests.system.town import Caller

WAITS = """
kind: process
code: %s
title: Waits
recipient: nobody
steps:
  rest: {do: wait, for: 1 day}
"""


@pytest.fixture
async def manager(house: House) -> Caller:
    return await house.caller("process:start", "process:read", "process:manage")


async def published(house: House, code: str) -> None:
    async with house.database.begin() as session:
        await publish(session, read_process(WAITS % code), actor="test", now=utc_now())


async def begun(caller: Caller, code: str) -> dict[str, Any]:
    return await caller.ask("POST", "/v1/instances", {"process": code, "key": f"K-{uuid4()}"})


async def counts(answer: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    """The events of a stream of counts."""
    async for line in answer.content:
        if line.startswith(b"data:"):
            yield json.loads(line.removeprefix(b"data:"))


async def test_the_instances_of_a_process_are_counted(house: House, manager: Caller) -> None:
    await published(house, "COUNTED")
    await begun(manager, "COUNTED")
    await begun(manager, "COUNTED")
    told = await manager.ask("GET", "/v1/processes/COUNTED/counts")

    assert told["versions"] == [{"version": 1, "state": "running", "count": 2}]
    assert told["standing"] == []


async def test_a_process_that_never_was_is_not_counted(manager: Caller) -> None:
    answer = await manager.call("GET", "/v1/processes/NEVER-WAS/counts/stream")

    assert (answer.status, answer.body["code"]) == (404, "not_found")


async def test_whoever_watches_is_told_of_every_change(house: House, manager: Caller) -> None:
    await published(house, "WATCHED")
    url = f"{house.base}/v1/processes/WATCHED/counts/stream"
    headers = {"Authorization": f"Bearer {manager.key}"}
    async with house.http.get(url, headers=headers) as answer, asyncio.timeout(60):
        told = counts(answer)
        first = await anext(told)
        await begun(manager, "WATCHED")
        second = await anext(told)

    assert answer.content_type == "text/event-stream"
    assert first["versions"] == []
    assert second["versions"] == [{"version": 1, "state": "running", "count": 1}]


async def test_instances_that_cannot_be_moved_say_why(house: House, manager: Caller) -> None:
    await published(house, "MOVED")
    instance = await begun(manager, "MOVED")
    body = {"from_version": 1, "to_version": 1, "reason": "a try", "trial": True}
    told = await manager.ask("POST", "/v1/processes/MOVED/migrations", body)
    unknown = await manager.call(
        "POST", "/v1/processes/MOVED/migrations", {**body, "to_version": 9}
    )

    obstacles = ["It is on its way just now; try again when it rests."]
    assert told["refused"] == [{"id": instance["id"], "obstacles": obstacles}]
    assert (told["moved"], told["next"], unknown.status) == ([], None, 404)
