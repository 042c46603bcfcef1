"""A business user's day: draw a process, save it, have it approved by another, publish it."""

import re

from playwright.async_api import Page, expect

from tests.system.town import Town
from tests.web.conftest import Visit


async def begin(page: Page, title: str, code: str) -> None:
    """A draft with nothing but an end."""
    await page.goto("/app/definitions")
    await page.get_by_role("button", name="New definition").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Title").fill(title)
    await dialog.get_by_role("textbox", name="Code").fill(code)
    await page.get_by_role("button", name="Create the draft").click()
    await expect(page.get_by_role("heading", name=title)).to_be_visible()
    await expect(node(page, "Done")).to_be_visible()


def node(page: Page, title: str):
    return page.locator(".react-flow__node-step").filter(has_text=title)


async def pick(page: Page, label: str, option: str) -> None:
    """Choose in a list that can be searched."""
    await page.get_by_role("combobox", name=label, exact=True).click()
    await page.get_by_role("option", name=option).click()


async def text_of(house: Town, code: str) -> str:
    """The process as the server keeps it."""
    versions = await house.operator.ask("GET", f"/v1/definitions/{code}/versions")
    number = versions[0]["version"]
    files = await house.operator.ask("GET", f"/v1/definitions/{code}/versions/{number}/files")
    return files["process.yaml"]


async def test_a_process_is_drawn_saved_submitted_approved_by_another_and_published(
    visit: Visit, house: Town
) -> None:
    author = await visit("bu1")
    page = author.page
    await begin(page, "Patience", "PATIENCE")

    # A wait is put on nothing selected: it goes to the end; so select the first and insert before.
    await page.get_by_role("button", name="Add a step").click()
    await page.get_by_role("dialog").get_by_role("button", name=re.compile("^Wait")).click()
    await expect(node(page, "Wait")).to_be_visible()
    await page.get_by_role("textbox", name="For", exact=True).fill("3 days")
    await page.get_by_role("textbox", name="For", exact=True).press("Enter")
    await expect(node(page, "Wait")).to_contain_text("3 days")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Draft saved")).to_be_visible()
    assert "  wait: {do: wait, for: 3 days}\n" in await text_of(house, "PATIENCE")

    # Nothing leads to the wait: the server says so, on the step and in the list.
    await expect(page.get_by_role("region", name="Problems")).to_contain_text("wait")
    await node(page, "Done").click()
    await page.keyboard.press("Delete")
    await expect(page.get_by_role("region", name="Problems")).to_contain_text("Nothing is wrong")
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_label("What approvers should know").fill("Waits three days")
    await page.get_by_role("dialog").get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("In review v1").first).to_be_visible()
    assert await page.get_by_role("button", name="Approve").count() == 0

    approver = await visit("ap-brand")
    await approver.go("/reviews")
    await approver.page.get_by_role("link", name="Patience").click()
    await approver.page.get_by_role("button", name="Approve").click()
    await approver.page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await expect(approver.page.get_by_text("Approved v1").first).to_be_visible()

    await page.reload()
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Nothing is under way")).to_be_visible()
    await page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Live v1").first).to_be_visible()
    live = await house.operator.ask("GET", "/v1/definitions/PATIENCE")
    assert (live["state"], live["author"]) == ("live", "user:bu1")
