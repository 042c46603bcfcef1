"""An administrator's day: people and their rights, core systems and their keys, the trail."""

from uuid import uuid4

from playwright.async_api import expect

from tests.system.town import Town
from tests.web.conftest import Visit
from tests.web.looks import look


async def test_the_pages_of_the_administration_are_accessible(visit: Visit) -> None:
    paths = [
        "/people",
        "/people/su1",
        "/people/roles",
        "/people/groups",
        "/people/sessions",
        "/systems",
        "/systems/BILLING",
        "/audit",
        "/audit?chain=user%3Asu1",
    ]

    assert await look(await visit("ad1"), paths) == {}


async def test_rights_of_a_role_are_changed_and_a_built_in_one_is_not(visit: Visit) -> None:
    administrator = await visit("ad1")
    page = administrator.page
    await administrator.go("/people/roles")
    await page.get_by_role("button", name="Add a role").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Code").fill("auditors")
    await dialog.get_by_role("textbox", name="Called").fill("Auditors")
    await dialog.get_by_role("checkbox", name="audit:read").check()
    await dialog.get_by_role("button", name="Add a role").click()

    row = page.get_by_role("row").filter(has_text="auditors")
    await expect(row).to_contain_text("1 right")
    await expect(
        page.get_by_role("row").filter(has_text="privacy-officer").get_by_role("button")
    ).to_have_count(0)
    await row.get_by_role("button", name="Remove").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(row).to_have_count(0)


async def test_keys_overlap_while_they_are_rotated(visit: Visit, house: Town) -> None:
    administrator = await visit("ad1")
    page = administrator.page
    code = f"CRM-{uuid4().hex[:6].upper()}"
    await administrator.go("/systems")
    await page.get_by_role("button", name="Register a core system").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Code").fill(code)
    await dialog.get_by_role("textbox", name="Called").fill("Customer relations")
    await dialog.get_by_role("button", name="Register a core system").click()
    await page.get_by_role("row").filter(has_text=code).get_by_role("link").click()
    keys: list[str] = []
    for _ in range(2):
        await page.get_by_role("button", name="New key").click()
        if not keys:
            await dialog.get_by_role("combobox", name="May").click()
            await page.get_by_role("option", name="request:read").click()
            await page.keyboard.press("Tab")
        await dialog.get_by_role("button", name="New key").click()
        keys.append(await page.get_by_test_id("secret").inner_text())
        await page.get_by_role("button", name="I have it").click()
        await expect(page.get_by_test_id("secret")).to_have_count(0)
    both = [(await house.caller(key).call("GET", "/v1/requests")).status for key in keys]
    rows = page.get_by_role("table", name="Keys").get_by_role("row")
    await rows.last.get_by_role("button", name="End").click()
    await page.get_by_role("dialog").get_by_role("button", name="End").click()
    await expect(rows.last).to_contain_text("Ended")

    after = [(await house.caller(key).call("GET", "/v1/requests")).status for key in keys]
    assert (both, after) == ([200, 200], [401, 200])


async def test_callbacks_are_looked_into_paused_and_told_again(visit: Visit, house: Town) -> None:
    hook = f"hook-{uuid4().hex[:8]}"
    url = f"{house.lab.base}/hooks/{hook}"
    made = await house.core.ask("POST", "/v1/callbacks", {"url": url})
    await house.lab.ask("PUT", f"/lab/hooks/{hook}", {"behaviour": "ok", "secret": made["secret"]})
    request = await house.alert(await house.person())
    await house.until(request["id"], "completed")
    administrator = await visit("ad1")
    page = administrator.page
    await administrator.go("/systems/BILLING")
    row = page.get_by_role("row").filter(has_text=hook)
    await row.get_by_role("button", name="Pause").click()
    await page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    await expect(row).to_contain_text("Switched off by user:ad1.")
    await row.get_by_role("button", name="Take up again").click()
    await page.get_by_role("dialog").get_by_role("button", name="Take up again").click()
    await row.get_by_role("button", name="Tell again").click()
    await page.get_by_label("Since").fill("2026-01-01T00:00")
    await page.get_by_role("dialog").get_by_role("button", name="Tell again").click()
    await row.get_by_role("link").click()

    await expect(page.get_by_role("heading", name="Deliveries")).to_be_visible()
    await expect(page.get_by_text("request.completed").first).to_be_visible()
    path = page.url.split("/app")[1]
    assert await look(administrator, [path]) == {}


async def test_the_trail_is_searched_and_a_chain_is_proved_whole(visit: Visit) -> None:
    await visit("su1")
    administrator = await visit("ad1")
    page = administrator.page
    await administrator.go("/audit?actor=user%3Asu1")
    await page.get_by_role("link", name="user").first.click()
    await page.get_by_role("button", name="Check this chain").click()

    await expect(page.get_by_text("Every entry is there and unaltered.")).to_be_visible()
