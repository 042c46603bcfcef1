"""The web app: static files below /app, under a content security policy with a nonce per page."""

import secrets
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.errors import problem

BUILT = Path(__file__).parents[1] / "designer" / "dist"
"""Where ``make web`` puts what it builds."""

_NONCE = "__NONCE__"
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
    "frame-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class _Assets(StaticFiles):
    """Files whose names hold a hash of what is in them: they never change."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers.update(_ALWAYS)
        return response


def install(app: FastAPI, folder: Path = BUILT) -> None:
    """Serve the web app, if it was built."""
    if not (folder / "index.html").is_file():
        app.include_router(_unbuilt())
        return
    app.mount("/app/assets", GZipMiddleware(_Assets(directory=folder / "assets")))
    app.include_router(_pages(folder))


def _unbuilt() -> APIRouter:
    """Says how to come by the web app where it was not built."""
    router = APIRouter(include_in_schema=False)

    @router.get("/app")
    @router.get("/app/{path:path}")
    async def read_nothing(path: str = "") -> Response:
        return problem(HTTPStatus.NOT_FOUND, "not_found", "The web app is not built: make web")

    return router


def _pages(folder: Path) -> APIRouter:
    """The files at the top by name; every other address is one of the app's own routes."""
    router = APIRouter(include_in_schema=False)
    files = {each.name for each in folder.iterdir() if each.is_file()} - {"index.html"}

    @router.get("/")
    async def go_to_the_app() -> RedirectResponse:
        return RedirectResponse("/app/")

    @router.get("/app")
    @router.get("/app/{path:path}")
    async def read_page(path: str = "") -> Response:
        if path in files:
            return FileResponse(folder / path, headers=_ALWAYS | {"Cache-Control": "no-cache"})
        return _page(folder)

    return router


def _page(folder: Path) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    page = (folder / "index.html").read_text(encoding="utf-8").replace(_NONCE, nonce)
    headers = _ALWAYS | {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY.format(nonce=nonce),
    }
    return HTMLResponse(page, headers=headers)
