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
