"""Users at work: to-dos by their roles, approvals by theirs, and never one's own."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from tests.access.building import GOOD, Building, Visitor
from tests.work.office import open_office

BILL = {"bill": {"number": "B-417", "amount": "186.40", "due_date": "2026-03-02"}}
OFFER = {"case": {"number": "C-9"}, "offer": {"amount": "400", "rule": "EU"}}
CALENDAR = """
kind: calendar
code: {code}
title: Hours
time-zone: Europe/London
hours: {{mon-fri: "09:00-17:00"}}
"""


async def to_do(building: Building, visitor: Visitor, kind: str, context: Any) -> str:
    async with open_office(building.database):
        body = {"type": kind, "idempotency_key": uuid4().hex, "context": context}
        return (await visitor.ask("POST", "/v1/todos", body))["id"]


async def role(building: Building, code: str, *roles: str, scopes: Sequence[str] = ()) -> str:
    keeper = await building.system("KEEPER", "user:manage")
    body = {"title": code, "roles": list(roles), "scopes": list(scopes)}
    await keeper.ask("PUT", f"/v1/roles/{code}", body)
    return code


async def test_an_agent_works_on_to_dos_of_their_roles(building: Building, name: str) -> None:
    await role(building, "collections", "collections")
    agent = await building.user(name, "agent", "collections")
    other = await building.user(f"{name}-x", "agent")
    todo = await to_do(building, agent, "COLL-FOLLOWUP", BILL)
    path = f"/v1/todos/{todo}"
    refused = await other.call("POST", f"{path}/claim", {})
    taken = await agent.ask("POST", f"{path}/claim", {})
    done = await agent.ask("POST", f"{path}/complete", {"outcome": "not-reached"})
    log = await agent.ask("GET", f"{path}/log")

    assert refused.status == 403
    assert taken["todo"]["assigned_to"] == f"user:{name}"
    assert (done["state"], done["closed_by"]) == ("completed", f"user:{name}")
    assert {entry["actor"] for entry in log} == {f"user:{name}"}
    assert "access.denied" in await building.actions(f"user:{name}-x")


async def test_who_stands_in_gets_the_tasks_and_the_trail_shows_both(
    building: Building, name: str
) -> None:
    await role(building, "collections", "collections")
    away, delegate = f"{name}-away", f"{name}-in"
    absent = await building.user(away, "agent", "collections")
    stand_in = await building.user(delegate, "agent")
    supervisor = await building.user(name, "supervisor")
    todo = f"/v1/todos/{await to_do(building, absent, 'COLL-FOLLOWUP', BILL)}"
    before = await stand_in.call("POST", f"{todo}/claim", {})
    period = {"since": "2026-03-19T09:00:00Z", "until": "2026-03-26T09:00:00Z"}
    place = f"/v1/users/{away}/absence"
    await supervisor.ask("PUT", place, {"delegate": delegate, **period})
    listed = await stand_in.ask("GET", "/v1/todos?role=collections&limit=500")
    await stand_in.ask("POST", f"{todo}/claim", {})
    await stand_in.ask("POST", f"{todo}/complete", {"outcome": "not-reached"})
    done = [each for each in await stand_in.ask("GET", f"{todo}/log") if each["to_state"] != "open"]
    building.clock.go(days=7)
    later = await building.user(f"{name}-x")
    await later.sign_in(delegate, GOOD)

    assert before.status == 403
    assert todo.rpartition("/")[2] in {each["id"] for each in listed["items"]}
    assert {each["actor"] for each in done} == {f"user:{delegate}"}
    assert {each["detail"]["for"] for each in done} == {f"user:{away}"}
    assert "absence.set" in await building.actions(f"user:{away}")
    assert (await later.ask("GET", "/v1/session"))["roles"] == []


async def test_nobody_lends_themselves_the_roles_of_others(building: Building, name: str) -> None:
    await building.user(f"{name}-x", "agent")
    supervisor = await building.user(name, "supervisor")
    period = {"since": "2026-03-19T09:00:00Z", "until": "2026-03-26T09:00:00Z"}
    past = {"since": "2026-03-12T09:00:00Z", "until": "2026-03-13T09:00:00Z"}
    place = f"/v1/users/{name}-x/absence"
    answers = [
        await supervisor.call("PUT", place, {"delegate": name, **period}),
        await supervisor.call("PUT", place, {"delegate": f"{name}-x", **period}),
        await supervisor.call("PUT", place, {"delegate": "nobody", **period}),
        await supervisor.call("PUT", place, {"delegate": "admin", **past}),
        await supervisor.call("GET", place),
        await supervisor.call("DELETE", place),
    ]

    assert [answer.status for answer in answers] == [422, 422, 422, 422, 404, 404]


async def test_four_eyes_of_a_to_do_see_through_ones_own_key(building: Building, name: str) -> None:
    """Whoever asked for it may not do it with a key that they had issued, either."""
    boss = await building.user(name, "supervisor", "administrator")
    key = await own_key(boss, name, "todo:work")
    second = await building.user(f"{name}-2", "supervisor")
    todo = await to_do(building, boss, "COMP-APPROVAL-TASK", OFFER)
    path = f"/v1/todos/{todo}/complete"
    body = {"outcome": "approved"}

    assert [
        (await boss.call("POST", path, body)).status,
        (await building.visitor(key).call("POST", path, body)).status,
        (await second.call("POST", path, body)).status,
    ] == [403, 403, 200]


async def own_key(boss: Visitor, name: str, scope: str) -> str:
    """The key of a core system, which a user had issued."""
    system = f"S-{name.upper()}"
    await boss.ask("PUT", f"/v1/systems/{system}", {"title": system})
    body = {"scopes": [scope], "roles": ["supervisor", "approver"]}
    return (await boss.ask("POST", f"/v1/systems/{system}/keys", body))["key"]


async def submitted(visitor: Visitor, code: str) -> str:
    """A first version in review; answers where verdicts go."""
    path = f"/v1/definitions/{code}"
    files = {"calendar.yaml": CALENDAR.format(code=code)}
    await visitor.ask("PUT", f"{path}/draft", {"files": files})
    made = await visitor.ask("POST", f"{path}/draft/submit", {})
    return f"{path}/versions/{made['version']}/verdicts"


async def test_nobody_approves_their_own_neither_as_user_nor_by_key(
    building: Building, name: str
) -> None:
    boss = await building.user(name, "business-user", "approver", "administrator")
    key = building.visitor(await own_key(boss, name, "definition:approve"))
    second = await building.user(f"{name}-2", "approver")
    verdicts = await submitted(boss, f"C-{name.upper()}")
    approve = {"verdict": "approve"}
    answers = [await each.call("POST", verdicts, approve) for each in (boss, key, second)]

    assert [each.status for each in answers] == [409, 409, 200]
    assert answers[2].body["state"] == "approved"
    assert "authors cannot decide" in answers[0].body["detail"]


async def test_nobody_approves_as_user_what_they_wrote_by_key(
    building: Building, name: str
) -> None:
    boss = await building.user(name, "approver", "administrator")
    key = building.visitor(await own_key(boss, name, "definition:write"))
    verdicts = await submitted(key, f"D-{name.upper()}")
    answer = await boss.call("POST", verdicts, {"verdict": "approve"})

    assert (answer.status, answer.code) == (409, "conflict")


async def test_all_bearers_of_a_role_are_users_as_well(building: Building, name: str) -> None:
    keeper = await building.system("KEEPER", "user:manage", "definition:write")
    legal = await role(building, f"r-{name}", f"r-{name}")
    await keeper.ask("PUT", f"/v1/groups/{name}", {"title": "G", "roles": [legal]})
    policy = (
        "kind: approval-policy\ncode: approval-policy\ntitle: All\nrules:\n"
        f"  all: {{steps: {{legal: {{role: {legal}, approvers: all, at-least: 1}}}}}}\n"
    )
    author = await building.user(f"{name}-a", "business-user", "approver")
    path = "/v1/definitions/approval-policy"
    await author.ask("PUT", f"{path}/draft", {"files": {"policy.yaml": policy}})
    number = (await author.ask("POST", f"{path}/draft/submit", {}))["version"]
    second = await building.user(f"{name}-b", "approver")
    approve = {"verdict": "approve"}
    await second.ask("POST", f"{path}/versions/{number}/verdicts", approve)
    await author.ask("POST", f"{path}/versions/{number}/publish", {})
    first = await building.user(f"{name}-1", "approver", legal)
    grouped = await building.user(f"{name}-2", "approver", groups=[name])
    verdicts = await submitted(author, f"E-{name.upper()}")
    answers = [await each.ask("POST", verdicts, approve) for each in (first, grouped)]

    assert [each["state"] for each in answers] == ["in_review", "approved"]
