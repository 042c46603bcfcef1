"""Documents as people read them: words of a message, its HTML in a sandbox, pages as pictures."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from api.dependencies import DocumentReader, HouseDep
from api.routes.documents import HARMLESS, own_document
from openccm.content.reading import PDF, page_image, read
from openccm.errors import NotFoundError

router = APIRouter(prefix="/v1/documents/{document_id}", tags=["documents"])


class Png(Response):
    """A picture."""

    media_type = "image/png"


class ReadingRead(BaseModel):
    """What there is to read in a document."""

    hash: Annotated[str, Field(description="Of the bytes it was read from.")]
    media_type: str
    subject: str
    sender: str
    recipient: str
    text: Annotated[str, Field(description="Its words, for whoever cannot see the rest.")]
    has_html: Annotated[bool, Field(description="Whether `…/html` shows it.")]
    pages: Annotated[int, Field(description="How many `…/pages/{number}` shows.")]
    attachments: Annotated[list[str], Field(description="Names of what is attached.")]


@router.get("/reading")
async def read_reading(document_id: UUID, house: HouseDep, caller: DocumentReader) -> ReadingRead:
    """The words of the document, and what else there is to see of it."""
    document, content = await own_document(house, caller, document_id)
    found = await asyncio.to_thread(read, document.media_type, content)
    return ReadingRead(
        hash=document.hash,
        media_type=document.media_type,
        subject=found.subject,
        sender=found.sender,
        recipient=found.recipient,
        text=found.text,
        has_html=found.html is not None,
        pages=found.pages,
        attachments=[*found.attachments],
    )


@router.get("/html", response_class=HTMLResponse)
async def read_html(document_id: UUID, house: HouseDep, caller: DocumentReader) -> Response:
    """The HTML of a message, in a sandbox: no script, nothing from elsewhere."""
    document, content = await own_document(house, caller, document_id)
    found = await asyncio.to_thread(read, document.media_type, content)
    if found.html is None:
        raise NotFoundError("HTML of document", document_id)
    return HTMLResponse(found.html, headers=HARMLESS)


@router.get("/pages/{number}", response_class=Png)
async def read_page(
    document_id: UUID,
    number: Annotated[int, Path(ge=1, le=10_000, description="The first is 1.")],
    house: HouseDep,
    caller: DocumentReader,
) -> Response:
    """A page of the PDF as a picture: what was printed, or would be."""
    document, content = await own_document(house, caller, document_id)
    if document.media_type != PDF:
        raise NotFoundError("page", number)
    picture = await asyncio.to_thread(page_image, content, number)
    return Png(picture, headers=HARMLESS)
