"""Whether this process lives, and whether it can do its work."""

from http import HTTPStatus

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from api.dependencies import HouseDep

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """What is well and what is not."""

    status: str
    parts: dict[str, str]


@router.get("/healthz")
async def live() -> Health:
    """The process answers."""
    return Health(status="ok", parts={})


@router.get("/readyz", responses={503: {"model": Health}})
async def ready(house: HouseDep, response: Response) -> Health:
    """The database and Temporal answer, too. Requests are accepted while Temporal is away."""
    parts = {"database": "ok", "temporal": "ok"}
    try:
        async with house.desk.database.read() as session:
            await session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        parts["database"] = type(error).__name__
    try:
        await house.engine.check()
    except (RPCError, RuntimeError) as error:
        parts["temporal"] = type(error).__name__
    well = all(state == "ok" for state in parts.values())
    response.status_code = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
    return Health(status="ok" if well else "unwell", parts=parts)
