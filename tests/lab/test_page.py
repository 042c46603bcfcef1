"""The page: every tab in every state, and up to date without losing the reader's place."""

import shutil

import pytest
from playwright.async_api import async_playwright

ANA = "ana.moreno@example.com"
PAGES = ["/", "/letters", "/webhooks", "/billing"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.mark.parametrize("path", PAGES)
async def test_an_empty_lab_says_what_to_expect(outside, path):
    page = await outside.text(path)

    assert 'class="none"' in page


@pytest.mark.parametrize(
    "path", ["/?message=99", "/letters?letter=nothing", "/webhooks?hook=x&delivery=9"]
)
async def test_what_is_gone_is_no_error(outside, path):
    assert 'class="empty"' in await outside.text(path)


async def test_nothing_comes_from_elsewhere(outside):
    async with outside.http.get(outside.lab.url) as answer:
        policy, page = answer.headers["Content-Security-Policy"], await answer.text()

    assert "default-src 'self'" in policy
    assert "http://" not in page
    assert "https://" not in page


async def test_a_message_cannot_write_into_the_page(outside):
    await outside.send(ANA, content=b"Subject: <script>alert(1)</script>\r\n\r\n<b>x</b>")

    page = await outside.text("/?message=1&view=source")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


async def test_the_interface_is_described(outside):
    described = await outside.get("/openapi.json")

    assert {"/lab/messages", "/lab/hooks/{name}", "/lab/reset"} <= set(described["paths"])


@pytest.fixture(scope="module")
async def chromium():
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        await chromium.close()


@pytest.fixture
async def browser(chromium):
    page = await chromium.new_page(viewport={"width": 1280, "height": 700})
    yield page
    await page.close()


async def test_new_mail_appears_and_the_reader_keeps_the_place(outside, browser):
    for index in range(40):
        await outside.send(ANA, content=f"Subject: mail {index}\r\n\r\nx".encode())
    await browser.goto(f"{outside.lab.url}/?message=20")
    await browser.evaluate("document.getElementById('arrivals').scrollTop = 700")
    await browser.focus("#arrivals a[aria-current]")
    place = "document.querySelector('#arrivals a[aria-current]').getBoundingClientRect().top"
    before = await browser.evaluate(place)

    await outside.send(ANA, content=b"Subject: the newest\r\n\r\nx")

    await browser.wait_for_selector("#arrivals >> text=the newest", state="attached")
    assert abs(await browser.evaluate(place) - before) <= 1
    assert await browser.evaluate("document.activeElement.getAttribute('aria-current')") == "true"


async def test_a_mailbox_is_made_to_bounce_on_the_page(outside, browser):
    await outside.send(ANA)
    await browser.goto(outside.lab.url)
    await browser.click(f"#boxes >> text={ANA}")

    await browser.select_option("#box select", "bounce-hard")
    await browser.wait_for_selector("#boxes .pill >> text=bounce-hard")

    box = await outside.get(f"/lab/mailboxes/{ANA}")
    assert box["switch"]["behaviour"] == "bounce-hard"


async def test_the_record_is_completed_on_the_page(outside, browser):
    await browser.goto(f"{outside.lab.url}/billing")

    await browser.click("button[aria-label='Complete the record of B-418']")
    await browser.wait_for_selector("button[aria-label='Remove the due date of B-418']")

    bills = {bill["number"]: bill for bill in await outside.get("/lab/billing/bills")}
    assert bills["B-418"]["complete"] is True
