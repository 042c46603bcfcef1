"""How fast the search box finds one of a million persons, beside a plain scan of the same texts.

``python -m benchmarks.search``: on PostgreSQL where its programs are installed, and on SQLite. What
is asked is what agents ask: names, numbers, addresses, with typos. It prints how often the person
who was meant is on the first page, too: fast and wrong would be easy.
"""

import argparse
import asyncio
import sqlite3
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import asyncpg
import uvloop
from sqlalchemy import text

from benchmarks.crowd.people import Crowd, Someone
from openccm.migrations.schema import migrate
from openccm.parties.search.finding import CANDIDATES, Wanted, find
from openccm.parties.search.folding import (
    address_words,
    code_words,
    mail_words,
    name_words,
    phone_words,
    words,
)
from openccm.parties.search.index import Entry
from openccm.parties.search.reading import readings
from openccm.parties.search.typos import has_typos, rows_of
from openccm.platform.database import Database
from tests.support.databases import postgres_bin, postgres_server

GOALS = {"postgresql": 0.100, "sqlite": 0.300}
PAGE = 20
SAMPLE = 50_000

Row = tuple[int, UUID, str, str, str, str]


def entry_of(number: int, someone: Someone) -> Entry:
    """Somebody as the index keeps them."""
    found = {
        "key": code_words(someone.key),
        "name": name_words(someone.given, someone.family),
        "phone": phone_words(someone.phone, someone.phone[3:]),
        "email": mail_words(someone.email) if someone.email else [],
        "address": address_words(someone.lines),
    }
    return Entry("person", UUID(int=number), someone.key, "", found)


class Town:
    """A million people in the words of the index, and some of them to ask for."""

    def __init__(self, number: int) -> None:
        self.crowd = Crowd()
        self.rows: list[Row] = []
        self.known: list[Someone] = []
        vocabulary: set[str] = set()
        for place in range(1, number + 1):
            someone = self.crowd.person(place)
            entry = entry_of(place, someone)
            self.rows.append((place, entry.object_id, "person", someone.key, "", entry.terms))
            vocabulary.update(entry.words["name"])
            vocabulary.update(entry.words["address"])
            if place % max(1, number // SAMPLE) == 0:
                self.known.append(someone)
        self.words = [
            tuple(row.values()) for word in filter(has_typos, vocabulary) for row in rows_of(word)
        ]

    def questions(self, each: int) -> dict[str, list[tuple[str, str]]]:
        """By kind of question: what is typed, and the key of who is meant."""
        return {
            kind: [
                (ask(someone), someone.key)
                for someone in (self.crowd.choose(self.known) for _ in range(each))
            ]
            for kind, ask in self._kinds().items()
        }

    def _kinds(self) -> dict[str, Callable[[Someone], str]]:
        def typo(someone: Someone) -> str:
            family = words(someone.family)[-1]
            return self.crowd.mistyped(family) if len(family) > 4 else family

        return {
            "family name and number": lambda one: f"{one.family} {one.phone[3:]}",
            "end of a number": lambda one: one.phone[-7:],
            "both names": lambda one: f"{one.given} {one.family}",
            "family name": lambda one: one.family,
            "beginnings of names": lambda one: f"{one.given[:3]} {one.family[:4]}",
            "address": lambda one: f"{one.lines[0]} {one.lines[1].split()[-2]}",
            "e-mail address": lambda one: one.email or one.phone,
            "key": lambda one: one.key,
            "typo, and number": lambda one: f"{typo(one)} {one.phone[-6:]}",
            "typo, and post code": lambda one: f"{typo(one)} {' '.join(one.lines[1].split()[-2:])}",
            "typo alone": typo,
        }


async def fill_postgresql(url: str, town: Town) -> None:
    """All rows by COPY, the index after them."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("SET maintenance_work_mem = '512MB'")
    index = await connection.fetchval(
        "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_search_entry_terms'"
    )
    await connection.execute("DROP INDEX ix_search_entry_terms")
    columns = ["number", "object_id", "kind", "key", "division", "terms"]
    await connection.copy_records_to_table("search_entry", records=town.rows, columns=columns)
    await connection.copy_records_to_table("search_word", records=sorted(town.words))
    await connection.execute(index)
    await connection.execute("VACUUM ANALYZE search_entry")
    await connection.execute("VACUUM ANALYZE search_word")
    await connection.close()


def fill_sqlite(file: Path, town: Town) -> None:
    """All rows at once, the index after them."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous = OFF")
    rows: Iterator[tuple[object, ...]] = ((row[0], row[1].hex, *row[2:]) for row in town.rows)
    connection.executemany(
        "INSERT INTO search_entry (number, object_id, kind, key, division, terms)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        rows,
    )
    connection.executemany("INSERT INTO search_word VALUES (?, ?)", sorted(town.words))
    connection.execute("INSERT INTO search_text (search_text) VALUES ('rebuild')")
    connection.commit()
    connection.execute("ANALYZE")
    connection.close()


async def ask(database: Database, query: str) -> list[str]:
    """The first page, as the API gives it."""
    async with database.snapshot() as session:
        return [hit.key for hit in (await find(session, Wanted(query)))[:PAGE]]


async def scan(database: Database, query: str) -> list[str]:
    """What is done without an index: every text is looked at."""
    typed = [term.typed for term in readings(query)[0]]
    wanted = " AND ".join(f"terms LIKE :word{place}" for place in range(len(typed)))
    known = {f"word{place}": f"%{word}%" for place, word in enumerate(typed)}
    async with database.snapshot() as session:
        if not database.is_sqlite:
            for way in ("indexscan", "bitmapscan"):
                await session.execute(text(f"SET LOCAL enable_{way} = off"))
        statement = text(f"SELECT key FROM search_entry WHERE {wanted} LIMIT {CANDIDATES}")
        return list(await session.scalars(statement, known))


async def timed(
    asking: Callable[[Database, str], Awaitable[list[str]]],
    database: Database,
    questions: Sequence[tuple[str, str]],
) -> tuple[list[float], float]:
    """How long each took, and in which share of them the one who was meant is on the page."""
    took: list[float] = []
    found = 0
    for query, key in questions:
        began = time.perf_counter()
        keys = await asking(database, query)
        took.append(time.perf_counter() - began)
        found += key in keys[:PAGE]
    return sorted(took), found / len(questions)


def at(took: Sequence[float], share: float) -> float:
    """In milliseconds, what so many did not exceed."""
    return took[min(len(took) - 1, int(len(took) * share))] * 1000


async def measure(url: str, town: Town, each: int) -> None:
    """Ask all kinds of questions, one after another, and print what it took."""
    database = Database(url)
    kind = "sqlite" if database.is_sqlite else "postgresql"
    questions = town.questions(each)
    await timed(ask, database, [each[0] for each in questions.values()])  # this one connects
    every: list[float] = []
    scanned: list[float] = []
    print(f"{kind}: {len(town.rows):,} persons, {each} questions of each kind")
    print(f"  {'':24}   p50 ms   p95 ms  on page 1   scan p50 ms    ratio")
    for name, asked in questions.items():
        took, share = await timed(ask, database, asked)
        slow, _ = await timed(scan, database, asked[:3])
        every += took
        scanned += slow
        ratio = statistics.median(slow) / statistics.median(took)
        print(f"  {name:24} {at(took, 0.5):8.1f} {at(took, 0.95):8.1f} {share:9.0%}", end=" ")
        print(f"{at(slow, 0.5):13.0f} {ratio:7.0f}x", flush=True)
    every.sort()
    print(f"  all: p50 {at(every, 0.5):.1f} ms, p95 {at(every, 0.95):.1f} ms", end=" ")
    print(f"(goal {GOALS[kind] * 1000:.0f} ms), longest {every[-1] * 1000:.0f} ms;", end=" ")
    print(f"a scan {statistics.median(scanned) / statistics.median(every):.0f} times as long")
    await database.close()


async def on_sqlite(folder: str, town: Town, each: int) -> None:
    """The whole of it in a file."""
    file = Path(folder) / "search.db"
    url = f"sqlite+aiosqlite:///{file}"
    await migrate(url)
    await _filled("sqlite", asyncio.to_thread(fill_sqlite, file, town))
    await measure(url, town, each)


async def on_postgresql(url: str, town: Town, each: int) -> None:
    """The whole of it in a database."""
    await migrate(url)
    await _filled("postgresql", fill_postgresql(url, town))
    await measure(url, town, each)


async def _filled(kind: str, filling: Awaitable[None]) -> None:
    began = time.perf_counter()
    await filling
    print(f"{kind}: filled and indexed in {time.perf_counter() - began:.0f} s", flush=True)


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?", help="an empty PostgreSQL database; else one is made")
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--each", type=int, default=30)
    asked = parser.parse_args()
    began = time.perf_counter()
    town = Town(asked.persons)
    print(f"{asked.persons:,} persons made up in {time.perf_counter() - began:.0f} s", flush=True)
    if asked.url:
        uvloop.run(on_postgresql(asked.url, town, asked.each))
    elif postgres_bin() is None:
        print("PostgreSQL is not installed: name the URL of a database")
    else:
        with postgres_server() as server:
            asyncio.run(server.execute("CREATE DATABASE search"))
            uvloop.run(on_postgresql(server.url("search"), town, asked.each))
    with TemporaryDirectory() as folder:
        uvloop.run(on_sqlite(folder, town, asked.each))
    return 0


if __name__ == "__main__":
    sys.exit(main())
