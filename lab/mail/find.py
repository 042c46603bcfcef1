"""Asks for what the mail server took and refused."""

import json
import sqlite3
from typing import Any

from pydantic import BaseModel

from lab.errands import Errand, errands_about


class Header(BaseModel):
    """One header, decoded."""

    name: str
    value: str


class MessageRead(BaseModel):
    """A message in a list."""

    id: int
    at: str
    mail_from: str
    recipients: list[str]
    sender: str
    subject: str
    message_id: str | None
    envid: str | None
    size: int
    headers: list[Header]


class ArrivalRead(BaseModel):
    """One message at one mailbox: delivered, bounced afterwards, or refused at the door."""

    id: int
    at: str
    address: str
    message: int | None
    fate: str
    answer: str
    repeated: bool
    sender: str | None = None
    subject: str | None = None


class MailboxRead(BaseModel):
    """A mailbox and what it has seen."""

    address: str
    delivered: int = 0
    bounced: int = 0
    refused: int = 0
    repeated: int = 0
    """Delivered although the same Message-ID was there before."""
    last_at: str | None = None


class MailCounts(BaseModel):
    """How much mail there was."""

    messages: int
    mailboxes: int
    delivered: int
    bounced: int
    refused: int
    repeated: int


class Wanted(BaseModel):
    """Which messages to list."""

    recipient: str | None = None
    message_id: str | None = None
    header: str | None = None
    """``Name: value``, or a name alone."""
    since: int = 0
    limit: int = 100


_COLUMNS = "m.id, at, mail_from, sender, subject, message_id, envid, size, headers"
"""All but the content, which a list does not need."""


def messages(connection: sqlite3.Connection, wanted: Wanted) -> list[MessageRead]:
    """The messages wanted, in the order of their arrival."""
    where = ["m.id > ?"]
    values: list[Any] = [wanted.since]
    if wanted.recipient:
        where.append("EXISTS (SELECT 1 FROM arrivals WHERE message = m.id AND address = ?)")
        values.append(wanted.recipient.lower())
    if wanted.message_id:
        where.append("m.message_id = ?")
        values.append(wanted.message_id)
    if wanted.header:
        name, _, value = wanted.header.partition(":")
        where.append(
            "EXISTS (SELECT 1 FROM json_each(m.headers) AS h"
            " WHERE lower(h.value ->> 0) = ? AND (? = '' OR h.value ->> 1 = ?))"
        )
        values += [name.strip().lower(), value.strip(), value.strip()]
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM messages AS m WHERE {' AND '.join(where)} ORDER BY id LIMIT ?",  # noqa: S608 - marks only
        [*values, wanted.limit],
    )
    return [_message(connection, row) for row in rows.fetchall()]


def message(connection: sqlite3.Connection, number: int) -> MessageRead | None:
    """One message."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM messages AS m WHERE id = ?",  # noqa: S608 - constant
        (number,),
    ).fetchone()
    return _message(connection, row) if row else None


def content(connection: sqlite3.Connection, number: int) -> bytes | None:
    """One message's bytes, exactly as they came."""
    row = connection.execute("SELECT content FROM messages WHERE id = ?", (number,)).fetchone()
    return row["content"] if row else None


def arrivals(
    connection: sqlite3.Connection, address: str | None, *, limit: int = 100
) -> list[ArrivalRead]:
    """What reached one mailbox, or any; newest first."""
    where = "WHERE a.address = ?" if address else ""
    values = [address.lower(), limit] if address else [limit]
    rows = connection.execute(
        "SELECT a.*, m.sender, m.subject FROM arrivals AS a"  # noqa: S608 - marks only
        f" LEFT JOIN messages AS m ON m.id = a.message {where} ORDER BY a.id DESC LIMIT ?",
        values,
    )
    return [ArrivalRead.model_validate(dict(row)) for row in rows]


def mailboxes(
    connection: sqlite3.Connection, text: str = "", *, limit: int = 200
) -> list[MailboxRead]:
    """The mailboxes whose address has this text in it, the latest used first."""
    rows = connection.execute(
        "SELECT * FROM mailboxes WHERE instr(address, ?) > 0 ORDER BY last_at DESC LIMIT ?",
        (text.lower(), limit),
    )
    return [MailboxRead.model_validate(dict(row)) for row in rows]


def mailbox(connection: sqlite3.Connection, address: str) -> MailboxRead:
    """One mailbox; an empty one if nothing came there yet."""
    row = connection.execute(
        "SELECT * FROM mailboxes WHERE address = ?", (address.lower(),)
    ).fetchone()
    return MailboxRead.model_validate(dict(row)) if row else MailboxRead(address=address.lower())


def counts(connection: sqlite3.Connection) -> MailCounts:
    """How much mail there was, over all mailboxes."""
    row = connection.execute(
        "SELECT (SELECT COUNT(*) FROM messages) AS messages, COUNT(*) AS mailboxes,"
        " COALESCE(SUM(delivered), 0) AS delivered, COALESCE(SUM(bounced), 0) AS bounced,"
        " COALESCE(SUM(refused), 0) AS refused, COALESCE(SUM(repeated), 0) AS repeated"
        " FROM mailboxes"
    ).fetchone()
    return MailCounts.model_validate(dict(row))


def receipts_of(connection: sqlite3.Connection, number: int) -> list[Errand]:
    """The receipts that were owed for one message."""
    rows = connection.execute("SELECT id FROM arrivals WHERE message = ?", (number,))
    return errands_about(connection, [f"arrival/{row['id']}" for row in rows])


def _message(connection: sqlite3.Connection, row: sqlite3.Row) -> MessageRead:
    addresses = connection.execute(
        "SELECT address FROM arrivals WHERE message = ? ORDER BY id", (row["id"],)
    )
    fields = dict(row)
    fields["headers"] = [Header(name=n, value=v) for n, v in json.loads(row["headers"])]
    fields["recipients"] = [found["address"] for found in addresses]
    return MessageRead.model_validate(fields)
