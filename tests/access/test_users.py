"""Users: their passwords, their roles, and who may change them."""

import pytest

from tests.access.building import GOOD, Building


async def test_the_first_start_makes_an_administrator_with_a_password_for_once(
    building: Building,
) -> None:
    visitor = building.visitor()
    first = await visitor.sign_in("admin", building.first_password)
    before = await visitor.call("GET", "/v1/users")
    change = {"current": building.first_password, "password": GOOD}
    await visitor.ask("PUT", "/v1/session/password", change)
    after = await visitor.call("GET", "/v1/users")
    again = await building.visitor().sign_in("admin", building.first_password)

    assert len(building.first_password) > 20
    assert first.body["must_change_password"] is True
    assert (before.status, after.status, again.status) == (403, 200, 401)
    assert "one-time password" in before.body["detail"]


async def test_a_one_time_password_ends(building: Building, name: str) -> None:
    keeper = await building.system("KEEPER", "user:manage")
    made = await keeper.ask("POST", "/v1/users", {"name": name, "title": "Late"})
    building.clock.go(days=7)
    answer = await building.visitor().sign_in(name, made["password"])

    assert answer.status == 401
    assert (await building.trail(f"user:{name}"))[-1].reason == "one_time_password_expired"


async def test_a_reset_signs_out_and_must_be_changed(building: Building, name: str) -> None:
    visitor = await building.user(name, "agent")
    keeper = await building.system("KEEPER", "user:manage")
    told = await keeper.ask("POST", f"/v1/users/{name}/password")
    thrown_out = await visitor.call("GET", "/v1/session")
    old = await building.visitor().sign_in(name, GOOD)
    new = await building.visitor().sign_in(name, told["password"])

    assert (thrown_out.status, old.status, new.status) == (401, 401, 201)
    assert new.body["must_change_password"] is True
    assert "password.reset" in await building.actions(f"user:{name}")


async def test_a_new_password_ends_all_other_sessions(building: Building, name: str) -> None:
    visitor, other = await building.user(name), building.visitor()
    await other.sign_in(name, GOOD)
    kept = visitor.token
    change = {"current": GOOD, "password": "another fine long password"}
    await visitor.ask("PUT", "/v1/session/password", change)

    assert visitor.token != kept
    assert (await visitor.call("GET", "/v1/session")).status == 200
    assert (await other.call("GET", "/v1/session")).status == 401


@pytest.mark.parametrize(
    ("current", "password", "field"),
    [
        ("not mine at all", "another fine long password", "current"),
        (GOOD, GOOD, "password"),
        (GOOD, "short", "password"),
        (GOOD, "abababababababab", "password"),
        (GOOD, "x" * 201, "password"),
        (GOOD, "{name} and some more", "password"),
    ],
)
async def test_a_password_that_is_easily_guessed_is_refused(
    building: Building, name: str, current: str, password: str, field: str
) -> None:
    visitor = await building.user(name)
    body = {"current": current, "password": password.format(name=name.upper())}
    answer = await visitor.call("PUT", "/v1/session/password", body)

    assert answer.status == 422
    assert [each["field"] for each in answer.body["errors"]] == [field]
    assert (await building.visitor().sign_in(name, GOOD)).status == 201


async def test_whoever_found_an_open_session_cannot_guess_the_password(
    building: Building, name: str
) -> None:
    visitor = await building.user(name)
    change = {"current": "not mine at all", "password": "another fine long password"}
    answers = [await visitor.call("PUT", "/v1/session/password", change) for _ in range(6)]

    assert [each.status for each in answers] == [422] * 5 + [429]


async def test_groups_bear_roles(building: Building, name: str) -> None:
    keeper = await building.system("KEEPER", "user:manage")
    await keeper.ask("PUT", "/v1/groups/CCM-Authors", {"title": "A", "roles": ["business-user"]})
    visitor = await building.user(name, groups=["CCM-Authors"])
    before = await visitor.ask("GET", "/v1/session")
    await keeper.ask("DELETE", "/v1/groups/CCM-Authors")
    after = await visitor.ask("GET", "/v1/session")

    assert "definition:write" in before["scopes"]
    assert after["scopes"] == []


async def test_roles_of_the_companys_own_add_up(building: Building, name: str) -> None:
    keeper = await building.system("KEEPER", "user:manage")
    legal = {"title": "Legal", "roles": ["legal"], "divisions": ["NORTH"]}
    await keeper.ask("PUT", f"/v1/roles/{name}", legal)
    visitor = await building.user(name, "approver", name)
    me = await visitor.ask("GET", "/v1/session")

    assert {"approver", "legal"} == set(me["roles"])
    assert "definition:approve" in me["scopes"]
    assert me["divisions"] == ["NORTH"]
    refused = await keeper.call("DELETE", f"/v1/roles/{name}")
    assert (refused.status, refused.code) == (409, "conflict")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/v1/roles/agent", {"title": "Mine"}, 409),
        ("DELETE", "/v1/roles/agent", None, 409),
        ("DELETE", "/v1/roles/nothing", None, 404),
        ("PUT", "/v1/roles/odd", {"title": "Odd", "scopes": ["all"]}, 422),
        ("PUT", "/v1/groups/odd", {"title": "Odd", "roles": ["nothing"]}, 422),
        ("POST", "/v1/users", {"name": "odd", "title": "Odd", "roles": ["nothing"]}, 422),
        ("POST", "/v1/users", {"name": "odd", "title": "Odd", "groups": ["nothing"]}, 422),
        ("POST", "/v1/users", {"name": "Odd Name", "title": "Odd"}, 422),
        ("POST", "/v1/users", {"name": "admin", "title": "Another"}, 409),
        ("PUT", "/v1/users/nobody", {"title": "Nobody"}, 404),
        ("POST", "/v1/users/nobody/password", None, 404),
    ],
)
async def test_what_makes_no_sense_is_refused(
    building: Building, method: str, path: str, body: object, status: int
) -> None:
    keeper = await building.system("KEEPER", "user:manage")

    assert (await keeper.call(method, path, body)).status == status


async def test_nobody_gives_rights_to_themselves(building: Building, name: str) -> None:
    visitor = await building.user(name, "administrator")
    own = f"{name}-own"
    await visitor.ask("PUT", f"/v1/roles/{own}", {"title": "Own"})
    keeper = await building.system("KEEPER", "user:manage")
    given = {"title": "Me", "roles": ["administrator", own]}
    await keeper.ask("PUT", f"/v1/users/{name}", given)
    answers = [
        await visitor.call(
            "PUT", f"/v1/users/{name}", {**given, "roles": ["administrator", "approver"]}
        ),
        await visitor.call(
            "PUT", f"/v1/roles/{own}", {"title": "Own", "scopes": ["definition:approve"]}
        ),
        await visitor.call("PUT", f"/v1/roles/{own}", {"title": "Own", "roles": ["legal"]}),
    ]

    assert [each.status for each in answers] == [403] * 3
    me = await visitor.ask("GET", "/v1/session")
    assert "definition:approve" not in me["scopes"]
    assert me["roles"] == []
    assert (await building.actions(f"user:{name}"))[-3:] == ["access.denied"] * 3


async def test_somebody_keeps_the_keys(building: Building) -> None:
    keeper = await building.system("KEEPER", "user:manage")
    listed = await keeper.ask("GET", "/v1/users")
    for user in listed:
        if user["name"] != "admin" and "administrator" in user["roles"]:
            await keeper.ask("PUT", f"/v1/users/{user['name']}", {"title": user["title"]})
    answers = [
        await keeper.call("PUT", "/v1/users/admin", {"title": "Administrator"}),
        await keeper.call(
            "PUT",
            "/v1/users/admin",
            {"title": "Administrator", "roles": ["administrator"], "active": False},
        ),
    ]

    assert [(each.status, each.code) for each in answers] == [(409, "conflict")] * 2


async def test_core_systems_alone_subscribe_to_callbacks(building: Building, name: str) -> None:
    keeper = await building.system("KEEPER", "user:manage")
    await keeper.ask("PUT", f"/v1/roles/{name}", {"title": "Odd", "scopes": ["callback:manage"]})
    visitor = await building.user(name, name)
    answer = await visitor.call("POST", "/v1/callbacks", {"url": "http://127.0.0.1:9/hook"})

    assert (answer.status, answer.code) == (403, "denied")
