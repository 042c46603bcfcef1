"""Unsubscribing with one click, from the link in a marketing message (RFC 8058)."""

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.dependencies import HouseDep
from openccm.communications.unsubscribe import purpose_of, withdraw

router = APIRouter(prefix="/u", tags=["unsubscribe"])

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body {{ font: 1.1rem/1.6 system-ui, sans-serif; margin: 12vh auto; max-width: 32rem;
 padding: 0 1rem }}
button {{ background: #14532d; border: 0; border-radius: .4rem; color: #fff; font: inherit;
 padding: .6rem 1.2rem }}
</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"""
_NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@router.get("/{token}", response_class=HTMLResponse)
async def show_unsubscribe(token: str, house: HouseDep) -> HTMLResponse:
    """A page with one button; looking at it changes nothing."""
    purpose = await purpose_of(house.desk, token)
    body = (
        f"<p>You will get no more messages about <b>{escape(purpose)}</b>.</p>"
        "<form method='post'><button>Unsubscribe</button></form>"
    )
    return _page("Unsubscribe", body)


@router.post("/{token}", response_class=HTMLResponse)
async def unsubscribe(token: str, house: HouseDep) -> HTMLResponse:
    """Withdraw the consent: at once, without signing in, as often as it is asked."""
    purpose = await withdraw(house.desk, token)
    return _page("You are unsubscribed", f"<p>No more messages about <b>{escape(purpose)}</b>.</p>")


def _page(title: str, body: str) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=title, body=body), headers=_NO_STORE)
