"""What is known of a recipient when it is decided: the right person, as it stands now."""

from datetime import timedelta

import pytest

from openccm.communications.facts import read_facts
from openccm.communications.tables import CommunicationRequest
from openccm.parties.tables import Account, ContactPoint, Person
from openccm.platform.database import Database
from openccm.privacy.tables import Consent, Preference, Suppression
from openccm.repository.tables import DefinitionHold
from tests.core.making import NOW, contact_point, definition, person


async def household(database: Database) -> tuple[Person, Person]:
    """The holder of A-5001, and somebody else."""
    holder, other = person(key="P-1001"), person(key="P-1002")
    async with database.begin() as session:
        session.add_all([holder, other])
        await session.flush()
        session.add(Account(key="A-5001", holder_id=holder.id, created_at=NOW))
    return holder, other


def asked(person_key: str | None, account_key: str | None) -> CommunicationRequest:
    return CommunicationRequest(
        system_code="BILLING",
        idempotency_key="K-1",
        body_hash="-",
        definition="BILL-READY",
        version=7,
        person_key=person_key,
        account_key=account_key,
        received_at=NOW,
        updated_at=NOW,
    )


@pytest.mark.parametrize(
    ("recipient", "person_key", "account_key", "found"),
    [
        ("account-holder", None, "A-5001", "P-1001"),
        ("account-holder", "P-1001", "A-5001", "P-1001"),
        ("account-holder", "P-1002", "A-5001", "P-1001"),
        ("person", "P-1002", None, "P-1002"),
        ("person", "P-1002", "A-5001", "P-1002"),
        ("person", "P-9999", "A-5001", None),
        ("account-holder", None, "A-9999", None),
    ],
)
async def test_the_recipient_is_whom_the_definition_is_for(
    database: Database,
    recipient: str,
    person_key: str | None,
    account_key: str | None,
    found: str | None,
) -> None:
    await household(database)
    async with database.read() as session:
        facts = await read_facts(
            session, asked(person_key, account_key), definition(recipient=recipient)
        )

    assert (facts.person.key if facts.person else None) == found


async def test_what_is_read_is_this_persons_and_for_this_purpose(database: Database) -> None:
    ana, other = await household(database)
    async with database.begin() as session:
        session.add_all(
            [
                contact_point(ana, value="second@x.example", rank=1),
                contact_point(ana, value="first@x.example", rank=0),
                contact_point(other, value="other@x.example"),
            ]
        )
        for owner, purpose, state in (
            (ana, "billing", "granted"),
            (ana, "offers", "withdrawn"),
            (other, "billing", "withdrawn"),
        ):
            session.add(
                Consent(person_id=owner.id, purpose=purpose, state=state, source="core", at=NOW)
            )
        session.add(Preference(person_id=other.id, wish="refuse", at=NOW))
        for owner, lifted in ((ana, NOW + timedelta(days=1)), (ana, None), (other, None)):
            session.add(
                Suppression(
                    person_id=owner.id,
                    reason="complaint",
                    source="agent",
                    at=NOW,
                    lifted_at=lifted,
                )
            )
    async with database.read() as session:
        facts = await read_facts(session, asked("P-1001", None), definition())

    values: list[str] = [point.value for point in facts.contact_points]
    assert values == ["first@x.example", "second@x.example"]
    assert facts.consent is not None
    assert facts.consent.state == "granted"
    assert facts.preferences == []
    assert [each.lifted_at for each in facts.suppressions] == [None]
    assert facts.version == 7


@pytest.mark.parametrize("released", [None, NOW])
async def test_only_a_hold_that_stands_holds(database: Database, released: object) -> None:
    async with database.begin() as session:
        session.add(
            DefinitionHold(
                code="BILL-READY", by="lab", reason="wrong logo", since=NOW, released_at=released
            )
        )
    async with database.read() as session:
        facts = await read_facts(session, asked("P-1001", None), definition())

    assert (facts.held is not None) is (released is None)


async def test_a_contact_point_keeps_its_address_lines(database: Database) -> None:
    ana, _ = await household(database)
    lines = {"lines": ["Ana Moreno", "7 Elm Row"]}
    async with database.begin() as session:
        session.add(
            ContactPoint(
                person_id=ana.id, channel="letter", value="7 Elm Row", address=lines, updated_at=NOW
            )
        )
    async with database.read() as session:
        facts = await read_facts(session, asked("P-1001", None), definition())

    assert facts.contact_points[0].address == lines
