"""Logging what a customer said, by keyboard alone; what it asks for, and what follows from it."""

from typing import Literal

import pytest
from playwright.async_api import Page, expect

from tests.system.town import Town, eventually
from tests.web.conftest import Visit


async def tab_to(page: Page, name: str) -> None:
    """Go on with Tab alone until a field has the focus."""
    field = page.get_by_role("textbox", name=name)
    for _ in range(10):
        await page.keyboard.press("Tab")
        if await field.evaluate("field => field === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {name}.")


async def test_a_call_is_logged_by_keyboard_alone_and_is_on_the_timeline_at_once(
    visit: Visit, house: Town
) -> None:
    key = await house.person()
    agent = await visit("ag1")
    page = agent.page
    await agent.go(f"/persons/{key}")
    await page.get_by_role("link", name="Log a contact").wait_for()
    await page.keyboard.press("l")
    await expect(page.get_by_role("combobox", name="What was it about?")).to_be_focused()
    await page.keyboard.type("too high")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("It stays open")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("radio", name="Phone")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("radio", name="Visit")).to_be_checked()
    await tab_to(page, "The bill")
    await page.keyboard.type("B-417")
    await tab_to(page, "What was said")
    await page.keyboard.type("Says that the meter was read wrongly")
    await page.keyboard.press("Control+Enter")

    beside = page.get_by_role("dialog")
    await expect(beside).to_contain_text("Says that the meter was read wrongly")
    await page.keyboard.press("Escape")
    timeline = page.get_by_role("region", name="Timeline")
    await expect(timeline).to_contain_text("A customer finds a bill too high")
    (kept,) = (await house.operator.ask("GET", f"/v1/customer-contacts?person={key}"))["items"]
    assert (kept["method"], kept["direction"], kept["created_by"]) == (
        "visit",
        "inbound",
        "user:ag1",
    )
    assert kept["characteristics"] == {"bill": {"number": "B-417"}}


async def test_what_follows_is_told_before_and_after(visit: Visit, house: Town) -> None:
    agent = await visit("ag1")
    page = agent.page
    await agent.go("/persons/P-1001/log")
    await page.get_by_role("combobox", name="What was it about?").fill("returned")
    await page.get_by_role("option", name="A payment was returned").click()
    await expect(page.get_by_role("status")).to_contain_text("is sent")
    save = page.get_by_role("button", name="Log it")
    await expect(save).to_be_disabled()
    await page.get_by_label("Adjustment id").fill("ADJ-1")
    await page.get_by_label("Adjustment amount").fill("25,00")
    await page.get_by_label("Remind me on").fill("2099-03-02")
    await page.get_by_label("What to look at").fill("Paid since?")
    await expect(page.get_by_role("status")).to_contain_text("A reminder comes to you")
    await save.click()
    beside = page.get_by_role("dialog")
    await expect(beside.get_by_role("link", name="How it was sent")).to_be_visible()
    await expect(beside).to_contain_text("Paid since?")

    async def letter() -> bool:
        found = await house.operator.ask("GET", "/v1/requests?definition=PAYMENT-RETURNED")
        return any(each["person"] == "P-1001" for each in found["items"])

    assert await eventually(letter, "a request for the letter")


async def test_what_the_server_refuses_is_told_at_its_field_and_nothing_typed_is_lost(
    visit: Visit,
) -> None:
    agent = await visit("ag1")
    page = agent.page
    await agent.go("/persons/P-1001/log")
    await page.get_by_role("combobox", name="What was it about?").fill("returned")
    await page.get_by_role("option", name="A payment was returned").click()
    await page.get_by_label("Adjustment id").fill("ADJ-2")
    await page.get_by_label("Adjustment amount").fill("a lot")
    await page.get_by_label("What was said").fill("He is sorry")
    agent.refusals.add(422)
    await page.get_by_role("button", name="Log it").click()

    await expect(page.get_by_role("alert").filter(has_text="not an amount")).to_be_visible()
    await expect(page.get_by_label("What was said")).to_have_value("He is sorry")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_accessible(
    visit: Visit, house: Town, scheme: Literal["light", "dark"]
) -> None:
    agent = await visit("ag1")
    await agent.page.emulate_media(color_scheme=scheme)
    await agent.go("/persons/P-1001/log")
    await agent.page.get_by_role("combobox", name="What was it about?").fill("too high")
    await agent.page.get_by_role("option", name="A customer finds a bill too high").click()

    complaints = await agent.violations()
    assert complaints == [], "\n".join(complaints)
