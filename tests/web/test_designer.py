"""The designer: every edit is a splice, whoever makes it and however."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.system.town import Town
from tests.web.conftest import Visit
from tests.web.test_story import node, text_of
from tests.web.visitor import Visitor

LADDER = """# What happens to an unpaid bill.
kind: process
code: CODE
title: 'Reminder ladder'        # what agents read
recipient: account-holder

data:
  bill.number: {type: text, from: payload}

steps:

  # The first word is friendly.
  patience: {do: wait,   for: 7 days, title: "A week of patience"}   # exact spacing

  # Nobody answered: a person calls.
  call:
    do: task
    to-do: COLL-FOLLOWUP
    context: {bill.number: bill.number}
    outcomes: {promised: patience}

  letter: {do: end, outcome: letter}
"""


@pytest.fixture
async def ladder(request: pytest.FixtureRequest, house: Town) -> str:
    """A draft of its own for each test."""
    code = "LADDER-" + re.sub(r"[^A-Z0-9]+", "-", request.node.name.upper()).strip("-")[5:50]
    files = {"process.yaml": LADDER.replace("CODE", code)}
    await house.operator.ask("PUT", f"/v1/definitions/{code}/draft", {"files": files})
    return code


async def open_draft(visit: Visit, code: str, search: str = "") -> Visitor:
    somebody = await visit("bu1")
    await somebody.go(f"/definitions/{code}/draft{search}")
    await expect(somebody.page.get_by_role("heading", name="Reminder ladder")).to_be_visible()
    return somebody


async def save(page: Page) -> None:
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()


def changed(before: str, after: str) -> list[str]:
    """The lines that are new."""
    old = before.splitlines()
    return [line for line in after.splitlines() if line not in old]


async def test_a_form_changes_one_line_and_keeps_every_other_byte(
    visit: Visit, house: Town, ladder: str
) -> None:
    before = await text_of(house, ladder)
    page = (await open_draft(visit, ladder)).page
    await node(page, "A week of patience").click()
    await page.get_by_role("textbox", name="For", exact=True).fill("9 days")
    await page.get_by_role("textbox", name="For", exact=True).press("Enter")
    await save(page)

    after = await text_of(house, ladder)
    assert after == before.replace("for: 7 days", "for: 9 days")


async def test_one_history_goes_back_over_canvas_form_and_text(
    visit: Visit, house: Town, ladder: str
) -> None:
    before = await text_of(house, ladder)
    page = (await open_draft(visit, ladder, "?view=both")).page
    await node(page, "Call").click()
    await page.get_by_role("button", name="Duplicate").click()
    await expect(node(page, "Call 2")).to_be_visible()
    await page.locator(".cm-content").click()
    await page.keyboard.press("Control+End")
    await page.keyboard.type("# a last word")
    await node(page, "Letter").click()
    await page.get_by_role("button", name="Delete", exact=True).click()
    await expect(node(page, "Letter")).to_have_count(0)
    undo = page.get_by_role("button", name="Undo")
    for _ in range(20):
        if await undo.is_disabled():
            break
        await undo.click()
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    await expect(node(page, "Letter")).to_be_visible()

    assert await text_of(house, ladder) == before


async def test_a_broken_text_keeps_the_drawing_and_names_the_line(
    visit: Visit, ladder: str
) -> None:
    page = (await open_draft(visit, ladder, "?view=both")).page
    await expect(node(page, "Letter")).to_be_visible()
    await page.locator(".cm-content").click()
    await page.keyboard.press("Control+End")
    await page.keyboard.type("\n  call: twice")

    await expect(page.get_by_role("alert").filter(has_text="cannot be read")).to_be_visible()
    await expect(node(page, "Letter")).to_be_visible()
    await expect(page.get_by_role("button", name="Submit")).to_be_disabled()


async def test_a_process_is_changed_without_a_mouse(visit: Visit, house: Town, ladder: str) -> None:
    before = await text_of(house, ladder)
    page = (await open_draft(visit, ladder)).page
    await expect(node(page, "Letter")).to_be_visible()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("Call")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("textbox", name="Name in the text")).to_have_value("call")
    await page.get_by_role("group", name="Call", exact=True).focus()
    await page.keyboard.press("a")
    await page.get_by_role("dialog").get_by_role("button", name=re.compile("^Wait")).focus()
    await page.keyboard.press("Enter")
    await expect(node(page, "Wait")).to_be_visible()
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()

    after = await text_of(house, ladder)
    assert changed(before, after) == ["  wait: {do: wait, for: 1 day}"]


async def test_work_that_was_not_saved_is_offered_back(
    visit: Visit, house: Town, ladder: str
) -> None:
    somebody = await open_draft(visit, ladder)
    await node(somebody.page, "Letter").click()
    await somebody.page.get_by_role("textbox", name="Outcome").fill("told")
    await somebody.page.get_by_role("textbox", name="Outcome").press("Enter")
    await expect(somebody.page.get_by_text("Not saved yet")).to_be_visible()
    await somebody.page.reload()

    await expect(somebody.page.get_by_text("It is back")).to_be_visible()
    await save(somebody.page)
    assert "outcome: told" in await text_of(house, ladder)


async def test_who_comes_second_is_told_and_loses_nothing(
    visit: Visit, house: Town, ladder: str
) -> None:
    somebody = await open_draft(visit, ladder)
    page = somebody.page
    await node(page, "Letter").click()
    await page.get_by_role("textbox", name="Outcome").fill("mine")
    await page.get_by_role("textbox", name="Outcome").press("Enter")
    draft = await house.operator.call("GET", f"/v1/definitions/{ladder}/draft")
    theirs = (await text_of(house, ladder)).replace("7 days", "8 days")
    headers = {"Authorization": f"Bearer {house.operator.key}", "If-Match": draft.headers["ETag"]}
    async with house.http.put(
        f"{house.core.base}/v1/definitions/{ladder}/draft",
        json={"files": {"process.yaml": theirs}},
        headers=headers,
    ) as answer:
        assert answer.status == 200

    await expect(page.get_by_text("saved another text meanwhile")).to_be_visible()
    await page.get_by_role("button", name="Compare").click()
    await expect(page.get_by_role("dialog")).to_contain_text("8 days")
    await page.get_by_role("button", name="Keep mine over it").click()
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert "outcome: mine" in await text_of(house, ladder)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/draft?view=both&step=call", "/draft?view=outline", "", "/draft"]
)
async def test_the_designer_is_accessible(
    visit: Visit, ladder: str, path: str, scheme: str
) -> None:
    somebody = await visit("bu1")
    await somebody.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await somebody.go(f"/definitions/{ladder}{path}")
    await expect(somebody.page.get_by_text("Checking …")).to_have_count(0)

    assert await somebody.violations() == []
