"""What persons are to each other: who may be told what, and who answers for a child."""

from datetime import date

import pytest
from sqlmodel import select

from openccm.errors import InvalidError, NotFoundError
from openccm.parties.accounts import Member, accounts_of, members_of
from openccm.parties.premises import Stay, premises_of, stays_at
from openccm.parties.relationships import Tie, guardian_of, put_ties, related, ties_of
from openccm.parties.tables import Person
from openccm.platform.audit import AuditEntry
from tests.parties.town import ACTOR, NOW, TODAY, Town

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


async def tie(town: Town, person: Person, *ties: Tie) -> None:
    async with town.database.begin() as session:
        await put_ties(session, person, ties, actor=ACTOR, now=NOW)


async def guardian(town: Town, person: Person, day: date = TODAY) -> str | None:
    async with town.database.read() as session:
        found = await guardian_of(session, person, day)
        return found.key if found else None


async def test_a_child_is_addressed_through_the_guardian(fresh: Town) -> None:
    leila, maya = await fresh.person("P-2001", "Leila"), await fresh.person("P-2003", "Maya")
    await tie(fresh, maya, Tie("P-2003", "P-2001", "guardian"))

    assert await guardian(fresh, maya) == "P-2001"
    assert await guardian(fresh, leila) is None


async def test_a_guardian_is_one_for_as_long_as_was_told(fresh: Town) -> None:
    await fresh.person("P-1", "Leila")
    maya = await fresh.person("P-2", "Maya")
    await tie(fresh, maya, Tie("P-2", "P-1", "guardian", valid_from=MAY, valid_until=JUNE))

    assert await guardian(fresh, maya, TODAY) is None
    assert await guardian(fresh, maya, MAY) == "P-1"
    assert await guardian(fresh, maya, JUNE) == "P-1"
    assert await guardian(fresh, maya, date(2026, 6, 2)) is None


async def test_who_is_authorised_for_bills_is_so_for_nothing_else(fresh: Town) -> None:
    ana = await fresh.person("P-1", "Ana")
    await fresh.person("P-2", "Ben")
    await fresh.person("P-3", "Cat")
    await tie(
        fresh,
        ana,
        Tie("P-1", "P-2", "authorised", scope="billing"),
        Tie("P-1", "P-3", "authorised"),
    )
    async with fresh.database.read() as session:
        billing = await related(session, ana, "authorised", TODAY, "billing")
        medical = await related(session, ana, "authorised", TODAY, "medical")
        anything = await related(session, ana, "authorised", TODAY)

    assert [each.key for each in billing] == ["P-2", "P-3"]
    assert [each.key for each in medical] == ["P-3"]
    assert [each.key for each in anything] == ["P-2", "P-3"]


async def test_relationships_are_seen_from_both_sides_and_replaced_from_one(fresh: Town) -> None:
    ana, ben = await fresh.person("P-1", "Ana"), await fresh.person("P-2", "Ben")
    await tie(fresh, ben, Tie("P-2", "P-1", "landlord"))
    await tie(fresh, ana, Tie("P-1", "P-2", "companion"))
    await tie(fresh, ana, Tie("P-1", "P-2", "authorised"))
    async with fresh.database.read() as session:
        seen = [await ties_of(session, each) for each in (ana, ben)]
        actions = await session.scalars(
            select(AuditEntry.action).where(AuditEntry.chain == f"person:{ana.id}")
        )
        trail = actions.all()

    assert seen[0] == seen[1] == [Tie("P-1", "P-2", "authorised"), Tie("P-2", "P-1", "landlord")]
    assert trail.count("person.relationships-changed") == 2


async def test_a_relationship_needs_somebody_else_who_is_known(fresh: Town) -> None:
    ana = await fresh.person("P-1", "Ana")

    with pytest.raises(NotFoundError):
        await tie(fresh, ana, Tie("P-1", "P-9", "guardian"))
    with pytest.raises(InvalidError):
        await tie(fresh, ana, Tie("P-1", "P-1", "guardian"))


async def test_an_account_has_a_holder_and_others_with_parts(fresh: Town) -> None:
    ana, ben = await fresh.person("P-1", "Ana"), await fresh.person("P-2", "Ben")
    account = await fresh.account("A-1", "P-1", members=[Member("P-2", "payer", "billing")])
    async with fresh.database.read() as session:
        members = await members_of(session, account)
        own = [await accounts_of(session, each) for each in (ana, ben)]

    assert [(person.key, member.role, member.scope) for person, member in members] == [
        ("P-1", "holder", ""),
        ("P-2", "payer", "billing"),
    ]
    assert [[(row.key, member.role) for row, member in each] for each in own] == [
        [("A-1", "holder")],
        [("A-1", "payer")],
    ]


async def test_a_premise_knows_who_is_and_who_was_there(fresh: Town) -> None:
    ana, ben = await fresh.person("P-1", "Ana"), await fresh.person("P-2", "Ben")
    await fresh.account("A-1", "P-1")
    before = Stay(person="P-2", valid_from=date(2019, 1, 1), valid_until=date(2020, 12, 31))
    now = Stay(account="A-1", valid_from=date(2021, 1, 1))
    premise = await fresh.premise("PR-1", "14 Mill Lane", stays=(before, now))
    async with fresh.database.read() as session:
        stays = await stays_at(session, premise.id)
        here = [await premises_of(session, each, TODAY) for each in (ana, ben)]

    assert stays == [now, before]
    assert [[each.key for each in found] for found in here] == [["PR-1"], []]
