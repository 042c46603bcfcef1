"""Events through the API: from what a core system tells to what the customer gets."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from tests.system.town import Town, eventually

OVERDUE = "overdue.event.activated"


def overdue(**changes: Any) -> dict[str, Any]:
    number = f"B-{uuid4().hex[:8]}"
    return {
        "id": f"OE-{uuid4().hex}",
        "type": OVERDUE,
        "account": "A-5001",
        "data": {"level": "L1", "bill": {"number": number}},
        **changes,
    }


async def worked_on(town: Town, event_id: str) -> dict[str, Any]:
    """An event with its effects, once it is decided."""

    async def look() -> dict[str, Any] | None:
        event = await town.core.ask("GET", f"/v1/events/{event_id}")
        return event if event["state"] != "received" else None

    return await eventually(look, "event worked on")


async def raw(town: Town, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
    """Tell something with headers of its own."""
    named = {"Authorization": f"Bearer {town.core.key}", **headers}
    async with (
        aiohttp.ClientSession() as http,
        http.post(town.core.base + path, data=json.dumps(body), headers=named) as response,
    ):
        return response.status, await response.json(content_type=None)


async def test_an_overdue_bill_is_reminded_of_once(town: Town) -> None:
    told = overdue()
    first = await town.core.call("POST", "/v1/events", told)
    again = await town.core.call("POST", "/v1/events", told)
    event = await worked_on(town, first.body["id"])
    effects = {effect["binding"]: effect for effect in event["effects"]}
    effect = effects["OVERDUE-L1-ON-EVENT"]
    request = await town.until(effect["created_id"], "prepared", "completed", "not_sent")

    assert (first.status, again.status) == (202, 202)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.body["id"] == first.body["id"]
    assert event["state"] == "bound"
    assert [each["binding"] for each in effects.values() if each["created_id"]] == [
        "OVERDUE-L1-ON-EVENT"
    ]
    assert (request["definition"], request["trigger_id"]) == ("OVERDUE-L1", event["id"])
    assert request["correlation"] == {"event_id": told["id"]}


async def test_the_same_id_with_another_body_is_refused(town: Town) -> None:
    told = overdue()
    await town.core.ask("POST", "/v1/events", told)
    answer = await town.core.call("POST", "/v1/events", {**told, "account": "A-5003"})

    assert (answer.status, answer.body["code"]) == (409, "conflict")


async def test_an_event_that_its_binding_cannot_read_is_refused(town: Town) -> None:
    answer = await town.core.call("POST", "/v1/events", overdue(data={"level": "L1"}))

    assert answer.status == 422
    assert [each["field"] for each in answer.body["errors"]] == ["data.bill.number"]


async def test_each_event_of_a_batch_has_its_verdict(town: Town) -> None:
    good = overdue()
    answer = await town.core.call(
        "POST",
        "/v1/events/batch",
        {"events": [good, overdue(data={}), {"id": "x"}, good, {**good, "account": "A-1"}, 7]},
    )

    items = answer.body["items"]
    assert answer.status == 200
    assert [item["status"] for item in items] == [202, 422, 422, 202, 409, 422]
    assert [item["replayed"] for item in items] == [False, False, False, True, False, False]
    assert (answer.body["accepted"], answer.body["replayed"], answer.body["refused"]) == (1, 1, 4)
    assert items[1]["problem"]["errors"][0]["field"] == "data.level"
    assert (await worked_on(town, items[0]["id"]))["state"] == "bound"


async def test_cloud_events_come_in_three_modes(town: Town) -> None:
    cloud = {"specversion": "1.0", "source": "/ledger", "type": "cloud.fact", "data": {"a": 1}}
    structured = await raw(
        town,
        "/v1/events",
        {**cloud, "id": uuid4().hex},
        {"Content-Type": "application/cloudevents+json"},
    )
    attributes = {f"ce-{name}": str(value) for name, value in cloud.items() if name != "data"}
    binary = await raw(
        town,
        "/v1/events",
        cloud["data"],
        {**attributes, "ce-id": uuid4().hex, "Content-Type": "application/json"},
    )
    batch = await raw(
        town,
        "/v1/events/batch",
        [{**cloud, "id": uuid4().hex}, {**cloud, "specversion": "9"}],
        {"Content-Type": "application/cloudevents-batch+json"},
    )

    assert [(status, body["origin"], body["data"]) for status, body in (structured, binary)] == [
        (202, "/ledger", {"a": 1})
    ] * 2
    assert [item["status"] for item in batch[1]["items"]] == [202, 422]


async def test_what_nothing_hears_is_listed_as_unmapped(town: Town) -> None:
    kind = f"new.{uuid4().hex}"
    event = await town.core.ask("POST", "/v1/events", {"id": uuid4().hex, "type": kind})
    await worked_on(town, event["id"])
    found = await town.core.ask("GET", "/v1/events/unmapped")

    (mine,) = [each for each in found if each["type"] == kind]
    assert (mine["source"], mine["reason"], mine["count"]) == ("BILLING", "no_binding", 1)


async def test_triggers_are_listed_and_switched(town: Town) -> None:
    code = "BILL-READY-ON-EVENT"
    told = {"type": "bill.issued", "account": "A-5001", "data": {"bill.number": "B-417"}}
    before = await town.core.ask("POST", "/v1/events", {**told, "id": uuid4().hex})
    ignored = await worked_on(town, before["id"])
    denied = await town.core.call("POST", f"/v1/triggers/{code}/enable", {"reason": "x"})
    await town.operator.ask("POST", f"/v1/triggers/{code}/enable", {"reason": "now we ask"})
    after = await town.core.ask("POST", "/v1/events", {**told, "id": uuid4().hex})
    bound = await worked_on(town, after["id"])
    (trigger,) = [
        each for each in await town.core.ask("GET", "/v1/triggers") if each["code"] == code
    ]

    assert ignored["state"] == "ignored_disabled"
    assert denied.status == 403
    assert bound["state"] == "bound"
    assert (trigger["enabled"], trigger["switch"]["reason"]) == (True, "now we ask")
    assert (trigger["source"], trigger["feeds"]) == ("BILLING", ["BILL-READY"])
    assert trigger["volume"]["ignored_disabled"] >= 1
    assert trigger["volume"]["awaiting_resolution"] >= 1
    await _waits_until_resolved(town, bound)


async def _waits_until_resolved(town: Town, event: dict[str, Any]) -> None:
    request_id = event["effects"][0]["created_id"]
    request = await town.operator.ask("GET", f"/v1/requests/{request_id}")
    assert request["state"] == "awaiting_resolution"
    body = {"event_id": event["event_id"], "reason": "printed"}
    resolved = await town.core.ask("POST", "/v1/events/resolve", body)
    refused = await town.core.call("POST", f"/v1/events/{event['id']}/cancel", {"reason": "no"})

    assert (resolved["id"], resolved["trigger"]) == (event["id"], "resolved")
    assert (refused.status, refused.body["state"]) == (409, "resolved")
    await town.until(request_id, "prepared", "completed", "duplicate", "not_sent")


async def test_a_cancelled_event_takes_its_waiting_request_with_it(town: Town) -> None:
    code = "BILL-READY-ON-EVENT"
    await town.operator.ask("POST", f"/v1/triggers/{code}/enable", {"reason": "test"})
    told = {"id": uuid4().hex, "type": "bill.issued", "account": "A-5001"}
    data = {"bill": {"number": f"B-{uuid4().hex[:8]}"}}
    event = await town.core.ask("POST", "/v1/events", {**told, "data": data})
    (effect,) = (await worked_on(town, event["id"]))["effects"]
    await town.core.ask("POST", f"/v1/events/{event['id']}/cancel", {"reason": "withdrawn"})

    request = await town.until(effect["created_id"], "cancelled")
    assert request["reason"] == "trigger_cancelled"


async def test_another_systems_events_stay_closed(town: Town) -> None:
    await town.operator.ask("PUT", "/v1/systems/NOSY", {"title": "Nosy"})
    scopes = {"scopes": ["event:read", "event:write"]}
    key = await town.operator.ask("POST", "/v1/systems/NOSY/keys", scopes)
    nosy = town.caller(key["key"])
    told = overdue()
    event = await town.core.ask("POST", "/v1/events", told)
    answers = [
        await nosy.call("GET", f"/v1/events/{event['id']}"),
        await nosy.call("POST", f"/v1/events/{event['id']}/resolve", {"reason": "x"}),
        await nosy.call(
            "POST",
            "/v1/events/cancel",
            {"event_id": told["id"], "source": "BILLING", "reason": "x"},
        ),
        await nosy.call("POST", "/v1/events/cancel", {"event_id": told["id"], "reason": "x"}),
    ]
    mine = await nosy.ask("GET", "/v1/events?source=BILLING")

    assert [each.status for each in answers] == [403, 403, 403, 404]
    assert mine["items"] == []


async def test_events_are_found_by_what_is_known_of_them(town: Town) -> None:
    told = overdue()
    event = await town.core.ask("POST", "/v1/events", told)
    await worked_on(town, event["id"])
    queries = [
        f"event_id={told['id']}",
        f"type={OVERDUE}&account=A-5001&state=bound&trigger=open&limit=500",
        "source=BILLING&limit=500",
    ]
    for query in queries:
        page = await town.core.ask("GET", f"/v1/events?{query}")
        assert event["id"] in [each["id"] for each in page["items"]]


async def test_events_are_accounted_for(town: Town) -> None:
    accounts = await town.operator.ask("GET", "/v1/accounting")

    assert accounts["events"]["balanced"]
    assert accounts["events"]["came_in"] > 0


ODD = ["\0", "\ud800", "a\0b", "x" * 2_000_000, "‮", "﻿", "\r\nBcc: x@y.example"]


@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:12]))
@pytest.mark.parametrize("place", ["id", "type", "account", "data", "name", "reason"])
async def test_odd_text_never_breaks_the_api(town: Town, text: str, place: str) -> None:
    told: dict[str, Any] = {"id": uuid4().hex, "type": "odd.fact"}
    path = "/v1/events"
    match place:
        case "data":
            told["data"] = {"a": text}
        case "name":
            told["data"] = {text: 1}
        case "reason":
            path, told = "/v1/events/resolve", {"event_id": "none", "reason": text}
        case _:
            told[place] = text
    answer = await town.core.raw("POST", path, json.dumps(told).encode())

    assert answer.status < 500, answer.body
    if answer.status == 422:
        assert answer.body["errors"]


@pytest.mark.parametrize("depth", [50, 200, 500, 900])
async def test_deep_data_is_kept_or_refused(town: Town, depth: int) -> None:
    body = f'{{"id":"{uuid4().hex}","type":"deep.fact","data":{{"a":{"[" * depth}{"]" * depth}}}}}'
    answer = await town.core.raw("POST", "/v1/events", body.encode())

    assert answer.status in (202, 422), answer.body
    if answer.status == 202:
        assert (await worked_on(town, answer.body["id"]))["state"] == "ignored_no_binding"


async def test_a_whole_thousand_is_taken_at_once(town: Town) -> None:
    now = datetime.now(UTC).isoformat()
    events = [
        {"id": f"{now}/{number}", "type": "mass.fact", "data": {"n": number}}
        for number in range(1_000)
    ]
    answer = await town.core.ask("POST", "/v1/events/batch", {"events": events})

    assert answer["accepted"] == 1_000
    assert (await worked_on(town, answer["items"][-1]["id"]))["reason"] == "no_binding"
