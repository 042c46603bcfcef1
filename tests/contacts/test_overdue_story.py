"""An overdue bill: a letter, a reminder that becomes work, and a payment that stops all of it.

Told through the API as core systems, agents and operators use it, with the clock put forward.
"""

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from openccm.platform.database import Database
from tests.access.building import Building, Visitor, open_building
from tests.contacts.utility import Utility, open_utility
from tests.contacts.works import Works, at

EVENT = {
    "id": "OE-1",
    "type": "overdue.event.activated",
    "occurred_at": "2026-03-12T09:00:00Z",
    "account": "A-5001",
    "premise": "PR-9001",
    "data": {
        "template": "RES-OVERDUE-STD",
        "level": "L1",
        "bill": {"number": "B-417", "amount": "186.40", "due_date": "2026-03-02"},
    },
}


@dataclass
class Story:
    """Everybody in it."""

    building: Building
    utility: Utility
    works: Works
    core: Visitor
    agent: Visitor
    operator: Visitor

    async def at(self, moment: str) -> None:
        """It is this late now; what is due is done."""
        self.set(at(moment))
        await self.works.go_on()

    def set(self, moment: datetime) -> None:
        self.building.clock.now = self.utility.station.clock.now = moment

    async def contacts(self) -> list[dict[str, Any]]:
        found = await self.agent.ask("GET", "/v1/customer-contacts?account=A-5001")
        return found["items"]

    async def log(self, contact: dict[str, Any]) -> list[str]:
        entries = await self.agent.ask("GET", f"/v1/customer-contacts/{contact['id']}/log")
        return [each["code"] for each in entries]

    async def shown(self, contact: dict[str, Any]) -> tuple[str, str]:
        """The hash of the letter that is shown of a contact, and which it is."""
        url = f"{self.agent.base}/v1/customer-contacts/{contact['id']}/letter"
        async with self.agent.http.get(url, headers=self.agent.headers) as answer:
            assert answer.content_type == "application/pdf"
            digest = hashlib.sha256(await answer.read()).hexdigest()
            return digest, answer.headers["X-Communication"]

    async def todos(self) -> list[dict[str, Any]]:
        found = await self.agent.ask("GET", "/v1/todos?person=P-1001&type=COLL-FOLLOWUP")
        return found["items"]


@pytest.fixture
async def story(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Story]:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(
            {"values": {"debt.amount": "186.40", "debt.currency": "GBP", "debt.days_overdue": 10}}
        )

    app = web.Application()
    app.router.add_post("/data", answer)
    billing = TestServer(app)
    await billing.start_server(shutdown_timeout=0)
    secret = base64.b64encode(bytes(32)).decode()
    monkeypatch.setenv("OPENCCM_DEMO_BILLING_URL", str(billing.make_url("/data")))
    monkeypatch.setenv("OPENCCM_DEMO_BILLING_SECRET", f"whsec_{secret}")
    async with (
        open_utility(database, tmp_path / "utility") as utility,
        open_building(
            tmp_path / "building",
            database,
            document_store=utility.station.desk.settings.document_store,
        ) as building,
    ):
        read = ("contact:read", "contact:write", "request:all", "request:read")
        yield Story(
            building,
            utility,
            Works(utility.station.desk),
            await building.system("BILLING", "event:write", "event:read"),
            await building.system(
                "AG1", *read, "todo:work", "letter:work", "event:read", roles=["collections"]
            ),
            await building.system("OP1", "job:read", "job:manage"),
        )
    await billing.close()


async def test_an_overdue_bill_is_chased_until_it_is_paid(story: Story) -> None:
    story.set(at("2026-03-12T09:00:00+00:00"))
    first = await story.core.call("POST", "/v1/events", EVENT)
    again = await story.core.call("POST", "/v1/events", EVENT)
    await story.works.go_on()

    assert (first.status, again.status) == (202, 202)
    assert again.headers["Idempotent-Replayed"] == "true"
    (contact,) = await story.contacts()
    assert (contact["type"], contact["class"]) == ("COLLECT-OVERDUE-L1", "COLLECT")
    assert (contact["account"], contact["origin"]) == ("A-5001", "process")
    request = contact["request_id"]
    (letter,) = await story.agent.ask("GET", f"/v1/requests/{request}/communications")
    assert (letter["channel"], letter["state"]) == ("letter", "rendered")
    assert await story.shown(contact) == (letter["document_hash"], letter["id"])
    (reminder,) = await story.agent.ask("GET", f"/v1/customer-contacts/{contact['id']}/reminders")
    assert (reminder["state"], reminder["due_at"]) == ("pending", "2026-03-19T00:00:00Z")

    story.set(at("2026-03-19T06:00:00+00:00"))
    for key in ("morning", "again"):
        body = {"parameters": {}, "idempotency_key": key}
        await story.operator.ask("POST", "/v1/jobs/todo-from-contacts/runs", body)
        await story.works.go_on()
    (todo,) = await story.todos()
    assert (todo["role"], todo["state"]) == ("collections", "open")
    assert (todo["due_at"], todo["title"]) == (
        "2026-03-23T17:00:00Z",
        "Bill B-417: 186.40 overdue",
    )
    alerts = await story.agent.ask("GET", "/v1/persons/P-1001/alerts")
    assert [(each["code"], each["count"]) for each in alerts] == [("ALERT-OPEN-TO-DOS", 1)]

    await story.at("2026-03-20T11:00:00+00:00")
    paid = {
        "id": "PAY-1",
        "type": "payment.received",
        "account": "A-5001",
        "data": {"bill": {"number": "B-417"}, "amount": "186.40"},
    }
    await story.core.ask("POST", "/v1/events", paid)
    await story.works.go_on()
    (todo,) = await story.todos()
    assert (todo["state"], todo["reason"]) == ("cancelled", "debt-paid")
    reminder = await story.agent.ask("GET", f"/v1/reminders/{reminder['id']}")
    assert (reminder["state"], reminder["reason"]) == ("resolved", "debt-paid")
    assert await story.agent.ask("GET", "/v1/persons/P-1001/alerts") == []

    await story.at("2026-03-22T12:00:00+00:00")
    assert [each["type"] for each in await story.contacts()] == ["COLLECT-OVERDUE-L1"]
    told = await story.log(contact)
    expected = [
        "logged",
        "request.asked",
        "reminder.pending",
        "communication.created",
        "reminder.todo_created",
        "to-do.cancelled",
        "reminder.resolved",
        "withdrawn",
    ]
    assert [code for code in told if code in expected] == expected
    line = await story.agent.ask("GET", "/v1/timeline?account=A-5001")
    assert [each["kind"] for each in line["items"]] == [
        "event",
        "to-do",
        "communication",
        "reminder",
        "contact",
        "event",
    ]


async def test_unpaid_after_ten_days_the_cut_is_announced(story: Story) -> None:
    story.set(at("2026-03-12T09:00:00+00:00"))
    await story.core.ask("POST", "/v1/events", EVENT)
    await story.works.go_on()
    part = {"bill": {"number": "B-417"}, "amount": "10.00"}
    paid = {"id": "PAY-2", "type": "payment.received", "account": "A-5001", "data": part}
    await story.core.ask("POST", "/v1/events", paid)
    await story.at("2026-03-22T09:00:00+00:00")
    contacts = await story.contacts()

    assert [each["type"] for each in contacts] == ["COLLECT-CUT", "COLLECT-OVERDUE-L1"]
    assert contacts[0]["premise"] == "PR-9001"


async def test_a_contact_without_a_person_or_a_letter_shows_none_and_says_why(
    story: Story,
) -> None:
    core = await story.building.system("CRM", "party:write")
    await core.ask("PUT", "/v1/premises/PR-77", {"lines": ["1 Quay"]})
    about = [
        {
            "type": "METER-REMARK",
            "premise": "PR-77",
            "characteristics": {"remark.code": "DOG"},
        },
        {"type": "QUERY-HIGH-BILL", "person": "P-1001", "characteristics": {"bill.number": "B-1"}},
    ]
    told: list[str] = []
    for number, each in enumerate(about):
        body = {"idempotency_key": f"none-{number}", **each}
        made = await story.agent.call("POST", "/v1/customer-contacts", body)
        assert made.status == 201, made.body
        place = f"/v1/customer-contacts/{made.body['id']}/letter"
        answer = await story.agent.call("GET", place)
        assert answer.status == 409
        told.append(answer.body["detail"])

    assert told == [
        "This contact is about no person, and letters need one.",
        "Nothing is sent because of this contact.",
    ]
