"""Denials: each is on the trail, and this is the one place that puts it there."""

from fastapi import Request

from api.dependencies import House
from openccm.access.caller import Caller
from openccm.errors import DeniedError, HiddenError
from openccm.platform.audit import Fact, record


async def note_refused(request: Request, error: Exception) -> None:
    """Note a call that its caller may not make; what is no denial, or nobody's, is not noted.

    It comes after the call's own transaction was taken back, so its entry stays.
    """
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is not None and isinstance(error, DeniedError | HiddenError):
        house: House = request.app.state.house
        await note_denial(house, caller, f"{request.method} {request.url.path}", error)


async def note_denial(house: House, caller: Caller, what: str, error: Exception) -> None:
    """Note what a caller may not do, in a transaction of its own."""
    fact = Fact(
        chain=caller.actor,
        at=house.desk.clock(),
        actor=caller.actor,
        action="access.denied",
        object_kind=caller.kind,
        object_id=caller.name,
        reason=error.why if isinstance(error, HiddenError) else str(error),
        detail={"what": what},
    )
    async with house.desk.database.begin() as session:
        await record(session, [fact])
