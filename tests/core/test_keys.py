"""API keys: who a caller is, from when until when, and what they may."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from openccm.access.caller import Caller
from openccm.access.keys import (
    SCOPES,
    expire_key,
    find_caller,
    issue_key,
    register_system,
)
from openccm.access.tables import ApiKey, CoreSystem
from openccm.errors import DeniedError, InvalidError, NotFoundError
from openccm.platform.audit import AuditEntry
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from tests.core.making import NOW

SECOND = timedelta(seconds=1)


async def registered(house: Database) -> str:
    code = f"S-{new_id()}"
    async with house.begin() as session:
        await register_system(session, code, "Billing", actor="lab", now=NOW)
    return code


async def issued(house: Database, system: str, *scopes: str, **more: Any) -> tuple[ApiKey, str]:
    async with house.begin() as session:
        return await issue_key(session, system, scopes, actor="lab", now=NOW, **more)


async def caller(house: Database, plain: str, now: datetime = NOW) -> Caller | None:
    async with house.read() as session:
        return await find_caller(session, plain, now)


async def test_a_key_says_who_is_calling_and_what_they_may(house: Database) -> None:
    system = await registered(house)
    key, plain = await issued(
        house, system, "status:write", "request:read", definitions=["BILL-READY"]
    )

    assert await caller(house, plain) == Caller(
        system, frozenset({"request:read", "status:write"}), frozenset({"BILL-READY"}), key.id
    )


async def test_a_key_is_nowhere_kept(house: Database) -> None:
    system = await registered(house)
    _, plain = await issued(house, system, "request:read")
    async with house.read() as session:
        kept = (await session.scalars(select(ApiKey).where(ApiKey.system_code == system))).one()
        told = (await session.scalars(select(AuditEntry))).all()

    assert plain.startswith("occ_")
    assert len(plain) > 40
    assert plain not in repr(kept.model_dump())
    assert plain not in repr([entry.model_dump() for entry in told])


@pytest.mark.parametrize("plain", ["", "occ_", "occ_" + "A" * 43, "ö", "x" * 5000])
async def test_a_key_that_nobody_issued_is_nobodys(house: Database, plain: str) -> None:
    assert await caller(house, plain) is None


async def test_a_key_ends_at_the_very_instant(house: Database) -> None:
    system = await registered(house)
    _, plain = await issued(house, system, "request:read", expires_at=NOW + 60 * SECOND)

    assert await caller(house, plain, NOW + 59.999999 * SECOND) is not None
    assert await caller(house, plain, NOW + 60 * SECOND) is None


async def test_while_a_key_is_rotated_the_old_and_the_new_one_hold(house: Database) -> None:
    system = await registered(house)
    old, first = await issued(house, system, "request:read")
    _, second = await issued(house, system, "request:read")
    async with house.begin() as session:
        until = NOW + 3600 * SECOND
        await expire_key(session, system, old.id, actor="lab", at=until, now=NOW)

    assert [await caller(house, plain) is not None for plain in (first, second)] == [True, True]
    later = NOW + 3600 * SECOND
    assert [await caller(house, plain, later) is not None for plain in (first, second)] == [
        False,
        True,
    ]


async def test_a_key_that_has_ended_stays_ended(house: Database) -> None:
    system = await registered(house)
    key, plain = await issued(house, system, "request:read", expires_at=NOW)
    later = NOW + 60 * SECOND
    async with house.begin() as session:
        at = later + 3600 * SECOND
        try:
            await expire_key(session, system, key.id, actor="lab", at=at, now=later)
        except InvalidError:
            await session.rollback()

    assert await caller(house, plain, later) is None


async def test_a_system_that_is_switched_off_has_no_keys(house: Database) -> None:
    system = await registered(house)
    _, plain = await issued(house, system, "request:read")
    async with house.begin() as session:
        switch = update(CoreSystem).where(col(CoreSystem.code) == system)
        await session.execute(switch.values(active=False))

    assert await caller(house, plain) is None


@pytest.mark.parametrize("scope", ["", "request", "request:*", "*", "Request:read", "party:peek"])
async def test_a_scope_that_is_not_there_is_refused(house: Database, scope: str) -> None:
    system = await registered(house)
    with pytest.raises(InvalidError, match="scope") as refused:
        await issued(house, system, "request:read", scope)

    assert refused.value.field == "scopes"
    async with house.read() as session:
        kept = select(ApiKey).where(ApiKey.system_code == system)
        assert (await session.scalars(kept)).all() == []


async def test_nobody_gets_a_key_without_being_registered(house: Database) -> None:
    with pytest.raises(NotFoundError, match="core system"):
        await issued(house, "NOBODY", "request:read")


async def test_a_system_ends_its_own_keys_alone(house: Database) -> None:
    mine, other = await registered(house), await registered(house)
    key, plain = await issued(house, mine, "request:read")
    with pytest.raises(NotFoundError, match="key"):
        async with house.begin() as session:
            await expire_key(session, other, key.id, actor="lab", at=NOW, now=NOW)

    assert await caller(house, plain) is not None


async def test_registering_twice_is_a_new_title(house: Database) -> None:
    code = await registered(house)
    async with house.begin() as session:
        await register_system(session, code, "Billing North", actor="lab", now=NOW)
    async with house.read() as session:
        system = (await session.scalars(select(CoreSystem).where(CoreSystem.code == code))).one()

    assert system.title == "Billing North"


async def test_what_was_done_to_keys_is_on_the_trail(house: Database) -> None:
    system = await registered(house)
    key, _ = await issued(house, system, "status:write", "request:read")
    async with house.begin() as session:
        await expire_key(session, system, key.id, actor="lab", at=NOW, now=NOW)
    async with house.read() as session:
        trail = (
            await session.scalars(
                select(AuditEntry)
                .where(AuditEntry.chain == f"system:{system}")
                .order_by(col(AuditEntry.sequence))
            )
        ).all()

    assert [entry.action for entry in trail] == ["system.registered", "key.issued", "key.expires"]
    assert trail[1].detail == {
        "key": str(key.id),
        "scopes": ["request:read", "status:write"],
        "definitions": None,
        "roles": [],
    }


def bearer(*scopes: str, definitions: list[str] | None = None) -> Caller:
    permitted = None if definitions is None else frozenset(definitions)
    return Caller("BILLING", frozenset(scopes), permitted, new_id())


@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_stands_for_itself_alone(scope: str) -> None:
    others = bearer(*(SCOPES.keys() - {scope}))
    bearer(scope).require(scope)

    with pytest.raises(DeniedError, match=scope):
        others.require(scope)


@pytest.mark.parametrize(
    ("definitions", "permitted"),
    [(None, True), (["BILL-READY"], True), (["OVERDUE-L1"], False), ([], False)],
)
def test_a_key_may_use_its_definitions(definitions: list[str] | None, permitted: bool) -> None:
    asking = bearer("request:create", definitions=definitions)
    if permitted:
        asking.require_definition("BILL-READY")
        return

    with pytest.raises(DeniedError, match="BILL-READY"):
        asking.require_definition("BILL-READY")


def test_only_an_operator_sees_what_belongs_to_others() -> None:
    assert bearer("request:read").sees("BILLING")
    assert not bearer(*(SCOPES.keys() - {"request:all"})).sees("CRM")
    assert bearer("request:all").sees("CRM")


def person(*scopes: str, divisions: list[str] | None = None) -> Caller:
    seen = None if divisions is None else frozenset(divisions)
    return Caller("ag1", frozenset(scopes), None, new_id(), divisions=seen, kind="user")


def test_the_trail_tells_people_from_systems() -> None:
    assert bearer().actor == "system:BILLING"
    assert person().actor == "user:ag1"


def test_what_people_ask_for_stands_under_no_systems_code() -> None:
    assert bearer().system_code == "BILLING"
    assert person().system_code == "user:ag1"
    assert not person("request:read").sees("ag1")


@pytest.mark.parametrize(
    ("divisions", "seen"), [(None, True), (["NORTH"], True), (["SOUTH"], False), ([], False)]
)
def test_only_persons_of_own_divisions_are_seen(divisions: list[str] | None, seen: bool) -> None:
    assert person(divisions=divisions).sees_division("NORTH") is seen
