"""The calls the billing system got, and how it answered."""

import json
import sqlite3
from typing import Any

from pydantic import BaseModel

from lab.signatures import Verdict
from lab.store import now


class CallRead(BaseModel):
    """One call and its answer. Keys and fields are those of the question."""

    id: int = 0
    at: str
    bill: str | None
    person: str | None
    fields: list[str]
    signature: Verdict
    status: int
    answer: dict[str, Any]


def keep(connection: sqlite3.Connection, call: CallRead) -> None:
    """Write the call down."""
    connection.execute(
        "INSERT INTO calls (at, bill, person, fields, signature, status, answer)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            now(),
            call.bill,
            call.person,
            json.dumps(call.fields),
            call.signature,
            call.status,
            json.dumps(call.answer, ensure_ascii=False),
        ),
    )


def calls(connection: sqlite3.Connection, *, limit: int = 50) -> list[CallRead]:
    """The latest calls, newest first."""
    rows = connection.execute("SELECT * FROM calls ORDER BY id DESC LIMIT ?", (limit,))
    return [
        CallRead.model_validate(
            dict(row) | {"fields": json.loads(row["fields"]), "answer": json.loads(row["answer"])}
        )
        for row in rows
    ]


def count(connection: sqlite3.Connection) -> int:
    """How many calls there were."""
    return connection.execute("SELECT COUNT(*) FROM calls").fetchone()[0]
