"""What a core system can do, through the API, with everything real behind it."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.system.town import ALERT, Town, eventually


async def test_a_request_is_delivered_as_the_very_bytes_that_are_stored(town: Town) -> None:
    request = await town.alert(await town.person())
    communication = await town.delivered(request["id"])
    (mail,) = await town.mail(communication["id"])
    raw = (await town.lab.call("GET", f"/lab/messages/{mail['id']}/raw")).content
    documents = await town.core.ask("GET", f"/v1/communications/{communication['id']}/documents")
    stored = await town.core.call("GET", f"/v1/documents/{documents[0]['id']}")

    assert documents[0]["hash"] == communication["document_hash"]
    assert stored.headers["ETag"] == f'"{communication["document_hash"]}"'
    assert raw.endswith(stored.content)


async def test_the_same_key_again_gets_the_same_request(town: Town) -> None:
    person = await town.person()
    first = await town.alert(person, idempotency_key="again")
    body = {
        "definition": "SECURITY-ALERT",
        "idempotency_key": "again",
        "person": person,
        "payload": ALERT,
    }
    second = await town.core.call("POST", "/v1/requests", body)

    assert (second.status, second.body["id"]) == (202, first["id"])
    assert second.headers["Idempotent-Replayed"] == "true"


async def test_a_key_used_for_something_else_is_refused(town: Town) -> None:
    await town.alert(await town.person(), idempotency_key="taken")
    body = {
        "definition": "SECURITY-ALERT",
        "idempotency_key": "taken",
        "person": await town.person(),
        "payload": ALERT,
    }
    answer = await town.core.call("POST", "/v1/requests", body)

    assert (answer.status, answer.body["code"]) == (409, "conflict")


async def test_one_key_at_the_same_moment_makes_one_request(town: Town) -> None:
    person = await town.person()
    key = f"race-{uuid4().hex}"
    made = await asyncio.gather(*(town.alert(person, idempotency_key=key) for _ in range(12)))

    assert len({each["id"] for each in made}) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"payload": {"alert": {"what": "x", "device": "y"}}}, "payload.alert.when"),
        ({"payload": {"alert": {**ALERT["alert"], "when": "soon"}}}, "payload.alert.when"),
        ({"payload": {**ALERT, "extra": 1}}, "payload.extra"),
        ({"person": None}, "person"),
        ({"channel": "fax"}, "channel"),
        ({"priority": 9}, "priority"),
        ({"idempotency_key": "ana@example.com"}, "idempotency_key"),
        ({"unknown": True}, "unknown"),
        ({"send_after": "2026-11-20T08:00:00"}, "send_after"),
    ],
)
async def test_a_request_that_does_not_fit_names_its_field(
    town: Town, change: dict[str, object], field: str
) -> None:
    body = {
        "definition": "SECURITY-ALERT",
        "idempotency_key": f"bad-{uuid4().hex}",
        "person": "P-1001",
        "payload": ALERT,
    }
    answer = await town.core.call("POST", "/v1/requests", body | change)

    assert answer.status == 422
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert field in [error["field"] for error in answer.body["errors"]]


async def test_an_unknown_definition_is_not_found(town: Town) -> None:
    body = {"definition": "NONE", "idempotency_key": "none", "person": "P-1001"}
    answer = await town.core.call("POST", "/v1/requests", body)

    assert (answer.status, answer.body["code"]) == (404, "not_found")


async def test_a_dry_run_shows_everything_and_leaves_nothing(town: Town) -> None:
    person = await town.person()
    before = (await town.operator.ask("GET", "/v1/accounting"))["requests"]["came_in"]
    told = await town.core.ask(
        "POST",
        "/v1/requests/dry-run",
        {"definition": "SECURITY-ALERT", "person": person, "payload": ALERT},
    )
    after = (await town.operator.ask("GET", "/v1/accounting"))["requests"]["came_in"]
    mailbox = await town.lab.ask("GET", f"/lab/messages?recipient={person.lower()}@canary.example")

    assert (told["outcome"], told["channel"]) == ("sent", "email")
    assert "Firefox" in told["preview"]["text"]
    assert [step["step"] for step in told["steps"]][:2] == [3, 5]
    assert (after, mailbox) == (before, [])


async def test_a_request_for_later_waits_and_can_be_cancelled(town: Town) -> None:
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    request = await town.alert(await town.person(), send_after=later)
    path = f"/v1/requests/{request['id']}"
    cancelled = await town.core.ask("POST", f"{path}/cancel", {"reason": "no longer needed"})
    again = await town.core.call("POST", f"{path}/cancel", {"reason": "once more"})

    assert request["state"] == "scheduled"
    assert (cancelled["state"], cancelled["reason"]) == ("cancelled", "no longer needed")
    assert (again.status, again.body["code"], again.body["state"]) == (
        409,
        "illegal_transition",
        "cancelled",
    )


async def test_a_held_request_waits_until_it_is_released(town: Town) -> None:
    later = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    request = await town.alert(await town.person(), send_after=later)
    path = f"/v1/requests/{request['id']}"
    held = await town.core.ask("POST", f"{path}/hold", {"reason": "wait for legal"})
    await asyncio.sleep(3)
    still = await town.core.ask("GET", path)
    await town.core.ask("POST", f"{path}/release", {"reason": "go"})
    await town.delivered(request["id"])

    assert (held["state"], still["state"]) == ("held", "held")


async def test_all_of_a_definition_can_be_held_and_released(town: Town) -> None:
    path = "/v1/definitions/SECURITY-ALERT"
    await town.operator.ask("POST", f"{path}/hold", {"reason": "wrong wording"})
    requests = [await town.alert(await town.person()) for _ in range(3)]
    for request in requests:
        await town.until(request["id"], "held")
    twice = await town.operator.call("POST", f"{path}/hold", {"reason": "again"})
    released = await town.operator.ask("POST", f"{path}/release", {"reason": "mended"})
    for request in requests:
        await town.delivered(request["id"])

    assert twice.status == 409
    assert released["released"] == 3


async def test_the_same_bill_is_told_once(town: Town) -> None:
    number = f"B-{uuid4().hex[:8]}"
    ids = []
    for turn in range(2):
        body = {
            "definition": "BILL-READY",
            "idempotency_key": f"{number}-{turn}",
            "account": "A-5001",
            "payload": {"bill.number": number},
        }
        ids.append((await town.core.ask("POST", "/v1/requests", body))["id"])
        await town.until(ids[-1], "completed", "duplicate")
    second = await town.core.ask("GET", f"/v1/requests/{ids[1]}")

    assert (second["state"], second["duplicate_of"]) == ("duplicate", ids[0])


async def test_a_copy_is_a_request_of_its_own_linked_to_the_first(town: Town) -> None:
    request = await town.alert(await town.person())
    first = await town.delivered(request["id"])
    copy = await town.core.ask(
        "POST", f"/v1/requests/{request['id']}/copies", {"idempotency_key": uuid4().hex}
    )
    second = await town.delivered(copy["id"])

    assert copy["copy_of"] == request["id"]
    assert first["id"] != second["id"]


async def test_the_explanation_goes_through_every_step_in_order(town: Town) -> None:
    request = await town.alert(await town.person())
    await town.delivered(request["id"])
    told = await town.core.ask("GET", f"/v1/requests/{request['id']}/explanation")
    steps = [each["step"] for each in told]

    assert steps == sorted(steps)
    assert set(range(1, 21)) == set(steps)
    assert all("not said" not in each["sentence"] for each in told)


async def test_a_bounce_closes_the_address_and_a_repaired_one_is_used(town: Town) -> None:
    person = await town.person()
    address = f"{person.lower()}@canary.example"
    await town.lab.ask("PUT", f"/lab/mailboxes/{address}", {"behaviour": "bounce-hard"})
    request = await town.alert(person)
    await town.until(request["id"], "completed")
    (bounced,) = await town.communications(request["id"])
    known = await town.core.ask("GET", f"/v1/persons/{person}")
    second = await town.alert(person)
    refused = await town.until(second["id"], "not_sent")
    await town.lab.ask("PUT", f"/lab/mailboxes/{address}", {"behaviour": "ok"})
    points = [{"channel": "email", "value": address, "verified": True}]
    await town.core.ask(
        "PUT", f"/v1/persons/{person}", {"name": "Zoë Ångström", "contact_points": points}
    )
    third = await town.alert(person)
    await town.delivered(third["id"])

    assert (bounced["state"], known["contact_points"][0]["state"]) == ("bounced", "invalid")
    assert refused["reason"] == "invalid_contact_point"


async def test_a_bounce_that_comes_late_is_believed(town: Town) -> None:
    person = await town.person()
    address = f"{person.lower()}@canary.example"
    await town.lab.ask("PUT", f"/lab/mailboxes/{address}", {"behaviour": "bounce-late"})
    request = await town.alert(person)
    await town.until(request["id"], "completed")
    (communication,) = await town.communications(request["id"])

    assert communication["state"] in ("bounced", "undelivered")


async def test_an_unwell_mailbox_is_tried_again(town: Town) -> None:
    person = await town.person()
    address = f"{person.lower()}@canary.example"
    await town.lab.ask("PUT", f"/lab/mailboxes/{address}", {"behaviour": "bounce-soft"})
    request = await town.alert(person)

    async def waits() -> bool:
        return [c["state"] for c in await town.communications(request["id"])] == ["retry_wait"]

    await eventually(waits, "a retry")
    await town.lab.ask("PUT", f"/lab/mailboxes/{address}", {"behaviour": "ok"})
    communication = await town.delivered(request["id"])
    attempts = await town.core.ask("GET", f"/v1/communications/{communication['id']}/attempts")

    assert [each["outcome"] for each in attempts][-1] == "accepted"
    assert attempts[0]["outcome"] == "provider_unwell"


async def test_identities_balance_and_chains_are_whole(town: Town) -> None:
    request = await town.alert(await town.person())
    await town.delivered(request["id"])
    accounts = await town.operator.ask("GET", "/v1/accounting")
    chain = await town.operator.ask("GET", f"/v1/audit/chains/request:{request['id']}")
    trail = await town.operator.ask("GET", f"/v1/audit?chain=request:{request['id']}&limit=100")

    assert accounts["balanced"] is True
    assert chain["whole"] is True
    assert trail["items"][0]["action"] == "request.received"


async def test_errors_are_grouped_by_cause_and_retried_together(town: Town) -> None:
    numbers = [f"B-{uuid4().hex[:8]}" for _ in range(3)]
    requests = []
    for number in numbers:
        await town.lab.ask("PUT", f"/lab/billing/bills/{number}", {"complete": False})
        body = {
            "definition": "BILL-READY",
            "idempotency_key": number,
            "account": "A-5001",
            "payload": {"bill.number": number},
        }
        requests.append(await town.core.ask("POST", "/v1/requests", body))
    for request in requests:
        await town.until(request["id"], "error")
    listed = await town.operator.ask("GET", "/v1/errors")
    for number in numbers:
        await town.lab.ask("PUT", f"/lab/billing/bills/{number}", {"complete": True})
    cause = {"definition": "BILL-READY", "reason": "data_missing", "why": "records completed"}
    retried = await town.operator.ask("POST", "/v1/errors/retry", cause)
    for request in requests:
        await town.until(request["id"], "completed")

    assert [c["number"] for c in listed if c["reason"] == "data_missing"] == [3]
    assert retried["retried"] == 3


async def test_a_core_systems_traffic_is_seen_at_one_place(town: Town) -> None:
    await town.delivered((await town.alert(await town.person()))["id"])
    system = await town.operator.ask("GET", "/v1/systems/BILLING")

    assert system["requests"]["completed"] >= 1
    assert [key["system_code"] for key in system["keys"]] == ["BILLING"]
