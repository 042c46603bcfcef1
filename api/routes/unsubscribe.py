"""Unsubscribing with one click, from the link in a marketing message (RFC 8058)."""

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.dependencies import HouseDep
from api.pages import page
from openccm.communications.unsubscribe import purpose_of, withdraw

router = APIRouter(prefix="/u", tags=["unsubscribe"])


@router.get("/{token}", response_class=HTMLResponse)
async def show_unsubscribe(token: str, house: HouseDep) -> HTMLResponse:
    """A page with one button; looking at it changes nothing."""
    purpose = await purpose_of(house.desk, token)
    body = (
        f"<p>You will get no more messages about <b>{escape(purpose)}</b>.</p>"
        "<form method='post'><button>Unsubscribe</button></form>"
    )
    return page("Unsubscribe", body)


@router.post("/{token}", response_class=HTMLResponse)
async def unsubscribe(token: str, house: HouseDep) -> HTMLResponse:
    """Withdraw the consent: at once, without signing in, as often as it is asked."""
    purpose = await withdraw(house.desk, token)
    return page("You are unsubscribed", f"<p>No more messages about <b>{escape(purpose)}</b>.</p>")
