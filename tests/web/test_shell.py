"""What stands around every page: the door, deep links, languages, colours, the policy."""

import pytest
from playwright.async_api import expect

from tests.system.town import Town
from tests.web.conftest import Visit, password_of

ROUTES = ["/", "/definitions", "/reviews", "/nowhere"]


async def test_a_page_allows_no_script_but_its_own(house: Town) -> None:
    first, second = [await house.nobody.call("GET", "/app/definitions") for _ in range(2)]

    policy = first.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy != second.headers["Content-Security-Policy"]


async def test_what_never_changes_is_kept_and_what_is_gone_is_told(house: Town) -> None:
    page = await house.nobody.call("GET", "/app/")
    script = page.content.decode().split('src="/app/assets/')[1].split('"')[0]
    kept = await house.nobody.call("GET", f"/app/assets/{script}")
    gone = await house.nobody.call("GET", "/app/assets/gone.js")

    assert "immutable" in kept.headers["Cache-Control"]
    assert kept.headers["Content-Encoding"] == "gzip"
    assert gone.status == 404


@pytest.mark.parametrize("path", ROUTES)
async def test_every_address_can_be_opened_directly(visit: Visit, house: Town, path: str) -> None:
    somebody = await visit("bu1")
    await somebody.go(path)

    await expect(somebody.page.get_by_role("heading", level=1)).to_be_visible()
    await somebody.page.reload()
    await expect(somebody.page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ROUTES)
async def test_every_page_is_accessible(visit: Visit, house: Town, path: str, scheme: str) -> None:
    somebody = await visit("bu1")
    await somebody.page.emulate_media(color_scheme=scheme)
    await somebody.go(path)

    assert await somebody.violations() == []


async def test_the_door_is_accessible_and_leads_where_one_wanted_to_go(
    visit: Visit, house: Town
) -> None:
    somebody = await visit()
    await somebody.go("/definitions")
    assert await somebody.violations() == []
    await somebody.page.get_by_role("textbox", name="Name").fill("bu1")
    await somebody.page.get_by_role("textbox", name="Password").fill(password_of(house, "bu1"))
    await somebody.page.get_by_role("button", name="Sign in").click()

    await expect(somebody.page.get_by_role("heading", name="Definitions", level=1)).to_be_visible()


async def test_a_wrong_password_is_told_and_signing_out_shows_the_door(visit: Visit) -> None:
    somebody = await visit("bu1")
    await somebody.page.get_by_role("button", name="Sign out").click()
    somebody.refusals.add(401)
    await somebody.page.get_by_role("textbox", name="Name").fill("bu1")
    await somebody.page.get_by_role("textbox", name="Password").fill("not the password")
    await somebody.page.get_by_role("button", name="Sign in").click()

    await expect(somebody.page.get_by_role("alert")).to_be_visible()
    await expect(somebody.page.get_by_role("navigation")).to_have_count(0)


async def test_a_language_is_chosen_once(visit: Visit, house: Town) -> None:
    somebody = await visit("bu1")
    await somebody.page.get_by_role("button", name="Language").click()
    await somebody.page.get_by_role("menuitem", name="Deutsch").click()
    await somebody.page.reload()

    await expect(somebody.page.get_by_role("link", name="Definitionen", exact=True)).to_be_visible()
    assert await somebody.page.evaluate("() => document.documentElement.lang") == "de"
