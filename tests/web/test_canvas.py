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
