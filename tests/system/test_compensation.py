"""A flight is late: from the event to the money, with approval, for a whole party at once.

Leila Haddad and her daughter Maya flew together; Jonas Weber, of another booking, did not board.
"""

import json
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from pypdf import PdfReader

from demo.company import key_file
from tests.system.airline import (
    JONAS,
    LEILA,
    MAYA,
    Airline,
    Desk,
)
from tests.system.town import Town, eventually


@pytest.fixture
async def airline(town: Town) -> AsyncIterator[Airline]:
    # An address instead of a name: cookies are kept for it only if one asks.
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        desk = Desk(http, town.core.base)
        password = key_file(town.settings, "su1.password").read_text()
        await desk.ask("POST", "/v1/session", {"name": "su1", "password": password})
        airline = Airline(town, desk)
        await airline.subscribe()
        yield airline


async def test_each_party_gets_a_case_and_nothing_is_sent_before_approval(
    airline: Airline,
) -> None:
    told = await airline.land()
    again = await airline.flights.call("POST", "/v1/events", told)
    renamed = await airline.flights.ask("POST", "/v1/events", {**told, "id": uuid4().hex})

    async def worked_on() -> dict[str, Any] | None:
        event = await airline.flights.ask("GET", f"/v1/events/{renamed['id']}")
        return event if event["state"] != "received" else None

    event = await eventually(worked_on, "the same facts by another event")
    offers = await airline.offers()
    haddad, weber = await airline.case_of(LEILA), await airline.case_of(JONAS)

    assert (again.status, again.headers["Idempotent-Replayed"]) == (202, "true")
    assert [each["created_id"] for each in event["effects"]] == [
        haddad["instance_id"],
        weber["instance_id"],
    ]
    assert {key: (each["amount"], each["reason"]) for key, each in offers.items()} == {
        LEILA: ("400.00", "WITHIN_EU"),
        MAYA: ("400.00", "WITHIN_EU"),
        JONAS: ("0.00", "NOT_BOARDED"),
    }
    assert (offers[MAYA]["addressee"], offers[LEILA]["addressee"]) == (LEILA, LEILA)
    assert (haddad["state"], haddad["person"], len(haddad["offers"])) == ("in_progress", LEILA, 2)
    assert {(each["part"], each["person"]) for each in haddad["parties"]} == {
        ("traveller", LEILA),
        ("traveller", MAYA),
    }
    assert await airline.messages_to(haddad) == []
    assert await airline.payments_told() == []


async def test_whoever_approves_reads_the_row_and_is_not_who_asked(airline: Airline) -> None:
    await airline.land()
    case = await airline.case_of(LEILA)
    asker = await airline.town.operator.ask(
        "POST",
        "/v1/systems/FLIGHTS/keys",
        {"scopes": ["todo:work"], "roles": ["supervisor"]},
    )
    own = airline.town.caller(asker["key"])
    refused = await own.call(
        "POST", f"/v1/todos/{case['todos'][0]['id']}/complete", {"outcome": "approved"}
    )

    assert len(case["todos"]) == 2
    for todo in case["todos"]:
        assert (todo["role"], todo["state"]) == ("supervisor", "open")
        context = todo["context"]
        assert context["offer"]["rule"] == "COMP-DELAY: within-eu (Article 7(1)(b))"
        assert context["offer"]["recommendation"].startswith("Approve: COMP-DELAY: within-eu")
        assert context["case"]["number"] == case["number"]
    assert (refused.status, refused.body["code"]) == (403, "denied")


async def test_both_approved_are_paid_told_and_settled(airline: Airline) -> None:
    await airline.land()
    for person in (LEILA, MAYA):
        assert (await airline.decide(person, "approved")).status == 200
    await airline.offers_are({LEILA: "issued", MAYA: "issued", JONAS: "rejected"})

    async def both() -> list[dict[str, Any]] | None:
        calls = await airline.payments_told()
        return calls if len(calls) >= 2 else None

    calls = await eventually(both, "two callbacks")
    case = await airline.case_of(LEILA)
    message = await airline.mail(case, "tell")
    (attached,) = list(message.iter_attachments())
    pages = PdfReader(BytesIO(attached.get_content())).pages
    letter = "".join(page.extract_text() for page in pages)
    text = message.get_body(("plain",)).get_content()
    shown = await eventually(lambda: airline.sent(case, "notify"), "the notification")
    notices = await airline.town.lab.ask("GET", "/lab/notifications?token=tk-1")
    (notice,) = [each for each in notices if each["communication"] == shown["id"]]

    assert [each["type"] for each in calls] == ["compensation.approved"] * 2
    assert {each["signature"] for each in calls} == {"valid"}
    paid = [json.loads(each["body"])["data"] for each in calls]
    assert {(each["person"], each["amount"], each["currency"]) for each in paid} == {
        (LEILA, "400.00", "EUR"),
        (MAYA, "400.00", "EUR"),
    }
    assert message["To"].addresses[0].addr_spec == "leila.haddad@example.com"
    assert "800,00" in message["Subject"]
    for page in (text, letter):
        assert "Leila Haddad" in page
        assert "Maya Haddad" in page
        assert "Nous vous" in page
    assert attached.get_content_type() == "application/pdf"
    assert (notice["status"], "retard" in notice["title"]) == (200, True)
    assert "GA482" in notice["text"]
    await _settled(airline, case)


async def _settled(airline: Airline, case: dict[str, Any]) -> None:
    """The core system acknowledges; a closing message leaves; a correction changes nothing paid."""
    offers = await airline.offers()
    for person in (LEILA, MAYA):
        told = {"type": "compensation.settled", "data": {"offer": offers[person]["id"]}}
        for _ in range(2):
            await airline.payer.ask("POST", "/v1/events", {"id": uuid4().hex, **told})
    await airline.offers_are({LEILA: "settled", MAYA: "settled", JONAS: "rejected"})
    closing = await airline.mail(case, "thank")
    before = await airline.messages_to(case)
    corrected = {"flight": {"key": airline.flight, "extraordinary": True}}
    body = {"id": uuid4().hex, "type": "flight.corrected", "data": corrected}
    await airline.flights.ask("POST", "/v1/events", body)

    async def flagged() -> dict[str, dict[str, Any]] | None:
        found = await airline.offers()
        return found if found[LEILA]["review"] and found[MAYA]["review"] else None

    offers = await eventually(flagged, "both flagged for review")
    case = await airline.case_of(LEILA)
    listed = await airline.su1.ask("GET", "/v1/offers?flagged=true")
    mine = [each for each in listed["items"] if each["cause"] == airline.flight]

    assert "payé" in closing["Subject"]
    assert (case["status"], case["state"]) == ("answered", "resolved")
    assert {offers[key]["state"] for key in (LEILA, MAYA)} == {"settled"}
    assert {offers[key]["review"] for key in (LEILA, MAYA)} == {"extraordinary"}
    assert {each["person"] for each in mine} == {LEILA, MAYA}
    assert await airline.messages_to(case) == before == ["tell", "notify", "thank"]
    assert len(await airline.payments_told()) == 2
    await _reviewed(airline, offers[LEILA])


async def _reviewed(airline: Airline, offer: dict[str, Any]) -> None:
    path = f"/v1/offers/{offer['id']}/review"
    seen = await airline.su1.ask("POST", path, {"reason": "It stays with her."})
    again = await airline.su1.call("POST", path, {"reason": "Once more."})

    assert (seen["state"], seen["review"]) == ("settled", None)
    assert again.status == 409


async def test_who_gets_nothing_is_not_written_to_and_the_trail_says_why(
    airline: Airline,
) -> None:
    await airline.land()
    case = await airline.case_of(JONAS)
    (offer,) = case["offers"]
    log = await airline.su1.ask("GET", f"/v1/cases/{case['id']}/log")
    why = [each for each in log if each["action"] == "offer.rejected"]
    made = [each for each in log if each["action"] == "offer.proposed"]

    async def resolved() -> dict[str, Any] | None:
        found = await airline.case_of(JONAS)
        return found if found["state"] == "resolved" else None

    assert (await eventually(resolved, "a resolved case"))["status"] == "answered"
    assert (offer["state"], offer["state_reason"], offer["rows"]) == (
        "rejected",
        "NOT_BOARDED",
        ["not-boarded"],
    )
    assert [each["reason"] for each in why] == ["NOT_BOARDED"]
    assert made[0]["detail"]["table"] == "COMP-DELAY"
    assert case["todos"] == []
    assert await airline.messages_to(case) == []


async def test_a_rejection_needs_a_reason_and_becomes_an_apology(airline: Airline) -> None:
    await airline.land()
    unreasoned = await airline.decide(MAYA, "rejected")
    rejected = await airline.decide(MAYA, "rejected", reason="She was on her mother's lap.")
    await airline.decide(LEILA, "approved")
    offers = await airline.offers_are({LEILA: "issued", MAYA: "rejected", JONAS: "rejected"})
    case = await airline.case_of(LEILA)
    message = await airline.mail(case, "tell")
    text = message.get_body(("plain",)).get_content()

    async def one() -> list[dict[str, Any]] | None:
        return await airline.payments_told() or None

    told = await eventually(one, "the callback")

    assert (unreasoned.status, unreasoned.body["errors"][0]["field"]) == (422, "reason")
    assert rejected.status == 200
    assert offers[MAYA]["decided_by"] == "user:su1"
    assert "400,00" in message["Subject"]
    assert "excuses" in text
    assert "her mother's lap" not in text
    assert [json.loads(each["body"])["data"]["person"] for each in told] == [LEILA]


async def test_where_all_is_rejected_nothing_is_paid(airline: Airline) -> None:
    await airline.land()
    for person in (LEILA, MAYA):
        await airline.decide(person, "rejected", reason="The delay was shorter.")
    await airline.offers_are(dict.fromkeys((LEILA, MAYA, JONAS), "rejected"))
    case = await airline.case_of(LEILA)
    message = await airline.mail(case, "apologise")

    assert "ne pouvons pas vous indemniser" in message.get_body(("plain",)).get_content()
    assert await airline.messages_to(case) == ["apologise"]
    assert await airline.payments_told() == []


async def test_a_correction_before_the_approval_takes_everything_back(airline: Airline) -> None:
    await airline.land()
    data = {"flight": {"key": airline.flight, "extraordinary": True}}
    told = {"id": uuid4().hex, "type": "flight.corrected", "data": data}
    await airline.flights.ask("POST", "/v1/events", told)
    await airline.offers_are({LEILA: "withdrawn", MAYA: "withdrawn", JONAS: "rejected"})

    async def closed() -> list[dict[str, Any]] | None:
        todos = (await airline.case_of(LEILA))["todos"]
        return todos if all(each["state"] == "cancelled" for each in todos) else None

    assert len(await eventually(closed, "no open to-do")) == 2
    assert await airline.messages_to(await airline.case_of(LEILA)) == []


async def test_a_bad_booking_keeps_no_other_from_its_case(airline: Airline) -> None:
    told = airline.arrival()
    told["data"]["bookings"].insert(0, {"reference": "BROKEN"})
    event = await airline.flights.ask("POST", "/v1/events", told)
    await airline.offers_are(
        {LEILA: "awaiting_approval", MAYA: "awaiting_approval", JONAS: "rejected"}
    )
    detail = await airline.flights.ask("GET", f"/v1/events/{event['id']}")

    assert detail["state"] == "error"
    assert [(each["entry"], each["state"]) for each in detail["effects"]] == [
        ("bookings[0]", "error"),
        ("bookings[1]", "done"),
        ("bookings[2]", "done"),
    ]


async def test_another_core_system_sees_and_settles_nothing(airline: Airline) -> None:
    await airline.land()
    for person in (LEILA, MAYA):
        await airline.decide(person, "approved")
    offers = await airline.offers_are({LEILA: "issued", MAYA: "issued", JONAS: "rejected"})
    path = f"/v1/offers/{offers[LEILA]['id']}"
    flights = await airline.flights.call("GET", path)
    payer = await airline.payer.call("GET", path)
    body = {
        "id": uuid4().hex,
        "type": "compensation.settled",
        "data": {"offer": offers[LEILA]["id"]},
    }
    event = await airline.flights.ask("POST", "/v1/events", body)

    async def worked_on() -> dict[str, Any] | None:
        found = await airline.flights.ask("GET", f"/v1/events/{event['id']}")
        return found if found["state"] != "received" else None

    assert (flights.status, payer.status) == (403, 200)
    assert (await eventually(worked_on, "the event"))["state"] == "ignored_no_binding"
    assert (await airline.offers())[LEILA]["state"] == "issued"


async def test_agents_open_cases_and_note_what_they_learn(airline: Airline) -> None:
    body = {"type": "COMP-CLAIM", "idempotency_key": uuid4().hex, "person": LEILA}
    opened = await airline.su1.ask("POST", "/v1/cases", body)
    again = await airline.su1.ask("POST", "/v1/cases", body)
    path = f"/v1/cases/{opened['id']}"
    await airline.su1.ask("POST", f"{path}/notes", {"text": "She called."})
    await airline.su1.ask("POST", f"{path}/parties", {"part": "traveller", "person": MAYA})
    moves = [
        await airline.su1.call("POST", f"{path}/status", {"status": status})
        for status in ("assessing", "closed", "lost", "answered", "assessing", "answered", "closed")
    ]
    read = await airline.su1.ask("GET", path)
    of_maya = await airline.su1.ask("GET", f"/v1/cases?person={MAYA}&type=COMP-CLAIM")
    denied = await airline.payer.call("POST", "/v1/cases", body)

    assert again["id"] == opened["id"]
    assert [each.status for each in moves] == [200, 409, 422, 200, 200, 200, 200]
    assert moves[1].body["state"] == "in_progress"
    assert [each["text"] for each in read["notes"]] == ["She called."]
    assert (read["state"], read["sla"], read["closed_at"] is not None) == ("closed", "ok", True)
    assert opened["id"] in [each["id"] for each in of_maya["items"]]
    assert denied.status == 403
