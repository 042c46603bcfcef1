"""Being away: one says who stands in, and takes it back."""

from playwright.async_api import expect

from tests.system.town import Town
from tests.web.conftest import Visit


async def test_one_says_who_stands_in_and_takes_it_back(visit: Visit, house: Town) -> None:
    agent = await visit("ag1")
    page = agent.page
    await page.get_by_role("link", name="Agent One").click()
    await expect(page.get_by_text("You are not away")).to_be_visible()
    assert await agent.violations() == []
    await page.get_by_label("Who stands in").fill("nobody-we-know")
    await page.get_by_label("From").fill("2099-01-05T09:00")
    await page.get_by_label("Until").fill("2099-01-09T17:00")
    agent.refusals.add(422)
    await page.get_by_role("button", name="Arrange it").click()
    await expect(page.get_by_role("alert").filter(has_text="may sign in")).to_be_visible()
    await page.get_by_label("Who stands in").fill("ag2")
    await page.get_by_role("button", name="Arrange it").click()
    await expect(page.get_by_text("ag2 stands in for you")).to_be_visible()
    await page.get_by_role("button", name="I am back").click()

    await expect(page.get_by_text("You are not away")).to_be_visible()
