"""Core systems tell of persons, accounts and premises, many at once and in any order."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, SkipValidation, ValidationError, model_validator

from api.denials import note_denial
from api.dependencies import House, HouseDep, PartyWriter
from api.errors import refusal_of
from api.parties import (
    AccountUpdate,
    KeyField,
    PersonUpdate,
    PremiseUpdate,
    Strict,
    into_reach,
    put,
    within_reach,
)
from openccm.access.caller import Caller
from openccm.access.reach import ELSEWHERE
from openccm.errors import DeniedError, HiddenError, OpenCCMError
from openccm.parties.objects import ObjectKind, Party, division_of
from openccm.parties.sync import Told, Verdict, upsert

router = APIRouter(prefix="/v1/sync", tags=["sync"])

MAX_ITEMS = 500


class SyncItem(Strict):
    """One object as its core system knows it now."""

    external_key: Annotated[KeyField, Field(description="What the core system calls it.")]
    version: Annotated[int, Field(ge=0, le=2**31 - 1, description="Higher is newer.")]
    key: Annotated[
        KeyField | None, Field(description="What it is called here; as there unless told.")
    ] = None
    person: PersonUpdate | None = None
    account: AccountUpdate | None = None
    premise: PremiseUpdate | None = None

    @model_validator(mode="after")
    def _one(self) -> "SyncItem":
        if sum(each is not None for each in (self.person, self.account, self.premise)) != 1:
            raise ValueError("tell of one person, account or premise")
        return self

    @property
    def kind(self) -> ObjectKind:
        """What is told of."""
        return "person" if self.person else "account" if self.account else "premise"

    @property
    def body(self) -> PersonUpdate | AccountUpdate | PremiseUpdate:
        """What is told."""
        body = self.person or self.account or self.premise
        assert body is not None
        return body


class SyncBatch(Strict):
    """Objects, each with its version. Persons before the accounts they hold."""

    items: Annotated[
        # Each is validated alone, so that a bad one keeps no other out.
        list[SkipValidation[SyncItem]],
        Field(min_length=1, max_length=MAX_ITEMS),
    ]


class SyncVerdict(BaseModel):
    """What became of one item."""

    index: int
    status: Annotated[int, Field(description="200 or 201, else what it would be alone.")]
    verdict: Annotated[
        Verdict | None,
        Field(description="`ignored`: something newer is known. `unchanged`: this very version."),
    ] = None
    key: Annotated[str | None, Field(description="What it is called here.")] = None
    problem: Annotated[
        dict[str, Any] | None, Field(description="Why it was refused, by RFC 9457.")
    ] = None


class SyncRead(BaseModel):
    """The verdicts in the order of the items."""

    created: int
    updated: int
    unchanged: int
    ignored: int
    refused: int
    items: list[SyncVerdict]


@router.post("")
async def sync(body: SyncBatch, house: HouseDep, caller: PartyWriter) -> SyncRead:
    """Bring up to 500 objects up to date; a bad one keeps no other out, an old one is ignored."""
    items = [await _verdict(house, caller, index, each) for index, each in enumerate(body.items)]
    told = [item.verdict for item in items]
    return SyncRead(
        created=told.count("created"),
        updated=told.count("updated"),
        unchanged=told.count("unchanged"),
        ignored=told.count("ignored"),
        refused=told.count(None),
        items=items,
    )


async def _verdict(house: House, caller: Caller, index: int, told: Any) -> SyncVerdict:
    try:
        item = _validated(told)
        verdict, key = await _upsert(house, caller, item)
    except (OpenCCMError, RequestValidationError) as error:
        if isinstance(error, DeniedError | HiddenError):
            await note_denial(house, caller, f"item {index} of POST /v1/sync", error)
        status, problem = refusal_of(error)
        return SyncVerdict(index=index, status=status, problem=problem)
    status = HTTPStatus.CREATED if verdict == "created" else HTTPStatus.OK
    return SyncVerdict(index=index, status=status, verdict=verdict, key=key)


def _validated(told: Any) -> SyncItem:
    try:
        return SyncItem.model_validate(told)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        raise RequestValidationError(faults) from None


async def _upsert(house: House, caller: Caller, item: SyncItem) -> tuple[Verdict, str]:
    told = Told(item.kind, caller.system_code, item.external_key, item.version, item.key)
    now = house.desk.clock()
    await into_reach(house, caller, item.body)
    await within_reach(house, caller, item.kind, item.key or item.external_key)
    async with house.desk.database.begin() as session:

        async def tell(key: str) -> Party:
            division = await division_of(session, item.kind, key)
            if division is not None and not caller.sees_division(division):
                raise HiddenError(item.kind, key, ELSEWHERE)
            detail = {"source": told.source, "version": str(told.version)}
            return await put(session, key, item.body, caller, now, **detail)

        return await upsert(session, told, tell, actor=caller.actor, now=now)
