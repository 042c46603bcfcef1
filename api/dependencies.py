"""What routes are handed: the house's parts, a transaction, and who is asking."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import UnauthenticatedError
from openccm.access.caller import Caller
from openccm.access.keys import find_caller
from openccm.communications.desk import Desk
from openccm.errors import DeniedError
from openccm.events.door import Door
from openccm.jobs.job import Jobs
from openccm.platform.audit import Fact, record
from openccm.platform.settings import Settings
from openccm.platform.temporal import Engine
from openccm.processes.book import Processes


@dataclass(frozen=True, slots=True)
class House:
    """What the application was built with."""

    settings: Settings
    desk: Desk
    engine: Engine
    processes: Processes
    door: Door
    jobs: Jobs


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


async def get_caller(
    house: HouseDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    """Who is asking.

    Raises:
        UnauthenticatedError: No key, or one that is not or no longer valid.
    """
    if credentials is None:
        raise UnauthenticatedError("Send an API key as a bearer token.")
    async with house.desk.database.read() as session:
        caller = await find_caller(session, credentials.credentials, house.desk.clock())
    if caller is None:
        raise UnauthenticatedError("This key is unknown, expired or switched off.")
    return caller


AnyCaller = Annotated[Caller, Depends(get_caller)]


def scoped(scope: str) -> Callable[..., object]:
    """A dependency that lets only bearers of a scope pass; every denial is on the trail."""

    async def check(house: HouseDep, caller: AnyCaller, request: Request) -> Caller:
        try:
            caller.require(scope)
        except DeniedError as error:
            await note_denial(house, caller, f"{request.method} {request.url.path}", str(error))
            raise
        return caller

    return check


def of_definition(scope: str) -> Callable[..., object]:
    """The same for one definition, which the key must be allowed to use."""

    async def check(house: HouseDep, caller: AnyCaller, request: Request) -> Caller:
        try:
            caller.require(scope)
            caller.require_definition(request.path_params["code"])
        except DeniedError as error:
            await note_denial(house, caller, f"{request.method} {request.url.path}", str(error))
            raise
        return caller

    return check


async def note_denial(house: House, caller: Caller, what: str, why: str) -> None:
    """Put a denial on the trail, in a transaction of its own."""
    fact = Fact(
        chain=caller.actor,
        at=house.desk.clock(),
        actor=caller.actor,
        action="access.denied",
        object_kind=caller.kind,
        object_id=caller.name,
        reason=why,
        detail={"what": what},
    )
    async with house.desk.database.begin() as session:
        await record(session, [fact])


Creator = Annotated[Caller, Depends(scoped("request:create"))]
Reader = Annotated[Caller, Depends(scoped("request:read"))]
Operator = Annotated[Caller, Depends(scoped("request:all"))]
Manager = Annotated[Caller, Depends(scoped("request:manage"))]
EventTeller = Annotated[Caller, Depends(scoped("event:write"))]
EventReader = Annotated[Caller, Depends(scoped("event:read"))]
DocumentReader = Annotated[Caller, Depends(scoped("document:read"))]
Reporter = Annotated[Caller, Depends(scoped("status:write"))]
Subscriber = Annotated[Caller, Depends(scoped("callback:manage"))]
PartyWriter = Annotated[Caller, Depends(scoped("party:write"))]
DefinitionManager = Annotated[Caller, Depends(of_definition("definition:manage"))]
DefinitionReader = Annotated[Caller, Depends(scoped("definition:read"))]
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
Agent = Annotated[Caller, Depends(scoped("todo:work"))]
Supervisor = Annotated[Caller, Depends(scoped("todo:manage"))]
JobReader = Annotated[Caller, Depends(scoped("job:read"))]
JobManager = Annotated[Caller, Depends(scoped("job:manage"))]
SystemManager = Annotated[Caller, Depends(scoped("system:manage"))]
