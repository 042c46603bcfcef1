"""Batches and paper: jobs, their runs and timetables, print runs, letters."""

from uuid import uuid4

from playwright.async_api import expect

from tests.system.town import Town, eventually
from tests.web.conftest import Visit
from tests.web.looks import look
from tests.web.scenes import bill


async def letter(house: Town) -> dict[str, str]:
    """A bill on paper, once it waits for a print run."""
    number = f"B-{uuid4().hex[:8]}"
    request = await house.core.ask("POST", "/v1/requests", bill(number, channel="letter"))

    async def look_at() -> dict[str, str] | None:
        found = await house.communications(request["id"])
        return found[0] if found and found[0]["document_hash"] else None

    return await eventually(look_at, "a letter")


async def test_the_pages_of_jobs_and_print_runs_are_accessible(visit: Visit, house: Town) -> None:
    paths = ["/jobs", "/jobs/letter-extract", "/print-runs"]

    assert await look(await visit("op1"), paths) == {}


async def test_a_run_that_cannot_go_on_says_so_and_is_cancelled(visit: Visit) -> None:
    operator = await visit("op1")
    page = operator.page
    await operator.go("/jobs/letter-extract")
    await page.get_by_role("button", name="Start a run").click()
    await page.get_by_role("dialog").get_by_role("button", name="Start a run").click()
    await expect(page.get_by_role("heading", name="Run 1")).to_be_visible()
    # Letters leave one by one in this installation: there is nothing to extract.
    await expect(page.get_by_text("conflict", exact=True)).to_be_visible()
    path = page.url.split("/app")[1]
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("textbox", name="Why").fill("nothing to extract")
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await expect(page.get_by_text("Cancelled", exact=True).first).to_be_visible()

    assert await look(operator, [path]) == {}


async def test_a_letter_is_seen_on_the_page_of_its_request(visit: Visit, house: Town) -> None:
    made = await letter(house)
    operator = await visit("op1")
    page = operator.page
    await operator.go(f"/communications/{made['id']}")

    await expect(page.get_by_role("heading", name="BILL-READY")).to_be_visible()
    seen = page.get_by_role("link", name="See the letter")
    await expect(seen).to_have_attribute("href", f"/v1/letters/{made['id']}")
    assert await look(operator, [f"/requests/{made['request_id']}"]) == {}


async def test_a_timetable_is_changed_and_told_in_words(visit: Visit) -> None:
    operator = await visit("op1")
    page = operator.page
    await operator.go("/jobs/todo-from-contacts")
    await page.get_by_role("button", name="Change the timetable").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Times of the day").fill("06:00, 18:30")
    await dialog.get_by_role("textbox", name="Time zone").fill("Europe/London")
    await dialog.get_by_role("button", name="Change the timetable").click()

    await expect(page.get_by_text("Daily at 06:00, 18:30, Europe/London")).to_be_visible()
