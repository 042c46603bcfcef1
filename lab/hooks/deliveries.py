"""The webhook calls that arrived: kept with their verdicts, told per communication."""

import json
import sqlite3
from typing import Any, cast

from pydantic import BaseModel

from lab.signatures import Verdict
from lab.store import now

_COMMUNICATION = ("communication_id", "communication")
_REQUEST = ("request_id", "request", "case_id")
_STATE = ("status", "state")
_POSITION = ("sequence", "occurred_at", "timestamp")


class Call(BaseModel):
    """One call as it arrived, and how it was answered."""

    hook: str
    headers: dict[str, str]
    body: bytes
    signature: Verdict
    status: int


class DeliveryRead(BaseModel):
    """A call that was kept."""

    id: int
    at: str
    hook: str
    webhook_id: str | None
    communication: str | None
    lane: str | None
    """Whose events are told in order: those of one request, else of one communication."""
    definition: str | None
    type: str | None
    state: str | None
    position: str | None
    """What the event says about its place: a sequence number, else a time."""
    signature: Verdict
    status: int
    """What the caller was answered."""
    repeated: bool
    """Accepted although this webhook-id was accepted before."""
    late: bool
    """Accepted after an event of the same lane that comes later."""
    headers: dict[str, str]
    body: str


class HookRead(BaseModel):
    """A receiver and what it has seen."""

    name: str
    calls: int
    accepted: int
    repeated: int
    late: int
    last_at: str | None


class Wanted(BaseModel):
    """Which calls to list."""

    hook: str
    communication: str | None = None
    webhook_id: str | None = None
    since: int = 0
    limit: int = 200


def keep(connection: sqlite3.Connection, call: Call) -> int:
    """Write the call down; its number."""
    webhook_id = call.headers.get("webhook-id")
    event = _event(call.body)
    communication, position = _first(event, _COMMUNICATION), _first(event, _POSITION)
    lane = _first(event, _REQUEST) or communication
    accepted = call.status < 300
    number = connection.execute(
        "INSERT INTO deliveries (at, hook, webhook_id, communication, lane, definition, type,"
        " state, position, signature, status, repeated, late, headers, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            now(),
            call.hook,
            webhook_id,
            communication,
            lane,
            _first(event, ("definition",)),
            _first(event, ("type",)),
            _first(event, _STATE),
            position,
            call.signature,
            call.status,
            accepted and _repeated(connection, call.hook, webhook_id),
            accepted and _late(connection, call.hook, lane, position),
            json.dumps(call.headers, ensure_ascii=False),
            call.body,
        ),
    ).lastrowid
    assert number is not None
    return number


def deliveries(connection: sqlite3.Connection, wanted: Wanted) -> list[DeliveryRead]:
    """The calls wanted, in the order of their arrival; the latest ``limit`` of them."""
    where = ["hook = ?", "id > ?"]
    values: list[Any] = [wanted.hook, wanted.since]
    if wanted.communication:
        where.append("communication = ?")
        values.append(wanted.communication)
    if wanted.webhook_id:
        where.append("webhook_id = ?")
        values.append(wanted.webhook_id)
    rows = connection.execute(
        f"SELECT * FROM deliveries WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?",  # noqa: S608 - marks only
        [*values, wanted.limit],
    )
    return [_read(row) for row in reversed(rows.fetchall())]


def hooks(connection: sqlite3.Connection) -> list[HookRead]:
    """Every receiver that was ever called."""
    rows = connection.execute(
        "SELECT hook AS name, COUNT(*) AS calls, SUM(status < 300) AS accepted,"
        " SUM(repeated) AS repeated, SUM(late) AS late, MAX(at) AS last_at"
        " FROM deliveries GROUP BY hook ORDER BY hook"
    )
    return [HookRead.model_validate(dict(row)) for row in rows]


def _event(body: bytes) -> dict[str, Any]:
    """The event's fields, those of its ``data`` above those of its envelope."""
    try:
        parsed: Any = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(parsed, dict):
        return {}
    envelope = cast(dict[str, Any], parsed)
    data: Any = envelope.get("data")
    return envelope | cast(dict[str, Any], data) if isinstance(data, dict) else envelope


def _first(event: dict[str, Any], names: tuple[str, ...]) -> str | None:
    found = (event[name] for name in names if isinstance(event.get(name), str | int))
    return next((str(value) for value in found), None)


def _repeated(connection: sqlite3.Connection, hook: str, webhook_id: str | None) -> bool:
    earlier = connection.execute(
        "SELECT 1 FROM deliveries WHERE hook = ? AND webhook_id = ? AND status < 300 LIMIT 1",
        (hook, webhook_id),
    )
    return earlier.fetchone() is not None


def _late(
    connection: sqlite3.Connection, hook: str, lane: str | None, position: str | None
) -> bool:
    if lane is None or position is None:
        return False
    rows = connection.execute(
        "SELECT position FROM deliveries WHERE hook = ? AND lane = ? AND status < 300"
        " AND position IS NOT NULL",
        (hook, lane),
    )
    return any(_comes_after(row["position"], position) for row in rows)


def _comes_after(one: str, other: str) -> bool:
    if one.isdecimal() and other.isdecimal():
        return int(one) > int(other)
    return one > other


def _read(row: sqlite3.Row) -> DeliveryRead:
    fields = dict(row)
    fields["headers"] = json.loads(fields["headers"])
    fields["body"] = fields["body"].decode("utf-8", "replace")
    return DeliveryRead.model_validate(fields)
