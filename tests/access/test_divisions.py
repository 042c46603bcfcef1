"""Whoever is narrowed to divisions neither sees nor changes persons of others, and is noted."""

from typing import Any
from uuid import uuid4

import pytest

from tests.access.building import Building, Visitor

SCOPES = ["party:read", "party:write"]


@pytest.fixture
async def north(building: Building, name: str) -> Visitor:
    """An agent of the division NORTH."""
    administrator = await building.user(f"{name}-admin", "administrator")
    role = f"north-{name}"
    body = {"title": "North", "scopes": SCOPES, "divisions": ["NORTH"]}
    await administrator.ask("PUT", f"/v1/roles/{role}", body)
    return await building.user(name, role)


async def put(core: Visitor, division: str) -> dict[str, Any]:
    body = {"name": "Ana Quill", "division": division}
    return await core.ask("PUT", f"/v1/persons/P-{uuid4().hex[:10]}", body)


async def test_a_person_of_another_division_is_not_there(
    building: Building, name: str, north: Visitor
) -> None:
    core = await building.system("CRM", *SCOPES)
    ours, theirs = await put(core, "NORTH"), await put(core, "SOUTH")
    account = f"A-{uuid4().hex[:10]}"
    await core.ask("PUT", f"/v1/accounts/{account}", {"holder": theirs["key"]})
    place = f"/v1/persons/{theirs['key']}"

    seen = await north.call("GET", f"/v1/persons/{ours['key']}")
    hidden = [
        await north.call("GET", place),
        await north.call("PUT", place, {"name": "Mine Now", "division": "NORTH"}),
        await north.call("GET", f"{place}/contact-points"),
        await north.call("PUT", f"{place}/relationships", {"relationships": []}),
        await north.call("GET", f"/v1/accounts/{account}"),
        await north.call("PUT", f"/v1/accounts/{uuid4().hex}", {"holder": theirs["key"]}),
    ]
    elsewhere = await north.call("POST", "/v1/persons", {"name": "X", "division": "SOUTH"})

    assert seen.status == 200
    assert [answer.status for answer in hidden] == [404] * len(hidden)
    assert elsewhere.status == 403
    denied = [each for each in await building.actions(f"user:{name}") if each == "access.denied"]
    assert len(denied) == len(hidden) + 1


async def test_a_core_systems_batch_is_narrowed_item_by_item(
    building: Building, north: Visitor
) -> None:
    core = await building.system("CRM", *SCOPES)
    theirs = await put(core, "SOUTH")
    items = [
        {"external_key": theirs["key"], "version": 1, "person": {"name": "X", "division": "NORTH"}},
        {"external_key": f"P-{uuid4().hex}", "version": 1, "person": {"name": "X"}},
        {
            "external_key": f"P-{uuid4().hex}",
            "version": 1,
            "person": {"name": "X", "division": "NORTH"},
        },
    ]
    told = await north.ask("POST", "/v1/sync", {"items": items})

    assert [item["status"] for item in told["items"]] == [404, 403, 201]


async def test_the_search_looks_into_ones_own_divisions(building: Building, north: Visitor) -> None:
    core = await building.system("CRM", *SCOPES)
    ours, theirs = await put(core, "NORTH"), await put(core, "SOUTH")

    mine = await north.ask("GET", "/v1/search?q=ana%20quill&limit=100")
    everything = await core.ask("GET", "/v1/search?q=ana%20quill&limit=100")
    keys = {item["key"] for item in mine["items"]}
    assert ours["key"] in keys
    assert theirs["key"] not in keys
    assert {ours["key"], theirs["key"]} <= {item["key"] for item in everything["items"]}
