"""A contact point as callers see it."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from openccm.access.masking import View
from openccm.parties.tables import ContactPoint


class ContactPointRead(BaseModel):
    """A contact point as it stands."""

    id: UUID
    channel: str
    value: str
    original: str
    lines: list[str]
    line: str
    rank: int
    verified: bool
    verified_at: datetime | None
    valid_from: date | None
    valid_until: date | None
    do_not_disturb: bool
    state: str
    reason: str | None

    @classmethod
    def of(cls, point: ContactPoint, view: View) -> "ContactPointRead":
        """The public face of a row, as far as it may be seen."""
        point = view.contact(point)
        plain = point.model_dump(include=set(cls.model_fields) - {"lines"})
        return cls(**plain, lines=point.address.get("lines", []))
