"""The matrix: every endpoint of the API's description, asked by every kind of caller."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.app import create_app
from openccm.access.keys import SCOPES
from openccm.access.roles import BUILTIN
from openccm.platform.settings import Settings
from tests.access.building import Building, Visitor

EVERYBODY, KNOWN = "everybody", "everybody who is known"
NOBODYS_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
WITHOUT_DESCRIPTION = {
    *("/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc", "/static-offline-docs"),
    *("/", "/app", "/app/{path:path}", "/app/assets"),
}
SYSTEMS_ALONE = {"callback:manage", "status:write"}
AT_ONCE = 4


def declared() -> dict[str, str]:
    """Who may call what: endpoint to the scopes that it asks for."""
    text = Path(__file__).with_name("permissions.yaml").read_text()
    table: dict[str, list[str]] = yaml.safe_load(text)
    return {call: asked for asked, calls in table.items() for call in calls}


def described(tmp_path: Path) -> set[str]:
    """The endpoints that the API's description names."""
    paths = create_app(Settings.load(data_dir=tmp_path)).openapi()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_every_endpoint_says_who_may_call_it(tmp_path: Path) -> None:
    table = declared()

    assert described(tmp_path) ^ table.keys() == set()
    asked = {scope for each in table.values() for scope in scopes_of(each)}
    assert asked <= SCOPES.keys()


def test_nothing_is_served_beside_what_is_described(tmp_path: Path) -> None:
    app = create_app(Settings.load(data_dir=tmp_path))

    assert set(undescribed(app.routes)) <= WITHOUT_DESCRIPTION


def undescribed(routes: Iterable[Any]) -> Iterator[str]:
    """The paths that the description leaves out, those of included routers too."""
    for route in routes:
        if included := getattr(route, "original_router", None):
            yield from undescribed(included.routes)
        elif not getattr(route, "include_in_schema", False):
            yield route.path


def test_every_scope_is_somebodys(tmp_path: Path) -> None:
    borne = {scope for role in BUILTIN.values() for scope in role.scopes}

    assert borne <= SCOPES.keys()
    assert SCOPES.keys() - borne - SYSTEMS_ALONE == set()


def scopes_of(asked: str) -> set[str]:
    return set() if asked in (EVERYBODY, KNOWN) else set(asked.split(" and "))


def expected(asked: str, caller: str) -> str:
    """What a caller gets to hear of an endpoint: come in, who are you, or you may not."""
    if asked == EVERYBODY:
        return "let in"
    if caller == "nobody":
        return "unauthenticated"
    borne = set(BUILTIN[caller].scopes) if caller in BUILTIN else set[str]()
    if not scopes_of(asked) <= borne or scopes_of(asked) & SYSTEMS_ALONE:
        return "denied"
    return "let in"


async def heard(visitor: Visitor, call: str) -> str:
    """What an endpoint says when it is asked for something that is not there."""
    method, path = asked_for(call).split(" ")
    answer = await visitor.call(method, path, {})
    assert answer.status < 500 or answer.status == 503, (call, answer.status, answer.body)
    return {401: "unauthenticated", 403: "denied"}.get(answer.status, "let in")


@pytest.mark.parametrize("caller", ["nobody", "key-without-scopes", *BUILTIN])
async def test_every_endpoint_keeps_to_the_table(
    building: Building, name: str, caller: str
) -> None:
    table = declared()
    if caller == "nobody":
        visitor = building.visitor()
    elif caller in BUILTIN:
        visitor = await building.user(name, caller)
    else:
        visitor = await building.system(name.upper())
    own = [call for call in table if re.search(r" /v1/session(/|$)", call)]
    turn = asyncio.Semaphore(AT_ONCE)

    async def ask(call: str) -> tuple[str, str]:
        async with turn:
            return call, await heard(visitor, call)

    told = dict(await asyncio.gather(*(ask(call) for call in table.keys() - set(own))))

    wanted = {call: expected(table[call], caller) for call in told}
    assert {call: told[call] for call in told if told[call] != wanted[call]} == {}
    if caller == "nobody":
        # Who comes from a directory is known by what they bring, and a sign-in by its password.
        proven = {"GET /v1/session/oidc/callback"}
        for call in set(own) - proven:
            assert await heard(visitor, call) == expected(table[call], caller), call
        return
    actor = f"user:{name}" if caller in BUILTIN else f"system:{name.upper()}"
    noted = [each for each in await building.trail(actor) if each.action == "access.denied"]
    refused = [asked_for(call) for call in told if told[call] == "denied"]
    assert sorted(each.detail["what"] for each in noted) == sorted(refused)


def asked_for(call: str) -> str:
    """A call with something in place of what its path names."""
    return re.sub(r"\{\w+\}", NOBODYS_ID, call)
