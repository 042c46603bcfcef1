"""An operator's day: the board, the exceptions, the kill switch, events and their triggers."""

import re
from uuid import uuid4

from playwright.async_api import Page, expect

from tests.system.town import Town
from tests.web.conftest import Visit
from tests.web.looks import look
from tests.web.scenes import bill, stuck, unreachable, waiting


async def test_the_pages_of_operations_are_accessible(visit: Visit, house: Town) -> None:
    await unreachable(house)
    await waiting(house)
    await stuck(house, 1)
    paths = ["/operations", "/errors", "/holds", "/events", "/events/unmapped", "/events/triggers"]

    assert await look(await visit("op1"), paths) == {}


def panel(page: Page, title: str):
    return page.get_by_role("table", name=title)


async def test_a_number_on_the_board_is_the_length_of_the_list_it_leads_to(
    visit: Visit, house: Town
) -> None:
    await unreachable(house)
    operator = await visit("op1")
    page = operator.page
    await operator.go("/operations")
    await expect(page.get_by_text(re.compile("^Last updated at"))).to_be_visible()
    row = panel(page, "What went wrong").get_by_role("row").filter(has_text="no contact point")
    number = int(await row.get_by_role("link").inner_text())
    await row.get_by_role("link").click()

    await expect(page.get_by_role("heading", name="Requests")).to_be_visible()
    await expect(page.get_by_role("table").get_by_role("link")).to_have_count(number)
    await expect(page.get_by_role("table").get_by_text("Not sent")).to_have_count(number)


async def test_nothing_disappears_and_the_board_says_so(visit: Visit, house: Town) -> None:
    await waiting(house)
    operator = await visit("op1")
    await operator.go("/operations")

    await expect(operator.page.get_by_text("Balanced", exact=True)).to_have_count(3)
    await expect(operator.page.get_by_role("link", name=re.compile("^Scheduled"))).to_be_visible()


async def test_all_that_one_cause_stopped_goes_on_once_it_is_mended(
    visit: Visit, house: Town
) -> None:
    numbers = await stuck(house, 3)
    operator = await visit("op1")
    page = operator.page
    await operator.go("/errors")
    row = page.get_by_role("table").get_by_role("row").filter(has_text="data missing")
    await expect(row).to_contain_text("BILL-READY")
    for number in numbers:
        await house.lab.ask("PUT", f"/lab/billing/bills/{number}", {"complete": True})
    await row.get_by_role("button", name="Retry all").click()
    await expect(page.get_by_role("dialog")).to_contain_text("go on from where they stopped")
    await page.get_by_role("textbox", name="Why").fill("records completed")
    await page.get_by_role("dialog").get_by_role("button", name="Retry all").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)

    for number in numbers:
        found = await house.operator.ask("GET", f"/v1/requests?idempotency_key={number}")
        await house.until(found["items"][0]["id"], "completed")
        trail = await house.operator.ask(
            "GET", f"/v1/audit?chain=request:{found['items'][0]['id']}&actor=user:op1"
        )
        assert {each["reason"] for each in trail["items"]} == {"records completed"}


async def test_the_kill_switch_stops_a_definition_and_lets_it_go_on(
    visit: Visit, house: Town
) -> None:
    operator = await visit("op1")
    page = operator.page
    await operator.go("/holds")
    await page.get_by_role("button", name="Hold a definition").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox", name="Definition").click()
    await page.get_by_role("option", name=re.compile("BILL-READY")).click()
    await dialog.get_by_role("textbox", name="Why").fill("wrong prices")
    await dialog.get_by_role("button", name="Hold a definition").click()
    await expect(page.get_by_role("table")).to_contain_text("wrong prices")
    number = f"B-{uuid4().hex[:8]}"
    held = await house.core.ask("POST", "/v1/requests", bill(number))
    await house.until(held["id"], "held")
    await page.get_by_role("button", name="Release").click()
    await dialog.get_by_role("textbox", name="Why").fill("prices mended")
    await dialog.get_by_role("button", name="Release").click()

    await expect(page.get_by_text("Nothing is held")).to_be_visible()
    await house.until(held["id"], "completed")
