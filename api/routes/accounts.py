"""Accounts: billing relationships, and who belongs to them."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import HouseDep, PartyReader, PartyWriter, Reading, Writing
from api.parties import (
    AccountUpdate,
    IdentifierModel,
    Key,
    Period,
    into_reach,
    put_account,
    within_reach,
)
from openccm.access.caller import Caller
from openccm.access.masking import View
from openccm.parties.accounts import members_of
from openccm.parties.objects import names_of, needed, new_key
from openccm.parties.tables import Account

router = APIRouter(prefix="/v1/accounts", tags=["accounts"])


class AccountCreate(AccountUpdate):
    """A new account."""

    origin: Annotated[str, Field(max_length=80)] = ""


class MemberRead(Period):
    """A person, and their role in this account; the holder comes first."""

    person: str
    name: str
    role: str
    scope: str


class AccountRead(BaseModel):
    """An account as known here."""

    id: UUID
    key: str
    holder_id: UUID
    account_class: str
    identifiers: list[IdentifierModel]
    persons: list[MemberRead]


async def _read(session: AsyncSession, account: Account, caller: Caller) -> AccountRead:
    names = await names_of(session, account.id)
    return AccountRead(
        id=account.id,
        key=account.key,
        holder_id=account.holder_id,
        account_class=account.account_class,
        identifiers=[IdentifierModel(kind=name.kind, value=name.value) for name in names],
        persons=[
            MemberRead(
                person=person.key,
                name=View(caller, person).text(person.name),
                role=member.role,
                scope=member.scope,
                valid_from=member.valid_from,
                valid_until=member.valid_until,
            )
            for person, member in await members_of(session, account)
        ],
    )


@router.post("", status_code=HTTPStatus.CREATED)
async def create_account(
    body: AccountCreate, house: HouseDep, caller: PartyWriter, session: Writing
) -> AccountRead:
    """A new account under a key of ours."""
    await into_reach(house, caller, body)
    key = await new_key(session, Account)
    origin = body.origin or caller.system_code
    account = await put_account(session, key, body, caller, house.desk.clock(), origin=origin)
    return await _read(session, account, caller)


@router.put("/{key}")
async def replace_account(
    key: Key, body: AccountUpdate, house: HouseDep, caller: PartyWriter, session: Writing
) -> AccountRead:
    """Make an account known, or give it another holder."""
    await within_reach(house, caller, "account", key)
    await into_reach(house, caller, body)
    account = await put_account(session, key, body, caller, house.desk.clock())
    return await _read(session, account, caller)


@router.get("/{key}")
async def read_account(
    key: Key, house: HouseDep, caller: PartyReader, session: Reading
) -> AccountRead:
    """An account with everybody who belongs to it."""
    await within_reach(house, caller, "account", key)
    return await _read(session, await needed(session, Account, key), caller)
