"""The search box: persons, accounts and premises by whatever is at hand."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import House, HouseDep, PartyReader
from openccm.access.caller import Caller
from openccm.access.masking import View
from openccm.parties.search.finding import CANDIDATES, Wanted, find
from openccm.parties.search.reading import MAX_QUERY
from openccm.parties.search.results import Result, shown

router = APIRouter(prefix="/v1/search", tags=["search"])

Kind = Literal["person", "account", "premise"]
Text = Annotated[str, Field(max_length=MAX_QUERY)]


class SearchAsk(BaseModel):
    """What is looked for; in a body, where no log of addresses can keep it."""

    model_config = ConfigDict(extra="forbid")

    q: Text
    kinds: Annotated[list[Kind], Field(max_length=3)] = []
    division: Annotated[str | None, Field(max_length=40)] = None
    offset: Annotated[int, Field(ge=0, le=CANDIDATES)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class NearRead(BaseModel):
    """An object that a hit leads to."""

    kind: Kind
    key: str
    title: Annotated[str, Field(description="A name, an address, or an account's class.")]


class HitRead(BaseModel):
    """An object that was found."""

    kind: Kind
    id: UUID
    key: str
    title: Annotated[str, Field(description="A name, or an address in one line.")]
    division: str
    score: Annotated[float, Field(description="How well it fits, from 0 to 1.")]
    matched: Annotated[
        list[str],
        Field(description="Where: `key`, `identifier`, `phone`, `email`, `name`, `address`."),
    ]
    vip: bool
    restricted: bool
    deceased: bool
    needs: list[str]
    near: Annotated[
        list[NearRead],
        Field(description="A person's accounts and premises, an account's holder, who is there."),
    ]

    @classmethod
    def of(cls, result: Result) -> "HitRead":
        """The public face of a result."""
        hit, person = result.hit, result.person
        near = [NearRead.model_validate(each, from_attributes=True) for each in result.near]
        return cls.model_validate(
            {
                "kind": hit.kind,
                "id": hit.object_id,
                "key": hit.key,
                "title": result.title,
                "division": result.division,
                "score": hit.score,
                "matched": hit.matched,
                "vip": bool(person and person.vip),
                "restricted": bool(person and person.restricted),
                "deceased": bool(person and person.deceased),
                "needs": person.needs if person else [],
                "near": near,
            }
        )


class SearchRead(BaseModel):
    """A page of what was found, the best first."""

    items: list[HitRead]
    total: int
    more: Annotated[
        bool, Field(description=f"There may be more than these {CANDIDATES}: say more.")
    ]


async def _search(house: House, caller: Caller, ask: SearchAsk) -> SearchRead:
    wanted = Wanted(ask.q, frozenset(ask.kinds), caller.divisions, ask.division)
    async with house.desk.database.snapshot() as session:
        hits = await find(session, wanted)
        page = hits[ask.offset : ask.offset + ask.limit]
        today = house.desk.clock().date()
        results = await shown(session, page, today, lambda each: View(caller, each).text(each.name))
    for result in results:
        if result.person is not None and View(caller, result.person).is_veiled:
            result.near.clear()
    return SearchRead(
        items=[HitRead.of(result) for result in results],
        total=len(hits),
        more=len(hits) >= CANDIDATES,
    )


@router.get("")
async def search(
    house: HouseDep, caller: PartyReader, ask: Annotated[SearchAsk, Query()]
) -> SearchRead:
    """Whom or what an agent means: by names with typos, parts of numbers, addresses, any key."""
    return await _search(house, caller, ask)


@router.post("")
async def search_unlogged(house: HouseDep, caller: PartyReader, body: SearchAsk) -> SearchRead:
    """The same with the question in the body, which proxies do not write into their logs."""
    return await _search(house, caller, body)
