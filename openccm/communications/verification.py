"""Verifying a contact point: a code is sent there, and whoever can tell it reads what arrives.

Codes live for a quarter of an hour, bear five tries, and a later one replaces those before.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.caller import Caller
from openccm.communications.accept import Ask, accept
from openccm.communications.desk import Desk
from openccm.communications.tables import CommunicationRequest
from openccm.errors import ConflictError, ExpiredError, InvalidError, OpenCCMError, TooOftenError
from openccm.parties.contact_points import may_be_used, own_contact_point, verify_contact_point
from openccm.parties.objects import note
from openccm.parties.tables import ContactPoint, ContactPointCode, Person
from openccm.plan import Plan
from openccm.platform.columns import new_id

LASTS = timedelta(minutes=15)
TRIES = 5
MOST_AN_HOUR = 3


async def send_code(
    desk: Desk, session: AsyncSession, person: Person, point_id: UUID, *, caller: Caller
) -> tuple[ContactPointCode, CommunicationRequest, Plan]:
    """Send a code to a contact point; answers what is kept of it and the request that sends it.

    Raises:
        NotFoundError: The person has no such contact point, or nothing sends codes.
        ConflictError: It is verified, or cannot be used.
        TooOftenError: It got too many codes within the hour.
        InvalidError: No code is sent by its channel.
    """
    now = desk.clock()
    point = await own_contact_point(session, person, point_id)
    if point.verified:
        raise ConflictError("This contact point is verified already.")
    if not may_be_used(point, now.date()):
        raise ConflictError("Nothing can be sent to this contact point.")
    await _replace_earlier(session, point, now)
    row = ContactPointCode(
        id=new_id(),
        contact_point_id=point.id,
        hash="",
        sent_by=caller.actor,
        sent_at=now,
        expires_at=now + LASTS,
    )
    code = f"{secrets.randbelow(1_000_000):06}"
    row.hash = _hash(row.id, code)
    published = await desk.repository.live(session, desk.settings.contact_point_code)
    ask = Ask(
        definition=published.definition.code,
        idempotency_key=f"contact-point-code-{row.id}",
        person=person.key,
        payload={"code": code, "minutes": int(LASTS.total_seconds()) // 60},
        channel=point.channel,
        contact_point=point.id,
    )
    definition, version = published.definition, published.version
    request = await accept(session, ask, definition, version, caller=caller, now=now)
    row.request_id = request.id
    session.add(row)
    await session.flush()
    await _note(session, person, point, "code_sent", caller, now)
    return row, request, published.plan


async def confirm_code(
    session: AsyncSession,
    person: Person,
    point_id: UUID,
    told: str,
    *,
    caller: Caller,
    now: datetime,
) -> ContactPoint | OpenCCMError:
    """Take a code that somebody tells; right, the contact point is verified.

    What is wrong with it is answered and not raised: that it was tried must be kept.

    Raises:
        NotFoundError: The person has no such contact point.
        ConflictError: No code is waited for.
    """
    point = await own_contact_point(session, person, point_id)
    row = await session.scalar(
        select(ContactPointCode).where(
            ContactPointCode.contact_point_id == point.id, ContactPointCode.state == "sent"
        )
    )
    if row is None:
        raise ConflictError("No code is waited for. Send one first.")
    if row.expires_at <= now:
        return ExpiredError("This code has expired. Send another.")
    row.tries += 1
    if hmac.compare_digest(row.hash, _hash(row.id, told)):
        row.state = "confirmed"
        await session.flush()
        await verify_contact_point(session, person, point, actor=caller.actor, now=now)
        return point
    left = TRIES - row.tries
    row.state = "sent" if left else "refused"
    await session.flush()
    await _note(session, person, point, "code_wrong", caller, now)
    more = f"{left} more tries." if left else "Send another one."
    return InvalidError("code", f"This is not the code that was sent. {more}")


async def _replace_earlier(session: AsyncSession, point: ContactPoint, now: datetime) -> None:
    statement = (
        select(ContactPointCode)
        .where(ContactPointCode.contact_point_id == point.id)
        .where(col(ContactPointCode.sent_at) > now - timedelta(hours=1))
        .order_by(col(ContactPointCode.sent_at))
    )
    lately: Sequence[ContactPointCode] = (await session.scalars(statement)).all()
    if len(lately) >= MOST_AN_HOUR:
        free_at = lately[-MOST_AN_HOUR].sent_at + timedelta(hours=1)
        wait = (free_at - now).total_seconds()
        raise TooOftenError("This contact point got too many codes. Wait.", retry_after=wait)
    standing = select(ContactPointCode).where(
        ContactPointCode.contact_point_id == point.id, ContactPointCode.state == "sent"
    )
    for row in await session.scalars(standing):
        row.state = "replaced"


async def _note(
    session: AsyncSession,
    person: Person,
    point: ContactPoint,
    what: str,
    caller: Caller,
    now: datetime,
) -> None:
    told = {"contact_point": str(point.id), "channel": point.channel}
    await note(session, person, f"contact-point-{what}", actor=caller.actor, now=now, **told)


def _hash(row_id: UUID, code: str) -> str:
    return hashlib.sha256(f"{row_id}/{code}".encode()).hexdigest()
