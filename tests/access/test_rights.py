"""Security levels of definitions, clearances for VIPs, the right to purge, one's own absence."""

from typing import Any
from uuid import uuid4

import pytest

from openccm.language.bundle import Bundle, Library
from openccm.language.folder import bundle_of
from openccm.platform.database import Database
from openccm.repository.versions import publish
from tests.access.building import GOOD, NOW, Building, Visitor
from tests.access.test_people_at_work import BILL, role, submitted, to_do

LEVEL = """
kind: calendar
code: {code}
title: Fraud desk
visible-to: [fraud]
time-zone: Europe/London
hours: {{mon-fri: "09:00-17:00"}}
"""


async def published(database: Database, code: str, text: str = LEVEL) -> None:
    bundle = bundle_of(code.lower(), {"calendar.yaml": text.format(code=code).encode()})
    assert isinstance(bundle, Bundle)
    async with database.begin() as session:
        await publish(session, Library((bundle,)), actor="test", now=NOW)


async def test_a_definition_with_a_level_is_there_for_bearers_of_its_roles_alone(
    building: Building, name: str
) -> None:
    code = f"FRAUD-{name.upper()}"
    await published(building.database, code)
    await role(building, "fraud-desk", "fraud")
    agent = await building.user(name, "agent", "business-user")
    fraud = await building.user(f"{name}-f", "agent", "business-user", "fraud-desk")
    path = f"/v1/definitions/{code}"

    async def listed(visitor: Visitor) -> list[bool]:
        lists = [
            await visitor.ask("GET", "/v1/definitions?kind=calendar&limit=500"),
            await visitor.ask("GET", "/v1/language/references?kind=calendar"),
            await visitor.ask("GET", "/v1/definitions?text=fraud%20desk"),
        ]
        return [code in {each["code"] for each in found} for found in lists]

    hidden = [
        await agent.call("GET", path),
        await agent.call("GET", f"{path}/versions/1/files"),
        await agent.call("PUT", f"{path}/draft", {"files": {"calendar.yaml": "kind: calendar"}}),
        await agent.call("POST", "/v1/requests", asked(definition=code)),
        await agent.call("POST", "/v1/requests/dry-run", {"definition": code}),
        await agent.call("POST", "/v1/todos", asked(type=code)),
        await agent.call("POST", "/v1/cases", asked(type=code)),
        await agent.call("POST", "/v1/customer-contacts", logged(type=code)),
        await agent.call("POST", "/v1/simulations", {"code": code}),
    ]

    assert await listed(agent) == [False, False, False]
    assert await listed(fraud) == [True, True, True]
    assert (await fraud.ask("GET", path))["visible_to"] == ["fraud"]
    assert [(each.status, each.body["detail"]) for each in hidden] == [
        (404, f"There is no definition {code}.")
    ] * len(hidden)
    noted = [each for each in await building.trail(f"user:{name}") if "denied" in each.action]
    assert {each.reason for each in noted} == {"It is for bearers of fraud."}
    assert len(noted) == len(hidden)


def asked(**more: Any) -> dict[str, Any]:
    return {"idempotency_key": uuid4().hex, **more}


def logged(**more: Any) -> dict[str, Any]:
    return asked(method="phone", direction="inbound", **more)


async def vip(building: Building) -> str:
    core = await building.system("CRM", "party:write")
    key = f"P-{uuid4().hex[:10]}"
    await core.ask("PUT", f"/v1/persons/{key}", {"name": "Zoë Ångström", "vip": True})
    return key


async def test_who_must_see_a_vip_asks_and_sees_them_for_a_while(
    building: Building, name: str
) -> None:
    key = await vip(building)
    agent = await building.user(name, "agent")
    other = await building.user(f"{name}-o", "agent")
    officer = await building.user(f"{name}-p", "privacy-officer")
    place = f"/v1/persons/{key}"
    ask = {"person": key, "reason": "She is on the telephone."}
    made = await agent.ask("POST", "/v1/clearances", ask)
    again = await agent.ask("POST", "/v1/clearances", ask)
    before = (await agent.ask("GET", place))["name"]
    path = f"/v1/clearances/{made['id']}"
    refused = await other.call("POST", f"{path}/grant", {"reason": "Me."})
    waiting = {each["id"] for each in await officer.ask("GET", "/v1/clearances?state=asked")}
    await officer.ask("POST", f"{path}/grant", {"reason": "Her matter.", "hours": 2})
    seen = [(await each.ask("GET", place))["name"] for each in (agent, other)]
    others = {each["id"] for each in await other.ask("GET", "/v1/clearances")}
    building.clock.go(hours=2)
    later = await building.user(f"{name}-x", "agent")
    person_id = (await later.ask("GET", place))["id"]
    await agent.sign_in(name, GOOD)
    after = (await agent.ask("GET", place))["name"]
    told = [each for each in await building.trail(f"person:{person_id}") if each.detail.get("for")]

    assert (before, again["id"], refused.status) == ("····", made["id"], 403)
    assert made["id"] in waiting
    assert made["id"] not in others
    assert seen == ["Zoë Ångström", "····"]
    assert after == "····"
    assert [(each.action, each.actor, each.detail["for"]) for each in told] == [
        ("person.clearance_asked", f"user:{name}", f"user:{name}"),
        ("person.clearance_granted", f"user:{name}-p", f"user:{name}"),
    ]


async def test_a_clearance_is_refused_ended_and_never_decided_twice(
    building: Building, name: str
) -> None:
    key = await vip(building)
    agent = await building.user(name, "agent")
    officer = await building.user(f"{name}-p", "privacy-officer")
    ask = {"person": key, "reason": "Why."}
    first = (await agent.ask("POST", "/v1/clearances", ask))["id"]
    await officer.ask("POST", f"/v1/clearances/{first}/refuse", {"reason": "No."})
    late = await officer.call("POST", f"/v1/clearances/{first}/grant", {"reason": "Yes."})
    second = (await agent.ask("POST", "/v1/clearances", ask))["id"]
    await officer.ask("POST", f"/v1/clearances/{second}/grant", {"reason": "Yes."})
    needless = await agent.call("POST", "/v1/clearances", ask)
    await officer.ask("POST", f"/v1/clearances/{second}/end", {"reason": "Done."})

    assert (late.status, late.body["state"]) == (409, "refused")
    assert needless.status == 409
    assert (await agent.ask("GET", f"/v1/persons/{key}"))["name"] == "····"


async def test_only_who_may_purge_destroys_what_a_closed_to_do_holds(
    building: Building, name: str
) -> None:
    await role(building, "collections", "collections")
    boss = await building.user(name, "supervisor", "agent", "collections")
    officer = await building.user(f"{name}-p", "privacy-officer")
    path = f"/v1/todos/{await to_do(building, boss, 'COLL-FOLLOWUP', BILL)}"
    why = {"reason": "Asked for by the customer."}
    open_still = await officer.call("POST", f"{path}/purge", why)
    await boss.ask("POST", f"{path}/complete", {"outcome": "not-reached"})
    refused = await boss.call("POST", f"{path}/purge", why)
    purged = await officer.ask("POST", f"{path}/purge", why)
    twice = await officer.call("POST", f"{path}/purge", why)
    last = (await boss.ask("GET", f"{path}/log"))[-1]

    assert [each.status for each in (open_still, refused, twice)] == [409, 403, 409]
    assert (purged["context"], purged["form"], purged["outcome"]) == ({}, {}, "not-reached")
    assert "B-417" not in purged["title"]
    assert (purged["purged_by"], purged["purged_at"][:10]) == (f"user:{name}-p", "2026-03-19")
    assert (last["action"], last["actor"], last["reason"]) == (
        "to-do.purged",
        f"user:{name}-p",
        why["reason"],
    )


async def test_one_says_oneself_who_stands_in(building: Building, name: str) -> None:
    await role(building, "collections", "collections")
    absent = await building.user(name, "agent", "collections")
    delegate = await building.user(f"{name}-in", "agent")
    period = {"since": "2026-03-19T09:00:00Z", "until": "2026-03-26T09:00:00Z"}
    place = "/v1/session/absence"
    said = await absent.ask("PUT", place, {"delegate": f"{name}-in", **period})
    roles = (await delegate.ask("GET", "/v1/session"))["roles"]
    read = await absent.ask("GET", place)
    await absent.ask("DELETE", place)
    own = await absent.call("PUT", place, {"delegate": name, **period})
    key = await building.system("CRM")

    assert said == read
    assert roles == ["collections"]
    assert (await delegate.ask("GET", "/v1/session"))["roles"] == []
    assert own.status == 422
    assert (await key.call("GET", place)).status == 403
    assert "absence.set" in await building.actions(f"user:{name}")


@pytest.mark.parametrize("stands_in", [False, True])
async def test_nobody_decides_in_the_place_of_an_author(
    building: Building, name: str, stands_in: bool
) -> None:
    author = await building.user(name, "business-user", "approver")
    judge = await role(building, f"judge-{name}", scopes=["definition:approve"])
    delegate = await building.user(f"{name}-in", judge if stands_in else "approver")
    verdicts = await submitted(author, f"L-{name.upper()}")
    period = {"since": "2026-03-19T09:00:00Z", "until": "2026-03-26T09:00:00Z"}
    await author.ask("PUT", "/v1/session/absence", {"delegate": f"{name}-in", **period})
    answer = await delegate.call("POST", verdicts, {"verdict": "approve"})

    assert answer.status == (409 if stands_in else 200)
