"""Sessions: how one comes in, what the cookie is worth, and how a session ends."""

import pytest
from sqlmodel import select

from openccm.access.tables import User, UserSession
from tests.access.building import COOKIE, GOOD, Building


async def test_who_signs_in_is_told_who_they_are_and_what_they_may(
    building: Building, name: str
) -> None:
    await building.user(name, "agent")
    visitor = building.visitor()
    signed_in = await visitor.sign_in(name, GOOD)
    me = await visitor.ask("GET", "/v1/session")

    assert signed_in.status == 201
    assert me == signed_in.body
    assert (me["actor"], me["kind"]) == (f"user:{name}", "user")
    assert "todo:work" in me["scopes"]
    assert "todo:manage" not in me["scopes"]
    assert me["divisions"] is None


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    building: Building, name: str
) -> None:
    await building.user(name)
    cookie = (await building.visitor().sign_in(name, GOOD)).headers["Set-Cookie"]

    assert cookie.startswith(f"{COOKIE}=ocs_")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie


async def test_neither_token_nor_password_is_kept(building: Building, name: str) -> None:
    visitor = await building.user(name)
    async with building.database.read() as session:
        user = (await session.scalars(select(User).where(User.name == name))).one()
        rows = (
            await session.scalars(select(UserSession).where(UserSession.user_id == user.id))
        ).all()
    told = [entry.model_dump() for entry in await building.trail(f"user:{name}")]

    assert user.password_hash is not None
    assert user.password_hash.startswith("$argon2id$")
    assert len(rows) == 1
    for secret in (visitor.token, GOOD):
        assert secret not in repr([user.model_dump(), *(row.model_dump() for row in rows), told])


async def test_a_session_that_was_foisted_on_a_browser_is_not_taken_over(
    building: Building, name: str
) -> None:
    await building.user(name)
    visitor = building.visitor()
    visitor.put_token("ocs_" + "A" * 43)
    before = visitor.token
    await visitor.sign_in(name, GOOD)

    assert visitor.token != before
    assert (await visitor.call("GET", "/v1/session")).status == 200


async def test_signing_out_ends_the_session_for_good(building: Building, name: str) -> None:
    visitor = await building.user(name)
    kept = visitor.token
    answer = await visitor.call("DELETE", "/v1/session")
    thief = building.visitor()
    thief.put_token(kept)

    assert answer.status == 204
    assert visitor.token == ""
    assert (await thief.call("GET", "/v1/session")).status == 401
    assert (await building.actions(f"user:{name}"))[-1] == "user.signed_out"


async def test_an_idle_session_ends(building: Building, name: str) -> None:
    visitor = await building.user(name)
    for _ in range(3):
        building.clock.go(minutes=29)
        assert (await visitor.call("GET", "/v1/session")).status == 200
    building.clock.go(minutes=30)

    answer = await visitor.call("GET", "/v1/session")
    assert (answer.status, answer.code) == (401, "unauthenticated")


async def test_a_busy_session_ends_as_well(building: Building, name: str) -> None:
    visitor = await building.user(name)
    for _ in range(36):
        building.clock.go(minutes=19)
        assert (await visitor.call("GET", "/v1/session")).status == 200
    building.clock.go(minutes=19)
    building.clock.go(minutes=19)

    assert (await visitor.call("GET", "/v1/session")).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
    ids=str,
)
async def test_what_another_site_sends_with_the_cookie_is_refused(
    building: Building, name: str, headers: dict[str, str]
) -> None:
    visitor = await building.user(name)
    answer = await visitor.call("DELETE", "/v1/session", headers=headers)

    assert (answer.status, answer.code) == (403, "denied")
    assert (await visitor.call("GET", "/v1/session")).status == 200
    assert (await building.actions(f"user:{name}"))[-1] == "access.denied"


async def test_our_own_pages_may_change_things(building: Building, name: str) -> None:
    visitor = await building.user(name)
    headers = {"Sec-Fetch-Site": "same-origin"}

    assert (await visitor.call("DELETE", "/v1/session", headers=headers)).status == 204


async def test_another_site_cannot_sign_a_browser_in(building: Building, name: str) -> None:
    await building.user(name)
    body = {"name": name, "password": GOOD}
    headers = {"Origin": "https://evil.example"}
    answer = await building.visitor().call("POST", "/v1/session", body, headers)

    assert answer.status == 403


async def test_a_key_is_asked_for_no_origin(building: Building) -> None:
    keeper = await building.system("KEEPER", "user:manage")

    me = await keeper.ask("GET", "/v1/session")
    assert (me["actor"], me["kind"], me["scopes"]) == ("system:KEEPER", "system", ["user:manage"])
    assert (await keeper.call("DELETE", "/v1/session")).status == 403
    assert (await keeper.call("DELETE", f"/v1/sessions/{'0' * 32}")).status == 404


async def test_administrators_see_sessions_and_end_them(building: Building, name: str) -> None:
    visitor = await building.user(name)
    keeper = await building.system("KEEPER", "user:manage")
    (found,) = await keeper.ask("GET", f"/v1/sessions?user={name}")
    await keeper.ask("DELETE", f"/v1/sessions/{found['id']}")

    assert (found["user"], found["method"]) == (name, "password")
    assert (await visitor.call("GET", "/v1/session")).status == 401
    assert await keeper.ask("GET", f"/v1/sessions?user={name}") == []
    last = (await building.trail(f"user:{name}"))[-1]
    assert (last.action, last.actor) == ("session.ended", "system:KEEPER")
