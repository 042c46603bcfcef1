"""The canvas under mouse and clipboard, and a step that becomes another kind."""

from playwright.async_api import Page, expect

from tests.system.town import Town
from tests.web.conftest import Visit
from tests.web.test_designer import ladder, open_draft, save
from tests.web.test_story import node, text_of

__all__ = ["ladder"]

PUT_ON_CLIPBOARD = """() => {
  const data = new DataTransfer();
  const copy = new ClipboardEvent("copy", {clipboardData: data, bubbles: true, cancelable: true});
  document.body.dispatchEvent(copy);
  return data.getData("text/plain");
}"""
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  document.body.dispatchEvent(paste);
}"""


async def middle(page: Page, selector: str) -> tuple[float, float]:
    box = await page.locator(selector).first.bounding_box()
    assert box is not None, selector
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def test_a_step_is_dragged_from_the_palette_onto_a_line(
    visit: Visit, house: Town, ladder: str
) -> None:
    page = (await open_draft(visit, ladder)).page
    await expect(node(page, "Letter")).to_be_visible()
    palette = page.get_by_role("complementary", name="Add a step")
    plus = page.locator("button[data-source='patience'][data-way='next']")
    await palette.get_by_role("button", name="Set", exact=True).drag_to(plus)
    await expect(node(page, "Set")).to_be_visible()
    await save(page)

    text = await text_of(house, ladder)
    assert text.index("  patience:") < text.index("  set: {do: set}") < text.index("  call:")


async def test_two_steps_are_connected_by_a_drag(visit: Visit, house: Town, ladder: str) -> None:
    page = (await open_draft(visit, ladder)).page
    await expect(node(page, "Letter")).to_be_visible()
    before = await text_of(house, ladder)
    call, letter = ".react-flow__node[data-id='call']", ".react-flow__node[data-id='letter']"
    await page.mouse.move(*await middle(page, f"{call} .react-flow__handle-bottom"))
    await page.mouse.down()
    await page.mouse.move(*await middle(page, f"{letter} .react-flow__handle-top"), steps=12)
    await page.mouse.up()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Which way leads to Letter?")
    await dialog.get_by_role("button", name="refused").click()
    await save(page)

    after = await text_of(house, ladder)
    assert after == before.replace("{promised: patience}", "{promised: patience, refused: letter}")


async def test_steps_are_copied_into_another_tab(visit: Visit, house: Town, ladder: str) -> None:
    first = (await open_draft(visit, ladder)).page
    await node(first, "Call").click()
    copied = await first.evaluate(PUT_ON_CLIPBOARD)
    code = f"{ladder[:50]}-OTHER"
    text = "kind: process\ncode: CODE\ntitle: Reminder ladder\nsteps:\n  call: {do: end}\n"
    files = {"process.yaml": text.replace("CODE", code)}
    await house.operator.ask("PUT", f"/v1/definitions/{code}/draft", {"files": files})
    second = (await open_draft(visit, code)).page
    await expect(node(second, "Call")).to_be_visible()
    await second.evaluate(PASTE, copied)
    await expect(node(second, "Call 2")).to_be_visible()
    await save(second)

    assert "# Nobody answered: a person calls." in copied
    pasted = await text_of(house, code)
    assert "  # Nobody answered: a person calls.\n  call-2:\n    do: task" in pasted


async def test_a_step_becomes_another_kind_and_keeps_what_fits(
    visit: Visit, house: Town, ladder: str
) -> None:
    page = (await open_draft(visit, ladder)).page
    await node(page, "A week of patience").click()
    await page.get_by_role("button", name="Make it another kind").click()
    await page.get_by_role("menuitem", name="Set", exact=True).click()
    await expect(node(page, "A week of patience")).to_contain_text("Set")
    await save(page)

    text = await text_of(house, ladder)
    line = next(each for each in text.splitlines() if each.startswith("  patience:"))
    assert 'title: "A week of patience"' in line
    assert "do: set" in line
    assert "7 days" not in line
    assert line.endswith("# exact spacing")
