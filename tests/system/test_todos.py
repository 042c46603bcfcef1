"""To-dos by HTTP: raised, found, taken, finished, and looked after while nobody does them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.system.town import Answer, Caller, Town, eventually

BILL = {"bill": {"number": "B-417", "amount": "186.40", "due_date": "2026-03-02"}}
OFFER = {"case": {"number": "C-9"}, "offer": {"amount": "400", "rule": "EU"}}


async def agent(town: Town, *roles: str, scopes: tuple[str, ...] = ("todo:work",)) -> Caller:
    """Somebody new with these roles."""
    system = f"AGENT-{uuid4().hex[:8].upper()}"
    await town.operator.ask("PUT", f"/v1/systems/{system}", {"title": system})
    body = {"scopes": list(scopes), "roles": list(roles)}
    made = await town.operator.ask("POST", f"/v1/systems/{system}/keys", body)
    caller = town.caller(made["key"])
    caller.actor = f"system:{system}"  # type: ignore[attr-defined]
    return caller


async def raised(town: Town, **facts: Any) -> dict[str, Any]:
    body = {"type": "COLL-FOLLOWUP", "idempotency_key": uuid4().hex, "context": BILL, **facts}
    return await town.operator.ask("POST", "/v1/todos", body)


async def do(caller: Caller, todo: dict[str, Any], command: str, **body: Any) -> Answer:
    return await caller.call("POST", f"/v1/todos/{todo['id']}/{command}", body)


async def test_an_agent_takes_works_and_finishes(town: Town) -> None:
    todo = await raised(town)
    ag1 = await agent(town, "collections")

    steps = [
        await do(ag1, todo, "claim"),
        await do(ag1, todo, "start"),
        await do(ag1, todo, "complete", outcome="promised", form={"promised_on": "2026-12-01"}),
    ]
    log = await ag1.ask("GET", f"/v1/todos/{todo['id']}/log")

    assert [answer.status for answer in steps] == [200, 200, 200]
    assert steps[0].body["todo"]["lease_until"]
    assert (steps[2].body["state"], steps[2].body["outcome"]) == ("completed", "promised")
    assert [entry["to_state"] for entry in log] == [
        "open",
        "assigned",
        "in_progress",
        "completed",
    ]


async def test_the_same_key_again_gets_the_same_to_do(town: Town) -> None:
    body = {"type": "COLL-FOLLOWUP", "idempotency_key": uuid4().hex, "context": BILL}
    first = await town.operator.call("POST", "/v1/todos", body)
    again = await town.operator.call("POST", "/v1/todos", body)
    other = await town.operator.call(
        "POST", "/v1/todos", body | {"type": "COMP-APPROVAL-TASK", "context": OFFER}
    )

    assert first.body["id"] == again.body["id"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status == 409


async def test_a_second_hand_is_told_who_has_it(town: Town) -> None:
    todo = await raised(town)
    ag1, ag2 = await agent(town, "collections"), await agent(town, "collections")
    await do(ag1, todo, "claim")

    answer = await do(ag2, todo, "claim")

    assert (answer.status, answer.body["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"outcome": "vanished"}, "outcome"),
        ({"outcome": "refused"}, "reason"),
        ({"outcome": "promised"}, "form.promised_on"),
        ({"outcome": "promised", "form": {"promised_on": 7}}, "form.promised_on"),
    ],
)
async def test_what_is_missing_is_named(town: Town, body: dict[str, Any], field: str) -> None:
    todo = await raised(town)

    answer = await do(await agent(town, "collections"), todo, "complete", **body)

    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == [field]


async def test_without_the_role_it_is_neither_seen_nor_done(town: Town) -> None:
    todo = await raised(town)
    stranger = await agent(town, "printers")

    answers = [
        await stranger.call("GET", f"/v1/todos/{todo['id']}"),
        await stranger.call("GET", f"/v1/todos/{todo['id']}/log"),
        await do(stranger, todo, "claim"),
        await do(stranger, todo, "complete", outcome="not-reached"),
        await do(stranger, todo, "cancel", reason="no wish"),
        await do(stranger, todo, "priority", priority=1, reason="mine"),
        await stranger.call("POST", "/v1/todos/next", {"role": "collections"}),
    ]
    listed = await stranger.ask("GET", "/v1/todos")
    denied = await town.operator.ask(
        "GET",
        f"/v1/audit?chain={stranger.actor}&action=access.denied",  # type: ignore[attr-defined]
    )

    assert [answer.status for answer in answers] == [403] * len(answers)
    assert listed["items"] == []
    assert len(denied["items"]) == len(answers)


async def test_whoever_asked_does_not_approve(town: Town) -> None:
    asker = await agent(town, "supervisor")
    body = {"type": "COMP-APPROVAL-TASK", "idempotency_key": uuid4().hex, "context": OFFER}
    todo = await asker.ask("POST", "/v1/todos", body)
    other = await agent(town, "supervisor")

    refused = await do(asker, todo, "complete", outcome="approved")
    approved = await do(other, todo, "complete", outcome="approved", form={"amount": "350"})

    assert (refused.status, refused.body["code"]) == (403, "denied")
    assert (approved.status, approved.body["form"]) == (200, {"amount": "350"})


async def test_lists_are_filtered_and_paged(town: Town) -> None:
    person = await town.person()
    made = [(await raised(town, person=person))["id"] for _ in range(3)]
    await do(await agent(town, "collections"), {"id": made[0]}, "complete", outcome="not-reached")

    path = f"/v1/todos?person={person}"
    page = await town.operator.ask("GET", f"{path}&limit=2")
    rest = await town.operator.ask("GET", f"{path}&limit=2&after={page['next']}")
    still = await town.operator.ask("GET", f"{path}&state=open&role=collections&sla=ok")
    nobodys = await town.operator.ask("GET", f"{path}&assigned_to=system:NOBODY")

    assert [each["id"] for each in (*page["items"], *rest["items"])] == made
    assert [each["id"] for each in still["items"]] == made[1:]
    assert nobodys["items"] == []


async def test_next_gives_the_most_urgent_and_then_nothing(town: Town) -> None:
    lead = await agent(town, "compensation-board")
    body = {"type": "COMP-APPROVAL-TASK", "context": OFFER, "role": "compensation-board"}
    ids = [(await raised(town, **body, priority=priority))["id"] for priority in (7, 3)]

    got = [(await lead.ask("POST", "/v1/todos/next", {}))["todo"] for _ in range(3)]

    assert [each and each["id"] for each in got] == [ids[1], ids[0], None]


async def test_what_nobody_does_is_escalated_by_itself(town: Town) -> None:
    due = datetime.now(UTC) + timedelta(seconds=2)
    todo = await raised(town, due_at=due.isoformat())

    async def breached() -> dict[str, Any] | None:
        found = await town.operator.ask("GET", f"/v1/todos/{todo['id']}")
        return found if found["escalation_level"] else None

    found = await eventually(breached, "an escalation")

    assert (found["sla"], found["role"], found["priority"]) == ("breached", "collections-lead", 1)
    assert datetime.fromisoformat(found["updated_at"]) >= due


async def test_a_supervisor_deals_out_and_is_told_what_became_of_each(town: Town) -> None:
    ids = [(await raised(town))["id"] for _ in range(6)]
    missing = str(uuid4())
    agents = [f"system:AG{number}" for number in range(3)]
    many = {"ids": [*ids, missing], "do": {"command": "deal", "agents": agents}}

    verdicts = await town.operator.ask("POST", "/v1/todos/bulk", many)
    rows = [await town.operator.ask("GET", f"/v1/todos/{each}") for each in ids]

    assert [each["state"] for each in verdicts] == ["assigned"] * 6 + [None]
    assert verdicts[-1]["code"] == "not_found"
    assert [row["assigned_to"] for row in rows] == agents * 2


@pytest.mark.parametrize(
    ("do", "state"),
    [
        ({"command": "priority", "priority": 2, "reason": "visit"}, "open"),
        ({"command": "forward", "role": "collections-lead"}, "open"),
        ({"command": "cancel", "reason": "paid"}, "cancelled"),
    ],
)
async def test_one_command_for_many(town: Town, do: dict[str, Any], state: str) -> None:
    ids = [(await raised(town))["id"] for _ in range(2)]

    verdicts = await town.operator.ask("POST", "/v1/todos/bulk", {"ids": ids, "do": do})

    assert [each["state"] for each in verdicts] == [state] * 2


async def test_a_supervisor_says_what_agents_can(town: Town) -> None:
    ag1 = await agent(town, "collections")
    path = f"/v1/agents/{ag1.actor}/skills"  # type: ignore[attr-defined]
    todo = await raised(town, skills={"welsh": 3})

    short = await do(ag1, todo, "claim")
    await town.operator.ask("PUT", path, {"skills": {"welsh": 3}})
    able = await do(ag1, todo, "claim")

    assert (short.status, able.status) == (403, 200)
    assert await town.operator.ask("GET", path) == {"skills": {"welsh": 3}}


async def test_putting_off_giving_back_and_passing_on(town: Town) -> None:
    todo = await raised(town)
    ag1 = await agent(town, "collections")
    soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()

    steps = [
        await do(ag1, todo, "defer", follow_up_at=soon, reason="call later"),
        await do(ag1, todo, "release"),
        await do(ag1, todo, "forward", role="collections-lead"),
    ]

    assert [answer.body["state"] for answer in steps] == ["deferred", "open", "open"]
    assert steps[0].body["follow_up_at"]
    assert steps[2].body["role"] == "collections-lead"
