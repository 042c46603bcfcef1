"""What is under way, on the picture of a process, which is drawn as the server follows it."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.system.test_definitions import keyed
from tests.system.town import Caller, Town
from tests.web.conftest import Visit
from tests.web.test_story import node

WAITING = """kind: process
code: {code}
title: Wait and see
recipient: nobody
steps:
  patience: {{do: wait, for: 30 days}}
  done: {{do: end, outcome: done}}
"""


async def published(house: Town, code: str) -> None:
    """A process in force that waits."""
    files = {"process.yaml": WAITING.format(code=code)}
    path = f"/v1/definitions/{code}"
    approver = await keyed(house, f"A-{code}", ["definition:approve"], "approver")
    await house.operator.ask("PUT", f"{path}/draft", {"files": files})
    await house.operator.ask("POST", f"{path}/draft/submit", {})
    await approver.ask("POST", f"{path}/versions/1/verdicts", {"verdict": "approve"})
    await house.operator.ask("POST", f"{path}/versions/1/publish", {})


async def start(caller: Caller, code: str, key: str) -> None:
    await caller.ask("POST", "/v1/instances", {"process": code, "key": key})


async def test_numbers_stand_on_the_steps_and_follow_what_happens(
    visit: Visit, house: Town
) -> None:
    await published(house, "WATCHED")
    starter = await keyed(house, "STARTER", ["process:start", "process:read"])
    await start(starter, "WATCHED", "one")
    page = (await visit("su1")).page
    await page.goto("/app/definitions/WATCHED?tab=picture")
    patience = node(page, "Patience")
    await expect(patience.get_by_role("link", name="1 waiting")).to_be_visible()
    await start(starter, "WATCHED", "two")
    await expect(patience.get_by_role("link", name="2 waiting")).to_be_visible()
    await expect(page.get_by_role("status").filter(has_text="2 waiting")).to_be_visible()

    link = patience.get_by_role("link", name="2 waiting")
    assert await link.get_attribute("href") == "/app/instances?process=WATCHED&step=patience"
    temporal = page.get_by_role("link", name="In Temporal")
    assert "WorkflowType%3D%22WATCHED%22" in (await temporal.get_attribute("href") or "")


async def test_a_hidden_tab_does_not_listen(visit: Visit, house: Town) -> None:
    await published(house, "HIDDEN")
    page = (await visit("su1")).page
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url) if "stream" in each.url else None)
    gone: list[str] = []
    page.on("requestfailed", lambda each: gone.append(each.url) if "stream" in each.url else None)
    await page.goto("/app/definitions/HIDDEN?tab=picture")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()

    async def become(hidden: bool) -> None:
        await page.evaluate(
            """hidden => {
              Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
              document.dispatchEvent(new Event("visibilitychange"));
            }""",
            hidden,
        )

    async with page.expect_event("requestfailed"):
        await become(True)
    async with page.expect_request(lambda each: "stream" in each.url):
        await become(False)

    assert len(gone) == 1
    assert len(asked) == 2


async def drawn(page: Page) -> tuple[set[str], set[tuple[str, str, str]]]:
    """The steps on the canvas, and the lines with what a screen reader is told of each."""
    nodes = page.locator(".react-flow__node-step")
    edges = page.locator(".react-flow__edge")
    steps = {str(await each.get_attribute("data-id")) for each in await nodes.all()}
    lines: set[tuple[str, str, str]] = set()
    for each in await edges.all():
        source, way = str(await each.get_attribute("data-id")).split("\0")
        lines.add((source, way, str(await each.get_attribute("aria-label"))))
    return steps, lines


def followed(graph: dict[str, Any]) -> tuple[set[str], set[tuple[str, str, str]]]:
    """The same of the graph that the compiler follows."""
    titles = {each["id"]: each["title"] for each in graph["nodes"]}
    lines = {
        (
            each["source"],
            each["way"],
            f"{each['words'] or 'Next'} from {titles[each['source']]} to "
            f"{titles.get(each['target'], each['target'])}",
        )
        for each in graph["edges"]
    }
    return set(titles), lines


async def test_every_shipped_process_is_drawn_as_the_server_follows_it(
    visit: Visit, house: Town
) -> None:
    page = (await visit("bu1")).page
    shipped = await house.operator.ask("GET", "/v1/definitions?kind=process&state=live&limit=500")
    compared = 0
    for each in shipped:
        path = f"/v1/definitions/{each['code']}/versions/{each['version']}/files"
        text = (await house.operator.ask("GET", path))["process.yaml"]
        body = {"kind": "process", "text": text}
        graph = (await house.operator.ask("POST", "/v1/language/check", body))["graph"]
        await page.goto(f"/app/definitions/{each['code']}?tab=picture")
        await expect(page.locator(".react-flow__node-step")).to_have_count(len(graph["nodes"]))
        await expect(page.locator(".react-flow__edge")).to_have_count(len(graph["edges"]))
        assert await drawn(page) == followed(graph), each["code"]
        compared += 1

    assert compared >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_live_picture_is_accessible(visit: Visit, house: Town, scheme: str) -> None:
    code = f"SEEN-{scheme.upper()}"
    await published(house, code)
    starter = await keyed(house, f"S-{code}", ["process:start"])
    await start(starter, code, "one")
    somebody = await visit("su1")
    await somebody.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await somebody.go(f"/definitions/{code}?tab=picture")
    await expect(node(somebody.page, "Patience").get_by_role("link")).to_be_visible()

    assert await somebody.violations() == []
