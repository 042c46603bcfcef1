"""Composing: rendered once, stored, its hash fixed; a fault waits for a person."""

import hashlib
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlmodel import select

from openccm.communications import queries
from openccm.communications.compose import compose_step
from openccm.communications.dossier import opened
from openccm.communications.gather import gather
from openccm.communications.tables import Communication, CommunicationRequest
from openccm.communications.unsubscribe import purpose_of, withdraw
from openccm.content.documents import fetch, settled, waiting
from openccm.content.pool import RenderPool
from openccm.content.tables import DocumentBuffer, StoredDocument
from openccm.contracts import WAIT, StepResult
from openccm.errors import NotFoundError
from openccm.language.loader import load_definitions
from openccm.parties.tables import Person
from openccm.platform.database import Database
from openccm.privacy.consents import set_consent
from openccm.privacy.tables import Consent
from openccm.repository.versions import publish
from tests.core.making import ADDRESS, NAME, NOW, communication, count
from tests.core.station import Station, open_station, state, step


@pytest.fixture(scope="module")
async def renderer() -> AsyncIterator[RenderPool]:
    async with RenderPool(processes=1) as pool:
        yield pool


@pytest.fixture(scope="module")
async def shared_rendering(
    house: Database, tmp_path_factory: pytest.TempPathFactory, renderer: RenderPool
) -> AsyncIterator[Station]:
    async with open_station(house, tmp_path_factory.mktemp("station"), renderer) as station:
        yield station


@pytest.fixture
async def rendering(shared_rendering: Station) -> Station:
    shared_rendering.begin_anew()
    return shared_rendering


@pytest.fixture
async def apart(database: Database, tmp_path: Path, renderer: RenderPool) -> AsyncIterator[Station]:
    """For whoever publishes, or takes the store away."""
    async with open_station(database, tmp_path, renderer) as station:
        yield station


async def pending(
    station: Station, *channels: str, someone: Person | None = None, **changes: object
) -> tuple[CommunicationRequest, Communication]:
    someone = someone or await station.person(*(channels or ("email",)))
    asked = await station.ask(someone, **changes)
    (child,) = (await gather(station.desk, step(asked))).communications
    return asked, await communication(station.database, child)


async def compose(
    station: Station, asked: CommunicationRequest, child: Communication
) -> tuple[StepResult, Communication]:
    result = await compose_step(station.desk, step(asked, child.id))
    return result, await communication(station.database, child.id)


async def documents(station: Station, child: Communication) -> dict[str, StoredDocument]:
    async with station.database.read() as session:
        rows = await queries.documents_of(session, child.id)
    assert len({row.part for row in rows}) == len(rows)
    return {row.part: row for row in rows}


def block_the_store(station: Station) -> Path:
    """Put a file where the store's folder should be."""
    folder = station.desk.settings.data_dir / "documents"
    folder.write_text("in the way")
    return folder


async def test_an_email_is_rendered_stored_and_its_hash_fixed(rendering: Station) -> None:
    asked, child = await pending(rendering)
    result, row = await compose(rendering, asked, child)

    assert result.outcome == "rendered"
    assert (row.state, row.media_type) == ("rendered", "message/rfc822")
    content = await rendering.desk.store.get(row.document_hash or "")
    assert content is not None
    assert hashlib.sha256(content).hexdigest() == row.document_hash
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message["to"] == f"{NAME} <email-{ADDRESS}>"
    assert message["subject"] == f"Bill {asked.payload['bill.number']}"
    assert "186.40 EUR" in message.get_content()
    kept = await documents(rendering, child)
    assert kept["message"].hash == row.document_hash
    assert {each.storage for each in kept.values()} == {"stored"}


async def test_composing_again_changes_nothing(rendering: Station) -> None:
    """The step may be repeated after a crash."""
    asked, child = await pending(rendering)
    _, first = await compose(rendering, asked, child)
    kept = await documents(rendering, child)
    result, again = await compose(rendering, asked, child)

    assert result.outcome == "rendered"
    assert again.document_hash == first.document_hash
    assert [row.id for row in (await documents(rendering, child)).values()] == [
        row.id for row in kept.values()
    ]


async def test_what_was_composed_is_what_was_decided_not_what_is_known_by_now(
    rendering: Station,
) -> None:
    asked, child = await pending(rendering)
    rendering.billing.amount = "999.99"
    _, row = await compose(rendering, asked, child)

    content = await rendering.desk.store.get(row.document_hash or "") or b""
    assert b"186.40" in content
    assert len(rendering.billing.asked) == 1


async def test_while_the_store_is_away_the_documents_wait_in_the_database(
    apart: Station,
) -> None:
    asked, child = await pending(apart)
    blocker = block_the_store(apart)
    result, row = await compose(apart, asked, child)

    assert (result.outcome, row.state) == ("rendered", "rendered")
    assert {each.storage for each in (await documents(apart, child)).values()} == {"pending"}
    async with apart.database.read() as session:
        held = await waiting(session, 10)
        content = await fetch(session, apart.desk.store, row.document_hash or "")
    assert hashlib.sha256(content).hexdigest() == row.document_hash
    blocker.unlink()
    for each in held:
        await apart.desk.store.put(each.content)
        async with apart.database.begin() as session:
            await settled(session, each.hash)
    assert await count(apart.database, DocumentBuffer) == 0
    assert {each.storage for each in (await documents(apart, child)).values()} == {"stored"}


async def republish(station: Station, template: str) -> None:
    root = station.desk.settings.data_dir / "definitions"
    (root / "bill-ready/templates/email.en.txt").write_text(template)
    async with station.database.begin() as session:
        await publish(session, load_definitions(root), actor="test", now=NOW)


async def test_a_template_that_fails_waits_for_a_person_and_says_where(
    apart: Station,
) -> None:
    await republish(apart, "Dear {{ person.name }},\n{{ bill.amount / 0 }}\n")
    asked, child = await pending(apart)
    result, row = await compose(apart, asked, child)

    assert (result.outcome, result.until) == (WAIT, None)
    assert (row.state, row.reason, row.document_hash) == ("error", "template_failed", None)
    async with apart.database.read() as session:
        told = (await queries.explanation(session, asked.id))[-1]
    assert told.verdict.inputs["template"] == "templates/email.en.txt"
    assert told.verdict.inputs["line"] == 2
    assert NAME not in told.sentence


async def test_a_request_keeps_the_version_it_began_with(apart: Station) -> None:
    asked, child = await pending(apart)
    await republish(apart, "Something else\n")
    _, row = await compose(apart, asked, child)
    later, other = await pending(apart)
    _, new = await compose(apart, later, other)

    old_content = await apart.desk.store.get(row.document_hash or "") or b""
    new_content = await apart.desk.store.get(new.document_hash or "") or b""
    assert (asked.version, later.version) == (1, 2)
    assert b"Dear" in old_content
    assert b"Something else" in new_content


async def test_what_was_cancelled_meanwhile_is_not_composed(rendering: Station) -> None:
    asked, child = await pending(rendering)
    async with (
        rendering.database.begin() as session,
        opened(session, asked.id, actor="lab", now=NOW) as dossier,
    ):
        dossier.move(dossier.communications[child.id], "cancelled", reason="stop")
    result, row = await compose(rendering, asked, child)

    assert (result.outcome, row.state) == ("ended", "cancelled")
    assert await documents(rendering, child) == {}
    assert (await state(rendering, asked))[0] == "completed"


async def test_a_letter_is_one_document(rendering: Station) -> None:
    asked, child = await pending(rendering, "letter")
    _, row = await compose(rendering, asked, child)

    kept = await documents(rendering, child)
    assert list(kept) == ["letter"]
    assert (kept["letter"].media_type, kept["letter"].pages) == ("application/pdf", 1)
    assert row.media_type == "application/pdf"


async def offered(station: Station) -> tuple[CommunicationRequest, Communication]:
    ana = await station.person("email")
    async with station.database.begin() as session:
        await set_consent(
            session, ana.id, "offers", "granted", source="core", actor="test", now=NOW
        )
    return await pending(
        station, someone=ana, definition="SPRING-OFFER", person=ana.key, payload={}
    )


async def test_the_link_in_an_offer_withdraws_the_consent_behind_it(rendering: Station) -> None:
    asked, child = await offered(rendering)
    _, row = await compose(rendering, asked, child)
    content = await rendering.desk.store.get(row.document_hash or "") or b""
    message = message_from_bytes(content, policy=policy.default)
    token = message["list-unsubscribe"].strip("<>").rpartition("/u/")[2]

    assert await purpose_of(rendering.desk, token) == "offers"
    assert await withdraw(rendering.desk, token) == "offers"
    assert await withdraw(rendering.desk, token) == "offers"
    consent = await _consent(rendering, child)
    assert (consent.state, consent.source) == ("withdrawn", f"communication:{child.id}")


async def _consent(station: Station, child: Communication) -> Consent:
    async with station.database.read() as session:
        mine = select(Consent).where(Consent.person_id == child.person_id)
        return (await session.scalars(mine)).one()


@pytest.mark.parametrize("token", ["", "nonsense", "{id}", "{id}.", "{id}.AAAA", "..", "ü.ü"])
async def test_a_link_that_we_did_not_sign_withdraws_nothing(
    rendering: Station, token: str
) -> None:
    _, child = await offered(rendering)
    with pytest.raises(NotFoundError):
        await withdraw(rendering.desk, token.format(id=child.id.hex))

    assert (await _consent(rendering, child)).state == "granted"
