"""People, accounts and places that the tests of the parties look for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from openccm.parties import people
from openccm.parties.objects import Name
from openccm.parties.people import PersonFacts, Reach
from openccm.parties.premises import PremiseFacts, Stay, put_premise
from openccm.parties.search.finding import Hit, Wanted, find
from openccm.parties.tables import Account, Person, Premise
from openccm.platform.database import Database

NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)
TODAY = date(2026, 3, 12)
ACTOR = "system:CRM"


@dataclass(frozen=True, slots=True)
class Town:
    """Makes objects known and finds them."""

    database: Database

    async def person(self, key: str, name: str, *reach: Reach, **facts: Any) -> Person:
        told = PersonFacts(name=name, contact_points=reach, **facts)
        async with self.database.begin() as session:
            return await people.put_person(session, key, told, actor=ACTOR, now=NOW)

    async def account(self, key: str, holder: str, **facts: Any) -> Account:
        async with self.database.begin() as session:
            return await people.put_account(
                session, key, holder, facts.pop("account_class", ""), actor=ACTOR, now=NOW, **facts
            )

    async def premise(self, key: str, *lines: str, **facts: Any) -> Premise:
        told = PremiseFacts(lines=lines, **facts)
        async with self.database.begin() as session:
            return await put_premise(session, key, told, actor=ACTOR, now=NOW)

    async def find(self, query: str, *kinds: str, **scope: Any) -> list[Hit]:
        async with self.database.snapshot() as session:
            return await find(session, Wanted(query, frozenset(kinds), **scope))

    async def keys(self, query: str, *kinds: str, **scope: Any) -> list[str]:
        return [hit.key for hit in await self.find(query, *kinds, **scope)]

    async def settle(self) -> None:
        """The people of the acceptance scenarios, and some who are nearly called like them."""
        await self.person(
            "P-1001",
            "Ana Moreno",
            Reach("email", "ana.moreno@example.com", verified=True),
            Reach("sms", "+447700900101"),
            Reach("letter", "Leeds", ("Ana Moreno", "14 Mill Lane", "Leeds LS1 4AB")),
            division="NORTH",
        )
        await self.person("P-1002", "Tomas Bakker", Reach("voice", "+441632960102"))
        await self.person(
            "P-2001",
            "Leila Haddad",
            Reach("email", "leila.haddad@example.com"),
            Reach("sms", "+33639980103"),
            identifiers=(Name("loyalty", "GA-778812"),),
            division="AIR",
        )
        await self.person("P-2003", "Maya Haddad", division="AIR")
        await self.person("P-3001", "Samuel Okoro", Reach("sms", "+447700900104"))
        await self.person("P-1099", "Anna Morena", division="SOUTH")
        await self.person("P-1008", "Ελένη Παπαδοπούλου")
        await self.person("P-1012", "Bríd O’Donnell-Żółkiewska")
        await self.account("A-5001", "P-1001", account_class="RES")
        await self.account("A-5002", "P-1002", identifiers=[Name("subscription", "SUB/0417-9")])
        await self.premise(
            "PR-9001",
            "14 Mill Lane",
            "Leeds LS1 4AB",
            service_point="MPAN 1200-0417-55",
            stays=(Stay(account="A-5001", valid_from=date(2020, 1, 1)),),
        )
        await self.premise("PR-9002", "14 Mill Road", "Leeds LS11 9ZZ")
        await self.premise("PR-9003", "141 Millbrook Lane", "Hull HU1 1AA")
