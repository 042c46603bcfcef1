"""Composing push notifications: title and text in, the message's JSON out, without a device."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from openccm.errors import InvalidError

MEDIA_TYPE = "application/json"
_MAX_TITLE = 200
_MAX_TEXT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What a handset shows, and for how long it is worth showing."""

    communication_id: str
    created_at: datetime
    title: str
    text: str
    ttl: int | None = None
    """Seconds for which the service tries to reach the device."""
    collapse_key: str | None = None
    """Of several that bear it, a device that was away shows the last one."""


def compose_notification(notification: Notification) -> bytes:
    """The message as it will leave; equal notifications give equal bytes.

    Raises:
        InvalidError: Title or text is empty or too long; names it.
    """
    title, text = " ".join(notification.title.split()), notification.text.strip()
    for name, value, most in (("subject", title, _MAX_TITLE), ("text", text, _MAX_TEXT)):
        if not value:
            raise InvalidError(name, "A notification shows a title and a text; this is empty.")
        if len(value) > most:
            raise InvalidError(name, f"This is longer than {most:,} characters.")
    message: dict[str, Any] = {
        "notification": {"title": title, "body": text},
        "data": {"communication": notification.communication_id},
    }
    android: dict[str, Any] = {}
    apns: dict[str, str] = {}
    if notification.ttl is not None:
        android["ttl"] = f"{notification.ttl}s"
        until = notification.created_at + timedelta(seconds=notification.ttl)
        apns["apns-expiration"] = str(int(until.timestamp()))
    if notification.collapse_key is not None:
        android["collapse_key"] = notification.collapse_key
        apns["apns-collapse-id"] = notification.collapse_key
    if android:
        message |= {"android": android, "apns": {"headers": apns}}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
