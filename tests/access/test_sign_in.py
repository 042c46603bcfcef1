"""The door: what whoever is not let in hears, and how long they have to wait."""

import asyncio
from datetime import timedelta

import pytest

from openccm.access import guard
from tests.access.building import GOOD, NOW, Building

WRONG = "wrong horse battery staple"


async def test_who_is_not_let_in_hears_the_same_whatever_the_reason(
    building: Building, name: str
) -> None:
    await building.user(name)
    keeper = await building.system("KEEPER", "user:manage")
    off = await building.user(f"{name}-off")
    await keeper.ask("PUT", f"/v1/users/{name}-off", {"title": "Off", "active": False})
    answers = [
        await building.visitor().sign_in(name, WRONG),
        await building.visitor().sign_in(f"{name}-off", GOOD),
        await building.visitor().sign_in(f"{name}-nobody", GOOD),
    ]

    assert {(each.status, each.body["detail"]) for each in answers} == {
        (401, "The name or the password is wrong.")
    }
    assert not any("Set-Cookie" in each.headers for each in answers)
    assert (await off.call("GET", "/v1/session")).status == 401


async def test_the_trail_says_why_and_names_no_unknown(building: Building, name: str) -> None:
    await building.user(name)
    await building.visitor().sign_in(name, WRONG)
    await building.visitor().sign_in("my-secret-by-mistake", GOOD)
    refused = (await building.trail(f"user:{name}"))[-1]
    unknown = (await building.trail("sign-in"))[-1]

    assert (refused.action, refused.reason) == ("sign_in.refused", "wrong_password")
    assert (unknown.action, unknown.reason, unknown.object_id) == (
        "sign_in.refused",
        "unknown",
        "unknown",
    )
    assert "my-secret-by-mistake" not in repr(unknown.model_dump())


@pytest.mark.parametrize("known", [True, False])
async def test_who_guesses_waits_longer_each_time(
    building: Building, name: str, known: bool
) -> None:
    if known:
        await building.user(name)
    answers = [await building.visitor().sign_in(name, WRONG) for _ in range(guard.FREE_BY_NAME + 1)]
    waits: list[int] = []
    for _ in range(3):
        barred = await building.visitor().sign_in(name, WRONG)
        waits.append(int(barred.headers["Retry-After"]))
        building.clock.go(seconds=waits[-1])
        assert (await building.visitor().sign_in(name, WRONG)).status == 401

    assert [each.status for each in answers] == [401] * guard.FREE_BY_NAME + [429]
    assert answers[-1].code == "too_often"
    assert waits == [5, 10, 20]


async def test_the_right_password_waits_as_well_and_then_begins_anew(
    building: Building, name: str
) -> None:
    await building.user(name)
    for _ in range(guard.FREE_BY_NAME):
        await building.visitor().sign_in(name, WRONG)
    barred = await building.visitor().sign_in(name, GOOD)
    building.clock.go(seconds=5)
    let_in = await building.visitor().sign_in(name, GOOD)
    after = await building.visitor().sign_in(name, WRONG)

    assert [barred.status, let_in.status, after.status] == [429, 201, 401]
    reasons = [each.reason for each in await building.trail(f"user:{name}")]
    assert reasons[-3:] == ["too_often", None, "wrong_password"]


async def test_many_guesses_at_once_are_no_more_guesses(building: Building, name: str) -> None:
    await building.user(name)
    answers = await asyncio.gather(
        *(building.visitor().sign_in(name, WRONG) for _ in range(4 * guard.FREE_BY_NAME))
    )

    assert [each.status for each in answers].count(401) == guard.FREE_BY_NAME


async def test_one_address_that_tries_many_names_has_to_wait(building: Building, name: str) -> None:
    building.clock.now = NOW + timedelta(days=1)
    answers = [
        await building.visitor().sign_in(f"{name}-{number}", WRONG)
        for number in range(guard.FREE_BY_ADDRESS + 1)
    ]
    building.clock.go(seconds=3601)
    later = await building.visitor().sign_in(name, WRONG)

    assert [each.status for each in answers].count(401) == guard.FREE_BY_ADDRESS
    assert (answers[-1].status, later.status) == (429, 401)


async def test_an_office_that_signs_in_all_day_is_not_kept_out(
    building: Building, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "FREE_BY_ADDRESS", 8)
    building.clock.now = NOW + timedelta(days=2)
    await building.user(name)
    answers = [await building.visitor().sign_in(name, GOOD) for _ in range(12)]

    assert {each.status for each in answers} == {201}
