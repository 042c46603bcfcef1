"""How a core system is told of every outcome, by signed webhooks."""

from typing import Any
from uuid import uuid4

from tests.system.town import Caller, Town, eventually


async def subscribed(town: Town, **body: Any) -> tuple[str, dict[str, Any]]:
    """A receiver of its own at the lab, and its subscription."""
    name = f"hook-{uuid4().hex[:8]}"
    made = await town.core.ask(
        "POST", "/v1/callbacks", {"url": f"{town.lab.base}/hooks/{name}", **body}
    )
    await town.lab.ask("PUT", f"/lab/hooks/{name}", {"behaviour": "ok", "secret": made["secret"]})
    return name, made


async def told(lab: Caller, name: str, request_id: str) -> list[dict[str, Any]]:
    """What a receiver accepted about a request, in the order of its arrival."""
    calls = await lab.ask("GET", f"/lab/deliveries?hook={name}&limit=500")
    return [call for call in calls if request_id in call["body"] and call["status"] < 300]


async def test_every_outcome_is_told_signed_and_in_order(town: Town) -> None:
    name, _ = await subscribed(town)
    request = await town.alert(await town.person(), correlation={"case": "C-1"})
    await town.delivered(request["id"])

    async def complete() -> list[dict[str, Any]] | None:
        calls = await told(town.lab, name, request["id"])
        return calls if "request.completed" in [call["type"] for call in calls] else None

    calls = await eventually(complete, "the last callback")

    assert [call["type"] for call in calls] == [
        "communication.sent",
        "communication.delivered",
        "request.completed",
    ]
    assert {call["signature"] for call in calls} == {"valid"}
    assert all('"case":"C-1"' in call["body"].replace(" ", "") for call in calls)


async def test_a_receiver_that_is_down_is_told_later_in_order(town: Town) -> None:
    name, made = await subscribed(town)
    await town.lab.ask("PUT", f"/lab/hooks/{name}", {"behaviour": "down"})
    request = await town.alert(await town.person())
    await town.delivered(request["id"])

    async def refused() -> bool:
        calls = await town.lab.ask("GET", f"/lab/deliveries?hook={name}")
        return any(call["status"] == 503 for call in calls)

    await eventually(refused, "a refused callback")
    await town.lab.ask("PUT", f"/lab/hooks/{name}", {"behaviour": "ok"})

    async def complete() -> list[dict[str, Any]] | None:
        calls = await told(town.lab, name, request["id"])
        return calls if len(calls) >= 3 else None

    calls = await eventually(complete, "the callbacks that were owed")
    (mine,) = [s for s in await town.core.ask("GET", "/v1/callbacks") if s["id"] == made["id"]]

    assert [call["type"] for call in calls][-1] == "request.completed"
    assert len({call["webhook_id"] for call in calls}) == len(calls)
    assert mine["owed"].get("pending", 0) == 0


async def test_a_receiver_that_is_gone_is_not_asked_again(town: Town) -> None:
    name, made = await subscribed(town)
    await town.lab.ask("PUT", f"/lab/hooks/{name}", {"behaviour": "gone"})
    request = await town.alert(await town.person())
    await town.delivered(request["id"])

    async def switched_off() -> bool:
        mine = [s for s in await town.core.ask("GET", "/v1/callbacks") if s["id"] == made["id"]]
        return not mine[0]["active"]

    await eventually(switched_off, "the subscription's end")


async def test_only_what_is_asked_for_is_told(town: Town) -> None:
    name, _ = await subscribed(town, events=["request.completed"], definitions=["SECURITY-ALERT"])
    request = await town.alert(await town.person())
    await town.delivered(request["id"])

    async def any_told() -> list[dict[str, Any]]:
        return await told(town.lab, name, request["id"])

    calls = await eventually(any_told, "a callback")

    assert [call["type"] for call in calls] == ["request.completed"]


async def test_the_secret_is_shown_once(town: Town) -> None:
    _, made = await subscribed(town)
    listed = await town.core.ask("GET", "/v1/callbacks")

    assert made["secret"].startswith("whsec_")
    assert made["secret"] not in str(listed)


async def test_a_replay_tells_the_same_again(town: Town) -> None:
    name, made = await subscribed(town, events=["request.completed"])
    request = await town.alert(await town.person())
    await town.delivered(request["id"])

    async def once() -> list[dict[str, Any]]:
        return await told(town.lab, name, request["id"])

    (first,) = await eventually(once, "a callback")
    await town.core.ask(
        "POST", f"/v1/callbacks/{made['id']}/replays", {"since": made["created_at"]}
    )

    async def twice() -> list[dict[str, Any]] | None:
        calls = await told(town.lab, name, request["id"])
        return calls if len(calls) == 2 else None

    calls = await eventually(twice, "the replay")

    assert {call["webhook_id"] for call in calls} == {first["webhook_id"]}
