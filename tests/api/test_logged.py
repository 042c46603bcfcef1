"""Calls and visits that agents log: the process of their type begins at once, and once."""

from typing import Any
from uuid import uuid4

import pytest

from openccm.language.bundle import Bundle, Library
from openccm.language.folder import bundle_of
from openccm.language.kinds import KINDS
from openccm.platform.clock import utc_now
from openccm.repository.versions import publish
from tests.api.house import House
from tests.system.town import Caller

PROCESS = """
kind: process
code: CALL-BACK-SOON
title: Somebody calls back
recipient: person
data:
  matter: {type: text, from: payload}
steps:
  rest: {do: wait, for: 1 day}
"""
CLASS = "kind: contact-class\ncode: DESK\ntitle: At the counter\n"
TYPE = """
kind: contact-type
code: DESK-MATTER
title: A matter was brought
class: DESK
about: [person]
direction: inbound
methods: [visit, phone]
characteristics:
  matter: {type: text, required: true}
  urgent: {type: boolean}
process:
  process: CALL-BACK-SOON
  when: urgent != null && urgent
  payload: {matter: matter}
"""
OUTBOUND = TYPE.replace("DESK-MATTER", "DESK-TOLD").replace("inbound", "outbound")


@pytest.fixture
async def agent(house: House) -> Caller:
    texts = {"process": PROCESS, "contact-class": CLASS, "contact-type": TYPE}
    bundles = [
        bundle_of("logged", {KINDS[kind].file: text.encode()}) for kind, text in texts.items()
    ]
    bundles.append(bundle_of("told", {KINDS["contact-type"].file: OUTBOUND.encode()}))
    library = Library(tuple(each for each in bundles if isinstance(each, Bundle)))
    assert len(library.bundles) == len(bundles)
    async with house.database.begin() as session:
        await publish(session, library, actor="test", now=utc_now())
    scopes = ("contact:write", "contact:read", "party:write", "process:read")
    return await house.caller(*scopes)


async def logged(agent: Caller, **more: Any) -> dict[str, Any]:
    key = f"P-{uuid4().hex[:10]}"
    await agent.ask("PUT", f"/v1/persons/{key}", {"name": "Zoë Ångström"})
    given = {"matter": "The meter", "urgent": True}
    return {
        "type": "DESK-MATTER",
        "idempotency_key": uuid4().hex,
        "person": key,
        "method": "visit",
        "characteristics": given,
        **more,
    }


async def begun(agent: Caller, person: str) -> list[dict[str, Any]]:
    path = f"/v1/instances?process=CALL-BACK-SOON&person={person}"
    return (await agent.ask("GET", path))["items"]


async def test_a_visit_that_is_logged_begins_its_process_at_once(agent: Caller) -> None:
    body = await logged(agent)
    contact = await agent.ask("POST", "/v1/customer-contacts", body)
    again = await agent.call("POST", "/v1/customer-contacts", body)
    (instance,) = await begun(agent, body["person"])
    log = await agent.ask("GET", f"/v1/customer-contacts/{contact['id']}/log")

    assert (contact["direction"], contact["method"]) == ("inbound", "visit")
    assert (again.body["id"], again.headers["Idempotent-Replayed"]) == (contact["id"], "true")
    assert instance["key"] == f"contact-{contact['id']}"
    assert [entry["detail"] for entry in log if entry["code"] == "process.begun"] == [
        {"process": "CALL-BACK-SOON", "instance": instance["id"]}
    ]


async def test_a_process_begins_only_if_its_condition_holds(agent: Caller) -> None:
    body = await logged(agent, characteristics={"matter": "The meter", "urgent": False})
    await agent.ask("POST", "/v1/customer-contacts", body)

    assert await begun(agent, body["person"]) == []


async def test_a_type_that_takes_nothing_inbound_refuses_it_with_a_reason(agent: Caller) -> None:
    body = await logged(agent, type="DESK-TOLD", direction="inbound")
    refused = await agent.call("POST", "/v1/customer-contacts", body)
    unknown = await agent.call("POST", "/v1/customer-contacts", {**body, "type": "DESK-NOTHING"})

    assert (refused.status, refused.body["errors"]) == (
        422,
        [{"field": "direction", "message": "A DESK-TOLD is outbound."}],
    )
    assert (unknown.status, unknown.body["detail"]) == (
        404,
        "There is no contact-type DESK-NOTHING.",
    )
    assert await begun(agent, body["person"]) == []
