"""Writes down what the mail server took and refused, and the receipts it owes for it."""

import json
import sqlite3
import time
from dataclasses import dataclass
from typing import Literal

from lab.errands import ask
from lab.mail import headers as header_block
from lab.mail import receipts
from lab.mail.parameters import Draft, Recipient
from lab.store import now

Fate = Literal["delivered", "bounced", "refused"]


@dataclass(frozen=True)
class Incoming:
    """One message as it arrived."""

    draft: Draft
    content: bytes
    answer: str
    bouncing: frozenset[str] = frozenset()
    """The addresses, in lower case, that take it now and bounce it afterwards."""
    receipts: bool = True
    """Whether anyone takes receipts."""


@dataclass(frozen=True)
class _Arrival:
    address: str
    fate: Fate
    answer: str
    at: str
    message: int | None = None
    message_id: str | None = None


def keep(connection: sqlite3.Connection, incoming: Incoming) -> int:
    """Write down the message, its arrivals and the receipts they cause; its number."""
    draft, at = incoming.draft, now()
    found = header_block.read(incoming.content)
    message_id = header_block.first(found, "Message-ID")
    number = connection.execute(
        "INSERT INTO messages (at, mail_from, envid, message_id, subject, sender, headers, size,"
        " content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            at,
            draft.mail_from,
            draft.envid,
            message_id,
            header_block.first(found, "Subject") or "",
            header_block.first(found, "From") or draft.mail_from,
            json.dumps(found, ensure_ascii=False),
            len(incoming.content),
            incoming.content,
        ),
    ).lastrowid
    assert number is not None
    for recipient in draft.recipients:
        address = recipient.address.lower()
        fate: Fate = "bounced" if address in incoming.bouncing else "delivered"
        arrival = _Arrival(address, fate, incoming.answer, at, number, message_id)
        _owe_receipt(connection, _arrive(connection, arrival), fate, incoming, recipient)
    return number


def refuse(connection: sqlite3.Connection, address: str, answer: str) -> None:
    """Write down that a recipient was refused at the door."""
    _arrive(connection, _Arrival(address.lower(), "refused", answer, now()))


def _arrive(connection: sqlite3.Connection, arrival: _Arrival) -> int:
    repeated = _was_here(connection, arrival)
    number = connection.execute(
        "INSERT INTO arrivals (at, address, message, message_id, fate, answer, repeated)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            arrival.at,
            arrival.address,
            arrival.message,
            arrival.message_id,
            arrival.fate,
            arrival.answer,
            repeated,
        ),
    ).lastrowid
    assert number is not None
    fate = arrival.fate
    connection.execute(
        f"INSERT INTO mailboxes (address, {fate}, repeated, last_at)"  # noqa: S608 - a Fate
        f" VALUES (?, 1, ?, ?) ON CONFLICT (address) DO UPDATE SET {fate} = {fate} + 1,"
        " repeated = repeated + excluded.repeated, last_at = excluded.last_at",
        (arrival.address, repeated, arrival.at),
    )
    return number


def _was_here(connection: sqlite3.Connection, arrival: _Arrival) -> bool:
    if arrival.message_id is None or arrival.fate != "delivered":
        return False
    copies = connection.execute(
        "SELECT 1 FROM arrivals WHERE address = ? AND message_id = ? AND fate = 'delivered'"
        " LIMIT 1",
        (arrival.address, arrival.message_id),
    )
    return copies.fetchone() is not None


def _owe_receipt(
    connection: sqlite3.Connection,
    arrival: int,
    fate: Fate,
    incoming: Incoming,
    recipient: Recipient,
) -> None:
    wanted = "FAILURE" if fate == "bounced" else "SUCCESS"
    sender = incoming.draft.mail_from
    if not incoming.receipts or not sender or wanted not in recipient.notify:
        return
    notice = receipts.Notice(
        action="failed" if fate == "bounced" else "delivered",
        sender=sender,
        recipient=recipient.address,
        envid=incoming.draft.envid,
        orcpt=recipient.orcpt,
        arrived=time.time(),
    )
    ask(
        connection,
        "receipt",
        subject=f"arrival/{arrival}",
        label=notice.action,
        target=sender,
        body=receipts.write(notice, header_block.split(incoming.content)),
    )
