"""A supervisor's questions: what became of this request, and why; and stepping in."""

import re

from playwright.async_api import expect

from tests.system.town import Town
from tests.web.conftest import Visit
from tests.web.looks import look
from tests.web.scenes import sent, unreachable, waiting


async def test_the_pages_of_requests_are_accessible(visit: Visit, house: Town) -> None:
    one, other = await sent(house), await unreachable(house)
    paths = [
        "/requests",
        "/requests?state=not_sent%2Cheld",
        "/communications",
        f"/requests/{one['id']}",
        f"/requests/{one['id']}?tab=trail",
        f"/requests/{other['id']}",
    ]

    assert await look(await visit("op1"), paths) == {}


async def test_a_supervisor_finds_a_request_reads_why_and_sees_the_very_message(
    visit: Visit, house: Town
) -> None:
    request = await sent(house)
    supervisor = await visit("su1")
    page = supervisor.page
    await supervisor.go(f"/requests?state=completed&key={request['idempotency_key']}")
    await page.get_by_role("table").get_by_role("link").click()
    await expect(page.get_by_role("heading", name="SECURITY-ALERT")).to_be_visible()

    await expect(page.get_by_text("is live and is used for this request")).to_be_visible()
    await expect(page.get_by_text("may ask for this")).to_be_visible()
    await page.get_by_text("What it was decided from").first.click()
    await page.get_by_role("button", name="Show its exact text").click()
    await expect(page.locator("pre")).to_contain_text("X-Communication:")
    documents = await house.operator.ask(
        "GET", f"/v1/audit?chain=request:{request['id']}&action=document.viewed"
    )
    assert [each["actor"] for each in documents["items"]] == ["user:su1"]


async def test_filters_stand_in_the_address_and_survive_a_reload(visit: Visit, house: Town) -> None:
    request = await unreachable(house)
    supervisor = await visit("su1")
    page = supervisor.page
    await supervisor.go("/requests")
    await page.get_by_role("textbox", name="Person").fill(request["person"])
    await page.get_by_role("textbox", name="Person").press("Enter")
    await expect(page).to_have_url(re.compile(f"person=.*{request['person']}"))
    await page.reload()

    await expect(page.get_by_role("table").get_by_role("link")).to_have_count(1)
    await expect(page.get_by_role("table")).to_contain_text("no contact point")
    await page.get_by_role("button", name="Show all").click()
    await expect(page.get_by_role("textbox", name="Person")).to_have_value("")


async def test_a_request_is_held_released_and_cancelled_with_a_reason(
    visit: Visit, house: Town
) -> None:
    request = await waiting(house)
    page = (await visit("su1")).page
    await page.goto(f"/app/requests/{request['id']}")
    for deed, state in (("Hold", "Held"), ("Release", "Scheduled"), ("Cancel", "Cancelled")):
        await page.get_by_role("button", name=deed, exact=True).click()
        dialog = page.get_by_role("dialog", name=deed, exact=True)
        await expect(dialog.get_by_role("button", name=deed)).to_be_disabled()
        await dialog.get_by_role("textbox", name="Why").fill(f"{deed} for the test")
        await dialog.get_by_role("button", name=deed).click()
        await expect(page.locator("h1 + div").get_by_text(state, exact=True)).to_be_visible()

    trail = await house.operator.ask("GET", f"/v1/audit?chain=request:{request['id']}")
    told = {each["reason"] for each in trail["items"] if each["actor"] == "user:su1"}
    assert told == {"Hold for the test", "Release for the test", "Cancel for the test"}


async def test_who_comes_too_late_is_told_the_state(visit: Visit, house: Town) -> None:
    request = await waiting(house)
    supervisor = await visit("su1")
    page = supervisor.page
    await supervisor.go(f"/requests/{request['id']}")
    await page.get_by_role("button", name="Hold", exact=True).click()
    await page.get_by_role("textbox", name="Why").fill("too late")
    await house.operator.ask("POST", f"/v1/requests/{request['id']}/cancel", {"reason": "sooner"})
    supervisor.refusals.add(409)
    await page.get_by_role("dialog").get_by_role("button", name="Hold").click()

    await expect(page.get_by_role("alert")).to_contain_text("cancelled")


async def test_a_request_is_sent_again_as_a_copy_of_its_own(visit: Visit, house: Town) -> None:
    request = await sent(house)
    page = (await visit("su1")).page
    await page.goto(f"/app/requests/{request['id']}")
    await page.get_by_role("button", name="Send again").click()
    await page.get_by_role("dialog").get_by_role("button", name="Send again").click()

    await expect(page.get_by_role("link", name="the first request")).to_be_visible()
    copy = await house.until(page.url.split("?")[0].rsplit("/", 1)[1], "completed")
    assert copy["copy_of"] == request["id"]
