"""What is about somebody of another division is not there: not by id, not in lists, not next."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from openccm.cases.tables import Case
from openccm.communications.tables import CommunicationRequest
from openccm.contacts.tables import CustomerContact
from openccm.platform.columns import Row
from openccm.platform.database import Database
from tests.access.building import NOW, Building, Visitor
from tests.work.office import open_office

BILL = {"bill": {"number": "B-417", "amount": "186.40", "due_date": "2026-03-02"}}
SCOPES = ("agent", "supervisor")


@pytest.fixture
async def north(building: Building, name: str) -> Visitor:
    """A supervisor of the division NORTH, who also works on collections."""
    keeper = await building.system("KEEPER", "user:manage")
    body = {"title": "North", "roles": ["collections"], "divisions": ["NORTH"]}
    await keeper.ask("PUT", f"/v1/roles/north-{name}", body)
    return await building.user(name, *SCOPES, f"north-{name}")


@pytest.fixture
async def core(building: Building) -> Visitor:
    """A core system, narrowed to nothing."""
    scopes = ("party:read", "party:write", "todo:work", "contact:read", "case:work", "case:read")
    return await building.system("CRM", *scopes, roles=["collections"])


async def person(core: Visitor, division: str) -> str:
    key = f"P-{uuid4().hex[:10]}"
    await core.ask("PUT", f"/v1/persons/{key}", {"name": "Ana Quill", "division": division})
    return key


async def test_to_dos(building: Building, name: str, north: Visitor, core: Visitor) -> None:
    async def raised(division: str, priority: int) -> str:
        body = {
            "type": "COLL-FOLLOWUP",
            "idempotency_key": uuid4().hex,
            "context": BILL,
            "person": await person(core, division),
            "priority": priority,
        }
        return (await core.ask("POST", "/v1/todos", body))["id"]

    async with open_office(building.database):
        theirs, ours = await raised("SOUTH", 1), await raised("NORTH", 2)
    listed = await north.ask("GET", "/v1/todos?limit=500")
    hidden = [
        await north.call("GET", f"/v1/todos/{theirs}"),
        await north.call("GET", f"/v1/todos/{theirs}/log"),
        await north.call("POST", f"/v1/todos/{theirs}/claim", {}),
        await north.call("POST", f"/v1/todos/{theirs}/cancel", {"reason": "none of mine"}),
    ]
    many = {"ids": [theirs], "do": {"command": "cancel", "reason": "none of mine"}}
    bulk = await north.ask("POST", "/v1/todos/bulk", many)
    taken = await north.ask("POST", "/v1/todos/next", {})

    assert {ours} == {ours, theirs} & {each["id"] for each in listed["items"]}
    assert [(each.status, each.code) for each in hidden] == [(404, "not_found")] * len(hidden)
    assert bulk[0]["code"] == "not_found"
    assert taken["todo"]["id"] == ours
    denied = [each for each in await building.trail(f"user:{name}") if "denied" in each.action]
    assert len(denied) == len(hidden) + 1
    assert {each.reason for each in denied} == {"It belongs to another division."}


async def put_row(database: Database, row: Row) -> None:
    async with database.begin() as session:
        session.add(row)


async def found_by(
    north: Visitor, path: str, add: Callable[[str], Awaitable[Any]], core: Visitor
) -> tuple[bool, bool, int, int]:
    """Whether what is ours and theirs is listed, and how each is answered."""
    ours = await add(await person(core, "NORTH"))
    theirs = await add(await person(core, "SOUTH"))
    listed = {each["id"] for each in (await north.ask("GET", f"{path}?limit=200"))["items"]}
    answers = [await north.call("GET", f"{path}/{each}") for each in (ours, theirs)]
    return str(ours) in listed, str(theirs) in listed, answers[0].status, answers[1].status


async def test_requests(building: Building, north: Visitor, core: Visitor) -> None:
    async def add(key: str) -> Any:
        row = CommunicationRequest(
            system_code="CRM",
            idempotency_key=uuid4().hex,
            body_hash="",
            definition="BILL-READY",
            version=1,
            person_key=key,
            received_at=NOW,
            updated_at=NOW,
        )
        await put_row(building.database, row)
        return row.id

    assert await found_by(north, "/v1/requests", add, core) == (True, False, 200, 404)


async def test_contacts_by_premise_and_account_as_well(
    building: Building, north: Visitor, core: Visitor
) -> None:
    async def by_account(key: str) -> Any:
        account = f"A-{uuid4().hex[:10]}"
        await core.ask("PUT", f"/v1/accounts/{account}", {"holder": key})
        return await add(account_key=account)

    async def by_premise(key: str) -> Any:
        division = (await core.ask("GET", f"/v1/persons/{key}"))["division"]
        premise = f"PR-{uuid4().hex[:10]}"
        body = {"lines": ["1 Quay"], "division": division}
        await core.ask("PUT", f"/v1/premises/{premise}", body)
        return await add(premise_key=premise)

    async def add(**about: Any) -> Any:
        row = CustomerContact(
            class_code="COLLECT",
            title="Spoke",
            method="phone",
            direction="inbound",
            origin="agent",
            made_as=uuid4().hex,
            occurred_at=NOW,
            created_by="test",
            created_at=NOW,
            updated_at=NOW,
            **about,
        )
        await put_row(building.database, row)
        return row.id

    path = "/v1/customer-contacts"
    assert await found_by(north, path, by_account, core) == (True, False, 200, 404)
    assert await found_by(north, path, by_premise, core) == (True, False, 200, 404)


async def test_cases(building: Building, north: Visitor, core: Visitor) -> None:
    async def add(key: str) -> Any:
        row = Case(
            number=uuid4().hex[:12],
            type="COMP-CASE",
            version=1,
            status="new",
            person_key=key,
            system_code="CRM",
            raised_as=uuid4().hex,
            opened_by="test",
            opened_at=NOW,
            updated_at=NOW,
        )
        await put_row(building.database, row)
        return row.id

    assert await found_by(north, "/v1/cases", add, core) == (True, False, 200, 404)


async def test_hand_offs(north: Visitor, building: Building) -> None:
    other = await building.system("CRM", "party:read", "party:write")
    body = {"object": "person", "typed": {"name": "Ana"}}
    theirs = (await other.ask("POST", "/v1/hand-offs", body | {"division": "SOUTH"}))["id"]
    ours = (await north.ask("POST", "/v1/hand-offs", body))["id"]
    listed = {each["id"] for each in await north.ask("GET", "/v1/hand-offs")}
    hidden = [
        await north.call("GET", f"/v1/hand-offs/{theirs}"),
        await north.call("POST", f"/v1/hand-offs/{theirs}/cancel", {}),
        await north.call("POST", f"/v1/hand-offs/{theirs}/complete", {"key": "P-1"}),
    ]
    elsewhere = await north.call("POST", "/v1/hand-offs", body | {"division": "SOUTH"})

    assert (ours in listed, theirs in listed) == (True, False)
    assert [each.status for each in hidden] == [404] * 3
    assert elsewhere.status == 403
