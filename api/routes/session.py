"""The session of the user who is asking: signing in, who am I, the password, signing out."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Cookie, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from api.cookies import give_cookie, is_secure, refuse_other_sites, take_cookie
from api.dependencies import HouseDep, get_signed_in
from openccm.access.caller import Caller
from openccm.access.sessions import SignedIn
from openccm.access.sign_in import Credentials
from openccm.errors import DeniedError
from openccm.platform.settings import Settings

router = APIRouter(prefix="/v1/session", tags=["session"])

Anybody = Annotated[Caller | SignedIn, Depends(get_signed_in)]
TICKET = "openccm_signing_in"
OWN_PAGE = r"^/(?:[^/\\\s][^\\\s]*)?$"
SUPERVISION = frozenset({"request:all", "request:manage"})
Password = Annotated[str, Field(min_length=1, max_length=1000)]


class SignIn(BaseModel):
    """A user's name and password."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    password: Password


class PasswordUpdate(BaseModel):
    """A new password in place of the current one."""

    model_config = ConfigDict(extra="forbid")

    current: Password
    password: Annotated[str, Field(max_length=1000, description="At least 12 characters.")]


class SessionRead(BaseModel):
    """Who is asking, and what they may."""

    actor: Annotated[str, Field(description="As the trail names them.")]
    kind: Literal["system", "user"]
    name: str
    title: str
    scopes: list[str]
    roles: Annotated[list[str], Field(description="What they may decide and work on.")]
    divisions: Annotated[list[str] | None, Field(description="Whose persons they see; null: all.")]
    definitions: Annotated[list[str] | None, Field(description="Which they may use; null: all.")]
    must_change_password: Annotated[
        bool, Field(description="Somebody else knows it: nothing else is possible until then.")
    ]
    expires_at: datetime | None
    runs_url: Annotated[
        str | None,
        Field(description="Where Temporal shows a run, to be followed by its id; for supervisors."),
    ]


class WaysRead(BaseModel):
    """How one can sign in."""

    password: bool
    directory: Annotated[bool, Field(description="By `GET /v1/session/oidc`, in a browser.")]


def _read(found: Caller | SignedIn, settings: Settings) -> SessionRead:
    caller = found if isinstance(found, Caller) else found.caller
    return SessionRead(
        actor=caller.actor,
        kind=caller.kind,
        name=caller.name,
        title=caller.name if isinstance(found, Caller) else found.user.title,
        scopes=sorted(caller.scopes),
        roles=sorted(caller.roles),
        divisions=_listed(caller.divisions),
        definitions=_listed(caller.definitions),
        must_change_password=isinstance(found, SignedIn) and found.must_change,
        expires_at=caller.expires_at,
        runs_url=_runs_url(settings) if caller.scopes >= SUPERVISION else None,
    )


def _runs_url(settings: Settings) -> str:
    return f"{settings.temporal_ui_url}/namespaces/{settings.temporal_namespace}/workflows/"


def _listed(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _signed_in(found: Caller | SignedIn) -> SignedIn:
    if isinstance(found, Caller):
        raise DeniedError("This is for users with a session; a key has neither password nor end.")
    return found


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


@router.post("", status_code=HTTPStatus.CREATED)
async def sign_in(
    body: SignIn, house: HouseDep, request: Request, response: Response
) -> SessionRead:
    """Sign in with a name and a password; the answer sets the session's cookie."""
    if "origin" in request.headers or "sec-fetch-site" in request.headers:
        refuse_other_sites(request, house.settings)
    given = Credentials(body.name, body.password, _address(request))
    token, signed_in = await house.reception.sign_in(given)
    give_cookie(request, response, house.settings, token)
    return _read(signed_in, house.settings)


@router.get("")
async def read_session(found: Anybody, house: HouseDep) -> SessionRead:
    """Who am I, and what may I?"""
    return _read(found, house.settings)


@router.put("/password", status_code=HTTPStatus.NO_CONTENT)
async def change_password(
    body: PasswordUpdate, found: Anybody, house: HouseDep, request: Request, response: Response
) -> None:
    """Change the own password; every other session of the user ends."""
    token = await house.reception.change_password(_signed_in(found), body.current, body.password)
    give_cookie(request, response, house.settings, token)


@router.delete("", status_code=HTTPStatus.NO_CONTENT)
async def sign_out(found: Anybody, house: HouseDep, request: Request, response: Response) -> None:
    """Sign out: the session ends here and in the browser."""
    await house.reception.sign_out(_signed_in(found))
    take_cookie(request, response, house.settings)


@router.get("/ways")
async def list_ways(house: HouseDep) -> WaysRead:
    """How one can sign in here."""
    return WaysRead(password=True, directory=house.settings.oidc_issuer is not None)


@router.get("/oidc", status_code=HTTPStatus.SEE_OTHER, response_class=RedirectResponse)
async def go_to_directory(
    house: HouseDep,
    request: Request,
    then: Annotated[
        str,
        Query(max_length=1000, pattern=OWN_PAGE, description="The page to go on to afterwards."),
    ] = "/",
) -> RedirectResponse:
    """Sign in through the company's directory: sends the browser there."""
    begun = await house.directory.begin(then)
    response = RedirectResponse(begun.url, HTTPStatus.SEE_OTHER)
    response.set_cookie(
        TICKET,
        begun.ticket,
        max_age=600,
        path="/v1/session/oidc",
        httponly=True,
        samesite="lax",
        secure=is_secure(request, house.settings),
    )
    return response


@router.get("/oidc/callback", status_code=HTTPStatus.SEE_OTHER, response_class=RedirectResponse)
async def come_from_directory(
    house: HouseDep, request: Request, ticket: Annotated[str, Cookie(alias=TICKET)] = ""
) -> RedirectResponse:
    """Where the directory sends the browser back to; sets the session's cookie and goes on."""
    identity, then = await house.directory.finish(ticket, request.query_params)
    token, _ = await house.reception.sign_in_as(identity, _address(request))
    response = RedirectResponse(then, HTTPStatus.SEE_OTHER)
    give_cookie(request, response, house.settings, token)
    response.delete_cookie(TICKET, path="/v1/session/oidc")
    return response
