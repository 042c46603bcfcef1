"""Webhook receivers: signatures, misbehaviour, order and duplicates."""

import base64
import json
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode()
OTHER = "whsec_" + base64.b64encode(b"another secret of bytes..").decode()


async def call(outside, webhook_id="e-1", *, secret=None, hook="core", **data) -> int:
    body = json.dumps({"type": "communication.status", "data": data})
    headers = {"webhook-id": webhook_id}
    if secret:
        at = datetime.now(UTC)
        headers["webhook-timestamp"] = str(int(at.timestamp()))
        headers["webhook-signature"] = Webhook(secret).sign(webhook_id, at, body)
    url = f"{outside.lab.url}/hooks/{hook}"
    async with outside.http.post(url, data=body, headers=headers) as answer:
        return answer.status


async def deliveries(outside, **wanted) -> list[dict]:
    return await outside.get("/lab/deliveries", hook="core", **wanted)


async def test_any_name_takes_calls_and_keeps_them(outside):
    status = await call(outside, communication_id="c-1", status="sent")

    (kept,) = await deliveries(outside)
    assert status == 204
    assert (kept["communication"], kept["state"], kept["signature"]) == ("c-1", "sent", "unchecked")
    assert json.loads(kept["body"])["data"]["status"] == "sent"
    assert kept["headers"]["webhook-id"] == "e-1"


@pytest.mark.parametrize(
    ("secret", "status", "verdict"),
    [(SECRET, 204, "valid"), (OTHER, 401, "invalid"), (None, 401, "invalid")],
)
async def test_with_a_secret_only_signed_calls_are_accepted(outside, secret, status, verdict):
    await outside.put("/lab/hooks/core", secret=SECRET)

    answered = await call(outside, secret=secret)

    (kept,) = await deliveries(outside)
    assert (answered, kept["status"], kept["signature"]) == (status, status, verdict)


async def test_a_secret_is_never_shown(outside):
    answer = await outside.put("/lab/hooks/core", secret=SECRET)

    assert answer["secret_set"] is True
    assert SECRET not in await outside.text("/lab/hooks")
    assert SECRET not in await outside.text("/webhooks?hook=core")


async def test_a_secret_that_cannot_sign_is_refused(outside):
    async with outside.http.put(
        f"{outside.lab.url}/lab/hooks/core", json={"secret": "whsec_!"}
    ) as answer:
        assert answer.status == 422


@pytest.mark.parametrize(("behaviour", "status"), [("down", 503), ("refuse", 400), ("gone", 410)])
async def test_a_receiver_misbehaves(outside, behaviour, status):
    await outside.put("/lab/hooks/core", behaviour=behaviour)

    assert await call(outside) == status
    assert await call(outside, hook="other") == 204


async def test_a_slow_receiver_takes_the_call_in_the_end(outside):
    await outside.put("/lab/hooks/core", behaviour="slow", seconds=0.2)

    assert await call(outside) == 204


async def test_a_call_accepted_twice_is_a_duplicate_and_a_retry_is_not(outside):
    await outside.put("/lab/hooks/core", behaviour="down")
    await call(outside, "e-1", communication_id="c-1")
    await outside.put("/lab/hooks/core", behaviour="ok")
    await call(outside, "e-1", communication_id="c-1")
    await call(outside, "e-1", communication_id="c-1")

    kept = await deliveries(outside, webhook_id="e-1")
    assert [(one["status"], one["repeated"]) for one in kept] == [
        (503, False),
        (204, False),
        (204, True),
    ]


@pytest.mark.parametrize("place", [(2, 10), ("2026-11-20T10:00:00", "2026-11-20T10:00:01")])
async def test_an_event_after_a_later_one_is_late(outside, place):
    earlier, later = place
    name = "sequence" if isinstance(earlier, int) else "occurred_at"
    await call(outside, "e-1", communication_id="c-1", **{name: later})
    await call(outside, "e-2", communication_id="c-1", **{name: earlier})
    await call(outside, "e-3", communication_id="c-2", **{name: earlier})

    assert [one["late"] for one in await deliveries(outside)] == [False, True, False]


async def test_the_events_of_a_request_share_one_order(outside):
    await call(outside, "e-1", request_id="r-1", state="accepted", sequence=1)
    await call(outside, "e-3", request_id="r-1", communication_id="c-1", state="sent", sequence=3)
    await call(outside, "e-2", request_id="r-1", communication_id="c-1", state="ready", sequence=2)

    assert [one["late"] for one in await deliveries(outside)] == [False, False, True]
    page = await outside.text("/webhooks?hook=core")
    assert page.count('class="story"') == 1


async def test_calls_are_found_by_communication(outside):
    for number, state in enumerate(["accepted", "sent", "delivered"]):
        await call(outside, f"e-{number}", communication_id="c-1", status=state)
    await call(outside, "e-9", communication_id="c-2", status="accepted")

    kept = await deliveries(outside, communication="c-1")
    assert [one["state"] for one in kept] == ["accepted", "sent", "delivered"]
    (hook,) = await outside.get("/lab/hooks")
    assert (hook["calls"], hook["accepted"], hook["repeated"], hook["late"]) == (4, 4, 0, 0)


async def test_a_body_that_is_not_json_is_kept_too(outside):
    async with outside.http.post(f"{outside.lab.url}/hooks/core", data=b"\xff[1") as answer:
        assert answer.status == 204

    (kept,) = await deliveries(outside)
    assert kept["communication"] is None
