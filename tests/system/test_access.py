"""Who may do what."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.system.town import ALERT, Caller, Town


async def key(town: Town, system: str, *scopes: str, **more: object) -> tuple[dict, Caller]:
    """A new core system's key and who bears it."""
    await town.operator.ask("PUT", f"/v1/systems/{system}", {"title": system})
    made = await town.operator.ask(
        "POST", f"/v1/systems/{system}/keys", {"scopes": list(scopes), **more}
    )
    return made, town.caller(made["key"])


async def test_without_a_key_nothing_is_told(town: Town) -> None:
    answer = await town.nobody.call("GET", "/v1/requests")

    assert (answer.status, answer.body["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_missing_scope_is_refused_and_on_the_trail(town: Town) -> None:
    _, reader = await key(town, "READER", "request:read")
    body = {"definition": "SECURITY-ALERT", "idempotency_key": "x", "person": "P-1001"}
    answer = await reader.call("POST", "/v1/requests", body)
    trail = await town.operator.ask("GET", "/v1/audit?chain=system:READER&action=access.denied")

    assert (answer.status, answer.body["code"]) == (403, "denied")
    assert [entry["detail"]["what"] for entry in trail["items"]] == ["POST /v1/requests"]


async def test_a_definition_that_is_not_granted_is_refused(town: Town) -> None:
    _, caller = await key(town, "OFFERS", "request:create", definitions=["SPRING-OFFER"])
    body = {
        "definition": "SECURITY-ALERT",
        "idempotency_key": "x",
        "person": "P-1001",
        "payload": ALERT,
    }
    answer = await caller.call("POST", "/v1/requests", body)

    assert answer.status == 403


async def test_another_systems_requests_stay_closed(town: Town) -> None:
    request = await town.alert(await town.person())
    _, other = await key(town, "OTHER", "request:read", "request:manage", "document:read")
    communication = await town.delivered(request["id"])
    path = f"/v1/requests/{request['id']}"
    answers = [
        await other.call("GET", path),
        await other.call("GET", f"{path}/explanation"),
        await other.call("POST", f"{path}/cancel", {"reason": "x"}),
        await other.call("GET", f"/v1/communications/{communication['id']}"),
    ]
    listed = await other.ask("GET", "/v1/requests")

    assert [answer.status for answer in answers] == [403] * 4
    assert listed["items"] == []


async def test_old_and_new_keys_overlap_until_the_old_one_ends(town: Town) -> None:
    old, first = await key(town, "ROTATING", "request:read")
    _, second = await key(town, "ROTATING", "request:read")
    both = [(await each.call("GET", "/v1/requests")).status for each in (first, second)]
    ended = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    await town.operator.ask(
        "PATCH", f"/v1/systems/ROTATING/keys/{old['id']}", {"expires_at": ended}
    )
    after = [(await each.call("GET", "/v1/requests")).status for each in (first, second)]

    assert both == [200, 200]
    assert after == [401, 200]


@pytest.mark.parametrize("scope", ["nothing", "request:*", ""])
async def test_an_unknown_scope_is_refused(town: Town, scope: str) -> None:
    await town.operator.ask("PUT", "/v1/systems/SCOPES", {"title": "Scopes"})
    answer = await town.operator.call("POST", "/v1/systems/SCOPES/keys", {"scopes": [scope]})

    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == "scopes"


async def test_only_who_handed_over_reports_a_status(town: Town) -> None:
    request = await town.alert(await town.person())
    communication = await town.delivered(request["id"])
    body = {
        "status": "read",
        "source": "portal",
        "event_id": uuid4().hex,
        "occurred_at": datetime.now(UTC).isoformat(),
    }
    path = f"/v1/communications/{communication['id']}/status"
    denied = await town.core.call("POST", path, body)
    taken = await town.printer.ask("POST", path, body)
    late = await town.printer.ask("POST", path, body | {"status": "sent", "event_id": "late"})
    facts = await town.core.ask("GET", path)

    assert denied.status == 403
    assert (taken["state"], late["state"]) == ("read", "read")
    assert [fact["applied"] for fact in facts if fact["source"].startswith("PRINT")] == [
        True,
        False,
    ]


async def test_a_status_of_nothing_is_not_found(town: Town) -> None:
    body = {
        "status": "read",
        "source": "portal",
        "event_id": "x",
        "occurred_at": datetime.now(UTC).isoformat(),
    }
    answer = await town.printer.call("POST", f"/v1/communications/{uuid4()}/status", body)

    assert answer.status == 404
