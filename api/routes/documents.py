"""Documents: the exact bytes that were sent, each view on the trail."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import DocumentReader, House, HouseDep
from api.pages import page
from api.routes.communications import own_communication
from openccm.access.caller import Caller
from openccm.communications.dossier import opened
from openccm.communications.queries import communication_by_id
from openccm.content.documents import fetch
from openccm.content.tables import StoredDocument
from openccm.errors import ExpiredError, NotFoundError
from openccm.platform.links import LASTS, Links

router = APIRouter(prefix="/v1/documents", tags=["documents"])
customers = APIRouter(prefix="/d", tags=["documents"])

PURPOSE = "document"
HARMLESS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    # A message from outside is never run in our own origin.
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}
"""What browsers are told of all bytes that were made to be read elsewhere."""


class Bytes(Response):
    """Bytes of whatever kind a document is."""

    media_type = "application/octet-stream"


class LinkCreate(BaseModel):
    """For how long a customer may look."""

    model_config = ConfigDict(extra="forbid")

    days: Annotated[int, Field(ge=1, le=90)] = LASTS.days


class LinkRead(BaseModel):
    """A link that lets whoever has it see one document."""

    url: str
    until: datetime


@router.get("/{document_id}", response_class=Bytes)
async def read_document(document_id: UUID, house: HouseDep, caller: DocumentReader) -> Response:
    """The document as it was sent; its hash is the ETag."""
    return _shown(*await own_document(house, caller, document_id))


@router.post("/{document_id}/links", status_code=HTTPStatus.CREATED)
async def create_link(
    document_id: UUID, body: LinkCreate, house: HouseDep, caller: DocumentReader
) -> LinkRead:
    """A link by which the customer sees the document without signing in, until it expires."""
    document = await _document(house, document_id)
    _, request = await own_communication(house, caller, document.communication_id)
    now = house.desk.clock()
    until = now + timedelta(days=body.days)
    detail = {"document": str(document.id), "until": until.isoformat()}
    async with (
        house.desk.database.begin() as session,
        opened(session, request.id, actor=caller.actor, now=now) as dossier,
    ):
        dossier.note("document.shared", "communication", document.communication_id, detail)
    token = Links(house.desk.vault, PURPOSE).make(document.id.hex, until)
    return LinkRead(url=f"{house.settings.public_url}/d/{token}", until=until)


@customers.get("/{token}", response_class=Bytes)
async def open_link(token: str, house: HouseDep) -> Response:
    """The document behind a link; after its time a page that says so, and nothing else."""
    try:
        subject = Links(house.desk.vault, PURPOSE).read(token, house.desk.clock())
    except ExpiredError as error:
        return page("This link has expired", f"<p>{error}</p>", HTTPStatus.GONE)
    document = await _document(house, UUID(hex=subject))
    async with house.desk.database.read() as session:
        communication = await communication_by_id(session, document.communication_id)
    content = await _seen(house, document, communication.request_id, "recipient")
    return _shown(document, content)


async def _document(house: House, document_id: UUID) -> StoredDocument:
    async with house.desk.database.read() as session:
        document = await session.get(StoredDocument, document_id)
    if document is None:
        raise NotFoundError("document", document_id)
    return document


async def own_document(
    house: House, caller: Caller, document_id: UUID
) -> tuple[StoredDocument, bytes]:
    """A document and its bytes, if they are this caller's to see; that they saw it is on the trail.

    Raises:
        NotFoundError: There is none.
        DeniedError: It belongs to another system.
    """
    document = await _document(house, document_id)
    _, request = await own_communication(house, caller, document.communication_id)
    return document, await _seen(house, document, request.id, caller.actor)


async def _seen(house: House, document: StoredDocument, request_id: UUID, actor: str) -> bytes:
    detail = {"document": str(document.id), "hash": document.hash}
    async with (
        house.desk.database.begin() as session,
        opened(session, request_id, actor=actor, now=house.desk.clock()) as dossier,
    ):
        content = await fetch(session, house.desk.store, document.hash)
        dossier.note("document.viewed", "communication", document.communication_id, detail)
    return content


def _shown(document: StoredDocument, content: bytes) -> Response:
    return Response(
        content,
        media_type=document.media_type,
        headers={"ETag": f'"{document.hash}"', **HARMLESS},
    )
