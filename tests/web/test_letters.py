"""Communications: their texts under work, shown as the recipient would see them."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.system.town import Town
from tests.web.conftest import Visit
from tests.web.visitor import Visitor


async def begin(
    visit: Visit, house: Town, code: str, search: str = "", width: int = 1440
) -> Visitor:
    """A copy of the shipped bill, as a draft of its own."""
    live = await house.operator.ask("GET", "/v1/definitions/BILL-READY")
    path = f"/v1/definitions/BILL-READY/versions/{live['version']}/files"
    files: dict[str, Any] = await house.operator.ask("GET", path)
    text = files["communication.yaml"].replace("code: BILL-READY", f"code: {code}")
    body = {"files": {**files, "communication.yaml": text}}
    await house.operator.ask("PUT", f"/v1/definitions/{code}/draft", body)
    somebody = await visit("bu1", width=width)
    await somebody.go(f"/definitions/{code}/draft{search}")
    await expect(somebody.page.get_by_role("navigation", name="Files")).to_be_visible()
    return somebody


async def choose(page: Page, label: str, option: str) -> None:
    await page.get_by_role("combobox", name=label, exact=True).click()
    await page.get_by_role("option", name=option, exact=True).click()


async def test_an_email_is_shown_as_its_sample_gets_it_in_each_language(
    visit: Visit, house: Town
) -> None:
    page = (await begin(visit, house, "BILL-MAIL")).page
    message = page.frame_locator("iframe").first.locator("body")
    await expect(message).to_contain_text("Your energy bill")
    await choose(page, "Language", "de")
    await expect(message).to_contain_text("Rechnung")
    await choose(page, "Sample", "long-name")
    await page.get_by_text("Plain text", exact=True).click()
    await expect(page.get_by_role("region", name="Plain text")).to_contain_text("Rechnung")
    await page.get_by_text("Mobile", exact=True).click()
    await expect(page.locator("iframe").first).to_have_css("width", "390px")


async def test_a_letter_is_shown_as_its_pages_and_as_text(visit: Visit, house: Town) -> None:
    page = (await begin(visit, house, "BILL-PAGES")).page
    await choose(page, "Channel", "letter")
    await choose(page, "Sample", "three-pages")
    await expect(page.get_by_role("img", name="Page 3 of 3")).to_be_visible()
    await page.get_by_text("The letter as text").click()

    await expect(page.get_by_text("Bill number").first).to_be_visible()


async def test_what_is_typed_is_rendered_and_saved(visit: Visit, house: Town) -> None:
    page = (await begin(visit, house, "BILL-TYPED")).page
    await page.get_by_role("button", name="email.en.html", exact=True).click()
    editor = page.get_by_role("textbox", name="templates/email.en.html")
    await expect(editor).to_contain_text("Your energy bill")
    await editor.get_by_text("Your energy bill").click()
    await page.keyboard.press("Home")
    await page.keyboard.type("<p>Good news: ")
    await choose(page, "Put in a field", "Bill number (bill.number)")
    await page.keyboard.type("</p>")
    message = page.frame_locator("iframe").first.locator("body")
    await expect(message).to_contain_text(re.compile(r"Good news: B-\d+"))
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    files = await house.operator.ask("GET", "/v1/definitions/BILL-TYPED/versions/1/files")
    assert "<p>Good news: {{ bill.number }}</p>" in files["templates/email.en.html"]


async def test_work_on_a_text_survives_a_closed_tab(visit: Visit, house: Town) -> None:
    somebody = await begin(visit, house, "BILL-KEPT", "?file=templates/email.en.txt")
    page = somebody.page
    await page.get_by_role("textbox", name="templates/email.en.txt").click()
    await page.keyboard.press("Control+Home")
    await page.keyboard.type("Hello again. ")
    await expect(page.get_by_text("Not saved yet")).to_be_visible()
    await page.reload()

    await expect(page.get_by_text("It is back")).to_be_visible()
    editor = page.get_by_role("textbox", name="templates/email.en.txt")
    await expect(editor).to_contain_text("Hello again.")


async def test_a_hostile_message_runs_nothing(visit: Visit, house: Town) -> None:
    page = (await begin(visit, house, "BILL-HOSTILE", "?file=templates/email.en.html")).page
    await page.get_by_role("textbox", name="templates/email.en.html").click()
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Delete")
    await page.keyboard.insert_text(
        "<p id=told style='color: rgb(1, 2, 3)'>Dear</p><script>parent.document.title='x'</script>"
        "<form action=/><button>Go</button></form><a href=/app/>away</a>"
    )
    frame = page.frame_locator("iframe").first
    await expect(frame.locator("#told")).to_have_css("color", "rgb(1, 2, 3)")
    await frame.get_by_text("away").click()

    await expect(frame.locator("#told")).to_be_visible()
    assert await frame.locator("script").count() == 0
    assert await page.title() != "x"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_bench_of_a_communication_is_accessible(
    visit: Visit, house: Town, scheme: str
) -> None:
    somebody = await begin(
        visit, house, f"BILL-AXE-{scheme.upper()}", "?file=templates/letter.en.html"
    )
    page = somebody.page
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await expect(page.get_by_role("img", name="Page 1 of")).to_be_visible()
    letter = await somebody.violations()
    await choose(page, "Channel", "email")
    await expect(page.frame_locator("iframe").first.locator("body")).to_contain_text("bill")

    assert letter == []
    assert await somebody.violations() == []
