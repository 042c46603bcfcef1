"""A desk at work: a real database, published definitions, documents in a folder, and counterparts.

The billing service answers over HTTP; the channels keep what they are handed and answer as told.
"""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import BaseModel

from openccm.access.caller import Caller
from openccm.channels.port import Accepted, Caps, Outbound
from openccm.channels.registry import ChannelRegistry
from openccm.communications import queries
from openccm.communications.accept import Ask, accept
from openccm.communications.desk import Desk
from openccm.communications.dossier import opened
from openccm.communications.gather import gather
from openccm.communications.tables import Communication, CommunicationRequest
from openccm.content.documents import FolderStore
from openccm.content.pool import RenderPool
from openccm.content.port import Renderer
from openccm.contracts import StepInput
from openccm.data.services import DataDesk
from openccm.language.loader import load_definitions
from openccm.parties import people
from openccm.parties.people import PersonFacts, Reach
from openccm.parties.tables import Person
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.platform.secrets import Vault
from openccm.platform.settings import Settings
from openccm.repository.versions import Repository, publish
from tests.core.making import ADDRESS, NAME, NOW, HandSetClock, request

BILL = """
kind: communication
code: BILL-READY
title: Your bill is ready
category: service
purpose: billing
recipient: account-holder
languages: [en, de]
duplicate: {by: [bill.number], within: 30 days}
data:
  bill.number: {type: text, from: payload}
  bill.amount: {type: money, from: billing}
eligibility:
  something-to-pay: {when: bill.amount > 0, reason: nothing_to_pay}
channels:
  email:
    subject: {en: "Bill {{ bill.number }}", de: "Rechnung {{ bill.number }}"}
    from: {name: Brightwater Energy, address: service@brightwater.example}
  letter:
    after: [bounced, failed, no_contact_point]
quiet-hours: {from: "21:00", until: "08:00"}
retry: [1 minute, 5 minutes]
ambiguous: hold
"""

OFFER = """
kind: communication
code: SPRING-OFFER
title: A spring offer
category: marketing
purpose: offers
recipient: person
languages: [en]
channels:
  email:
    subject: {en: "Spring"}
    from: {name: Brightwater Energy, address: service@brightwater.example}
retry: [1 minute]
ambiguous: resend
"""

SERVICE = """
kind: data-service
code: billing
title: Billing system
http: {url: "%s", timeout: 2 seconds}
fields:
  bill.amount: {type: money}
"""

TEXT = "Dear {{ person.name }},\nyour bill {{ bill.number }}: {{ bill.amount }} EUR.\n"


LETTER = b"Subject: Bill\r\n\r\nDear Ana\r\n"


class Post:
    """A channel that keeps what it is handed."""

    name: ClassVar[str] = "post"
    channel: ClassVar[str] = "email"
    Config: ClassVar[type[BaseModel]] = BaseModel

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        self.caps = Caps(receipts=True)
        self.taken: list[Outbound] = []
        self.found: Accepted | None = None
        self.answer: Callable[[Outbound], Accepted] = lambda _: Accepted(reference="250 ok")

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def send(self, outbound: Outbound) -> Accepted:
        self.taken.append(outbound)
        return self.answer(outbound)

    async def lookup(self, outbound: Outbound) -> Accepted | None:
        return self.found

    async def health(self) -> str | None:
        return None


@dataclass(slots=True)
class BillingSystem:
    """The data service: an amount for every question."""

    amount: str | None = "186.40"
    status: int = 200
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    meanwhile: Callable[[], Any] | None = None
    """What happens elsewhere while it is asked."""

    def begin_anew(self) -> None:
        self.amount, self.status, self.meanwhile = "186.40", 200, None
        self.asked.clear()

    async def take(self, http: web.Request) -> web.Response:
        self.asked.append(json.loads(await http.read()))
        if self.meanwhile is not None:
            happening, self.meanwhile = self.meanwhile, None
            await happening()
        values = {} if self.amount is None else {"bill.amount": self.amount}
        return web.json_response({"values": values}, status=self.status)


@dataclass(slots=True)
class Station:
    """The desk and everybody around it."""

    desk: Desk
    clock: HandSetClock
    billing: BillingSystem
    post: Post
    letters: Post

    @property
    def database(self) -> Database:
        return self.desk.database

    def begin_anew(self) -> None:
        """Clock and counterparts as they were at the beginning."""
        self.clock.now = NOW
        for counterpart in (self.billing, self.post, self.letters):
            counterpart.begin_anew()

    async def person(self, *channels: str, **facts: Any) -> Person:
        """Somebody who can be reached there, and holds the account of the same number."""
        number = new_id()
        reach = [Reach(channel, f"{channel}-{ADDRESS}", ("Ana",)) for channel in channels]
        told = PersonFacts(**({"name": NAME} | facts), contact_points=tuple(reach))
        async with self.database.begin() as session:
            someone = await people.put_person(
                session, f"P-{number}", told, actor="test", now=self.clock()
            )
            await people.put_account(session, f"A-{number}", someone.key, "", now=self.clock())
        return someone

    async def ready(
        self,
        *channels: str,
        someone: Person | None = None,
        content: bytes = LETTER,
        **changes: Any,
    ) -> tuple[CommunicationRequest, UUID]:
        """A request whose one communication is rendered and waits to be handed over."""
        someone = someone or await self.person(*(channels or ("email", "letter")))
        asked = await self.ask(someone, **changes)
        result = await gather(self.desk, step(asked))
        (communication_id,) = result.communications
        digest = await self.desk.store.put(content)
        async with (
            self.database.begin() as session,
            opened(session, asked.id, actor="test", now=self.clock()) as dossier,
        ):
            row = dossier.communications[communication_id]
            row.document_hash, row.media_type = digest, "message/rfc822"
            dossier.move(row, "composed", "rendered")
        return asked, communication_id

    async def ask(self, someone: Person, **changes: Any) -> CommunicationRequest:
        facts: dict[str, Any] = {
            "definition": "BILL-READY",
            "idempotency_key": f"K-{new_id()}",
            "account": someone.key.replace("P-", "A-"),
            "payload": {"bill.number": f"B-{new_id()}"},
        }
        asked = Ask(**(facts | changes))
        caller = Caller("BILLING", frozenset(), None, new_id())
        async with self.database.begin() as session:
            published = await self.desk.repository.live(session, asked.definition)
            return await accept(
                session,
                asked,
                published.definition,
                published.version,
                caller=caller,
                now=self.clock(),
            )


def step(request: CommunicationRequest, communication_id: UUID | None = None) -> StepInput:
    return StepInput(
        subject=request.id,
        communication_id=communication_id,
        step="step",
        code=request.definition,
        version=request.version,
    )


def write_definitions(root: Path, billing_url: str) -> Path:
    files = {
        "bill-ready/communication.yaml": BILL,
        "bill-ready/templates/email.en.txt": TEXT,
        "bill-ready/templates/email.de.txt": TEXT,
        "bill-ready/templates/letter.en.html": f"<p>{TEXT}</p>",
        "bill-ready/templates/letter.de.html": f"<p>{TEXT}</p>",
        "spring-offer/communication.yaml": OFFER,
        "spring-offer/templates/email.en.txt": "Spring! {{ unsubscribe_url }}\n",
        "billing/service.yaml": SERVICE % billing_url,
    }
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


@asynccontextmanager
async def open_station(
    database: Database,
    folder: Path,
    renderer: Renderer | None = None,
    clock: HandSetClock | None = None,
) -> AsyncIterator[Station]:
    clock, billing, app = clock or HandSetClock(), BillingSystem(), web.Application()
    app.router.add_post("/data", billing.take)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0)
    root = write_definitions(folder / "definitions", str(server.make_url("/data")))
    async with database.begin() as session:
        await publish(session, load_definitions(root), actor="test", now=NOW)
    data = DataDesk(clock)
    await data.open()
    post, letters = Post(), Post()
    pool = RenderPool(processes=1)
    desk = Desk(
        settings=Settings(data_dir=folder),
        database=database,
        clock=clock,
        repository=Repository(database, clock),
        store=FolderStore(folder / "documents"),
        vault=Vault(bytes(32)),
        renderer=renderer or pool,
        data=data,
        channels=ChannelRegistry({"email": post, "letter": letters}),
    )
    try:
        yield Station(desk, clock, billing, post, letters)
    finally:
        # Never entered: it starts a process when one is asked for. What it started ends here.
        await pool.__aexit__(None, None, None)
        await desk.hooks.close()
        await data.close()
        await server.close()


async def state(station: Station, asked: CommunicationRequest) -> tuple[str, str | None]:
    row = await request(station.database, asked.id)
    return row.state, row.reason


async def children(station: Station, asked: CommunicationRequest) -> Sequence[Communication]:
    async with station.database.read() as session:
        return await queries.communications_of(session, asked.id)


async def move(station: Station, asked: CommunicationRequest, target: str, reason: str) -> None:
    """A person changes a request's state."""
    async with (
        station.database.begin() as session,
        opened(session, asked.id, actor="lab", now=station.clock()) as dossier,
    ):
        dossier.move_request(target, reason)


def refuse(error: BaseException) -> Callable[[Outbound], Accepted]:
    """A channel's answer that is an error."""

    def answer(_outbound: Outbound) -> Accepted:
        raise error

    return answer
