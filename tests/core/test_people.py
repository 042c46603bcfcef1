"""Persons and accounts as core systems tell them: contact points come, go and come back."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from openccm.errors import NotFoundError
from openccm.parties import people
from openccm.parties.people import PersonFacts, Reach
from openccm.parties.tables import Account, ContactPoint, Person
from openccm.platform.audit import AuditEntry, first_fault
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.privacy.consents import set_consent
from openccm.privacy.tables import Consent
from tests.core.making import NAME, NOW

LATER = NOW + timedelta(days=1)
HOME, WORK = "ana@home.example", "ana@work.example"


def email(value: str, **more: Any) -> Reach:
    return Reach("email", value, **more)


async def tell(house: Database, key: str, *reach: Reach, **facts: Any) -> Person:
    told = PersonFacts(**({"name": NAME} | facts), contact_points=reach)
    async with house.begin() as session:
        return await people.put_person(session, key, told, actor="system:CRM", now=LATER)


async def points(house: Database, person: Person) -> dict[str, ContactPoint]:
    async with house.read() as session:
        found = await people.contact_points_of(session, person.id)
        assert len(found) == len({(each.channel, each.value) for each in found})
        return {each.value: each for each in found}


def standing(found: dict[str, ContactPoint]) -> dict[str, tuple[str, str | None]]:
    return {value: (point.state, point.reason) for value, point in found.items()}


async def bounce(house: Database, point: ContactPoint) -> None:
    async with house.begin() as session:
        row = await session.get_one(ContactPoint, point.id)
        row.state, row.reason = "invalid", "bounced"


async def test_a_person_is_known_by_the_key_that_was_told(house: Database) -> None:
    key = f"P-{new_id()}"
    told = await tell(house, key, email(HOME), language="de", time_zone="Europe/Berlin")
    async with house.read() as session:
        known = await people.person_by_key(session, key)

    assert (known.id, known.name, known.language) == (told.id, NAME, "de")
    assert (known.time_zone, known.created_at) == ("Europe/Berlin", LATER)
    assert standing(await points(house, known)) == {HOME: ("active", None)}


async def test_nobody_bears_an_unknown_key(house: Database) -> None:
    async with house.read() as session:
        with pytest.raises(NotFoundError, match="person"):
            await people.person_by_key(session, "P-nobody")


async def test_telling_again_brings_up_to_date_and_makes_nobody_new(house: Database) -> None:
    key = f"P-{new_id()}"
    first = await tell(house, key, restricted=True, salutation="Ms")
    again = await tell(house, key, name="Ana Quill", deceased=True)
    async with house.read() as session:
        known = await people.person_by_key(session, key)

    assert again.id == first.id
    assert (known.name, known.salutation) == ("Ana Quill", "")
    assert (known.restricted, known.deceased) == (False, True)


async def test_the_order_told_is_the_order_preferred(house: Database) -> None:
    key = f"P-{new_id()}"
    person = await tell(house, key, email(HOME), email(WORK))
    await tell(house, key, email(WORK), email(HOME))

    found = await points(house, person)
    assert found[WORK].rank < found[HOME].rank


async def test_a_contact_point_no_longer_told_is_closed_and_kept(house: Database) -> None:
    """Communications point at it."""
    key = f"P-{new_id()}"
    person = await tell(house, key, email(HOME), email(WORK))
    before = await points(house, person)
    await tell(house, key, email(WORK))

    found = await points(house, person)
    assert standing(found) == {HOME: ("invalid", "no_longer_told"), WORK: ("active", None)}
    assert found[HOME].id == before[HOME].id


@pytest.mark.parametrize(
    ("verified", "expected"), [(False, ("invalid", "bounced")), (True, ("active", None))]
)
async def test_what_had_bounced_comes_back_only_when_verified(
    house: Database, verified: bool, expected: tuple[str, str | None]
) -> None:
    key = f"P-{new_id()}"
    person = await tell(house, key, email(HOME))
    await bounce(house, (await points(house, person))[HOME])
    await tell(house, key, email(HOME, verified=verified))

    assert standing(await points(house, person)) == {HOME: expected}


async def test_what_was_only_no_longer_told_comes_back_when_it_is_told_again(
    house: Database,
) -> None:
    key = f"P-{new_id()}"
    person = await tell(house, key, email(HOME))
    await tell(house, key)
    await tell(house, key, email(HOME))

    assert standing(await points(house, person)) == {HOME: ("active", None)}


async def test_what_had_bounced_does_not_come_back_by_being_left_out_for_once(
    house: Database,
) -> None:
    key = f"P-{new_id()}"
    person = await tell(house, key, email(HOME))
    await bounce(house, (await points(house, person))[HOME])
    await tell(house, key)
    await tell(house, key, email(HOME))

    assert (await points(house, person))[HOME].state == "invalid"


async def test_the_same_contact_point_told_twice_is_one(house: Database) -> None:
    person = await tell(house, f"P-{new_id()}", email(HOME), email(HOME, verified=True))

    assert list(await points(house, person)) == [HOME]


async def test_one_value_on_two_channels_is_two_contact_points(house: Database) -> None:
    number = "+447700900101"
    person = await tell(house, f"P-{new_id()}", Reach("sms", number), Reach("voice", number))
    async with house.read() as session:
        found = await people.contact_points_of(session, person.id)

    assert [each.channel for each in found] == ["sms", "voice"]


async def test_an_address_that_changes_its_lines_is_brought_up_to_date(house: Database) -> None:
    key = f"P-{new_id()}"
    person = await tell(house, key, Reach("letter", "home", ("Ana", "7 Elm Row")))
    await tell(house, key, Reach("letter", "home", ("Ana", "9 Elm Row")))

    assert (await points(house, person))["home"].address == {"lines": ["Ana", "9 Elm Row"]}


async def test_the_trail_says_that_a_person_changed_and_not_how(house: Database) -> None:
    key = f"P-{new_id()}"
    person = await tell(house, key, email(HOME))
    await tell(house, key, email(WORK))
    async with house.read() as session:
        trail = (
            await session.scalars(
                select(AuditEntry)
                .where(AuditEntry.object_id == str(person.id))
                .order_by(col(AuditEntry.sequence))
            )
        ).all()

    assert [entry.action for entry in trail] == ["person.created", "person.changed"]
    text = repr([entry.model_dump() for entry in trail])
    assert not any(personal in text for personal in (NAME, HOME, WORK))


async def test_an_account_has_one_holder_who_may_change(house: Database) -> None:
    first, second = f"P-{new_id()}", f"P-{new_id()}"
    await tell(house, first)
    heir = await tell(house, second)
    key = f"A-{new_id()}"
    for holder in (first, second):
        async with house.begin() as session:
            await people.put_account(session, key, holder, "household", now=NOW)
    async with house.read() as session:
        account = (await session.scalars(select(Account).where(Account.key == key))).one()

    assert (account.holder_id, account.account_class) == (heir.id, "household")


async def test_an_account_needs_a_holder_who_is_known(house: Database) -> None:
    with pytest.raises(NotFoundError, match="person"):
        async with house.begin() as session:
            await people.put_account(session, "A-1", "P-nobody", "", now=NOW)


async def word(
    house: Database, person: Person, state: str, purpose: str = "offers", source: str = "core"
) -> None:
    async with house.begin() as session:
        await set_consent(
            session, person.id, purpose, state, source=source, actor="system:CRM", now=LATER
        )


async def words_of(house: Database, person: Person) -> dict[str, tuple[str, str]]:
    async with house.read() as session:
        found = await session.scalars(select(Consent).where(Consent.person_id == person.id))
        return {each.purpose: (each.state, each.source) for each in found}


async def trail_of(house: Database, person: Person) -> list[tuple[str | None, str | None]]:
    """The consents on the trail, each as from and to."""
    async with house.read() as session:
        entries = (
            await session.scalars(
                select(AuditEntry)
                .where(AuditEntry.chain == f"person:{person.id}")
                .order_by(col(AuditEntry.sequence))
            )
        ).all()
        assert await first_fault(session, f"person:{person.id}") is None
    return [(each.from_state, each.to_state) for each in entries if each.to_state]


async def test_the_latest_word_on_a_purpose_counts(house: Database) -> None:
    person = await tell(house, f"P-{new_id()}")
    await word(house, person, "granted")
    await word(house, person, "withdrawn", source="one-click")
    await word(house, person, "granted", "billing")

    assert await words_of(house, person) == {
        "offers": ("withdrawn", "one-click"),
        "billing": ("granted", "core"),
    }
    assert await trail_of(house, person) == [
        (None, "granted"),
        ("granted", "withdrawn"),
        (None, "granted"),
    ]


async def test_the_same_word_again_changes_nothing(house: Database) -> None:
    person = await tell(house, f"P-{new_id()}")
    await word(house, person, "granted")
    await word(house, person, "granted", source="agent")

    assert await words_of(house, person) == {"offers": ("granted", "core")}
    assert await trail_of(house, person) == [(None, "granted")]


async def test_a_person_who_clicks_twice_at_once_has_said_it_once(house: Database) -> None:
    person = await tell(house, f"P-{new_id()}")
    await asyncio.gather(*(word(house, person, "withdrawn") for _ in range(3)))

    assert await trail_of(house, person) == [(None, "withdrawn")]


async def test_a_change_and_a_word_at_once_are_both_on_the_trail(house: Database) -> None:
    key = f"P-{new_id()}"
    person = await tell(house, key)
    await asyncio.gather(
        tell(house, key, email(HOME)),
        word(house, person, "withdrawn"),
        word(house, person, "granted", "billing"),
    )

    assert len(await trail_of(house, person)) == 2
    assert list(await points(house, person)) == [HOME]
