"""The billing records: those of the demo company, and a plausible one for any other number."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, Field

_FILE = Path(__file__).with_name("bills.yaml")
_FIRST_DAY = date(2026, 11, 2)
_CENT = Decimal("0.01")


class Line(BaseModel):
    """One line of a bill."""

    text: str
    amount: Decimal


class Bill(BaseModel):
    """One bill."""

    number: str
    account: str
    issued_on: date
    due_date: date
    lines: list[Line]
    complete: bool = True
    """False: the record has no due date yet."""
    generated: bool = False

    @property
    def amount(self) -> Decimal:
        """What the lines come to."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


class Customer(BaseModel):
    """One customer of the demo company."""

    person: str
    account: str
    name: str
    tariff: str = "Brightwater Home"
    currency: str = "GBP"


class Ledger(BaseModel):
    """Everything the demo company knows about money."""

    company: str
    customers: list[Customer]
    bills: list[Bill]

    def bill(self, keys: Mapping[str, str | None]) -> Bill:
        """The bill these keys mean; one made up from the keys where nobody wrote one."""
        number, account = keys.get("bill.number"), self._account(keys)
        if number is None:
            own = [bill for bill in self.bills if bill.account == account]
            if own:
                return max(own, key=lambda bill: bill.issued_on)
            number = f"B-{_digest(account) % 900_000 + 100_000}"
        found = next((bill for bill in self.bills if bill.number == number), None)
        return found or _generated(number, account)

    def customer(self, account: str) -> Customer | None:
        """Who holds this account."""
        return next((one for one in self.customers if one.account == account), None)

    def _account(self, keys: Mapping[str, str | None]) -> str:
        person = keys.get("person") or "unknown"
        holder = next((one.account for one in self.customers if one.person == person), None)
        return keys.get("account") or holder or f"A-{person}"


def _text(value: object) -> object:
    return value if isinstance(value, str | None) else json.dumps(value)


Key = Annotated[str | None, BeforeValidator(_text)]


class Question(BaseModel):
    """What OpenCCM asks of a data service, for one person."""

    contract: int = Field(ge=1, le=1)
    service: str
    fields: list[str]
    keys: dict[str, Key]


def load() -> Ledger:
    """The demo company's records."""
    return Ledger.model_validate(yaml.safe_load(_FILE.read_text()))


def values(ledger: Ledger, question: Question, repaired: dict[str, bool]) -> dict[str, Any]:
    """The fields asked for, as far as the records have them; money and dates as text."""
    bill = ledger.bill(question.keys)
    customer = ledger.customer(bill.account) or _stranger(bill.account)
    period = (bill.issued_on - timedelta(days=31), bill.issued_on - timedelta(days=1))
    known: dict[str, Any] = {
        "bill.number": bill.number,
        "bill.amount": str(bill.amount),
        "bill.currency": customer.currency,
        "bill.issued_on": bill.issued_on.isoformat(),
        "bill.period": {"start": period[0].isoformat(), "end": period[1].isoformat()},
        "bill.lines": [{"text": line.text, "amount": str(line.amount)} for line in bill.lines],
        "account.key": bill.account,
        "account.balance": str(bill.amount),
        "account.tariff": customer.tariff,
        "debt.amount": str(bill.amount),
        "debt.currency": customer.currency,
        "debt.days_overdue": _digest(bill.account) % 40 + 8,
    }
    if repaired.get(bill.number, bill.complete):
        known["bill.due_date"] = bill.due_date.isoformat()
    return {name: known[name] for name in question.fields if name in known}


def repairs(connection: sqlite3.Connection) -> dict[str, bool]:
    """The records that somebody completed, or broke, by hand."""
    rows = connection.execute("SELECT number, complete FROM bills")
    return {row["number"]: bool(row["complete"]) for row in rows}


def mark(connection: sqlite3.Connection, number: str, *, complete: bool) -> None:
    """Let this record have its due date from now on, or lack it."""
    connection.execute("INSERT OR REPLACE INTO bills VALUES (?, ?)", (number, complete))


def _stranger(account: str) -> Customer:
    return Customer(person="", account=account, name="")


def _generated(number: str, account: str) -> Bill:
    seed = _digest(number)
    used = seed % 600 + 80
    issued = _FIRST_DAY + timedelta(days=seed // 600 % 20)
    energy = (Decimal(used) * Decimal("0.28")).quantize(_CENT)
    standing = Decimal("18.60")
    return Bill(
        number=number,
        account=account,
        issued_on=issued,
        due_date=issued + timedelta(days=28),
        lines=[
            Line(text=f"Electricity, {used} kWh", amount=energy),
            Line(text="Standing charge, 31 days", amount=standing),
            Line(text="VAT 5 %", amount=((energy + standing) / 20).quantize(_CENT)),
        ],
        generated=True,
    )


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
