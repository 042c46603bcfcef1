"""Decision tables as grids: cells, rows, pastes from a spreadsheet, and what the checker finds."""

import pytest
from playwright.async_api import Page, expect

from tests.system.town import Town
from tests.web.conftest import Visit
from tests.web.test_designer import save
from tests.web.visitor import Visitor

TABLE = """# What a late payment costs.
kind: decision-table
code: CODE
title: Late fee
policy: unique      # one row may match
inputs:
  segment: {type: text, values: [RES, COM]}
  days: {type: number, whole: true, values: ">= 0"}
outputs:
  fee: {type: money, currency: EUR}
rows:
  # Two weeks are forgiven.
  early: {when: {days: "< 14"}, then: {fee: 0}}
  homes: {when: {segment: RES, days: ">= 14"}, then: {fee: 5}}
  businesses:
    when: {segment: COM,   days: ">= 14"}   # exact spacing
    then: {fee: 40}
cases:
  a-late-home: {given: {segment: RES, days: 14}, expect: {fee: 5}}
"""


async def begin(visit: Visit, house: Town, code: str, width: int = 1440) -> Visitor:
    files = {"table.yaml": TABLE.replace("CODE", code)}
    await house.operator.ask("PUT", f"/v1/definitions/{code}/draft", {"files": files})
    somebody = await visit("bu1", width=width)
    await somebody.go(f"/definitions/{code}/draft")
    await expect(somebody.page.get_by_role("grid", name="Rows")).to_be_visible()
    return somebody


async def text_of(house: Town, code: str) -> str:
    files = await house.operator.ask("GET", f"/v1/definitions/{code}/versions/1/files")
    return files["table.yaml"]


def cell(page: Page, row: int, column: int):
    return page.locator(f"[data-spot='{row}:{column}']")


async def test_a_cell_is_typed_by_keys_and_nothing_else_changes(visit: Visit, house: Town) -> None:
    page = (await begin(visit, house, "FEE-KEYS")).page
    before = await text_of(house, "FEE-KEYS")
    await cell(page, 0, 0).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        await page.keyboard.press(key)
    await expect(cell(page, 2, 2)).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Control+a")
    await page.keyboard.type("45")
    await page.keyboard.press("Enter")
    await expect(cell(page, 2, 2)).to_have_text("45")
    await save(page)

    assert await text_of(house, "FEE-KEYS") == before.replace("{fee: 40}", "{fee: 45}")


async def test_overlaps_and_gaps_stand_on_their_rows(visit: Visit, house: Town) -> None:
    page = (await begin(visit, house, "FEE-CLASH")).page
    await expect(page.get_by_text("passed")).to_be_visible()
    await cell(page, 1, 1).focus()
    await page.keyboard.press("Delete")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="homes"))
    await expect(row.get_by_role("img")).to_be_visible()
    await expect(page.get_by_role("grid")).to_contain_text("early and homes both match")
    await cell(page, 2, 1).focus()
    await page.keyboard.type("> 30")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("alert").filter(has_text="No row is for")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("region", name="Problems")).to_contain_text("Nothing is wrong")


async def test_a_range_of_a_spreadsheet_is_pasted_as_one_deed(visit: Visit, house: Town) -> None:
    page = (await begin(visit, house, "FEE-PASTE")).page
    await cell(page, 2, 0).focus()
    await page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "COM\\t[14..30]\\t40\\r\\nCOM\\t> 30\\t60\\r\\n");
          const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true});
          document.activeElement.dispatchEvent(paste);
        }"""
    )
    await expect(cell(page, 3, 1)).to_have_text("> 30")
    await expect(page.get_by_role("region", name="Problems")).to_contain_text("Nothing is wrong")
    await save(page)
    assert 'when: {segment: COM, days: "> 30"}' in await text_of(house, "FEE-PASTE")
    await page.get_by_role("button", name="Undo").click()

    await expect(cell(page, 3, 1)).to_have_count(0)
    await expect(cell(page, 2, 1)).to_have_text(">= 14")


async def test_rows_are_added_moved_renamed_and_deleted(visit: Visit, house: Town) -> None:
    page = (await begin(visit, house, "FEE-ROWS")).page

    async def do(row: str, deed: str) -> None:
        await page.get_by_role("button", name=f"What to do with {row}").click()
        await page.get_by_role("menuitem", name=deed).click()

    async def names() -> list[str]:
        return [text.strip() for text in await page.get_by_role("rowheader").all_inner_texts()]

    await do("homes", "Move up")
    await expect(page.get_by_role("rowheader").first).to_contain_text("homes")
    await do("homes", "Rename")
    await page.get_by_role("dialog").get_by_role("textbox", name="Name").fill("households")
    await page.get_by_role("dialog").get_by_role("button", name="Done").click()
    await do("households", "Add a row below")
    await expect(page.get_by_role("rowheader", name="row-4")).to_be_visible()
    await do("row-4", "Delete")
    await expect(page.get_by_role("rowheader")).to_have_count(3)
    await save(page)

    assert await names() == ["households", "early", "businesses"]
    assert "  # Two weeks are forgiven.\n  early:" in await text_of(house, "FEE-ROWS")


async def test_a_case_is_added_and_says_at_once_how_it_differs(visit: Visit, house: Town) -> None:
    page = (await begin(visit, house, "FEE-CASES")).page
    await page.get_by_role("button", name="Add a case").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Name").fill("a-late-business")
    await dialog.get_by_role("textbox", name="Given: segment").fill("COM")
    await dialog.get_by_role("textbox", name="Given: days").fill("20")
    await dialog.get_by_role("textbox", name="Expected: fee").fill("50")
    await dialog.get_by_role("button", name="Save").click()

    cases = page.get_by_role("region", name="Cases")
    await expect(cases.get_by_text("differs")).to_be_visible()
    await expect(cases).to_contain_text("by businesses")


async def test_a_column_is_added_and_taken_out_with_all_in_it(visit: Visit, house: Town) -> None:
    page = (await begin(visit, house, "FEE-COLUMN")).page
    await page.get_by_role("button", name="Add an input").click()
    await page.get_by_role("dialog").get_by_role("textbox", name="Name").fill("vip")
    await page.get_by_role("dialog").get_by_role("button", name="Done").click()
    await expect(page.get_by_role("button", name="Column vip")).to_be_visible()
    await page.get_by_role("button", name="Column segment").click()
    await page.get_by_role("button", name="Take this column out").click()
    await expect(page.get_by_role("button", name="Column segment")).to_have_count(0)
    await save(page)

    assert "segment" not in await text_of(house, "FEE-COLUMN")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_grid_is_accessible(visit: Visit, house: Town, scheme: str) -> None:
    somebody = await begin(visit, house, f"FEE-AXE-{scheme.upper()}")
    page = somebody.page
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await cell(page, 1, 1).focus()
    await page.keyboard.press("Delete")
    await expect(page.get_by_role("grid")).to_contain_text("both match")
    found = await somebody.violations()
    await cell(page, 1, 1).focus()
    await page.keyboard.press("Enter")

    assert found == []
    assert await somebody.violations() == []
