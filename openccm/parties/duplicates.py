"""Somebody who may be known already: found by what they share, weighed, and told as a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import ConflictError
from openccm.parties.contact_points import contact_points_of
from openccm.parties.objects import names_of
from openccm.parties.people import PersonFacts
from openccm.parties.phones import CHANNELS
from openccm.parties.search.finding import Wanted, find
from openccm.parties.search.folding import fold, name_words
from openccm.parties.tables import ContactPoint, Identifier, Person

WARN = 0.7
"""From this score on a person is likely to be known already."""
_WEIGHTS = {"identifier": 0.9, "email": 0.6, "phone": 0.55, "address": 0.4}
_NAME = 0.55
_ALIKE = 0.8
"""Names less alike than this are different names."""
_STRANGER = 0.6
"""What is left of a score when the names differ: people share telephones and addresses."""
_BY_NAME = 50


@dataclass(frozen=True, slots=True)
class Likeness:
    """Somebody who may be meant, and why."""

    key: str
    score: float
    """From 0 to 1."""
    shared: tuple[str, ...]


class PossibleDuplicateError(ConflictError):
    """Somebody who may be the same is known; repeat with ``accept_duplicates`` to go on."""

    code = "possible_duplicate"

    def __init__(self, found: Sequence[Likeness]) -> None:
        super().__init__("This person may be known already.")
        self._found = found

    @property
    def members(self) -> dict[str, Any]:
        """Whom it may be, by key."""
        return {
            "matches": [
                {"key": each.key, "score": each.score, "shared": list(each.shared)}
                for each in self._found
            ]
        }


async def likenesses(
    session: AsyncSession, facts: PersonFacts, divisions: frozenset[str] | None = None
) -> list[Likeness]:
    """Everybody within these divisions who may be the person told of, the likeliest first."""
    found = [
        await _weighed(session, facts, person)
        for person in await _candidates(session, facts, divisions)
    ]
    likely = [each for each in found if each.score >= WARN]
    return sorted(likely, key=lambda each: (-each.score, each.key))


async def _candidates(
    session: AsyncSession, facts: PersonFacts, divisions: frozenset[str] | None
) -> Sequence[Person]:
    """Those who share a contact point or an identifier, and those of the same name."""
    values = {reach.value for reach in facts.contact_points or ()}
    reached = select(ContactPoint.person_id).where(col(ContactPoint.value).in_(values))
    known = {*await session.scalars(reached.limit(_BY_NAME))}
    for name in facts.identifiers or ():
        same = select(Identifier.object_id).where(
            Identifier.object_kind == "person",
            Identifier.kind == name.kind,
            Identifier.value == name.value,
        )
        known |= {*await session.scalars(same)}
    named = await find(session, Wanted(facts.name, frozenset({"person"}), divisions))
    known |= {hit.object_id for hit in named[:_BY_NAME]}
    wanted = select(Person).where(col(Person.id).in_(known))
    if divisions is not None:
        wanted = wanted.where(col(Person.division).in_(sorted(divisions)))
    return (await session.scalars(wanted)).all()


async def _weighed(session: AsyncSession, facts: PersonFacts, person: Person) -> Likeness:
    shared = await _shared(session, facts, person)
    doubt = 1.0
    for each in shared:
        doubt *= 1 - _WEIGHTS[each]
    alike = fuzz.token_sort_ratio(_spelled(facts.name), _spelled(person.name)) / 100
    if alike >= _ALIKE:
        return Likeness(person.key, round(1 - doubt * (1 - _NAME * alike), 2), ("name", *shared))
    return Likeness(person.key, round((1 - doubt) * _STRANGER, 2), tuple(shared))


async def _shared(session: AsyncSession, facts: PersonFacts, person: Person) -> list[str]:
    points = await contact_points_of(session, person.id)
    told = {(_kind(reach.channel), fold(reach.value)) for reach in facts.contact_points or ()}
    same = {kind for kind, _ in told & {(_kind(each.channel), fold(each.value)) for each in points}}
    if {*(facts.identifiers or ())} & {*await names_of(session, person.id)}:
        same.add("identifier")
    return [kind for kind in _WEIGHTS if kind in same]


def _kind(channel: str) -> str:
    return "phone" if channel in CHANNELS else "address" if channel == "letter" else channel


def _spelled(name: str) -> str:
    return " ".join(name_words(name))
