"""The demo company's people and core systems, put into a fresh installation."""

import base64
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.access.keys import SCOPES, issue_key, register_system
from openccm.parties import people
from openccm.parties.codes import put_code
from openccm.parties.objects import Name
from openccm.parties.premises import PremiseFacts, Stay, put_premise
from openccm.parties.relationships import Tie, put_ties
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from openccm.platform.settings import Settings
from openccm.privacy.consents import set_consent
from openccm.privacy.tables import Preference, Suppression

ACTOR = "demo"
BILLING_URL = "OPENCCM_DEMO_BILLING_URL"
BILLING_SECRET = "OPENCCM_DEMO_BILLING_SECRET"  # noqa: S105
CORE_SCOPES = (
    "request:create",
    "request:read",
    "request:manage",
    "event:write",
    "event:read",
    "document:read",
    "callback:manage",
    "party:read",
    "party:write",
)


class Strict(BaseModel):
    """What the file says must be understood to the last word."""

    model_config = ConfigDict(extra="forbid")


class Point(Strict):
    """A contact point."""

    channel: str
    value: str
    lines: tuple[str, ...] = ()
    verified: bool = False
    line: str = ""


class Called(Strict):
    """What others call somebody or something."""

    kind: str
    value: str


class Related(Strict):
    """What another person is to this one."""

    other: str
    relation: str
    scope: str = ""


class Occupant(Strict):
    """Who is, or was, at a premise."""

    account: str | None = None
    person: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None


class Wish(Strict):
    """A preference."""

    definition: str = ""
    channel: str = ""
    wish: str = "allow"
    quiet_from: str | None = None
    quiet_until: str | None = None


class Stop(Strict):
    """A suppression."""

    channel: str = ""
    reason: str


class DemoPerson(Strict):
    """One person."""

    key: str
    name: str
    given_name: str = ""
    family_name: str = ""
    salutation: str = ""
    language: str = "en"
    time_zone: str = "Europe/London"
    restricted: bool = False
    vip: bool = False
    identifiers: tuple[Called, ...] = ()
    relationships: tuple[Related, ...] = ()
    contact_points: tuple[Point, ...] = ()
    consents: dict[str, Literal["granted", "withdrawn"]] = {}
    preferences: tuple[Wish, ...] = ()
    suppressions: tuple[Stop, ...] = ()


class DemoAccount(Strict):
    """One account."""

    key: str
    holder: str
    account_class: str = ""


class DemoPremise(Strict):
    """One place."""

    key: str
    lines: tuple[str, ...]
    service_point: str = ""
    occupants: tuple[Occupant, ...] = ()


class Company(Strict):
    """Everybody."""

    persons: tuple[DemoPerson, ...]
    accounts: tuple[DemoAccount, ...]
    premises: tuple[DemoPremise, ...]
    customer_classes: dict[str, str]


def read_company() -> Company:
    """The file ``people.yaml``."""
    text = Path(__file__).with_name("people.yaml").read_text(encoding="utf-8")
    return Company.model_validate(yaml.safe_load(text))


def billing_environment(settings: Settings) -> dict[str, str]:
    """What the worker needs to reach the billing system of the lab, and its signing secret."""
    path = key_file(settings, "billing-service.secret")
    if not path.exists():
        write_secret(path, f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}")
    return {
        BILLING_URL: f"http://127.0.0.1:{settings.lab_http_port}/services/billing",
        BILLING_SECRET: path.read_text(encoding="utf-8"),
    }


def key_file(settings: Settings, name: str) -> Path:
    """Where a key of the demo is kept."""
    return settings.data_dir / "secrets" / name


async def seed(settings: Settings, now: datetime | None = None) -> None:
    """Make the company known; what is there already is brought up to date."""
    company, moment = read_company(), now or utc_now()
    database = Database(settings.database_url)
    try:
        async with database.begin() as session:
            for person in company.persons:
                await _seed_person(session, person, moment)
            await _seed_ties(session, company, moment)
            await _seed_accounts(session, company, moment)
            await _seed_keys(session, settings, moment)
    finally:
        await database.close()


async def _seed_person(session: AsyncSession, person: DemoPerson, now: datetime) -> None:
    facts = people.PersonFacts(
        **person.model_dump(
            exclude={
                *("key", "contact_points", "consents", "preferences", "suppressions"),
                *("identifiers", "relationships"),
            }
        ),
        identifiers=tuple(Name(each.kind, each.value) for each in person.identifiers),
        contact_points=tuple(people.Reach(**p.model_dump()) for p in person.contact_points),
    )
    row = await people.put_person(session, person.key, facts, actor=ACTOR, now=now)
    for purpose, state in person.consents.items():
        await set_consent(session, row.id, purpose, state, source=ACTOR, actor=ACTOR, now=now)
    for table in (Preference, Suppression):
        await session.execute(delete(table).where(col(table.person_id) == row.id))
    session.add_all(
        Preference(person_id=row.id, at=now, **wish.model_dump()) for wish in person.preferences
    )
    session.add_all(
        Suppression(person_id=row.id, at=now, source=ACTOR, **stop.model_dump())
        for stop in person.suppressions
    )


async def _seed_ties(session: AsyncSession, company: Company, now: datetime) -> None:
    for person in company.persons:
        ties = [Tie(person.key, **each.model_dump()) for each in person.relationships]
        if ties:
            row = await people.person_by_key(session, person.key)
            await put_ties(session, row, ties, actor=ACTOR, now=now)


async def _seed_accounts(session: AsyncSession, company: Company, now: datetime) -> None:
    for code, title in company.customer_classes.items():
        await put_code(
            session, "customer-class", code, title, {}, closed=False, actor=ACTOR, now=now
        )
    for account in company.accounts:
        await people.put_account(
            session, account.key, account.holder, account.account_class, actor=ACTOR, now=now
        )
    for premise in company.premises:
        facts = PremiseFacts(
            lines=premise.lines,
            service_point=premise.service_point,
            stays=tuple(Stay(**each.model_dump()) for each in premise.occupants),
        )
        await put_premise(session, premise.key, facts, actor=ACTOR, now=now)


async def _seed_keys(session: AsyncSession, settings: Settings, now: datetime) -> None:
    """One key each for the core systems, an operator and the print house, kept in files."""
    wanted: Mapping[Path, tuple[str, str, tuple[str, ...]]] = {
        key_file(settings, "billing.key"): ("BILLING", "Billing system", CORE_SCOPES),
        key_file(settings, "flights.key"): ("FLIGHTS", "Flight operations", CORE_SCOPES),
        key_file(settings, "compensation.key"): (
            "COMPENSATION",
            "Compensation system",
            ("event:write", "callback:manage", "case:read"),
        ),
        key_file(settings, "operator.key"): ("OPERATIONS", "Operations", tuple(SCOPES)),
        settings.status_key_file: ("PRINT-HOUSE", "Print house", ("status:write",)),
    }
    for path, (code, title, scopes) in wanted.items():
        await register_system(session, code, title, actor=ACTOR, now=now)
        if not path.exists():
            _, plain = await issue_key(session, code, scopes, actor=ACTOR, now=now)
            write_secret(path, plain)


def write_secret(path: Path, value: str) -> None:
    """Keep a secret in a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(value, encoding="utf-8")
