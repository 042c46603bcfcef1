"""What becomes of a version that was handed over."""

from playwright.async_api import Page, expect

from tests.system.town import Town
from tests.web.conftest import Visit

TEXT = "kind: process\ncode: {code}\ntitle: {title}\nsteps:\n  done: {{do: end, outcome: done}}\n"


async def hand_over(page: Page, house: Town, code: str, title: str) -> None:
    """A draft that its author submits."""
    files = {"process.yaml": TEXT.format(code=code, title=title)}
    await house.operator.ask("PUT", f"/v1/definitions/{code}/draft", {"files": files})
    await page.goto(f"/app/definitions/{code}/draft")
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_role("dialog").get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("In review").first).to_be_visible()


async def decide(page: Page, code: str, deed: str, said: str = "") -> None:
    await page.goto(f"/app/definitions/{code}")
    await page.get_by_role("button", name=deed).click()
    dialog = page.get_by_role("dialog")
    if said:
        await dialog.get_by_role("textbox").fill(said)
    await dialog.get_by_role("button", name=deed).click()


async def test_a_rejection_says_why_and_the_draft_is_open_again(visit: Visit, house: Town) -> None:
    author, approver = await visit("bu1"), await visit("ap-brand")
    await hand_over(author.page, house, "SENT-BACK", "Sent back")
    await approver.page.goto("/app/definitions/SENT-BACK")
    await approver.page.get_by_role("button", name="Reject").click()
    dialog = approver.page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Reject")).to_be_disabled()
    await dialog.get_by_role("textbox").fill("Too curt for our customers")
    await dialog.get_by_role("button", name="Reject").click()
    await expect(approver.page.get_by_text("it is a draft again")).to_be_visible()

    told = await house.operator.ask("GET", "/v1/definitions/SENT-BACK/versions/1")
    assert [each["comment"] for each in told["verdicts"]] == ["Too curt for our customers"]
    assert told["state"] == "draft"


async def test_an_author_takes_a_version_back(visit: Visit, house: Town) -> None:
    author = await visit("bu1")
    await hand_over(author.page, house, "TAKEN-BACK", "Taken back")
    await decide(author.page, "TAKEN-BACK", "Withdraw", "A word is missing")

    await expect(author.page.get_by_text("it is a draft again")).to_be_visible()
    versions = await house.operator.ask("GET", "/v1/definitions/TAKEN-BACK/versions")
    assert versions[0]["state"] == "draft"
