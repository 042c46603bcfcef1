"""What a person allows and forbids: written down over HTTP, on their trail, and honoured."""

from typing import Any

import pytest

from tests.api.house import House
from tests.api.test_parties import person, trail
from tests.system.town import Caller


@pytest.fixture(scope="module")
async def agent(house: House) -> Caller:
    return await house.caller("party:read", "party:write", "audit:read")


async def put(agent: Caller, key: str, body: dict[str, Any]) -> dict[str, Any]:
    return await agent.ask("PUT", f"/v1/persons/{key}/wishes", body)


async def test_what_is_named_is_written_down_and_all_else_stays(agent: Caller) -> None:
    key = (await person(agent))["key"]
    await put(agent, key, {"consents": {"marketing": "granted"}})
    await put(agent, key, {"preferences": {"email": "refuse", "SPRING-OFFER": "prefer"}})
    await put(agent, key, {"suppressions": {"phone": "do_not_contact", "all": "complaint"}})
    found = await agent.ask("GET", f"/v1/persons/{key}/wishes")

    assert [(each["purpose"], each["state"]) for each in found["consents"]] == [
        ("marketing", "granted")
    ]
    assert {
        each["channel"] or each["definition"]: each["wish"] for each in found["preferences"]
    } == {
        "email": "refuse",
        "SPRING-OFFER": "prefer",
    }
    assert {each["channel"] or "all": each["reason"] for each in found["suppressions"]} == {
        "phone": "do_not_contact",
        "all": "complaint",
    }


async def test_a_stop_that_is_lifted_stands_no_more_and_both_are_on_the_trail(
    agent: Caller,
) -> None:
    made = await person(agent)
    for stop in ("do_not_contact", "do_not_contact", "lifted", "lifted"):
        found = await put(agent, made["key"], {"suppressions": {"phone": stop}})
    actions = [each["action"] for each in await trail(agent, made["id"])]

    assert found["suppressions"] == []
    assert [each for each in actions if each.startswith("suppression")] in (
        ["suppression.set", "suppression.lifted"],
        ["suppression.lifted", "suppression.set"],
    )


@pytest.mark.parametrize(
    "body",
    [{}, {"consents": {"marketing": "maybe"}}, {"preferences": {"e mail": "refuse"}}, {"odd": 1}],
)
async def test_what_is_no_wish_is_refused(agent: Caller, body: dict[str, Any]) -> None:
    key = (await person(agent))["key"]

    refused = await agent.call("PUT", f"/v1/persons/{key}/wishes", body)

    assert refused.status == 422
