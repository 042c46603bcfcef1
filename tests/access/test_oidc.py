"""Signing in through a directory: a real provider, its pages, and what goes wrong on the way."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select
from yarl import URL

from openccm.access.tables import User
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from openccm.platform.ports import free_ports
from tests.access.building import Building, Visitor, open_building
from tests.counterparts.oidc_provider import CLIENT, SECRET, OidcProvider, oidc_provider
from tests.support.databases import Databases

PEOPLE = {
    "s-1": {
        "name": "Ada Author",
        "preferred_username": "Ada.Author@corp.example",
        "groups": ["CCM-Authors", "Lunch"],
    },
    "s-2": {"name": "Another admin", "preferred_username": "admin", "groups": []},
    "s-3": {"name": "Off", "preferred_username": "off"},
    "s-4": {"groups": "CCM-Authors"},
}


@dataclass(frozen=True, slots=True)
class Corporation:
    """A building whose people come from a directory."""

    building: Building
    provider: OidcProvider

    async def on_the_way(self, visitor: Visitor, login: str, then: str = "/todos") -> str:
        """Where the directory sends a browser back to, before it goes there."""
        away = await visitor.call("GET", f"/v1/session/oidc?then={then}")
        assert away.status == 303, away.body
        return await self.provider.sign_in(visitor.http, away.headers["Location"], login)

    async def come(self, login: str) -> Visitor:
        """Somebody who signed in."""
        visitor = self.building.visitor()
        back = await self.on_the_way(visitor, login)
        answer = await visitor.call("GET", path_of(back))
        assert (answer.status, answer.headers["Location"]) == (303, "/todos"), answer.body
        return visitor

    async def user(self, subject: str) -> User:
        async with self.building.database.read() as session:
            return (await session.scalars(select(User).where(User.subject == subject))).one()


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


@pytest.fixture(scope="module")
async def corporation(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Corporation]:
    database, (port,) = Database(await databases.fresh()), free_ports(1)
    callback = f"http://localhost:{port}/v1/session/oidc/callback"
    async with (
        oidc_provider(PEOPLE, callback) as provider,
        open_building(
            tmp_path_factory.mktemp("corporation"),
            database,
            http_port=port,
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
        ) as building,
    ):
        building.clock.now = utc_now()
        yield Corporation(building, provider)
    await database.close()


async def test_a_member_of_a_group_bears_its_roles_and_has_no_password_here(
    corporation: Corporation,
) -> None:
    keeper = await corporation.building.system("KEEPER", "user:manage")
    group = {"title": "Authors", "roles": ["business-user"]}
    await keeper.ask("PUT", "/v1/groups/CCM-Authors", group)
    visitor = await corporation.come("s-1")
    me = await visitor.ask("GET", "/v1/session")
    listed = await keeper.ask("GET", "/v1/users/ada.author")
    reset = await keeper.call("POST", "/v1/users/ada.author/password")

    assert (me["actor"], me["title"]) == ("user:ada.author", "Ada Author")
    assert "definition:write" in me["scopes"]
    assert me["must_change_password"] is False
    assert listed["directory"] == corporation.provider.issuer
    assert listed["last_sign_in_at"] is not None
    assert (await corporation.user("s-1")).password_hash is None
    assert reset.status == 409
    trail = await corporation.building.actions("user:ada.author")
    assert trail[:2] == ["user.created", "user.signed_in"]


async def test_the_directory_has_the_last_word_on_groups(corporation: Corporation) -> None:
    await corporation.come("s-1")
    keeper = await corporation.building.system("KEEPER", "user:manage")
    await keeper.ask("PUT", "/v1/users/ada.author", {"title": "Ada"})
    without = await corporation.user("s-1")
    await corporation.come("s-1")
    again = await corporation.user("s-1")

    assert (without.groups, again.groups) == ([], ["CCM-Authors", "Lunch"])
    assert without.id == again.id


async def test_nobody_takes_a_users_place_by_bearing_their_name(corporation: Corporation) -> None:
    visitor = await corporation.come("s-2")
    me = await visitor.ask("GET", "/v1/session")

    assert me["actor"] == "user:admin-2"
    assert me["scopes"] == []


async def test_who_signs_in_twice_at_once_is_one_user(corporation: Corporation) -> None:
    visitors = await asyncio.gather(*(corporation.come("s-4") for _ in range(3)))
    names = {(await each.ask("GET", "/v1/session"))["name"] for each in visitors}

    assert names == {"s-4"}
    assert (await corporation.user("s-4")).groups == ["CCM-Authors"]


async def test_who_is_switched_off_here_is_not_let_in(corporation: Corporation) -> None:
    await corporation.come("s-3")
    keeper = await corporation.building.system("KEEPER", "user:manage")
    await keeper.ask("PUT", "/v1/users/off", {"title": "Off", "active": False})
    visitor = corporation.building.visitor()
    back = await corporation.on_the_way(visitor, "s-3")
    answer = await visitor.call("GET", path_of(back))

    assert (answer.status, answer.code, visitor.token) == (401, "unauthenticated", "")
    last = (await corporation.building.trail("user:off"))[-1]
    assert (last.action, last.reason) == ("sign_in.refused", "switched_off")


async def test_what_is_asked_of_the_directory_cannot_be_replayed(
    corporation: Corporation,
) -> None:
    away = await corporation.building.visitor().call("GET", "/v1/session/oidc")
    asked = parse_qs(urlsplit(away.headers["Location"]).query)
    cookie = away.headers["Set-Cookie"]

    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) > 40
    assert len(asked["nonce"][0]) > 40
    assert asked["state"][0] not in cookie
    assert "HttpOnly" in cookie


async def test_a_sign_in_begun_elsewhere_is_not_finished_here(corporation: Corporation) -> None:
    """Another's answer, foisted on a browser, would sign it in as them (login CSRF)."""
    thief, victim = corporation.building.visitor(), corporation.building.visitor()
    back = await corporation.on_the_way(thief, "s-1")
    bare = await victim.call("GET", path_of(back))
    await victim.call("GET", "/v1/session/oidc")
    begun = await victim.call("GET", path_of(back))

    assert [bare.status, begun.status] == [401, 401]
    assert victim.token == ""


async def test_an_answer_is_good_once(corporation: Corporation) -> None:
    visitor = corporation.building.visitor()
    back = await corporation.on_the_way(visitor, "s-1")
    place = URL(f"{corporation.building.base}/v1/session/oidc")
    kept = visitor.http.cookie_jar.filter_cookies(place)
    first = await visitor.call("GET", path_of(back))
    visitor.http.cookie_jar.update_cookies(kept, place)
    again = await visitor.call("GET", path_of(back))

    assert (first.status, again.status) == (303, 401)


@pytest.mark.parametrize(
    "answer", ["", "state=x&code=y", "error=access_denied&state=x", "code=y", "state=%C3%A4"]
)
async def test_an_answer_that_was_made_up_is_refused(corporation: Corporation, answer: str) -> None:
    visitor = corporation.building.visitor()
    await visitor.call("GET", "/v1/session/oidc")
    told = await visitor.call("GET", f"/v1/session/oidc/callback?{answer}")

    assert (told.status, visitor.token) == (401, "")


async def test_another_directorys_answer_is_refused(corporation: Corporation) -> None:
    visitor = corporation.building.visitor()
    back = await corporation.on_the_way(visitor, "s-1")
    mixed_up = str(URL(back).update_query(iss="https://evil.example"))

    assert (await visitor.call("GET", path_of(mixed_up))).status == 401


async def test_signing_in_takes_ten_minutes_at_most(corporation: Corporation) -> None:
    visitor = corporation.building.visitor()
    back = await corporation.on_the_way(visitor, "s-1")
    corporation.building.clock.go(minutes=11)
    answer = await visitor.call("GET", path_of(back))
    corporation.building.clock.now = utc_now()

    assert answer.status == 401
    assert "too long" in answer.body["detail"]


@pytest.mark.parametrize(
    "then", ["https://evil.example", "//evil.example", "/%5Cevil.example", "evil", "/a%20b"]
)
async def test_one_goes_on_to_our_own_pages_alone(corporation: Corporation, then: str) -> None:
    answer = await corporation.building.visitor().call("GET", f"/v1/session/oidc?then={then}")

    assert answer.status == 422


async def test_the_ways_to_sign_in_are_told(corporation: Corporation, building: Building) -> None:
    with_one = await corporation.building.visitor().ask("GET", "/v1/session/ways")
    without = await building.visitor().ask("GET", "/v1/session/ways")
    answer = await building.visitor().call("GET", "/v1/session/oidc")

    assert with_one == {"password": True, "directory": True}
    assert without == {"password": True, "directory": False}
    assert (answer.status, "OPENCCM_OIDC_ISSUER" in answer.body["detail"]) == (404, True)


async def test_a_directory_that_is_away_is_said_to_be(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> None:
    database, (port,) = Database(await databases.fresh()), free_ports(1)
    folder, issuer = tmp_path_factory.mktemp("away"), f"http://localhost:{port}"
    async with open_building(folder, database, oidc_issuer=issuer) as building:
        answer = await building.visitor().call("GET", "/v1/session/oidc")
    await database.close()

    assert (answer.status, answer.code) == (503, "directory_failed")
