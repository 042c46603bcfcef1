"""A contact point is verified by the code that was sent there, in time and in few tries."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from openccm.communications.tables import CommunicationRequest
from openccm.language.bundle import Bundle, Library
from openccm.language.folder import bundle_of
from openccm.repository.versions import publish
from tests.access.building import NOW, Building, Visitor

FOLDER = Path(__file__).parents[2] / "definitions/office/contact-point-code"
FILES = {
    str(path.relative_to(FOLDER)): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()
}


@pytest.fixture
async def agent(building: Building, name: str) -> Visitor:
    """An agent where codes can be sent."""
    bundle = bundle_of("contact-point-code", FILES)
    assert isinstance(bundle, Bundle)
    async with building.database.begin() as session:
        await publish(session, Library((bundle,)), actor="test", now=NOW)
    return await building.user(name, "agent")


async def point(agent: Visitor, **facts: Any) -> tuple[str, str, str]:
    """A person's second address: its place, its id, and the person's id."""
    mails = [
        {"channel": "email", "value": f"{uuid4().hex}@one.example", "verified": True},
        {"channel": "email", "value": f"{uuid4().hex}@two.example", **facts},
    ]
    body = {"name": "Zoë", "contact_points": mails}
    zoe = await agent.ask("PUT", f"/v1/persons/P-{uuid4().hex[:10]}", body)
    which = zoe["contact_points"][1]["id"]
    return f"/v1/persons/{zoe['key']}/contact-points/{which}", which, zoe["id"]


async def sent(building: Building, told: Any) -> CommunicationRequest:
    async with building.database.read() as session:
        return await session.get_one(CommunicationRequest, UUID(told["request_id"]))


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_whoever_tells_the_code_verifies_the_contact_point(
    building: Building, agent: Visitor
) -> None:
    place, which, person = await point(agent)
    told = await agent.ask("POST", f"{place}/code", {})
    request = await sent(building, told)
    wrong = await agent.call(
        "POST", f"{place}/verify", {"code": other_than(request.payload["code"])}
    )
    right = await agent.ask("POST", f"{place}/verify", {"code": request.payload["code"]})
    again = await agent.call("POST", f"{place}/verify", {"code": request.payload["code"]})
    needless = await agent.call("POST", f"{place}/code", {})

    assert (str(request.contact_point_id), request.channel_override) == (which, "email")
    assert (wrong.status, "4 more tries" in wrong.body["detail"]) == (422, True)
    assert (right["verified"], right["verified_at"][:10]) == (True, "2026-03-19")
    assert (again.status, needless.status) == (409, 409)
    actions = [each for each in await building.actions(f"person:{person}") if "point" in each]
    assert actions == [
        f"person.contact-point-{what}" for what in ("code_sent", "code_wrong", "verified")
    ]
    assert request.payload["code"] not in repr(
        [each.detail for each in await building.trail(f"person:{person}")]
    )


async def test_a_code_bears_five_tries(building: Building, agent: Visitor) -> None:
    place, _, _ = await point(agent)
    code = (await sent(building, await agent.ask("POST", f"{place}/code", {}))).payload["code"]
    body = {"code": other_than(code)}
    wrong = [(await agent.call("POST", f"{place}/verify", body)).status for _ in range(5)]
    late = await agent.call("POST", f"{place}/verify", {"code": code})

    assert wrong == [422] * 5
    assert late.status == 409


async def test_a_code_expires_and_a_later_one_replaces_it(
    building: Building, agent: Visitor
) -> None:
    place, _, _ = await point(agent)
    first = (await sent(building, await agent.ask("POST", f"{place}/code", {}))).payload["code"]
    second = (await sent(building, await agent.ask("POST", f"{place}/code", {}))).payload["code"]
    if first != second:
        replaced = await agent.call("POST", f"{place}/verify", {"code": first})
        assert replaced.status == 422
    building.clock.go(minutes=15)
    expired = await agent.call("POST", f"{place}/verify", {"code": second})

    assert (expired.status, expired.code) == (410, "expired")


async def test_a_contact_point_gets_three_codes_an_hour(building: Building, agent: Visitor) -> None:
    place, _, _ = await point(agent)
    answers = [await agent.call("POST", f"{place}/code", {}) for _ in range(4)]

    assert [each.status for each in answers] == [202, 202, 202, 429]
    assert int(answers[-1].headers["Retry-After"]) == 3600


async def test_who_does_not_tell_contact_points_leaves_them_as_they_are(agent: Visitor) -> None:
    place, _, _ = await point(agent)
    path = place.rsplit("/contact-points")[0]
    kept = await agent.ask("PUT", path, {"name": "Zoë Quill"})
    gone = await agent.ask("PUT", path, {"name": "Zoë Quill", "contact_points": []})

    assert {each["state"] for each in kept["contact_points"]} == {"active"}
    assert {each["state"] for each in gone["contact_points"]} == {"invalid"}
