"""Taking one letter into the run that is open: checked, counted, its records kept as they are now.

All in one transaction: the letter leaves its wait and gets into exactly one run, or neither.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications.batch import HeldError, NotWaitingError, Taken, take
from openccm.communications.desk import Desk
from openccm.communications.queries import communication_by_id
from openccm.communications.tables import Communication, CommunicationRequest, DataSnapshot
from openccm.content.documents import fetch
from openccm.errors import InvalidError
from openccm.jobs.job import Skipped
from openccm.language.letter_extract import LetterExtractDefinition
from openccm.language.values import nested
from openccm.letters.press import pages_of
from openccm.letters.records import records_of
from openccm.letters.sheet import PrintSheet, opened
from openccm.letters.tables import LetterPiece, PrintRun
from openccm.parties.tables import Account, ContactPoint, Person
from openccm.platform.audit import lock_chain
from openccm.platform.columns import new_id
from openccm.processes.tables import WorkflowInstance

ADAPTER = "print-run"


async def open_run(
    desk: Desk, session: AsyncSession, extract: str, now: datetime
) -> tuple[PrintRun, LetterExtractDefinition]:
    """The run that letters of this extract go into now, opened where there is none.

    Raises:
        NotFoundError: There is no such letter extract.
    """
    await lock_chain(session, f"print-runs:{extract}")
    run = await session.scalar(select(PrintRun).where(PrintRun.unfinished == extract))
    if run is not None:
        layout = await desk.repository.kept(
            session, LetterExtractDefinition, run.extract, run.version
        )
        return run, layout
    layout, version = await desk.repository.newest(session, LetterExtractDefinition, extract)
    await lock_chain(session, "print-runs")
    highest = await session.scalar(select(func.max(PrintRun.number)))
    run = PrintRun(
        id=new_id(),
        number=1 + (highest or 0),
        extract=extract,
        version=version,
        unfinished=extract,
        opened_at=now,
        updated_at=now,
    )
    sheet = PrintSheet(session, run, actor="engine", now=now)
    sheet.begin()
    sheet.move("extracting")
    await sheet.close()
    return run, layout


async def extract_letter(
    desk: Desk, session: AsyncSession, extract: str, communication_id: UUID
) -> None:
    """Take a waiting letter into the run that is open.

    Raises:
        Skipped: It does not wait any more, is held, or must not be sent.
        OpenCCMError: It cannot be printed, or its records cannot be written.
    """
    now = desk.clock()
    run, layout = await open_run(desk, session, extract, now)
    waiting = await communication_by_id(session, communication_id)
    try:
        taken = await take(
            desk,
            session,
            waiting.request_id,
            communication_id,
            actor="engine",
            adapter=ADAPTER,
            reference=f"print run {run.number}",
        )
    except (NotWaitingError, HeldError) as error:
        raise Skipped(str(error)) from None
    if taken is None:
        raise Skipped("It was stopped at the last moment.")
    piece = await _piece(desk, session, layout, taken, now)
    piece.run_id = run.id
    await _join(session, layout, run, piece)


async def extract_again(desk: Desk, session: AsyncSession, extract: str, piece_id: UUID) -> None:
    """Take a piece that is printed anew into the run that is open.

    Raises:
        Skipped: It does not wait any more.
    """
    now = desk.clock()
    run, layout = await open_run(desk, session, extract, now)
    statement = select(LetterPiece).where(LetterPiece.id == piece_id).with_for_update()
    piece = await session.scalar(statement.execution_options(populate_existing=True))
    if piece is None or piece.state != "waiting":
        raise Skipped("It does not wait any more.")
    async with opened(session, run.id, actor="engine", now=now) as sheet:
        sheet.move_piece(piece, "extracted")
        piece.run_id = run.id
    await _join(session, layout, run, piece)


async def _join(
    session: AsyncSession, layout: LetterExtractDefinition, run: PrintRun, piece: LetterPiece
) -> None:
    """Count it in the run, once its records are known to be writable."""
    facts = {**piece.facts, "run": {"number": run.number}, "letter": letter_facts(piece, 0)}
    for _ in records_of(layout, piece.records, facts):
        pass
    session.add(piece)
    await session.flush()


async def _piece(
    desk: Desk,
    session: AsyncSession,
    layout: LetterExtractDefinition,
    taken: Taken,
    now: datetime,
) -> LetterPiece:
    communication = taken.communication
    assert communication.document_hash is not None
    pages = pages_of(await fetch(session, desk.store, communication.document_hash))
    sheets = -(-pages // layout.sides)
    envelope = layout.envelope(sheets)
    if envelope is None:
        raise InvalidError("envelopes", f"No envelope of {layout.code} takes {sheets} sheets.")
    use = taken.facts.definition.channels.get("letter")
    return LetterPiece(
        id=new_id(),
        communication_id=communication.id,
        ordinal=0,
        kind="original",
        state="extracted",
        created_at=now,
        updated_at=now,
        document_hash=communication.document_hash,
        pages=pages,
        sheets=sheets,
        envelope=envelope.name,
        postcode=_postcode(taken),
        inserts=list(use.inserts) if use else [],
        records=list(use.records) if use else ["generic"],
        facts=await _facts(session, taken),
    )


def letter_facts(piece: LetterPiece, sequence: int) -> dict[str, Any]:
    """What records call ``letter``."""
    return {
        "sequence": sequence,
        "communication": str(piece.communication_id),
        "piece": str(piece.id),
        "kind": piece.kind,
        "document": piece.document_hash,
        "pages": piece.pages,
        "sheets": piece.sheets,
        "envelope": piece.envelope,
        "inserts": " ".join(piece.inserts),
        **piece.facts["letter"],
    }


async def _facts(session: AsyncSession, taken: Taken) -> dict[str, Any]:
    """Everything a record may name, as it is now."""
    communication = taken.communication
    request = await session.get_one(CommunicationRequest, communication.request_id)
    snapshot = await session.get(DataSnapshot, request.id)
    person, account = taken.facts.person, taken.facts.account
    point = next(
        each for each in taken.facts.contact_points if each.id == communication.contact_point_id
    )
    return {
        "letter": _letter(communication),
        "person": _person(person),
        "account": _account(account),
        "address": {"lines": _lines(point), "value": point.value},
        "data": to_jsonable_python(nested(dict(snapshot.values))) if snapshot else {},
        "correlation": request.correlation,
        "workflow": await _workflow(session, request),
    }


def _letter(communication: Communication) -> dict[str, Any]:
    return {
        "definition": communication.definition,
        "version": communication.version,
        "language": communication.language,
        "date": f"{communication.created_at:%Y-%m-%d}",
    }


def _person(person: Person | None) -> dict[str, Any]:
    names = ("key", "name", "given_name", "family_name", "salutation", "language", "division")
    return {name: getattr(person, name) for name in names} if person else {}


def _account(account: Account | None) -> dict[str, Any]:
    return {"key": account.key, "account_class": account.account_class} if account else {}


def _lines(point: ContactPoint) -> list[str]:
    lines: list[str] = point.address.get("lines") or []
    return list(lines)


def _postcode(taken: Taken) -> str:
    """What letters are sorted by: the last line of the address that holds a digit."""
    point = next(
        each
        for each in taken.facts.contact_points
        if each.id == taken.communication.contact_point_id
    )
    with_digits = [line for line in _lines(point) if any(sign.isdigit() for sign in line)]
    return with_digits[-1].strip().upper()[:20] if with_digits else ""


async def _workflow(session: AsyncSession, request: CommunicationRequest) -> dict[str, Any]:
    """The workflow instance that asked, with its context keys."""
    if request.instance_id is None:
        return {}
    instance = await session.get(WorkflowInstance, request.instance_id)
    if instance is None:
        return {}
    return {
        "code": instance.code,
        "key": instance.key,
        "started": f"{instance.started_at:%Y-%m-%d}",
        "data": to_jsonable_python(nested(dict(instance.data))),
    }


async def waiting_letters(session: AsyncSession, after: UUID | None, limit: int) -> list[UUID]:
    """Communications that wait for a run, in the order of their ids."""
    statement = select(Communication.id).where(
        Communication.channel == "letter",
        Communication.state == "scheduled",
        Communication.reason == "batch_window",
    )
    if after is not None:
        statement = statement.where(col(Communication.id) > after)
    return list(await session.scalars(statement.order_by(col(Communication.id)).limit(limit)))


async def waiting_pieces(session: AsyncSession, after: UUID | None, limit: int) -> list[UUID]:
    """Pieces that are to be printed anew, in the order of their ids."""
    statement = select(LetterPiece.id).where(LetterPiece.state == "waiting")
    if after is not None:
        statement = statement.where(col(LetterPiece.id) > after)
    return list(await session.scalars(statement.order_by(col(LetterPiece.id)).limit(limit)))
