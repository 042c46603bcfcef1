"""An agent's to-dos: the inbox, working by keyboard alone, and what happens among several."""

from typing import Any, Literal
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.system.town import Town
from tests.web.conftest import Visit


async def raised(house: Town, **more: Any) -> str:
    """A to-do about an overdue bill; answers its id."""
    number = f"B-{uuid4().hex[:8]}"
    bill = {"number": number, "amount": "186.40", "due_date": "2026-03-02"}
    body = {
        "type": "COLL-FOLLOWUP",
        "idempotency_key": uuid4().hex,
        "person": "P-1001",
        "context": {"bill": bill},
    }
    return (await house.operator.ask("POST", "/v1/todos", body | more))["id"]


async def read(house: Town, todo: str) -> dict[str, Any]:
    return await house.operator.ask("GET", f"/v1/todos/{todo}")


async def take(page: Page) -> None:
    """Have the to-do that is shown."""
    await page.get_by_role("button", name="Take it").wait_for()
    await page.keyboard.press("t")
    await expect(page.get_by_role("button", name="Keep it longer")).to_be_visible()


async def test_a_call_is_handled_by_keyboard_alone_and_the_next_to_do_opens(
    visit: Visit, house: Town
) -> None:
    first = await raised(house, priority=1, due_at="2026-12-01T10:00:00Z")
    second = await raised(house, priority=1, due_at="2099-12-01T10:00:00Z")
    agent = await visit("ag1")
    page = agent.page
    await agent.go("/todos?tab=queue")
    await expect(page.get_by_role("heading", name="To-dos")).to_be_visible()

    await page.keyboard.press("n")
    await page.wait_for_url(f"**/todos/{first}")
    await page.get_by_role("button", name="Promised to pay").wait_for()
    await page.keyboard.press("1")
    await expect(page.get_by_label("Payment promised for")).to_be_focused()
    await page.keyboard.type("12122026")
    await page.keyboard.press("Tab")
    await page.get_by_label("What was said").focus()
    await page.keyboard.type("Pays by bank transfer")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url(f"**/todos/{second}")

    done = await read(house, first)
    assert (done["state"], done["outcome"], done["closed_by"]) == (
        "completed",
        "promised",
        "user:ag1",
    )
    assert done["form"] == {"promised_on": "2026-12-12", "note": "Pays by bank transfer"}
    assert (await read(house, second))["assigned_to"] == "user:ag1"


async def test_of_two_one_finishes_it_and_what_the_other_typed_is_kept(
    visit: Visit, house: Town
) -> None:
    todo = await raised(house)
    one, other = await visit("ag1"), await visit("su1")
    await one.go(f"/todos/{todo}")
    await take(one.page)
    await one.page.keyboard.press("2")
    await one.page.get_by_label("What was said").fill("He shouted")
    await other.go(f"/todos/{todo}")
    await expect(other.page.get_by_text("ag1 has this to-do")).to_be_visible()
    await house.operator.ask("POST", f"/v1/todos/{todo}/release", {})
    await take(other.page)

    await expect(one.page.get_by_text("su1 has this to-do")).to_be_visible()
    await expect(one.page.get_by_text("What you typed is kept below")).to_be_visible()
    await expect(one.page.get_by_label("What was said")).to_have_value("He shouted")
    await one.page.reload()
    await expect(one.page.get_by_label("What was said")).to_have_value("He shouted")


async def test_a_refused_completion_keeps_what_was_typed(visit: Visit, house: Town) -> None:
    context = {"case": {"number": "C-9"}, "offer": {"amount": "400", "rule": "EU"}}
    todo = await raised(house, type="COMP-APPROVAL-TASK", context=context)
    supervisor = await visit("su1")
    page = supervisor.page
    await supervisor.go(f"/todos/{todo}")
    await take(page)
    await page.keyboard.press("1")
    await page.get_by_label("Amount approved instead").fill("a lot")
    supervisor.refusals.add(422)
    await page.get_by_role("button", name="Complete", exact=True).click()
    await expect(
        page.get_by_role("alert").filter(has_text="not an amount of money")
    ).to_be_visible()
    await expect(page.get_by_label("Amount approved instead")).to_have_value("a lot")
    await page.get_by_label("Amount approved instead").fill("350,50")
    await page.get_by_role("button", name="Complete", exact=True).click()

    await expect(page.get_by_text("This to-do has ended")).to_be_visible()
    assert (await read(house, todo))["form"] == {"amount": "350.50"}


async def test_an_outcome_asks_for_what_it_needs(visit: Visit, house: Town) -> None:
    todo = await raised(house)
    agent = await visit("ag1")
    await agent.go(f"/todos/{todo}")
    await take(agent.page)
    complete = agent.page.get_by_role("button", name="Complete", exact=True)
    await expect(complete).to_be_disabled()
    await agent.page.keyboard.press("2")
    await expect(agent.page.get_by_role("textbox", name="Reason")).to_be_focused()
    await expect(complete).to_be_disabled()
    await agent.page.keyboard.type("Disputes the reading")

    await expect(complete).to_be_enabled()


async def test_whoever_asked_is_told_that_it_needs_other_eyes(visit: Visit, house: Town) -> None:
    supervisor = await visit("su1")
    context = {"case": {"number": "C-9"}, "offer": {"amount": "400", "rule": "EU"}}
    body = {"type": "COMP-APPROVAL-TASK", "idempotency_key": uuid4().hex, "context": context}
    answer = await supervisor.page.request.post(
        "/v1/todos", data=body, headers={"Origin": house.core.base}
    )
    todo = (await answer.json())["id"]
    await supervisor.go(f"/todos/{todo}")

    await expect(supervisor.page.get_by_text("Needs other eyes", exact=True)).to_be_visible()
    await expect(supervisor.page.get_by_role("button", name="Approve")).to_be_disabled()


async def test_a_to_do_is_put_off_given_back_passed_on_and_noted_in(
    visit: Visit, house: Town
) -> None:
    todo = await raised(house, due_at="2099-12-01T10:00:00Z")
    agent = await visit("ag1")
    page = agent.page
    await agent.go(f"/todos/{todo}")
    await take(page)
    await page.get_by_label("Note something").fill("Speaks French")
    await page.get_by_role("button", name="Note it").click()
    await expect(page.get_by_text("Speaks French")).to_be_visible()

    await page.get_by_role("button", name="Put off").click()
    await page.get_by_label("Until").fill("2099-01-05T09:30")
    await page.get_by_role("dialog").get_by_role("button", name="Put off").click()
    await expect(page.get_by_text("This to-do is put off")).to_be_visible()
    await page.get_by_role("button", name="Take up again").click()
    await page.get_by_role("dialog").get_by_role("button", name="Take up again").click()
    await page.get_by_role("button", name="Pass on").click()
    await page.get_by_role("dialog").get_by_label("Into the hands of").click()
    await page.get_by_role("option", name="Agent Two").click()
    await page.get_by_role("dialog").get_by_role("button", name="Pass on").click()

    await expect(page.get_by_text("ag2 has this to-do")).to_be_visible()
    assert (await read(house, todo))["assigned_to"] == "user:ag2"


async def test_the_list_follows_what_others_do_and_its_filters_stand_in_the_address(
    visit: Visit, house: Town
) -> None:
    supervisor = await visit("su1")
    page = supervisor.page
    await supervisor.go("/todos?tab=all&type=COLL-FOLLOWUP")
    await expect(page.get_by_role("tab", name="All I may see")).to_have_attribute(
        "aria-selected", "true"
    )
    todo = await raised(house, priority=1, due_at="2026-01-01T10:00:00Z")
    title = (await read(house, todo))["title"]
    row = page.get_by_role("row").filter(has_text=title)
    await expect(row).to_contain_text("Overdue")
    await house.operator.ask("POST", f"/v1/todos/{todo}/cancel", {"reason": "Paid"})

    await expect(row).to_have_count(0)


async def test_supervisors_deal_out_many_at_once_and_see_what_was_refused(
    visit: Visit, house: Town
) -> None:
    todos = [await raised(house, priority=2) for _ in range(2)]
    titles = [(await read(house, each))["title"] for each in todos]
    supervisor = await visit("su1")
    page = supervisor.page
    await supervisor.go("/todos?tab=all")
    for title in titles:
        await page.get_by_role("checkbox", name=title).check()
    await page.get_by_role("button", name="Deal out").click()
    for name in ("Agent One", "Agent Two"):
        await page.get_by_role("combobox", name="To whom").click()
        await page.get_by_role("option", name=name).click()
        await page.keyboard.press("Tab")
    await page.get_by_role("dialog").get_by_role("button", name="Deal out").click()
    await expect(page.get_by_role("region", name="chosen")).to_have_count(0)

    holders = {(await read(house, each))["assigned_to"] for each in todos}
    assert holders == {"user:ag1", "user:ag2"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_accessible(
    visit: Visit, house: Town, scheme: Literal["light", "dark"]
) -> None:
    todo = await raised(house)
    agent = await visit("su1")
    await agent.page.emulate_media(color_scheme=scheme)
    found: list[str] = []
    for path in ("/todos", "/todos?tab=queue", "/todos?tab=all&closed=true", f"/todos/{todo}"):
        await agent.go(path)
        found += await agent.violations()

    assert found == [], "\n".join(found)
