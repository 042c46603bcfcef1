"""What agents do with a letter: print it here, print it anew, spoil it, take it back."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.access.caller import Caller
from openccm.communications.accept import accept, find_replay
from openccm.communications.batch import take
from openccm.communications.commands import copy
from openccm.communications.desk import Desk, channel_settings
from openccm.communications.queries import communication_by_id, request_by_id
from openccm.communications.status import Report
from openccm.communications.tables import Communication, CommunicationRequest
from openccm.content.documents import fetch
from openccm.errors import ConflictError
from openccm.language.communication import CommunicationDefinition
from openccm.language.letter_extract import LetterExtractDefinition
from openccm.letters.answers import newest_piece, report_letter
from openccm.letters.press import with_copy_mark
from openccm.letters.reconciling import again, replacement
from openccm.letters.sheet import opened
from openccm.letters.tables import LetterPiece
from openccm.work.raising import NewToDo, raise_todo


class Returned(NamedTuple):
    """What followed from a letter that came back."""

    communication: Communication
    request_id: UUID | None
    """The request that goes on by another channel."""
    todo_id: UUID | None


async def shown(desk: Desk, session: AsyncSession, communication_id: UUID, *, copy: bool) -> bytes:
    """The stored document of a letter; with ``copy`` marked as such, which changes nothing stored.

    Raises:
        NotFoundError: There is no such communication.
        ConflictError: It is no letter, or is not composed yet.
        StorageError: The document cannot be had.
    """
    communication = await _letter(session, communication_id)
    if communication.document_hash is None:
        raise ConflictError(f"The letter is {communication.state}: it has no document yet.")
    content = await fetch(session, desk.store, communication.document_hash)
    return with_copy_mark(content) if copy else content


async def dispatch(
    desk: Desk, session: AsyncSession, communication_id: UUID, method: str, *, actor: str
) -> Communication:
    """Say that a waiting letter was printed here and posted; no run takes it any more.

    Raises:
        NotFoundError: There is no such communication.
        ConflictError: It is no letter, or does not wait for a run; names its state.
    """
    communication = await _letter(session, communication_id)
    taken = await take(
        desk,
        session,
        communication.request_id,
        communication_id,
        actor=actor,
        adapter="local-print",
        reference=f"printed here, dispatched by {method}",
        states=("handed_over", "dispatched"),
        final=True,
    )
    if taken is None:
        raise ConflictError("The recipient must not be sent this any more; it was stopped.")
    return taken.communication


async def reprint(
    session: AsyncSession, communication_id: UUID, reason: str, *, actor: str, now: datetime
) -> LetterPiece:
    """Have the very same document printed once more in the next run, marked COPY.

    Raises:
        NotFoundError: There is no such communication.
        ConflictError: It is no letter, or was never in a run.
    """
    communication = await _letter(session, communication_id)
    piece = await newest_piece(session, communication.id)
    if piece is None or piece.run_id is None:
        raise ConflictError(f"The letter is {communication.state}: it was in no print run yet.")
    async with opened(session, piece.run_id, actor=actor, now=now) as sheet:
        anew = await again(session, piece, "copy", now)
        sheet.note("piece.reprinted", reason, {"piece": str(anew.id), "of": str(piece.id)})
        return anew


async def spoil(
    session: AsyncSession, communication_id: UUID, reason: str, *, actor: str, now: datetime
) -> LetterPiece:
    """Say that the letter's paper is spoiled; it is printed anew in the next run.

    Raises:
        NotFoundError: There is no such communication.
        ConflictError: It is in no run, or was posted.
    """
    communication = await _letter(session, communication_id)
    piece = await newest_piece(session, communication.id)
    if piece is None or piece.run_id is None:
        raise ConflictError(f"The letter is {communication.state}: it is in no print run.")
    async with opened(session, piece.run_id, actor=actor, now=now) as sheet:
        sheet.move_piece(piece, "spoiled", reason)
        anew = await replacement(session, sheet, piece)
        assert anew is not None
        return anew


async def take_back(
    desk: Desk,
    session: AsyncSession,
    communication_id: UUID,
    reason: str,
    *,
    caller: Caller,
    address_is_bad: bool,
) -> Returned:
    """Note a letter that the post brought back, and go on as its definition says.

    Where that declares another channel after ``returned``, this is used; else the letter extract's
    to-do is raised. Taking it back twice does nothing more.

    Raises:
        NotFoundError: There is no such communication.
        ConflictError: It is no letter, or was never handed over.
    """
    now = desk.clock()
    await _letter(session, communication_id)
    report = Report(
        status="returned",
        source=f"{caller.actor}:return-mail",
        event_key=f"returned/{communication_id}",
        occurred_at=now,
        code=reason,
        bad_contact_point=address_is_bad,
    )
    communication = await report_letter(
        session, communication_id, report, actor=caller.actor, now=now
    )
    if communication.state != "returned":
        raise ConflictError(f"A letter that is {communication.state} cannot be returned.")
    await session.flush()
    request = await request_by_id(session, communication.request_id)
    published = await desk.repository.pinned(
        session, communication.definition, communication.version
    )
    channel = _fallback(published.definition)
    if channel is None:
        todo_id = await _raise(desk, session, communication, request, reason)
        return Returned(communication, None, todo_id)
    if request.state != "completed":
        # Its run still follows the letter, and falls back by itself.
        return Returned(communication, request.id, None)
    return Returned(communication, await _send_by(desk, session, request, channel, caller), None)


def extract_code(desk: Desk) -> str | None:
    """The letter extract that the letter channel is configured with, if it hands over in runs."""
    code = channel_settings(desk.settings)["letter"].get("extract")
    return str(code) if code is not None else None


def _fallback(definition: CommunicationDefinition) -> str | None:
    return next(
        (name for name, use in definition.channels.items() if "returned" in use.after), None
    )


async def _send_by(
    desk: Desk,
    session: AsyncSession,
    request: CommunicationRequest,
    channel: str,
    caller: Caller,
) -> UUID:
    """The same ask once more by another channel, for a request that has ended."""
    ask = copy(request, f"{request.idempotency_key}/returned", channel)
    known = await find_replay(session, ask, request.system_code)
    if known is not None:
        return known.id
    published = await desk.repository.live(session, ask.definition)
    asks = Caller(request.system_code, frozenset(), None, caller.key_id)
    made = await accept(
        session,
        ask,
        published.definition,
        published.version,
        caller=asks,
        now=desk.clock(),
    )
    return made.id


async def _raise(
    desk: Desk,
    session: AsyncSession,
    communication: Communication,
    request: CommunicationRequest,
    reason: str,
) -> UUID | None:
    code = extract_code(desk)
    if code is None:
        return None
    layout, _ = await desk.repository.newest(session, LetterExtractDefinition, code)
    if layout.returns.to_do is None:
        return None
    new = NewToDo(
        type=layout.returns.to_do,
        owner_kind="system",
        owner_step=f"letters/returned/{communication.id}",
        raised_by="engine",
        context={"letter": {"communication": str(communication.id), "reason": reason}},
        person_id=communication.person_id,
        person_key=request.person_key,
        account_key=request.account_key,
    )
    return (await raise_todo(session, desk.repository, new, desk.clock())).id


async def _letter(session: AsyncSession, communication_id: UUID) -> Communication:
    communication = await communication_by_id(session, communication_id)
    if communication.channel != "letter":
        raise ConflictError(f"This is no letter: it goes by {communication.channel}.")
    return communication
