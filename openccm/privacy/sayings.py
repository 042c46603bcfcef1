"""Writing down what a person allows and forbids, each change with its entry on their trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.language.wishes import ALL, LIFTED, Wishes
from openccm.parties.tables import Person
from openccm.platform.audit import Fact, record
from openccm.privacy.consents import set_consent
from openccm.privacy.tables import Preference, Suppression


@dataclass(frozen=True, slots=True)
class Saying:
    """Who says so, where it was said, and when."""

    actor: str
    source: str
    now: datetime


async def write_down(
    session: AsyncSession, person_id: UUID, wishes: Wishes, saying: Saying
) -> None:
    """Write down what is named; all else stays, and saying the same again changes nothing."""
    # The person is locked: of what is not there yet, nothing could be.
    await session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    for purpose, word in wishes.consents.items():
        await set_consent(
            session,
            person_id,
            purpose,
            word,
            source=saying.source,
            actor=saying.actor,
            now=saying.now,
        )
    for aim, wish in wishes.preferences.items():
        await _prefer(session, person_id, aim, wish, saying)
    for channel, stop in wishes.suppressions.items():
        closed = "" if channel == ALL else channel
        if stop == LIFTED:
            await _lift(session, person_id, closed, saying)
        else:
            await _suppress(session, person_id, closed, stop, saying)


async def _prefer(
    session: AsyncSession, person_id: UUID, aim: str, wish: str, saying: Saying
) -> None:
    definition, channel = (aim, "") if aim.isupper() else ("", aim)
    row = await session.scalar(
        select(Preference).where(
            Preference.person_id == person_id,
            Preference.definition == definition,
            Preference.channel == channel,
        )
    )
    if row is not None and row.wish == wish:
        return
    before = row.wish if row is not None else None
    if row is None:
        row = Preference(person_id=person_id, definition=definition, channel=channel, at=saying.now)
        session.add(row)
    row.wish, row.at = wish, saying.now
    await _tell(session, person_id, "preference.set", saying, before, wish, about=aim)


async def _suppress(
    session: AsyncSession, person_id: UUID, channel: str, reason: str, saying: Saying
) -> None:
    if any(each.reason == reason for each in await _closed(session, person_id, channel)):
        return
    session.add(
        Suppression(
            person_id=person_id,
            channel=channel,
            reason=reason,
            source=saying.source,
            at=saying.now,
        )
    )
    about = channel or ALL
    await _tell(session, person_id, "suppression.set", saying, None, reason, about=about)


async def _lift(session: AsyncSession, person_id: UUID, channel: str, saying: Saying) -> None:
    for row in await _closed(session, person_id, channel):
        row.lifted_at = saying.now
        about = channel or ALL
        await _tell(session, person_id, "suppression.lifted", saying, row.reason, None, about=about)


async def _closed(session: AsyncSession, person_id: UUID, channel: str) -> Sequence[Suppression]:
    found = await session.scalars(
        select(Suppression).where(
            Suppression.person_id == person_id,
            Suppression.channel == channel,
            col(Suppression.lifted_at).is_(None),
        )
    )
    return found.all()


async def _tell(
    session: AsyncSession,
    person_id: UUID,
    action: str,
    saying: Saying,
    before: str | None,
    after: str | None,
    *,
    about: str,
) -> None:
    await session.flush()
    fact = Fact(
        chain=f"person:{person_id}",
        at=saying.now,
        actor=saying.actor,
        action=action,
        object_kind="person",
        object_id=str(person_id),
        from_state=before,
        to_state=after,
        detail={"about": about, "source": saying.source},
    )
    await record(session, [fact])
