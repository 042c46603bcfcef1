"""Field masking: what agents see of persons, and that it is never written back."""

from typing import Any
from uuid import uuid4

import pytest

from tests.access.building import Building, Visitor

POINTS = [
    {"channel": "email", "value": "zoe.angstrom@canary.example"},
    {"channel": "sms", "value": "+44 7700 900104"},
    {"channel": "letter", "value": "Leeds LS1 4AB", "lines": ["Zoë Ångström", "14 Mill Lane"]},
]
SECRETS = ("zoe.angstrom", "900", "7700", "Leeds", "Mill Lane", "Ångström")


async def put(building: Building, **more: Any) -> str:
    core = await building.system("CRM", "party:write", "party:read")
    key = f"P-{uuid4().hex[:10]}"
    body = {
        "name": "Zoë Ångström",
        "family_name": "Ångström",
        "identifiers": [{"kind": "crm", "value": f"CRM-{uuid4().hex[:8]}"}],
        "contact_points": POINTS,
        **more,
    }
    await core.ask("PUT", f"/v1/persons/{key}", body)
    return key


def values(person: Any) -> dict[str, str]:
    return {point["channel"]: point["value"] for point in person["contact_points"]}


@pytest.fixture
async def agent(building: Building, name: str) -> Visitor:
    return await building.user(name, "agent")


async def test_an_agent_sees_contact_points_masked(building: Building, agent: Visitor) -> None:
    key = await put(building)
    person = await agent.ask("GET", f"/v1/persons/{key}")
    listed = await agent.ask("GET", f"/v1/persons/{key}/contact-points")

    assert values(person) == {
        "email": "z····@canary.example",
        "sms": "···· 104",
        "letter": "····",
    }
    assert listed == person["contact_points"]
    assert person["masked"] == ["contact"]
    assert person["name"] == "Zoë Ångström"
    assert not any(secret in repr(listed) for secret in SECRETS)


@pytest.mark.parametrize("role", ["supervisor", "privacy-officer"])
async def test_who_may_sees_them_in_full(building: Building, name: str, role: str) -> None:
    key = await put(building)
    visitor = await building.user(name, role)
    person = await visitor.ask("GET", f"/v1/persons/{key}")

    assert values(person)["email"] == "zoe.angstrom@canary.example"
    assert values(person)["sms"] == "+447700900104"
    assert person["masked"] == []


async def test_core_systems_see_what_they_brought(building: Building) -> None:
    key = await put(building, vip=True)
    core = await building.system("CRM", "party:read")
    person = await core.ask("GET", f"/v1/persons/{key}")

    assert (person["name"], person["masked"]) == ("Zoë Ångström", [])
    assert values(person)["sms"] == "+447700900104"


async def test_of_a_vip_an_agent_sees_that_there_is_somebody(
    building: Building, agent: Visitor
) -> None:
    key = await put(building, vip=True)
    person = await agent.ask("GET", f"/v1/persons/{key}")
    found = await agent.ask("POST", "/v1/search", {"q": key})

    assert person["masked"] == ["name", "contact", "identifier"]
    assert (person["name"], person["vip"]) == ("····", True)
    assert [hit["title"] for hit in found["items"] if hit["key"] == key] == ["····"]
    assert not any(secret in repr([person, found]) for secret in SECRETS)


async def test_the_privacy_officer_sees_a_vip(building: Building, name: str) -> None:
    key = await put(building, vip=True)
    officer = await building.user(name, "privacy-officer")
    found = await officer.ask("POST", "/v1/search", {"q": key})

    assert (await officer.ask("GET", f"/v1/persons/{key}"))["name"] == "Zoë Ångström"
    assert "Zoë Ångström" in [hit["title"] for hit in found["items"]]


@pytest.mark.parametrize("vip", [False, True])
async def test_what_is_masked_is_not_written_back(
    building: Building, agent: Visitor, vip: bool
) -> None:
    key = await put(building, vip=vip)
    seen = await agent.ask("GET", f"/v1/persons/{key}")
    points = [
        {"channel": each["channel"], "value": each["value"], "lines": each["lines"]}
        for each in seen["contact_points"]
    ]
    answers = [
        await agent.call("PUT", f"/v1/persons/{key}", {"name": seen["name"], **facts})
        for facts in (
            {"contact_points": points[:1]},
            {"contact_points": points[1:2]},
            {"contact_points": points[2:]},
            *([{}] if vip else []),
        )
    ]
    core = await building.system("CRM", "party:read")
    person = await core.ask("GET", f"/v1/persons/{key}")

    assert {answer.status for answer in answers} == {422}
    assert values(person)["email"] == "zoe.angstrom@canary.example"
    assert person["name"] == "Zoë Ångström"
