"""The cookie that a browser keeps of a session, and the sites that may make use of it."""

from urllib.parse import urlsplit

from fastapi import Request, Response

from openccm.errors import DeniedError
from openccm.platform.settings import Settings

COOKIE = "openccm_session"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def give_cookie(request: Request, response: Response, settings: Settings, token: str) -> None:
    """Let the browser keep the session: out of reach of scripts, and of other sites' forms."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=is_secure(request, settings),
    )
    response.headers["Cache-Control"] = "no-store"


def take_cookie(request: Request, response: Response, settings: Settings) -> None:
    """Let the browser forget the session."""
    secure = is_secure(request, settings)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=secure)


def is_secure(request: Request, settings: Settings) -> bool:
    """Whether browsers reach us by https."""
    return request.url.scheme == "https" or settings.public_url.startswith("https:")


def refuse_other_sites(request: Request, settings: Settings) -> None:
    """Refuse what another site made a browser send with a user's cookie (CSRF).

    Browsers say where a call comes from, and no script can make them say otherwise: in
    ``Sec-Fetch-Site``, or else in ``Origin``. A call that changes something and says neither is
    refused as well.

    Raises:
        DeniedError: It does not come from our own pages.
    """
    if request.method in _SAFE:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise DeniedError("This call comes from another site.")
        return
    origin = request.headers.get("origin")
    own = {urlsplit(settings.public_url).netloc, request.headers.get("host")}
    if origin is None or urlsplit(origin).netloc not in own:
        raise DeniedError("This call does not say that it comes from our own pages (Origin).")
