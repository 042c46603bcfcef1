"""Letters as agents see them: on the screen, on paper here, printed anew, returned by the post."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import House, HouseDep, LetterAgent, Reading, Writing
from api.models import Listed
from api.routes.communications import CommunicationRead, own_communication
from api.routes.contacts import visible_contact
from openccm.access.caller import Caller
from openccm.communications.commands import wake
from openccm.communications.dossier import opened
from openccm.communications.queries import request_by_id
from openccm.letters import agents
from openccm.letters.queries import letter_of_contact, pieces_of_letter
from openccm.letters.tables import LetterPiece

router = APIRouter(prefix="/v1/letters", tags=["letters"])
of_contacts = APIRouter(prefix="/v1/customer-contacts", tags=["letters"])


class Pdf(Response):
    """A letter."""

    media_type = "application/pdf"


class Body(BaseModel):
    """What every body is strict about."""

    model_config = ConfigDict(extra="forbid")


class ReasonBody(Body):
    """Why."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class DispatchBody(Body):
    """How it was posted."""

    method: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$", description="For example `post`.")
    ]


class ReturnBody(Body):
    """Why the post brought it back."""

    reason: Annotated[
        str,
        Field(
            pattern=r"^[a-z][a-z0-9_]{0,39}$",
            description="A code such as `gone_away`; it goes on the trail and to the core system.",
        ),
    ]
    address: Annotated[
        Literal["invalid", "kept"],
        Field(description="`invalid`: nothing is sent to this address any more."),
    ] = "invalid"


class PieceRead(Listed):
    """One letter on paper."""

    communication_id: UUID
    kind: Annotated[str, Field(description="`original`, `replacement`, or `copy`.")]
    state: str
    reason: str | None
    run_id: UUID | None
    sequence: int | None
    sheets: int
    envelope: str
    inserts: list[str]
    document_hash: Annotated[str, Field(description="Of the stored document that is printed.")]
    file: str | None
    first_page: int | None

    @classmethod
    def of(cls, piece: LetterPiece) -> "PieceRead":
        """The public face of a row."""
        return cls.model_validate(piece, from_attributes=True)


class ReturnedRead(BaseModel):
    """What followed."""

    communication: CommunicationRead
    request_id: Annotated[
        UUID | None, Field(description="The request that goes on by another channel.")
    ]
    todo_id: Annotated[UUID | None, Field(description="The to-do that was raised instead.")]


@router.get("/{communication_id}", response_class=Pdf)
async def read_letter(
    communication_id: UUID,
    house: HouseDep,
    caller: LetterAgent,
    copy: Annotated[bool, Query(description="With the word COPY on each page.")] = False,
) -> Response:
    """The letter as a PDF: the very document that is, or will be, printed."""
    return await _shown(house, caller, communication_id, copy=copy)


@of_contacts.get("/{contact_id}/letter", response_class=Pdf)
async def read_letter_of_contact(
    contact_id: UUID, house: HouseDep, caller: LetterAgent
) -> Response:
    """The letter that a contact asked for, at once: the same that is, or will be, printed.

    `X-Communication` names it: printed here, it is dispatched under that id.
    """
    async with house.desk.database.read() as session:
        contact = await visible_contact(caller, session, contact_id)
        letter = await letter_of_contact(session, contact)
    return await _shown(house, caller, letter, copy=False)


async def _shown(house: House, caller: Caller, communication_id: UUID, *, copy: bool) -> Response:
    """The bytes, and on the trail that somebody saw them."""
    _, request = await own_communication(house, caller, communication_id)
    async with (
        house.desk.database.begin() as session,
        opened(session, request.id, actor=caller.actor, now=house.desk.clock()) as dossier,
    ):
        content = await agents.shown(house.desk, session, communication_id, copy=copy)
        digest = dossier.communications[communication_id].document_hash
        detail = {"hash": digest, "copy": copy}
        dossier.note("document.viewed", "communication", communication_id, detail)
    return Response(
        content,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{communication_id}.pdf"',
            "X-Document-Hash": str(digest),
            "X-Communication": str(communication_id),
            "X-Content-Type-Options": "nosniff",
        },
    )


@router.get("/{communication_id}/pieces")
async def list_pieces(
    communication_id: UUID, house: HouseDep, session: Reading, caller: LetterAgent
) -> list[PieceRead]:
    """What of it is or was on paper, and in which print runs."""
    await own_communication(house, caller, communication_id)
    return [PieceRead.of(each) for each in await pieces_of_letter(session, communication_id)]


@router.post("/{communication_id}/dispatch")
async def dispatch_letter(
    communication_id: UUID, body: DispatchBody, house: HouseDep, caller: LetterAgent
) -> CommunicationRead:
    """Say that it was printed here and posted; then no print run takes it."""
    _, request = await own_communication(house, caller, communication_id)
    async with house.desk.database.begin() as session:
        communication = await agents.dispatch(
            house.desk, session, communication_id, body.method, actor=caller.actor
        )
    await wake(house.engine, request)
    return CommunicationRead.of(communication)


@router.post("/{communication_id}/reprint")
async def reprint_letter(
    communication_id: UUID,
    body: ReasonBody,
    house: HouseDep,
    session: Writing,
    caller: LetterAgent,
) -> PieceRead:
    """Have the same document printed once more, marked COPY, in the next run."""
    await own_communication(house, caller, communication_id)
    piece = await agents.reprint(
        session, communication_id, body.reason, actor=caller.actor, now=house.desk.clock()
    )
    return PieceRead.of(piece)


@router.post("/{communication_id}/spoil")
async def spoil_letter(
    communication_id: UUID,
    body: ReasonBody,
    house: HouseDep,
    session: Writing,
    caller: LetterAgent,
) -> PieceRead:
    """Say that its paper is spoiled: it is printed anew in the next run, as the letter it was."""
    await own_communication(house, caller, communication_id)
    piece = await agents.spoil(
        session, communication_id, body.reason, actor=caller.actor, now=house.desk.clock()
    )
    return PieceRead.of(piece)


@router.post("/{communication_id}/return")
async def return_letter(
    communication_id: UUID, body: ReturnBody, house: HouseDep, caller: LetterAgent
) -> ReturnedRead:
    """Take back what the post returned, and go on by another channel or by a person."""
    _, request = await own_communication(house, caller, communication_id)
    async with house.desk.database.begin() as session:
        returned = await agents.take_back(
            house.desk,
            session,
            communication_id,
            body.reason,
            caller=caller,
            address_is_bad=body.address == "invalid",
        )
        request = await request_by_id(session, request.id)
    await wake(house.engine, request)
    return ReturnedRead(
        communication=CommunicationRead.of(returned.communication),
        request_id=returned.request_id,
        todo_id=returned.todo_id,
    )
