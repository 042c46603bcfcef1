"""What communications write into contacts of themselves: rows to be inserted, many at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from openccm.contacts.tables import ContactLogEntry, CustomerContact
from openccm.platform.audit import GENESIS
from openccm.platform.columns import bulk_insert, new_id

TOLD = frozenset(
    {
        "sent",
        "handed_over",
        "extracted",
        "printed",
        "dispatched",
        "published",
        "delivered",
        "read",
        "bounced",
        "undelivered",
        "failed",
        "expired",
        "returned",
        "suppressed",
        "cancelled",
        "error",
    }
)
"""The states of a communication that are worth a line in the log of its contact."""

INSERT_CONTACTS = bulk_insert(CustomerContact)
INSERT_ENTRIES = bulk_insert(ContactLogEntry)


def contact_row(
    *,
    communication_id: UUID,
    request_id: UUID,
    definition: str,
    channel: str,
    person_id: UUID,
    account: str | None,
    actor: str,
    now: datetime,
) -> dict[str, Any]:
    """The contact that a communication is."""
    return {
        "id": new_id(),
        "type": None,
        "version": None,
        "class_code": None,
        "title": definition,
        "state": "closed",
        "direction": "outbound",
        "method": channel,
        "origin": "communication",
        "origin_id": None,
        "made_as": None,
        "person_id": person_id,
        "account_key": account or "",
        "premise_key": "",
        "characteristics": {},
        "request_id": request_id,
        "communication_id": communication_id,
        "reason": None,
        "occurred_at": now,
        "created_by": actor,
        "created_at": now,
        "updated_at": now,
        "closed_at": now,
        "closed_by": actor,
        "trail_sequence": 0,
        "trail_hash": GENESIS,
    }


def entry_row(
    contact_id: UUID,
    code: str,
    detail: dict[str, Any],
    *,
    actor: str,
    now: datetime,
    text: str | None = None,
) -> dict[str, Any]:
    """A line of a contact's log."""
    return {
        "id": new_id(),
        "contact_id": contact_id,
        "code": code,
        "text": text,
        "detail": detail,
        "author": actor,
        "at": now,
    }
