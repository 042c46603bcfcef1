"""What the desk asks of the API: sheets and notes of to-dos, contact types, a person's wishes."""

from typing import Any
from uuid import uuid4

from tests.api.house import House
from tests.system.town import Caller

BILL = {"bill": {"number": "B-417", "amount": "186.40", "due_date": "2026-03-02"}}


async def raised(agent: Caller, **more: Any) -> str:
    body = {"type": "COLL-FOLLOWUP", "idempotency_key": uuid4().hex, "context": BILL}
    return (await agent.ask("POST", "/v1/todos", body | more))["id"]


async def test_a_sheet_tells_what_to_fill_in_and_how_it_can_end(house: House) -> None:
    agent = await house.caller("todo:work", roles=["collections"])
    sheet = await agent.ask("GET", f"/v1/todos/{await raised(agent)}/sheet")

    assert [field["name"] for field in sheet["form"]] == ["promised_on", "note"]
    promised, refused, _ = sheet["outcomes"]
    assert (promised["requires"], promised["reason_required"]) == (["promised_on"], False)
    assert refused["reason_required"] is True
    assert (sheet["refusal"], sheet["roles"]) == (None, ["collections", "collections-lead"])


async def test_a_sheet_says_why_whoever_asked_may_not_do_it(house: House) -> None:
    agent = await house.caller("todo:work", roles=["supervisor"])
    context = {"case": {"number": "C-9"}, "offer": {"amount": "400", "rule": "EU"}}
    todo = await raised(agent, type="COMP-APPROVAL-TASK", context=context)
    sheet = await agent.ask("GET", f"/v1/todos/{todo}/sheet")

    assert sheet["four_eyes"] is True
    assert "other eyes" in sheet["refusal"]


async def test_notes_are_for_those_who_see_the_to_do(house: House) -> None:
    agent = await house.caller("todo:work", roles=["collections"])
    path = f"/v1/todos/{await raised(agent)}/notes"
    await agent.ask("POST", path, {"text": "Speaks French"})
    (note,) = await agent.ask("GET", path)
    empty = await agent.call("POST", path, {"text": ""})

    assert (note["text"], note["by"]) == ("Speaks French", "system:AUTHORS")
    assert empty.status == 422


async def test_several_states_and_roles_are_listed_by_urgency(house: House) -> None:
    agent = await house.caller("todo:work", "todo:manage", roles=["collections"])
    usual, urgent = await raised(agent), await raised(agent, priority=1)
    taken = await raised(agent, priority=2)
    await agent.ask("POST", f"/v1/todos/{taken}/claim")
    query = "order=urgency&role=collections&role=billing&limit=500"
    both = await agent.ask("GET", f"/v1/todos?state=open&state=assigned&{query}")
    found = [each["id"] for each in both["items"] if each["id"] in (usual, urgent, taken)]

    assert found == [urgent, taken, usual]


async def test_contact_types_tell_what_they_want_and_what_follows(house: House) -> None:
    agent = await house.caller("contact:read")
    types = {each["code"]: each for each in await agent.ask("GET", "/v1/contact-types")}
    returned, query = types["PAY-NSF"], types["QUERY-HIGH-BILL"]

    (following,) = returned["follows"]
    assert (following["kind"], following["code"]) == ("communication", "PAYMENT-RETURNED")
    assert query["class_title"] == "Questions of customers"
    (bill,) = query["characteristics"]
    assert (bill["value"]["label"], bill["required"]) == ("The bill", True)


async def test_a_person_comes_with_their_consents(house: House) -> None:
    core = await house.caller("party:read", "party:write")
    key = f"P-{uuid4().hex[:8]}"
    await core.ask("PUT", f"/v1/persons/{key}", {"name": "Zoë", "consents": {"news": "granted"}})
    person = await core.ask("GET", f"/v1/persons/{key}")

    assert [(each["purpose"], each["state"]) for each in person["consents"]] == [
        ("news", "granted")
    ]
    assert (person["preferences"], person["suppressions"]) == ([], [])
