"""A message as the customer sees it, and the one-click unsubscribe button."""

from email.message import EmailMessage

import pytest
from aiohttp import web

ANA = "ana.moreno@example.com"
PDF = b"%PDF-1.4\n%%EOF\n"
HTML = (
    '<html><head><title>Bill</title></head><body><img src="cid:logo">'
    '<a href="https://brightwater.example">See it</a><script>alert(1)</script></body></html>'
)


def offer(**headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Brightwater <service@brightwater.example>"
    message["To"] = ANA
    message["Subject"] = "Grüße"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Dear Ana, 5 € off")
    message.add_alternative(HTML, subtype="html")
    message.get_payload()[1].add_related(b"png", "image", "png", cid="<logo>")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="Ihre Prämie.pdf")
    return message


@pytest.fixture
async def opened(outside):
    await outside.send(ANA, content=offer().as_bytes())
    return await outside.get("/lab/messages/1")


async def test_text_and_html_are_both_there(opened):
    assert opened["subject"] == "Grüße"
    assert opened["text"].strip() == "Dear Ana, 5 € off"
    assert "cid:logo" in opened["html"]


async def test_only_real_attachments_are_attachments(opened):
    attached = [part for part in opened["parts"] if part["attached"]]

    assert [(part["name"], part["size"]) for part in attached] == [("Ihre Prämie.pdf", len(PDF))]


async def test_the_frame_shows_the_message_and_runs_nothing(outside, opened):
    async with outside.http.get(f"{outside.lab.url}/lab/messages/1/html") as answer:
        policy, page = answer.headers["Content-Security-Policy"], await answer.text()

    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert "sandbox" in policy
    (logo,) = [part for part in opened["parts"] if part["content_id"] == "logo"]
    assert f'src="/lab/messages/1/parts/{logo["index"]}"' in page
    assert '<base target="_blank">' in page


async def test_a_pdf_is_shown_and_can_be_saved(outside, opened):
    (pdf,) = [part for part in opened["parts"] if part["attached"]]
    url = f"{outside.lab.url}/lab/messages/1/parts/{pdf['index']}"

    async with outside.http.get(url) as shown, outside.http.get(f"{url}?save=true") as saved:
        assert await shown.read() == await saved.read() == PDF
        assert shown.headers["Content-Disposition"].startswith("inline")
        assert saved.headers["Content-Disposition"].startswith("attachment")
        assert "Pr%C3%A4mie" in saved.headers["Content-Disposition"]


async def test_an_html_attachment_is_never_shown_in_our_own_page(outside):
    message = offer()
    message.add_attachment(b"<script>alert(1)</script>", maintype="text", subtype="html")
    await outside.send(ANA, content=message.as_bytes())
    opened = await outside.get("/lab/messages/1")

    index = opened["parts"][-1]["index"]
    async with outside.http.get(f"{outside.lab.url}/lab/messages/1/parts/{index}") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")


async def test_one_click_unsubscribes(outside, aiohttp_far_end):
    far, pressed = aiohttp_far_end
    message = offer(
        List_Unsubscribe=f"<mailto:u@b.example>, <{far}/u?t=abc>",
        List_Unsubscribe_Post="List-Unsubscribe=One-Click",
    )
    await outside.send(ANA, content=message.as_bytes())

    answer = await outside.post("/lab/messages/1/unsubscribe")

    assert answer["status"] == 200
    assert pressed == [("abc", {"List-Unsubscribe": "One-Click"})]
    page = await outside.text("/?message=1")
    assert "Unsubscribe (one click)" in page
    assert "Unsubscribe: 200" in page


async def test_nobody_answering_is_an_answer(outside):
    message = offer(
        List_Unsubscribe="<http://127.0.0.1:9/u>",
        List_Unsubscribe_Post="List-Unsubscribe=One-Click",
    )
    await outside.send(ANA, content=message.as_bytes())

    answer = await outside.post("/lab/messages/1/unsubscribe")

    assert answer["status"] is None


async def test_one_click_is_offered_only_where_the_sender_promises_it(outside):
    message = offer(List_Unsubscribe="<https://brightwater.example/u>")
    await outside.send(ANA, content=message.as_bytes())

    async with outside.http.post(f"{outside.lab.url}/lab/messages/1/unsubscribe") as answer:
        assert answer.status == 404
    assert "one click" not in await outside.text("/?message=1")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no headers at all",
        b"Content-Type: text/html; charset=klingon\r\n\r\n<b>\xff</b>",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nbroken",
        b"Subject: =?utf-8?b?broken\r\nContent-Type: \xff/\xff\r\n\r\nx",
    ],
)
@pytest.mark.parametrize("view", ["html", "text", "headers", "source"])
async def test_the_page_opens_any_message(outside, content, view):
    await outside.send(ANA, content=content)

    page = await outside.text(f"/?message=1&view={view}")

    assert 'aria-label="Views"' in page


@pytest.fixture
async def aiohttp_far_end():
    pressed = []

    async def take(request: web.Request) -> web.Response:
        pressed.append((request.query["t"], dict(await request.post())))
        return web.Response(text="done")

    app = web.Application()
    app.router.add_post("/u", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", pressed
    await runner.cleanup()
