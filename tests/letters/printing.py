"""A desk that prints: letters with real PDFs that wait for the next run, and a print house."""

import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from reportlab.pdfgen import canvas
from sqlmodel import select

from openccm.channels.print_run import PrintRunChannel
from openccm.channels.registry import ChannelRegistry
from openccm.communications.desk import Desk
from openccm.communications.hand_over import hand_over
from openccm.communications.tables import Communication, CommunicationRequest
from openccm.jobs import commands, queries
from openccm.jobs.job import Jobs
from openccm.jobs.tables import JobItem, JobRun
from openccm.jobs.working import Foreman
from openccm.language.bundle import Library
from openccm.language.folder import bundle_of
from openccm.letters.building import folder_of
from openccm.letters.job import LetterExtract
from openccm.letters.tables import LetterPiece, PrintRun
from openccm.parties import people
from openccm.parties.people import PersonFacts, Reach
from openccm.parties.tables import Person
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.repository.versions import publish
from tests.core.making import NOW
from tests.core.station import Station, open_station, step

DEFINITIONS = Path(__file__).parents[2] / "definitions"

LETTER = """
kind: communication
code: NOTICE
title: A notice
category: legal
purpose: billing
recipient: person
languages: [en]
data:
  debt.bill_number: {type: text, from: payload}
  debt.amount: {type: money, from: payload}
  debt.due_date: {type: date, from: payload}
channels:
  letter:
    records: [generic, collection]
    inserts: [leaflet]
"""

FALLING_BACK = """
kind: communication
code: REMINDER
title: A reminder
category: service
purpose: billing
recipient: person
languages: [en]
channels:
  letter: {}
  email:
    after: [returned]
    subject: {en: "Reminder"}
    from: {name: Brightwater Energy, address: service@brightwater.example}
"""

DEBT = {"debt.bill_number": "B-417", "debt.amount": "186.4", "debt.due_date": "2026-03-02"}
BODY = b"<p>{{ person.name }}: {{ debt.bill_number }} {{ debt.amount }} {{ debt.due_date }}</p>"


@cache
def pdf(text: str, pages: int = 1) -> bytes:
    """A document of so many pages."""
    made = io.BytesIO()
    paper = canvas.Canvas(made, invariant=1)
    for number in range(1, pages + 1):
        paper.drawString(100, 700, f"{text} {number}/{pages}")
        paper.showPage()
    paper.save()
    return made.getvalue()


@dataclass(slots=True)
class Printing:
    """The desk, and everything around its letters."""

    station: Station
    jobs: Jobs
    foreman: Foreman

    @property
    def desk(self) -> Desk:
        return self.station.desk

    @property
    def database(self) -> Database:
        return self.station.database

    @property
    def channel(self) -> PrintRunChannel:
        adapter = self.desk.channels.for_channel("letter")
        assert isinstance(adapter, PrintRunChannel)
        return adapter

    async def someone(self, *lines: str, email: bool = False) -> Person:
        key = f"P-{new_id()}"
        lines = lines or ("Ana Moreno-Quill", "14 Mill Lane", "Leeds LS1 4AP")
        points = [Reach("letter", " ".join(lines), lines)]
        if email:
            points.append(Reach("email", f"{key.lower()}@customer.example"))
        facts = PersonFacts(name=lines[0], salutation="Dear Ana", contact_points=tuple(points))
        async with self.database.begin() as session:
            return await people.put_person(
                session, key, facts, actor="test", now=self.station.clock()
            )

    async def letter(
        self,
        *lines: str,
        pages: int = 1,
        content: bytes | None = None,
        definition: str = "NOTICE",
        email: bool = False,
        wait: bool = True,
    ) -> UUID:
        """A letter that waits for the next run."""
        someone = await self.someone(*lines, email=email)
        asked, communication_id = await self.station.ready(
            someone=someone,
            definition=definition,
            person=someone.key,
            account=None,
            payload=DEBT if definition == "NOTICE" else {},
            content=content or pdf(str(someone.key), pages),
        )
        if wait:
            await hand_over(self.desk, step(asked, communication_id))
        return communication_id

    async def start(self) -> JobRun:
        async with self.database.begin() as session:
            return await commands.start(
                session,
                self.jobs,
                "letter-extract",
                {},
                opened_as=f"test/{new_id()}",
                actor="user:op1",
                now=self.station.clock(),
            )

    async def extract(self, run: JobRun | None = None) -> JobRun:
        """A job run, turn after turn, to where nothing more happens by itself."""
        run = run or await self.start()
        while await self.foreman.turn(run.id) is not None:
            pass
        async with self.database.read() as session:
            return await queries.run_by_number(session, run.job, run.number)

    async def items(self, run: JobRun) -> Sequence[JobItem]:
        async with self.database.read() as session:
            return await queries.items(session, run.id)

    async def print_run(self, number: int = 1) -> PrintRun:
        async with self.database.read() as session:
            found = await session.scalar(select(PrintRun).where(PrintRun.number == number))
        assert found is not None
        return found

    async def pieces(self, number: int = 1) -> Sequence[LetterPiece]:
        run = await self.print_run(number)
        statement = select(LetterPiece).where(LetterPiece.run_id == run.id)
        async with self.database.read() as session:
            found = (await session.scalars(statement)).all()
        return sorted(found, key=lambda piece: piece.sequence or 0)

    async def every_piece(self) -> Sequence[LetterPiece]:
        async with self.database.read() as session:
            return (await session.scalars(select(LetterPiece))).all()

    async def communication(self, communication_id: UUID) -> Communication:
        async with self.database.read() as session:
            return await session.get_one(Communication, communication_id)

    async def request(self, communication_id: UUID) -> CommunicationRequest:
        found = await self.communication(communication_id)
        async with self.database.read() as session:
            return await session.get_one(CommunicationRequest, found.request_id)

    async def files(self, number: int = 1) -> dict[str, bytes]:
        folder = folder_of(self.desk, await self.print_run(number))
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    async def records(self, number: int = 1) -> list[list[str]]:
        files = await self.files(number)
        (text,) = [content for name, content in files.items() if name.endswith("records.txt")]
        return [line.split("|") for line in text.decode().splitlines()]


def library() -> Library:
    """What the demonstration declares for letters, and two communications of the tests' own."""
    own = {"notice": LETTER, "reminder": FALLING_BACK}
    folders: dict[str, dict[str, bytes]] = {
        name: {path.name: path.read_bytes() for path in (DEFINITIONS / "office" / name).iterdir()}
        for name in ("print-house", "address-check", "print-run-check", "uk-office")
    }
    folders |= {
        name: {"communication.yaml": text.encode(), "templates/letter.en.html": BODY}
        for name, text in own.items()
    }
    bundles = [bundle_of(name, files) for name, files in folders.items()]
    good = tuple(each for each in bundles if not isinstance(each, list))
    assert len(good) == len(bundles), bundles
    return Library(good)


@asynccontextmanager
async def open_printing(
    database: Database, folder: Path, **channel: Any
) -> AsyncIterator[Printing]:
    place = {"runs": folder / "house" / "runs", "answers": folder / "house" / "answers"}
    config = PrintRunChannel.Config.model_validate(
        {"extract": "PRINT-HOUSE", **(channel or {"folder": place})}
    )
    async with open_station(database, folder) as station:
        async with database.begin() as session:
            await publish(session, library(), actor="test", now=NOW)
        letters = PrintRunChannel(config)
        registry = ChannelRegistry({"email": station.post, "letter": letters})
        given = {"letter": {"adapter": "print-run", **config.model_dump(mode="json")}}
        settings = station.desk.settings.model_copy(update={"channels": given})
        station.desk = replace(station.desk, channels=registry, settings=settings)
        jobs = Jobs([LetterExtract(station.desk)])
        yield Printing(station, jobs, Foreman(database, jobs, station.clock))
