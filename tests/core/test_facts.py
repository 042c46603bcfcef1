"""What is known of a recipient when it is decided: the right person, as it stands now."""

from datetime import timedelta

import pytest

from openccm.communications.facts import read_facts
from openccm.communications.tables import CommunicationRequest
from openccm.parties.tables import Account, ContactPoint, Person
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.privacy.tables import Consent, Preference, Suppression
from openccm.repository.tables import DefinitionHold
from tests.core.making import NOW, contact_point, definition, person


async def household(house: Database) -> tuple[Person, Person, str]:
    """The holder of an account, somebody else, and the account's key."""
    holder, other, key = person(), person(), f"A-{new_id()}"
    async with house.begin() as session:
        session.add_all([holder, other])
        await session.flush()
        session.add(Account(key=key, holder_id=holder.id, created_at=NOW))
    return holder, other, key


def asked(
    person_key: str | None, account_key: str | None = None, code: str = "BILL-READY"
) -> CommunicationRequest:
    return CommunicationRequest(
        system_code="BILLING",
        idempotency_key="K-1",
        body_hash="-",
        definition=code,
        version=7,
        person_key=person_key,
        account_key=account_key,
        received_at=NOW,
        updated_at=NOW,
    )


@pytest.mark.parametrize(
    ("recipient", "named", "found"),
    [
        ("account-holder", (None, "account"), "holder"),
        ("account-holder", ("holder", "account"), "holder"),
        ("account-holder", ("other", "account"), "holder"),
        ("account-holder", (None, "nobody"), None),
        ("person", ("other", None), "other"),
        ("person", ("other", "account"), "other"),
        ("person", ("nobody", "account"), None),
    ],
)
async def test_the_recipient_is_whom_the_definition_is_for(
    house: Database, recipient: str, named: tuple[str | None, str | None], found: str | None
) -> None:
    holder, other, account = await household(house)
    keys = {
        None: None,
        "nobody": "nobody",
        "holder": holder.key,
        "other": other.key,
        "account": account,
    }
    request = asked(keys[named[0]], keys[named[1]])
    async with house.read() as session:
        facts = await read_facts(session, request, definition(recipient=recipient))

    assert (facts.person.key if facts.person else None) == keys[found]


async def test_what_is_read_is_this_persons_and_for_this_purpose(house: Database) -> None:
    ana, other, _ = await household(house)
    async with house.begin() as session:
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
    async with house.read() as session:
        facts = await read_facts(session, asked(ana.key), definition())

    values: list[str] = [point.value for point in facts.contact_points]
    assert values == ["first@x.example", "second@x.example"]
    assert facts.consent is not None
    assert facts.consent.state == "granted"
    assert facts.preferences == []
    assert [each.lifted_at for each in facts.suppressions] == [None]
    assert facts.version == 7


@pytest.mark.parametrize("released", [None, NOW])
async def test_only_a_hold_that_stands_holds(house: Database, released: object) -> None:
    code = f"BILL-{new_id()}"
    async with house.begin() as session:
        session.add(
            DefinitionHold(
                code=code, by="lab", reason="wrong logo", since=NOW, released_at=released
            )
        )
    async with house.read() as session:
        facts = await read_facts(session, asked("P-1", code=code), definition())

    assert (facts.held is not None) is (released is None)


async def test_a_contact_point_keeps_its_address_lines(house: Database) -> None:
    ana, _, _ = await household(house)
    lines = {"lines": ["Ana Moreno", "7 Elm Row"]}
    async with house.begin() as session:
        session.add(
            ContactPoint(
                person_id=ana.id, channel="letter", value="7 Elm Row", address=lines, updated_at=NOW
            )
        )
    async with house.read() as session:
        facts = await read_facts(session, asked(ana.key), definition())

    assert facts.contact_points[0].address == lines
