"""Compose: render a communication, store what will be sent, fix its hash (step 15)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.communications.composing import Composed, Draft, compose
from openccm.communications.desk import Desk
from openccm.communications.dossier import Dossier, Verdict, opened
from openccm.communications.facts import Facts
from openccm.communications.tables import Communication, CommunicationRequest, DataSnapshot
from openccm.content.documents import buffer
from openccm.content.port import Rendered
from openccm.content.tables import StoredDocument
from openccm.contracts import WAIT, StepInput, StepResult
from openccm.data.collect import typed_values
from openccm.errors import InvalidError, NotFoundError, OpenCCMError, StorageError, TemplateError
from openccm.parties.tables import Account, ContactPoint, Person
from openccm.platform.columns import bulk_insert, new_id
from openccm.platform.rows import objects, read, reading
from openccm.repository.versions import Published, Words

_INSERT = bulk_insert(StoredDocument)
_KINDS = (Communication, CommunicationRequest, Person, Account, ContactPoint)
_WORK = (
    reading(
        *_KINDS,
        also=[col(DataSnapshot.values).label("data")],
    )
    .select_from(Communication)
    .join(CommunicationRequest, col(CommunicationRequest.id) == col(Communication.request_id))
    .join(DataSnapshot, col(DataSnapshot.request_id) == col(Communication.request_id))
    .join(Person, col(Person.id) == col(Communication.person_id))
    .outerjoin(Account, col(Account.key) == col(CommunicationRequest.account_key))
    .join(ContactPoint, col(ContactPoint.person_id) == col(Communication.person_id))
    .where(col(Communication.id) == bindparam("id"))
    .order_by(col(ContactPoint.rank), col(ContactPoint.id))
)


@dataclass(slots=True)
class _Work:
    """What is composed from; read before, so that nothing is locked while it renders."""

    communication: Communication
    published: Published
    facts: Facts
    contact_point: ContactPoint
    data: dict[str, Any]
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """One rendition and whether the document store took it."""

    part: Rendered
    digest: str
    stored: bool


async def compose_step(desk: Desk, step: StepInput) -> StepResult:
    """Render and store one communication; a fault waits for a person."""
    assert step.communication_id is not None
    composed: Composed | None = None
    fault: OpenCCMError | None = None
    kept: list[_Kept] = []
    async with desk.database.read() as session:
        work = await _read(desk, session, step.communication_id)
        try:
            work.words = await desk.repository.words(session, work.published.definition.fragments)
        except NotFoundError as error:
            fault = error
    if fault is None and work.communication.state == "pending":
        try:
            composed = await _compose(desk, work)
            kept = await _keep(desk, composed)
        except (TemplateError, InvalidError) as error:
            fault = error
    async with (
        desk.database.begin() as session,
        opened(session, step.subject, actor="engine", now=desk.clock()) as dossier,
    ):
        communication = dossier.communications[step.communication_id]
        if communication.state != "pending":
            return _standing(communication, dossier)
        if fault is not None:
            return _failed(dossier, communication, fault)
        assert composed is not None
        communication.fragments = {each.code: each.version for each in work.words}
        await _write(session, dossier, communication, composed, kept)
        return StepResult(outcome="rendered")


async def _read(desk: Desk, session: AsyncSession, communication_id: UUID) -> _Work:
    rows = await read(session, _WORK, {"id": communication_id})
    found = [objects(row, *_KINDS) for row in rows]
    communication, request, person, account, _ = found[0]
    points = {point.id: point for *_, point in found}
    published = await desk.repository.pinned(session, request.definition, request.version)
    facts = Facts(
        published.definition,
        request.version,
        person=person,
        account=account,
        contact_points=list(points.values()),
    )
    data = typed_values(published.definition.data, rows[0].data)
    return _Work(communication, published, facts, points[communication.contact_point_id], data, ())


async def _compose(desk: Desk, work: _Work) -> Composed:
    communication = work.communication
    draft = Draft(
        id=communication.id,
        channel=communication.channel,
        language=communication.language,
        contact_point=work.contact_point,
        created_at=communication.created_at,
        unsubscribe_url=unsubscribe_url(desk, communication.id),
        message_domain=desk.settings.mail_domain,
    )
    return await compose(desk.renderer, work.published, work.facts, draft, work.data, work.words)


def unsubscribe_url(desk: Desk, communication_id: UUID) -> str:
    """The signed link that withdraws the recipient's consent, with no sign-in."""
    return f"{desk.settings.public_url}/u/{desk.vault.sign_link(communication_id.hex)}"


async def _keep(desk: Desk, composed: Composed) -> list[_Kept]:
    """Store the message and the documents in it; where the store is away they are buffered later.

    Texts are not stored once more: they stand in the message, as it is handed over.
    """
    kept: list[_Kept] = []
    documents = (part for part in composed.parts if not part.media_type.startswith("text/"))
    for part in (composed.message, *documents):
        try:
            kept.append(_Kept(part, await desk.store.put(part.content), stored=True))
        except StorageError:
            kept.append(_Kept(part, "", stored=False))
    return kept


async def _write(
    session: AsyncSession,
    dossier: Dossier,
    communication: Communication,
    composed: Composed,
    kept: list[_Kept],
) -> None:
    rows = [await _row(session, communication, each, dossier.now) for each in kept]
    dossier.write((_INSERT, rows))
    communication.document_hash = rows[0]["hash"]
    communication.media_type = composed.message.media_type
    storage = {row["storage"] for row in rows}
    inputs = {
        "version": communication.version,
        "fragments": communication.fragments or "none",
        "document": rows[0]["hash"],
        "bytes": rows[0]["size"],
        "pages": rows[0]["pages"],
        "storage": "pending" if "pending" in storage else "stored",
        "warnings": composed.warnings[:10],
    }
    dossier.explain(Verdict(15, "pass", None, inputs), communication.id)
    dossier.move(communication, "composed", "rendered")


async def _row(
    session: AsyncSession, communication: Communication, kept: _Kept, now: datetime
) -> dict[str, Any]:
    digest = kept.digest if kept.stored else await buffer(session, kept.part.content, now)
    return {
        "id": new_id(),
        "communication_id": communication.id,
        "part": kept.part.name,
        "hash": digest,
        "media_type": kept.part.media_type,
        "size": len(kept.part.content),
        "pages": kept.part.pages,
        "storage": "stored" if kept.stored else "pending",
        "created_at": now,
    }


def _failed(dossier: Dossier, communication: Communication, fault: OpenCCMError) -> StepResult:
    """One bad communication waits for a person; the others go on."""
    detail: dict[str, Any] = {"says": str(fault)}
    if isinstance(fault, TemplateError):
        detail |= {"template": fault.template, "line": fault.line}
    if isinstance(fault, InvalidError):
        detail |= {"field": fault.field}
    dossier.explain(Verdict(15, "error", fault.code, detail), communication.id)
    dossier.move(communication, "error", reason=fault.code, detail=detail)
    return _standing(communication, dossier)


def _standing(communication: Communication, dossier: Dossier) -> StepResult:
    """What the communication's state means for its track."""
    if communication.state == "error":
        return StepResult(
            outcome=WAIT, waiting_for="a person to mend it and retry", marks={"status": "error"}
        )
    if communication.final:
        dossier.complete()
        return StepResult(outcome="ended", marks={"status": communication.state})
    return StepResult(outcome="rendered")
