"""What routes are handed: the house's parts, a transaction, and who is asking."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from api.cookies import COOKIE, refuse_other_sites
from openccm.access.caller import Caller
from openccm.access.keys import find_caller
from openccm.access.oidc import Directory
from openccm.access.sessions import SignedIn, find_signed_in, touch
from openccm.access.sign_in import Reception
from openccm.access.users import guarded
from openccm.communications.desk import Desk
from openccm.errors import DeniedError, UnauthenticatedError
from openccm.events.door import Door
from openccm.jobs.job import Jobs
from openccm.platform.settings import Settings
from openccm.platform.temporal import Engine
from openccm.processes.book import Processes
from openccm.repository.audience import require_visible


@dataclass(frozen=True, slots=True)
class House:
    """What the application was built with."""

    settings: Settings
    desk: Desk
    engine: Engine
    processes: Processes
    door: Door
    jobs: Jobs
    reception: Reception
    directory: Directory


async def get_house(request: Request) -> House:
    """The house this request came to; asynchronous because others are called in a thread."""
    return request.app.state.house


HouseDep = Annotated[House, Depends(get_house)]


async def writing(house: HouseDep) -> AsyncGenerator[AsyncSession]:
    """A transaction that commits when the route has answered without an error."""
    async with house.desk.database.begin() as session:
        yield session


async def reading(house: HouseDep) -> AsyncGenerator[AsyncSession]:
    """A transaction that only looks."""
    async with house.desk.database.read() as session:
        yield session


# scope="function": the commit happens before the answer leaves, never after it.
Writing = Annotated[AsyncSession, Depends(writing, scope="function")]
Reading = Annotated[AsyncSession, Depends(reading, scope="function")]

_bearer = HTTPBearer(auto_error=False, description="An API key: `Authorization: Bearer occ_…`")
_cookie = APIKeyCookie(
    name=COOKIE, auto_error=False, description="A user's session, from `POST /v1/session`"
)


async def get_signed_in(
    house: HouseDep,
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    token: Annotated[str | None, Depends(_cookie)],
) -> Caller | SignedIn:
    """Who is asking: a core system by its key, or else a user by their session's cookie.

    Raises:
        UnauthenticatedError: No key and no session, or one that is not or no longer valid.
        DeniedError: A browser was sent here by another site.
    """
    database, now = house.desk.database, house.desk.clock()
    if bearer is not None:
        async with database.read() as session:
            caller = await find_caller(session, bearer.credentials, now)
        if caller is None:
            raise UnauthenticatedError("This key is unknown, expired or switched off.")
        request.state.caller = caller
        return caller
    if token is None:
        raise UnauthenticatedError("Sign in, or send an API key as a bearer token.")
    async with database.read() as session:
        signed_in = await find_signed_in(session, token, house.reception.limits, now)
    if signed_in is None:
        raise UnauthenticatedError("Your session has ended. Sign in again.")
    request.state.caller = signed_in.caller
    refuse_other_sites(request, house.settings)
    if signed_in.is_due(now):
        async with database.begin() as session:
            await touch(session, signed_in.session.id, now)
    return signed_in


async def get_caller(found: Annotated[Caller | SignedIn, Depends(get_signed_in)]) -> Caller:
    """Who is asking, once they may do more than change their password.

    Raises:
        DeniedError: Somebody else knows their password.
    """
    if isinstance(found, Caller):
        return found
    if found.must_change:
        raise DeniedError("Change your one-time password first: PUT /v1/session/password.")
    return found.caller


AnyCaller = Annotated[Caller, Depends(get_caller)]


@dataclass(frozen=True, slots=True)
class Scoped:
    """A dependency that lets only bearers of scopes pass."""

    scopes: tuple[str, ...]
    of_definition: Literal["", "seen", "used"] = ""
    of_system: bool = False

    async def __call__(self, house: HouseDep, caller: AnyCaller, request: Request) -> Caller:
        """Let the caller pass.

        Raises:
            DeniedError: Says what the caller lacks.
            HiddenError: The definition that the path names is for bearers of other roles.
        """
        for scope in self.scopes:
            caller.require(scope)
        code = request.path_params.get("code")
        if code is not None and self.of_definition:
            if self.of_definition == "used":
                caller.require_definition(code)
            async with house.desk.database.read() as session:
                await require_visible(session, caller, code)
        if self.of_system and caller.kind != "system":
            raise DeniedError("This is for core systems alone, with their keys.")
        return caller


def scoped(*scopes: str) -> Scoped:
    """Bearers of these scopes."""
    return Scoped(scopes)


def of_definition(*scopes: str) -> Scoped:
    """The same, who may use the definition that the path names."""
    return Scoped(scopes, of_definition="used")


def seeing_definition(*scopes: str) -> Scoped:
    """The same, who may see the definition that the path names, if it does."""
    return Scoped(scopes, of_definition="seen")


def of_system(*scopes: str) -> Scoped:
    """The same, core systems alone."""
    return Scoped(scopes, of_system=True)


@asynccontextmanager
async def changing_rights(house: House, caller: Caller) -> AsyncGenerator[AsyncSession]:
    """A transaction in which rights change, so that nobody widens their own."""
    async with house.desk.database.begin() as session, guarded(session, caller):
        yield session


Creator = Annotated[Caller, Depends(scoped("request:create"))]
Reader = Annotated[Caller, Depends(scoped("request:read"))]
Operator = Annotated[Caller, Depends(scoped("request:all", "request:manage"))]
Manager = Annotated[Caller, Depends(scoped("request:manage"))]
EventTeller = Annotated[Caller, Depends(scoped("event:write"))]
EventReader = Annotated[Caller, Depends(scoped("event:read"))]
DocumentReader = Annotated[Caller, Depends(scoped("document:read"))]
Reporter = Annotated[Caller, Depends(scoped("status:write"))]
Subscriber = Annotated[Caller, Depends(of_system("callback:manage"))]
PartyReader = Annotated[Caller, Depends(scoped("party:read"))]
VipReader = Annotated[Caller, Depends(scoped("reveal:vip"))]
Purger = Annotated[Caller, Depends(scoped("todo:purge"))]
PartyWriter = Annotated[Caller, Depends(scoped("party:write"))]
DefinitionManager = Annotated[Caller, Depends(of_definition("definition:manage"))]
DefinitionReader = Annotated[Caller, Depends(seeing_definition("definition:read"))]
DefinitionWriter = Annotated[Caller, Depends(of_definition("definition:write"))]
DefinitionApprover = Annotated[Caller, Depends(of_definition("definition:approve"))]
Releaser = Annotated[Caller, Depends(scoped("definition:write"))]
Auditor = Annotated[Caller, Depends(scoped("audit:read"))]
ProcessStarter = Annotated[Caller, Depends(scoped("process:start"))]
ProcessReader = Annotated[Caller, Depends(scoped("process:read"))]
ProcessManager = Annotated[Caller, Depends(scoped("process:manage"))]
CaseReader = Annotated[Caller, Depends(scoped("case:read"))]
CaseWorker = Annotated[Caller, Depends(scoped("case:work"))]
OfferManager = Annotated[Caller, Depends(scoped("case:manage"))]
ContactReader = Annotated[Caller, Depends(scoped("contact:read"))]
ContactWriter = Annotated[Caller, Depends(scoped("contact:write"))]
Agent = Annotated[Caller, Depends(scoped("todo:work"))]
Supervisor = Annotated[Caller, Depends(scoped("todo:manage"))]
JobReader = Annotated[Caller, Depends(scoped("job:read"))]
JobManager = Annotated[Caller, Depends(scoped("job:manage"))]
LetterAgent = Annotated[Caller, Depends(scoped("letter:work"))]
LetterManager = Annotated[Caller, Depends(scoped("letter:manage"))]
SystemManager = Annotated[Caller, Depends(scoped("system:manage"))]
UserManager = Annotated[Caller, Depends(scoped("user:manage"))]
