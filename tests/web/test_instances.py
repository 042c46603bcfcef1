"""Processes under way: where an instance stands, why, and stepping in."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import expect

from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from openccm.repository.versions import publish
from tests.processes.world import read_process
from tests.system.town import Town, eventually
from tests.web.conftest import Visit
from tests.web.looks import look

RESTS = """
kind: process
code: RESTS
title: Rests
recipient: nobody
steps:
  rest: {do: wait, for: 1 day}
  more: {do: wait, for: 2 days}
"""


@pytest.fixture(scope="module")
async def begin(house: Town, books: Database) -> Callable[[], Any]:
    async with books.begin() as session:
        await publish(session, read_process(RESTS), actor="test", now=utc_now())

    async def resting() -> dict[str, Any]:
        body = {"process": "RESTS", "key": f"K-{uuid4().hex}"}
        made = await house.operator.ask("POST", "/v1/instances", body)

        async def look() -> dict[str, Any] | None:
            found = await house.operator.ask("GET", f"/v1/instances/{made['id']}")
            return found if found["state"] == "waiting" else None

        return await eventually(look, "an instance that rests")

    return resting


async def test_the_pages_of_instances_are_accessible(
    visit: Visit, begin: Callable[[], Any]
) -> None:
    instance = await begin()
    paths = [
        "/instances",
        f"/instances/{instance['id']}",
        f"/instances/{instance['id']}?tab=trail",
    ]

    assert await look(await visit("op1"), paths) == {}


async def test_a_supervisor_follows_a_count_to_its_instances_and_skips_a_step(
    visit: Visit, house: Town, begin: Callable[[], Any]
) -> None:
    instance = await begin()
    supervisor = await visit("su1")
    page = supervisor.page
    await supervisor.go("/instances?process=RESTS&step=rest")
    await page.get_by_role("row").filter(has_text=instance["key"]).get_by_role("link").click()
    await expect(page.get_by_role("heading", name="RESTS")).to_be_visible()
    await expect(page.get_by_text("rest", exact=True).first).to_be_visible()
    await page.get_by_role("button", name="Skip").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Why").fill("no need to rest")
    await dialog.get_by_role("button", name="Skip").click()
    await expect(page.get_by_role("paragraph").filter(has_text="more")).to_be_visible()

    await supervisor.go(f"/instances?process=RESTS&step=rest&key={instance['key']}")
    await expect(page.get_by_text("Nothing fits")).to_be_visible()


async def test_an_instance_is_cancelled_and_a_version_that_is_not_there_is_told(
    visit: Visit, begin: Callable[[], Any]
) -> None:
    instance = await begin()
    supervisor = await visit("su1")
    page = supervisor.page
    supervisor.refusals |= {404, 409, 422}
    await supervisor.go(f"/instances/{instance['id']}")
    dialog = page.get_by_role("dialog")
    await page.get_by_role("button", name="Move to a version").click()
    await dialog.get_by_role("textbox", name="Why").fill("newer is better")
    await dialog.get_by_role("button", name="Move to a version").click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_role("button", name="Go back").click()
    await expect(dialog).to_have_count(0)
    await page.get_by_role("button", name="Cancel", exact=True).click()
    await dialog.get_by_role("textbox", name="Why").fill("not wanted")
    await dialog.get_by_role("button", name="Cancel", exact=True).click()

    await expect(page.get_by_text("It stands nowhere any more.")).to_be_visible()
