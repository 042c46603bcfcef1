"""What agents do with a letter: see it, print it here, spoil it, copy it, take it back."""

import io

import pikepdf
import pytest
from sqlmodel import select

from openccm.access.caller import Caller
from openccm.communications.status import Report
from openccm.communications.tables import CommunicationRequest
from openccm.errors import ConflictError, IllegalTransitionError
from openccm.letters import agents
from openccm.letters.answers import report_letter
from openccm.letters.queries import pieces_of_letter
from openccm.parties.tables import ContactPoint
from openccm.platform.columns import new_id
from openccm.work.tables import ToDo
from tests.letters.printing import Printing, pdf

AGENT = Caller("ag1", frozenset({"letter:work"}), None, new_id(), kind="user")


async def take_back(
    printing: Printing, letter: object, reason: str = "gone_away"
) -> agents.Returned:
    async with printing.database.begin() as session:
        return await agents.take_back(
            printing.desk,
            session,
            letter,
            "gone_away",
            caller=AGENT,
            address_is_bad=True,
        )


async def test_a_letter_is_shown_as_it_is_stored(printing: Printing) -> None:
    content = pdf("shown", 2)
    letter = await printing.letter(content=content)

    async with printing.database.read() as session:
        shown = await agents.shown(printing.desk, session, letter, copy=False)
        copy = await agents.shown(printing.desk, session, letter, copy=True)

    assert shown == content
    assert copy != content
    with pikepdf.open(io.BytesIO(copy)) as marked:
        assert len(marked.pages) == 2


async def test_what_was_posted_here_is_in_no_run(printing: Printing) -> None:
    here, there = await printing.letter(), await printing.letter()
    async with printing.database.begin() as session:
        await agents.dispatch(printing.desk, session, here, "post", actor=AGENT.actor)

    run = await printing.extract()

    assert run.processed == 1
    assert [piece.communication_id for piece in await printing.pieces()] == [there]
    posted = await printing.communication(here)
    assert (posted.state, posted.final) == ("dispatched", True)
    assert posted.provider_reference == "printed here, dispatched by post"


async def test_what_is_in_a_run_cannot_be_posted_here(printing: Printing) -> None:
    letter = await printing.letter()
    await printing.extract()

    with pytest.raises(ConflictError, match="it is extracted"):
        async with printing.database.begin() as session:
            await agents.dispatch(printing.desk, session, letter, "post", actor=AGENT.actor)


async def test_a_copy_is_marked_and_keeps_the_hash_of_the_original(printing: Printing) -> None:
    letter = await printing.letter()
    await printing.extract()
    async with printing.database.begin() as session:
        await agents.reprint(
            session, letter, "lost", actor=AGENT.actor, now=printing.station.clock()
        )
    await printing.extract()
    (original,), (copy,) = await printing.pieces(1), await printing.pieces(2)
    first = (await printing.files(1))["print-house-000001-DL-001.pdf"]
    second = (await printing.files(2))["print-house-000002-DL-001.pdf"]

    assert (copy.kind, copy.document_hash) == ("copy", original.document_hash)
    assert drawn(second) > drawn(first)


def drawn(content: bytes) -> int:
    """How much is drawn on the first page."""
    with pikepdf.open(io.BytesIO(content)) as made:
        page = made.pages[0]
        page.contents_coalesce()
        return len(page.Contents.read_bytes())


async def test_spoiled_paper_is_printed_anew_as_the_letter_it_was(printing: Printing) -> None:
    letter = await printing.letter()
    await printing.extract()
    async with printing.database.begin() as session:
        await agents.spoil(session, letter, "jam", actor=AGENT.actor, now=printing.station.clock())
    await printing.extract()

    async with printing.database.read() as session:
        pieces = await pieces_of_letter(session, letter)
    assert [(each.kind, each.state) for each in pieces] == [
        ("original", "spoiled"),
        ("replacement", "extracted"),
    ]


async def test_a_letter_that_was_posted_cannot_be_spoiled(printing: Printing) -> None:
    letter = await printing.letter()
    await printing.extract()
    now = printing.station.clock()
    report = Report("dispatched", "PRINTER:house", "E-1", now)
    async with printing.database.begin() as session:
        await report_letter(session, letter, report, actor="system:PRINTER", now=now)

    (piece,) = await printing.pieces()
    assert piece.state == "dispatched"
    with pytest.raises(IllegalTransitionError):
        async with printing.database.begin() as session:
            await agents.spoil(session, letter, "jam", actor=AGENT.actor, now=now)


async def test_gone_away_flags_the_address_and_raises_one_to_do(printing: Printing) -> None:
    letter = await printing.letter()
    await printing.extract()

    first = await take_back(printing, letter)
    again = await take_back(printing, letter)

    communication = await printing.communication(letter)
    async with printing.database.read() as session:
        point = await session.get_one(ContactPoint, communication.contact_point_id)
        todos = (await session.scalars(select(ToDo))).all()
    assert (communication.state, communication.reason) == ("returned", "gone_away")
    assert point.state == "invalid"
    assert [(todo.type, todo.title) for todo in todos] == [
        ("ADDRESS-CHECK", "Letter returned: gone_away")
    ]
    assert first.todo_id == again.todo_id == todos[0].id
    assert [piece.state for piece in await printing.pieces()] == ["returned"]


async def test_where_another_channel_is_declared_it_goes_on(printing: Printing) -> None:
    letter = await printing.letter(definition="REMINDER", email=True)
    await printing.extract()
    request = await printing.request(letter)
    async with printing.database.begin() as session:
        row = await session.get_one(CommunicationRequest, request.id)
        row.state = "completed"

    first = await take_back(printing, letter)
    again = await take_back(printing, letter)

    assert first.todo_id is None
    assert first.request_id == again.request_id
    async with printing.database.read() as session:
        made = await session.get_one(CommunicationRequest, first.request_id)
    assert (made.copy_of, made.channel_override) == (request.id, "email")


async def test_a_letter_that_waits_cannot_come_back(printing: Printing) -> None:
    letter = await printing.letter()

    with pytest.raises(IllegalTransitionError):
        await take_back(printing, letter)
