"""The lab's push service: whom it lets in, what it answers, and what the phone shows."""

import time
from typing import Any

import aiohttp

from openccm.channels.google_token import ServiceAccount
from tests.counterparts.push import PUBLIC_KEY, service_account
from tests.lab.conftest import Bench, Outside

MESSAGE = {
    "token": "tk-1",
    "notification": {"title": "400 € <b>für</b> dich", "body": "Flug GA482"},
    "data": {"communication": "c-1"},
    "android": {"ttl": "60s", "collapse_key": "k"},
}


async def signed_in(outside: Outside, **claims: int) -> dict[str, str]:
    base = f"{outside.lab.url}/push"
    account = ServiceAccount.read(service_account(base))
    form = {"assertion": account.assertion(claims.get("now", int(time.time())))}
    async with outside.http.post(f"{base}/token", data=form) as answer:
        body = await answer.json()
        return {"status": str(answer.status), **body}


async def send(outside: Outside, token: str, message: Any) -> tuple[int, Any, Any]:
    url = f"{outside.lab.url}/push/v1/projects/gannet-air/messages:send"
    headers = {"Authorization": f"Bearer {token}"}
    async with outside.http.post(url, json={"message": message}, headers=headers) as answer:
        return answer.status, await answer.json(), answer.headers


async def test_a_phone_shows_what_it_is_sent(bench: Bench) -> None:
    outside = await bench.start()
    token = (await signed_in(outside))["access_token"]
    status, answer, _ = await send(outside, token, MESSAGE)
    (phone,) = await outside.get("/lab/phones")
    page = await outside.text("/phones?token=tk-1")
    counts = await outside.get("/lab/counts")

    assert (status, answer["name"][:19]) == (200, "projects/gannet-air")
    assert (phone["token"], phone["shown"], phone["refused"]) == ("tk-1", 1, 0)
    assert "400 € &lt;b&gt;für&lt;/b&gt; dich" in page
    assert counts["push"] == {"shown": 1, "refused": 0}


async def test_who_is_not_signed_by_the_account_is_not_let_in(bench: Bench) -> None:
    outside = await bench.start()
    await outside.put("/lab/push/account", public_key=PUBLIC_KEY)
    good = await signed_in(outside)
    old = await signed_in(outside, now=int(time.time()) - 7_200)
    form = aiohttp.FormData({"assertion": "a.b.c"})
    async with outside.http.post(f"{outside.lab.url}/push/token", data=form) as answer:
        nonsense = answer.status
    status, said, _ = await send(outside, "stolen", MESSAGE)

    assert (good["status"], old["status"], old["error"]) == ("200", "400", "invalid_grant")
    assert nonsense == 400
    assert (status, said["error"]["details"][0]["errorCode"]) == (401, "THIRD_PARTY_AUTH_ERROR")


async def test_switches_make_it_misbehave(bench: Bench) -> None:
    outside = await bench.start()
    token = (await signed_in(outside))["access_token"]
    seen: list[tuple[int, str]] = []
    for behaviour in ("down", "throttle", "refuse", "ok"):
        await outside.put("/lab/push", behaviour=behaviour)
        status, answer, headers = await send(outside, token, MESSAGE)
        code = answer["error"]["details"][0]["errorCode"] if status != 200 else "shown"
        seen.append((status, code))
        assert ("Retry-After" in headers) == (status in (429, 503))
    await outside.put("/lab/phones/tk-1", behaviour="unregistered")
    status, answer, _ = await send(outside, token, MESSAGE)
    seen.append((status, answer["error"]["details"][0]["errorCode"]))
    missing = [await send(outside, token, {"token": "x"}), await send(outside, token, {})]

    assert seen == [
        (503, "UNAVAILABLE"),
        (429, "QUOTA_EXCEEDED"),
        (401, "THIRD_PARTY_AUTH_ERROR"),
        (200, "shown"),
        (404, "UNREGISTERED"),
    ]
    assert [status for status, *_ in missing] == [400, 400]
    assert "app removed" in await outside.text("/phones?token=tk-1")


async def test_it_remembers_and_forgets(bench: Bench) -> None:
    outside = await bench.start()
    token = (await signed_in(outside))["access_token"]
    await send(outside, token, MESSAGE)
    before = await outside.get("/lab/notifications", token="tk-1")
    await outside.post("/lab/reset")

    assert [each["communication"] for each in before] == ["c-1"]
    assert await outside.get("/lab/notifications") == []
