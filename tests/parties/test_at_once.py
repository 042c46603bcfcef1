"""What is told at the same moment is told once, and nobody waits for ever."""

import asyncio
from collections import Counter

from sqlmodel import select

from openccm.parties import people
from openccm.parties.objects import Party
from openccm.parties.people import PersonFacts
from openccm.parties.search import index
from openccm.parties.sync import Told, upsert
from openccm.parties.tables import SearchEntry
from openccm.platform.audit import AuditEntry, first_fault
from tests.parties.town import ACTOR, NOW, Town

FAMILIES = ("Moreno", "Quisling", "Haddad", "Bakker", "Okoro")


async def test_a_person_told_at_once_is_made_once(fresh: Town) -> None:
    made = await asyncio.gather(*(fresh.person("P-1", f"Ana {name}") for name in FAMILIES))
    async with fresh.database.read() as session:
        trail = (
            await session.scalars(
                select(AuditEntry.action).where(AuditEntry.object_id == str(made[0].id))
            )
        ).all()
        entries = (await session.scalars(select(SearchEntry))).all()
        fault = await first_fault(session, f"person:{made[0].id}")

    assert len({each.id for each in made}) == len(entries) == 1
    assert Counter(trail) == {"person.created": 1, "person.changed": 4}
    assert fault is None


async def test_a_version_told_at_once_counts_once(fresh: Town) -> None:
    async def tell(version: int) -> str:
        async with fresh.database.begin() as session:

            async def put(key: str) -> Party:
                facts = PersonFacts(name=f"Ana {FAMILIES[version]}")
                return await people.put_person(session, key, facts, actor=ACTOR, now=NOW)

            told = Told("person", "CRM", "C-1", version)
            verdict, _ = await upsert(session, told, put, actor=ACTOR, now=NOW)
            return verdict

    verdicts = await asyncio.gather(*(tell(version) for version in (1, 4, 4, 2, 4, 3)))

    assert verdicts.count("created") == 1
    assert await fresh.keys("okoro") == ["C-1"]
    assert await fresh.keys("quisling") == []


async def test_new_words_learnt_and_forgotten_at_once_stay_right(fresh: Town) -> None:
    async def rename(number: int, turn: int) -> None:
        names = [FAMILIES[(number + turn + place) % len(FAMILIES)] for place in range(3)]
        await fresh.person(f"P-{number}", " ".join(names))

    for turn in range(4):
        await asyncio.gather(*(rename(number, turn) for number in range(6)))
    for number in range(6):
        await fresh.person(f"P-{number}", "Ana Moreno")

    assert len(await fresh.keys("morenno")) == 6
    assert await fresh.keys("quislnig") == []


async def test_objects_dropped_at_once_are_gone(fresh: Town) -> None:
    made = [await fresh.person(f"P-{number}", "Ana Moreno") for number in range(4)]

    async def drop(party: Party) -> None:
        async with fresh.database.begin() as session:
            await index.drop(session, party.id)

    await asyncio.gather(*map(drop, made))
    assert await fresh.keys("moreno") == []
    async with fresh.database.read() as session:
        assert (await session.scalars(select(SearchEntry))).all() == []
