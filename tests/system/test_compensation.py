"""A flight is late: from the event to the money, with approval, for a whole party at once.

Leila Haddad and her daughter Maya flew together; Jonas Weber, of another booking, did not board.
"""

import json
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from pypdf import PdfReader

from demo.company import key_file
from tests.system.town import Answer, Caller, Town, eventually

LEILA, JONAS, MAYA = "P-2001", "P-2002", "P-2003"


class Desk:
    """A user who has signed in."""

    def __init__(self, http: aiohttp.ClientSession, base: str) -> None:
        self._http = http
        self._base = base

    async def call(self, method: str, path: str, body: Any = None) -> Answer:
        headers = {"Origin": self._base}
        url = self._base + path
        async with self._http.request(method, url, json=body, headers=headers) as response:
            content = await response.read()
            decoded = await response.json(content_type=None) if content else None
            return Answer(response.status, decoded, response.headers, content)

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.call(method, path, body)
        assert answer.status < 300, (method, path, answer.status, answer.body)
        return answer.body


class Airline:
    """Flight GA482 on a day of its own, and everybody who has to do with it."""

    def __init__(self, town: Town, supervisor: Desk) -> None:
        self.town = town
        self.su1 = supervisor
        self.flight = f"GA482/2026-05-14/{uuid4().hex[:8]}"
        self.flights = self._caller("flights.key")
        self.payer = self._caller("compensation.key")
        self.hook = f"hook-{uuid4().hex[:8]}"

    def _caller(self, name: str) -> Caller:
        return self.town.caller(key_file(self.town.settings, name).read_text())

    async def subscribe(self) -> None:
        """The compensation system wants to hear of what it has to pay."""
        url = f"{self.town.lab.base}/hooks/{self.hook}"
        body = {"url": url, "events": ["compensation.approved"]}
        made = await self.payer.ask("POST", "/v1/callbacks", body)
        switch = {"behaviour": "ok", "secret": made["secret"]}
        await self.town.lab.ask("PUT", f"/lab/hooks/{self.hook}", switch)

    def arrival(self, **changes: Any) -> dict[str, Any]:
        """The event as flight operations tells it."""
        flight = {
            "key": self.flight,
            "number": "GA482",
            "day": "2026-05-14",
            "origin": "Lisbonne",
            "destination": "Amsterdam",
            "distance_km": 1848,
            "delay_minutes": 222,
            "within_eu": True,
            "extraordinary": False,
        }
        bookings = [
            _booking("HADDAD", LEILA, (LEILA, True), (MAYA, True)),
            _booking("WEBER", JONAS, (JONAS, False)),
        ]
        data = {"flight": flight, "bookings": bookings}
        return {"id": f"FS-{uuid4().hex}", "type": "flight.arrived", "data": data, **changes}

    async def land(self) -> dict[str, Any]:
        """Tell of the arrival, and wait until everything that can be offered is."""
        told = self.arrival()
        await self.flights.ask("POST", "/v1/events", told)
        await self.offers_are(
            {LEILA: "awaiting_approval", MAYA: "awaiting_approval", JONAS: "rejected"}
        )
        return told

    async def offers(self) -> dict[str, dict[str, Any]]:
        """Every offer for this flight, by person."""
        page = await self.su1.ask("GET", f"/v1/offers?cause={self.flight}")
        return {each["person"]: each for each in page["items"]}

    async def offers_are(self, states: dict[str, str]) -> dict[str, dict[str, Any]]:
        """The offers, once they stand so."""

        async def look() -> dict[str, dict[str, Any]] | None:
            found = await self.offers()
            return found if {key: each["state"] for key, each in found.items()} == states else None

        return await eventually(look, f"offers {states}")

    async def case_of(self, person: str) -> dict[str, Any]:
        """The case in which a person was offered something."""
        return await self.su1.ask("GET", f"/v1/cases/{(await self.offers())[person]['case_id']}")

    async def decide(self, person: str, outcome: str, **more: Any) -> Answer:
        """su1 approves or rejects."""
        todo = (await self.offers())[person]["todo_id"]
        return await self.su1.call(
            "POST", f"/v1/todos/{todo}/complete", {"outcome": outcome, **more}
        )

    async def sent(self, case: dict[str, Any], step: str) -> dict[str, Any] | None:
        """The communication that a step of the case's process sent, once it has left."""
        path = f"/v1/instances/{case['instance_id']}"
        instance = await self.town.operator.ask("GET", path)
        asked = [each["subject"] for each in instance["steps"] if each["step"] == step]
        if not asked or asked[0] is None:
            return None
        found = await self.town.communications(asked[0])
        return found[0] if found and found[0]["state"] in ("sent", "delivered") else None

    async def mail(self, case: dict[str, Any], step: str) -> Any:
        """The e-mail of a step, as it arrived."""
        sent = await eventually(lambda: self.sent(case, step), f"the message of {step}")

        async def arrived() -> list[dict[str, Any]]:
            return await self.town.mail(sent["id"])

        (message,) = await eventually(arrived, f"the e-mail of {step}")
        raw = await self.town.lab.call("GET", f"/lab/messages/{message['id']}/raw")
        return message_from_bytes(raw.content, policy=default)

    async def payments_told(self) -> list[dict[str, Any]]:
        """What the compensation system was told."""
        calls = await self.town.lab.ask("GET", f"/lab/deliveries?hook={self.hook}&limit=500")
        return [each for each in calls if self.flight in each["body"] and each["status"] < 300]

    async def messages_to(self, case: dict[str, Any]) -> list[str]:
        """The steps of a case's process that asked for a message."""
        path = f"/v1/instances/{case['instance_id']}"
        steps = (await self.town.operator.ask("GET", path))["steps"]
        sending = {"tell", "notify", "apologise", "thank"}
        return [each["step"] for each in steps if each["step"] in sending]


def _booking(reference: str, contact: str, *travellers: tuple[str, bool]) -> dict[str, Any]:
    people = [{"person": person, "boarded": boarded} for person, boarded in travellers]
    return {"reference": reference, "contact": contact, "travellers": people}


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
