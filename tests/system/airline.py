"""An airline whose flight is late: its core system, its supervisor, and what reaches whom."""

from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import uuid4

import aiohttp

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
