"""Finding a customer, and all that is known of one: what to mind, what was sent, and why."""

from typing import Literal

import pytest
from playwright.async_api import Page, expect

from tests.system.town import Town
from tests.web.conftest import Visit


async def found(page: Page, typed: str, name: str) -> None:
    """Look for somebody with nothing but keys, and go to them."""
    await page.get_by_role("combobox", name="Find a customer").wait_for()
    await page.keyboard.press("/")
    await page.keyboard.type(typed)
    await expect(page.get_by_role("option").filter(has_text=name).first).to_be_visible()


async def test_a_customer_is_found_by_parts_of_a_name_and_by_a_number(
    visit: Visit, house: Town
) -> None:
    agent = await visit("ag1")
    page = agent.page
    await found(page, "zolkiewsk", "Wojciech Żółkiewski")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/persons/P-1007")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("mill lane leeds")
    await expect(page.get_by_role("option").filter(has_text="14 Mill Lane").first).to_be_visible()
    await expect(page.get_by_role("option").first).to_contain_text("Fits by")
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/premises/PR-9001")


async def test_whom_nobody_may_contact_cannot_be_overlooked(visit: Visit) -> None:
    agent = await visit("ag1")
    await agent.go("/persons/P-1008")
    await expect(agent.page.get_by_role("alert", name="Do not contact")).to_be_visible()
    await agent.go("/persons/P-1009")

    await expect(agent.page.get_by_role("alert", name="Their data is restricted")).to_be_visible()


async def test_of_somebody_important_others_see_that_there_is_somebody(visit: Visit) -> None:
    agent = await visit("ag1")
    await agent.go("/persons/P-2001")

    await expect(agent.page.get_by_role("heading", level=1)).to_have_text("Somebody of importance")
    assert "Haddad" not in await agent.page.locator("main").inner_text()


async def test_of_another_division_nobody_is_there(visit: Visit, house: Town) -> None:
    key = await house.person(name="Nora Nord", division="NORTH")
    south, north = await visit("ag4"), await visit("ag3")
    south.refusals |= {403, 404}
    await south.go(f"/persons/{key}")
    await expect(south.page.get_by_role("alert").first).to_be_visible()
    await north.go(f"/persons/{key}")

    await expect(north.page.get_by_role("heading", name="Nora Nord")).to_be_visible()
    assert "Nora Nord" not in await south.page.locator("body").inner_text()


async def test_the_exact_mail_is_shown_in_a_sandbox_with_the_story_of_its_sending(
    visit: Visit, house: Town
) -> None:
    key = await house.person()
    communication = await house.delivered((await house.alert(key))["id"])
    agent = await visit("ag1")
    page = agent.page
    await agent.go(f"/persons/{key}?kinds=communication")
    await page.get_by_role("button", name="security alert").click()
    beside = page.get_by_role("dialog")
    await expect(beside).to_contain_text(communication["document_hash"])
    frame = beside.locator("iframe")
    assert await frame.get_attribute("sandbox") == ""
    await expect(frame.content_frame.locator("body")).to_contain_text("Firefox")
    await beside.get_by_role("tab", name="Why it went so").click()
    await expect(beside.get_by_role("tabpanel", name="Why it went so")).to_contain_text("email")
    await page.reload()

    await expect(page.get_by_role("dialog")).to_contain_text(communication["document_hash"])


async def test_a_reminder_is_put_off_and_settled(visit: Visit, house: Town) -> None:
    key = await house.person()
    body = {
        "type": "QUERY-HIGH-BILL",
        "idempotency_key": key,
        "person": key,
        "characteristics": {"bill.number": "B-1"},
    }
    contact = await house.operator.ask("POST", "/v1/customer-contacts", body)
    path = f"/v1/customer-contacts/{contact['id']}/reminders"
    made = await house.operator.ask("POST", path, {"due_on": "2099-01-05", "note": "Meter read?"})
    agent = await visit("ag1")
    page = agent.page
    await agent.go(f"/persons/{key}")
    reminders = page.get_by_role("region", name="Reminders")
    await reminders.get_by_role("button", name="Put off").click()
    await page.get_by_role("dialog").get_by_label("Until").fill("2099-02-06")
    await page.get_by_role("dialog").get_by_label("Reason").fill("Holidays")
    await page.get_by_role("dialog").get_by_role("button", name="Put off").click()
    await expect(page.get_by_text("The reminder is put off.")).to_be_visible()
    await reminders.get_by_role("button", name="Settle").click()
    await page.get_by_role("dialog").get_by_label("What came of it").fill("read")
    await page.get_by_role("dialog").get_by_role("button", name="Settle").click()

    await expect(reminders).to_contain_text("Nothing is promised.")
    kept = await house.operator.ask("GET", f"/v1/reminders/{made['id']}")
    assert (kept["state"], kept["outcome"], kept["snoozes"]) == ("resolved", "read", 1)


PAGES = ["/persons/P-1001", "/persons/P-1008", "/accounts/A-5001", "/premises/PR-9001"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_accessible(visit: Visit, scheme: Literal["light", "dark"]) -> None:
    agent = await visit("ag1")
    await agent.page.emulate_media(color_scheme=scheme)
    complaints: list[str] = []
    for path in PAGES:
        await agent.go(path)
        complaints += await agent.violations()
    await found(agent.page, "moreno", "Ana Moreno")
    complaints += await agent.violations()

    assert complaints == [], "\n".join(complaints)
