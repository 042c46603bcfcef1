"""The billing system as a data service: deterministic, signed, repairable."""

import base64
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from standardwebhooks.webhooks import Webhook

from lab.billing.records import load

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode()
FIELDS = ["bill.amount", "bill.due_date", "bill.lines"]


def question(bill: str | None = "B-417", **keys: object) -> dict:
    named = {"bill.number": bill} if bill else {}
    return {"contract": 1, "service": "billing", "fields": FIELDS, "keys": named | keys}


async def ask(outside, body: dict, **headers: str) -> tuple[int, dict]:
    url = f"{outside.lab.url}/services/billing"
    async with outside.http.post(url, data=json.dumps(body), headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_known_bill_is_answered_with_money_as_text(outside):
    status, answer = await ask(outside, question(person="P-1001", account="A-5001"))

    assert status == 200
    assert answer["values"]["bill.amount"] == "186.40"
    assert answer["values"]["bill.due_date"] == "2026-12-14"
    amounts = [Decimal(line["amount"]) for line in answer["values"]["bill.lines"]]
    assert sum(amounts) == Decimal("186.40")


async def test_only_the_fields_asked_for_are_answered(outside):
    body = question() | {"fields": ["bill.amount", "no.such.field"]}

    assert (await ask(outside, body))[1] == {"values": {"bill.amount": "186.40"}}


async def test_any_other_bill_gets_the_same_plausible_record_each_time(outside):
    answers = [(await ask(outside, question("B-90001")))[1]["values"] for _ in range(2)]
    other = (await ask(outside, question("B-90002")))[1]["values"]

    assert answers[0] == answers[1] != other
    assert set(answers[0]) == set(FIELDS)
    amounts = [Decimal(line["amount"]) for line in answers[0]["bill.lines"]]
    assert sum(amounts) == Decimal(answers[0]["bill.amount"])


async def test_keys_need_not_be_text_and_fields_may_be_structures(outside):
    body = question("B-419", attempt=3, urgent=True, nothing=None, lines=[1])
    body["fields"] = ["bill.currency", "bill.period", "debt.days_overdue"]

    status, answer = await ask(outside, body)

    assert status == 200
    assert answer["values"]["bill.currency"] == "EUR"
    assert answer["values"]["bill.period"] == {"start": "2026-10-16", "end": "2026-11-15"}
    assert isinstance(answer["values"]["debt.days_overdue"], int)


async def test_without_a_number_the_latest_bill_of_the_person_is_meant(outside):
    _, answer = await ask(outside, question(None, person="P-1001"))

    assert answer["values"]["bill.amount"] == "186.40"


async def test_an_incomplete_record_is_repaired(outside):
    _, broken = await ask(outside, question("B-418"))
    await outside.put("/lab/billing/bills/B-418", complete=True)
    _, repaired = await ask(outside, question("B-418"))

    assert "bill.due_date" not in broken["values"]
    assert repaired["values"]["bill.due_date"] == "2026-12-14"


async def test_any_record_can_be_broken(outside):
    await outside.put("/lab/billing/bills/B-90001", complete=False)

    _, answer = await ask(outside, question("B-90001"))

    assert "bill.due_date" not in answer["values"]
    assert "B-90001" in await outside.text("/billing")


async def test_a_repair_outlives_a_restart(bench):
    outside = await bench.start()
    await outside.put("/lab/billing/bills/B-418", complete=True)
    await bench.stop()

    again = await bench.start()

    assert "bill.due_date" in (await ask(again, question("B-418")))[1]["values"]


async def test_a_system_that_is_down_answers_503(outside):
    await outside.put("/lab/billing", behaviour="down")

    assert (await ask(outside, question()))[0] == 503


@pytest.mark.parametrize(("secret", "status"), [(SECRET, 200), (None, 401)])
async def test_with_a_secret_only_signed_questions_are_answered(outside, secret, status):
    await outside.put("/lab/billing", secret=SECRET)
    body, at = json.dumps(question()), datetime.now(UTC)
    signature = Webhook(secret).sign("q-1", at, body) if secret else "v1,bm90aGluZw=="
    headers = {
        "webhook-id": "q-1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }

    assert (await ask(outside, question(), **headers))[0] == status


@pytest.mark.parametrize("body", [{"contract": 2}, question() | {"contract": 2}])
async def test_another_contract_is_refused(outside, body):
    assert (await ask(outside, body))[0] == 400


async def test_questions_are_remembered(outside):
    await ask(outside, question("B-418", person="P-1002"))

    (call,) = await outside.get("/lab/billing/calls")
    assert (call["bill"], call["person"], call["fields"]) == ("B-418", "P-1002", FIELDS)
    assert "bill.due_date missing" in await outside.text("/billing")


def test_every_bill_belongs_to_a_customer():
    ledger = load()

    assert all(ledger.customer(bill.account) for bill in ledger.bills)
