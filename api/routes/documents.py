"""Documents: the exact bytes that were sent, each view on the trail."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.dependencies import DocumentReader, HouseDep
from api.routes.communications import own_communication
from openccm.communications.dossier import opened
from openccm.content.documents import fetch
from openccm.content.tables import StoredDocument
from openccm.errors import NotFoundError

router = APIRouter(prefix="/v1/documents", tags=["documents"])


class Bytes(Response):
    """Bytes of whatever kind a document is."""

    media_type = "application/octet-stream"


@router.get("/{document_id}", response_class=Bytes)
async def read_document(document_id: UUID, house: HouseDep, caller: DocumentReader) -> Response:
    """The document as it was sent; its hash is the ETag."""
    async with house.desk.database.read() as session:
        document = await session.get(StoredDocument, document_id)
    if document is None:
        raise NotFoundError("document", document_id)
    _, request = await own_communication(house, caller, document.communication_id)
    detail = {"document": str(document.id), "hash": document.hash}
    async with (
        house.desk.database.begin() as session,
        opened(session, request.id, actor=caller.actor, now=house.desk.clock()) as dossier,
    ):
        content = await fetch(session, house.desk.store, document.hash)
        dossier.note("document.viewed", "communication", document.communication_id, detail)
    return Response(
        content,
        media_type=document.media_type,
        headers={
            "ETag": f'"{document.hash}"',
            # A message from outside is never run in our own origin.
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
            "X-Content-Type-Options": "nosniff",
        },
    )
