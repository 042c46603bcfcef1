"""Push to handsets: an app that was removed costs its device, not the message."""

from typing import Any
from uuid import uuid4

from tests.system.town import Town, eventually

PAYLOAD = {"flight.number": "GA482", "flight.day": "2026-05-14", "total": "400.00"}


async def pushed(town: Town, person: str) -> str:
    body = {
        "definition": "COMP-OFFER-PUSH",
        "idempotency_key": f"push-{uuid4().hex}",
        "person": person,
        "payload": PAYLOAD,
    }
    return (await town.core.ask("POST", "/v1/requests", body))["id"]


async def devices(town: Town, *tokens: str) -> str:
    points = [{"channel": "push", "value": token} for token in tokens]
    return await town.person(contact_points=points)


async def states(town: Town, request_id: str) -> list[tuple[str, str]]:
    await town.until(request_id, "completed")
    return [(each["channel"], each["state"]) for each in await town.communications(request_id)]


async def test_an_app_that_was_removed_is_not_tried_again_but_the_next_device(town: Town) -> None:
    gone, kept = f"gone-{uuid4().hex}", f"kept-{uuid4().hex}"
    await town.lab.ask("PUT", f"/lab/phones/{gone}", {"behaviour": "unregistered"})
    person = await devices(town, gone, kept)
    first, again = await pushed(town, person), None
    told = await states(town, first)
    again = await pushed(town, person)
    shown = await town.lab.ask("GET", f"/lab/notifications?token={kept}")
    refused = await town.lab.ask("GET", f"/lab/notifications?token={gone}")
    known = await town.core.ask("GET", f"/v1/persons/{person}")
    points = {each["value"]: each["state"] for each in known["contact_points"]}

    assert told == [("push", "bounced"), ("push", "sent")]
    assert await states(town, again) == [("push", "sent")]
    assert [each["title"] for each in shown][:1] == ["€400.00 for your delay"]
    assert [(each["status"], each["answer"]) for each in refused] == [(404, "UNREGISTERED")]
    assert points == {gone: "invalid", kept: "active"}


async def test_without_a_device_that_is_left_it_ends_as_bounced(town: Town) -> None:
    gone = f"gone-{uuid4().hex}"
    await town.lab.ask("PUT", f"/lab/phones/{gone}", {"behaviour": "unregistered"})
    person = await devices(town, gone)

    assert await states(town, await pushed(town, person)) == [("push", "bounced")]
    ended = await town.until(await pushed(town, person), "not_sent")
    assert ended["reason"] == "invalid_contact_point"


async def test_while_the_service_is_down_it_is_tried_again_later(town: Town) -> None:
    person = await devices(town, f"tk-{uuid4().hex}")
    await town.lab.ask("PUT", "/lab/push", {"behaviour": "down"})
    request = await pushed(town, person)

    async def waits() -> dict[str, Any] | None:
        found = await town.communications(request)
        return found[0] if found and found[0]["state"] == "retry_wait" else None

    waiting = await eventually(waits, "another attempt to be made")
    await town.lab.ask("PUT", "/lab/push", {"behaviour": "ok"})
    tries = await town.operator.ask("GET", f"/v1/communications/{waiting['id']}/attempts")

    assert [(each["adapter"], each["outcome"]) for each in tries] == [("push", "throttled")]
