"""The lab's web application, composed from its routes."""

from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from lab.signatures import BadSecret
from lab.switchboard import Closing, UnknownBehaviour
from lab.web import billing, hooks, letters, mail, overview, page, push
from lab.web.dependencies import NotThere
from lab.world import World

_ROUTERS = (
    page.router,
    overview.router,
    mail.router,
    hooks.router,
    letters.router,
    billing.router,
    push.router,
)
_STATIC = Path(__file__).with_name("static")


def create_app(world: World) -> FastAPI:
    """The application that shows this world."""
    app = FastAPI(
        title="OpenCCM lab",
        summary="Local counterparts of the outside world: mail, push, webhooks, print, billing.",
        version="1",
    )
    app.state.world = world
    for router in _ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_exception_handler(NotThere, _not_there)
    app.add_exception_handler(Closing, _closing)
    app.add_exception_handler(UnknownBehaviour, _refused)
    app.add_exception_handler(BadSecret, _refused)
    return app


async def _not_there(request: Request, error: Exception) -> Response:
    return JSONResponse({"detail": str(error)}, status_code=HTTPStatus.NOT_FOUND)


async def _refused(request: Request, error: Exception) -> Response:
    return JSONResponse({"detail": str(error)}, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)


async def _closing(request: Request, error: Exception) -> Response:
    return JSONResponse({"detail": str(error)}, status_code=HTTPStatus.SERVICE_UNAVAILABLE)
