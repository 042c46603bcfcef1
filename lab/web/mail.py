"""The mail server's JSON API: messages as they arrived, mailboxes and their behaviour."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from lab.mail import find, reader, unsubscribe
from lab.switchboard import MAIL_SERVER
from lab.web.dependencies import (
    Here,
    NotThere,
    SwitchRead,
    SwitchUpdate,
    move_switch,
    read_switch,
    there,
)
from lab.world import World

router = APIRouter(prefix="/lab", tags=["mail"])

_FRAME_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; font-src data:;"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
_SHOWN_INLINE = ("application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp")


class MessageDetail(find.MessageRead):
    """A message, opened."""

    text: str | None
    html: str | None
    parts: list[reader.Part]
    unsubscribe_url: str | None


class MailboxDetail(find.MailboxRead):
    """A mailbox, its behaviour and what reached it."""

    switch: SwitchRead
    arrivals: list[find.ArrivalRead]


@router.get("/messages")
async def list_messages(
    world: Here, wanted: Annotated[find.Wanted, Query()]
) -> list[find.MessageRead]:
    """The messages wanted, in the order of their arrival; page on with ``since``."""
    return await world.store.read(lambda connection: find.messages(connection, wanted))


@router.get("/messages/{number}")
async def read_message(world: Here, number: int) -> MessageDetail:
    """One message, opened."""
    found = await world.store.read(lambda connection: find.message(connection, number))
    message = there(found, "message", number)
    opened = reader.read(await _content(world, number))
    return MessageDetail(
        **message.model_dump(),
        text=opened.text,
        html=opened.html,
        parts=opened.parts,
        unsubscribe_url=opened.unsubscribe_url,
    )


@router.get("/messages/{number}/raw", response_class=Response)
async def read_raw(world: Here, number: int) -> Response:
    """The message's bytes, exactly as they came."""
    content = await _content(world, number)
    disposition = {"Content-Disposition": f'attachment; filename="message-{number}.eml"'}
    return Response(content, media_type="message/rfc822", headers=disposition)


@router.get("/messages/{number}/html")
async def read_html(world: Here, number: int) -> HTMLResponse:
    """The HTML body for a sandboxed frame: nothing is fetched from outside, no script runs."""
    opened = reader.read(await _content(world, number))
    page = reader.framed(opened, f"/lab/messages/{number}/parts")
    return HTMLResponse(page, headers={"Content-Security-Policy": _FRAME_POLICY})


@router.get("/messages/{number}/parts/{index}", response_class=Response)
async def read_part(world: Here, number: int, index: int, *, save: bool = False) -> Response:
    """One part of the message; with ``save`` to be stored, else shown where that is safe."""
    found = reader.part(await _content(world, number), index)
    part, content = there(found, "part", index)
    inline = part.media_type in _SHOWN_INLINE and not save
    name = quote(part.name)
    disposition = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{name}"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=part.media_type, headers=headers)


@router.post("/messages/{number}/unsubscribe")
async def press_unsubscribe(world: Here, number: int) -> unsubscribe.Unsubscription:
    """Press the message's one-click unsubscribe button (RFC 8058)."""
    opened = reader.read(await _content(world, number))
    url = there(opened.unsubscribe_url, "one-click unsubscribe offer in message", number)
    pressed = await unsubscribe.press(url)
    await world.store.write(lambda connection: unsubscribe.keep(connection, number, pressed))
    return pressed


@router.get("/mailboxes")
async def list_mailboxes(world: Here, text: str = "", limit: int = 200) -> list[find.MailboxRead]:
    """The mailboxes whose address has this text in it, the latest used first.

    Those that were only made to misbehave come last.
    """
    used = await world.store.read(lambda connection: find.mailboxes(connection, text, limit=limit))
    known = {box.address for box in used}
    moved = (name for name in world.switchboard.names("mailbox") if text.lower() in name)
    return used + [find.MailboxRead(address=name) for name in moved if name not in known]


@router.get("/mailboxes/{address}")
async def read_mailbox(world: Here, address: str, limit: int = 100) -> MailboxDetail:
    """One mailbox; it need not have got mail yet."""
    box = await world.store.read(lambda connection: find.mailbox(connection, address))
    arrivals = await world.store.read(
        lambda connection: find.arrivals(connection, address, limit=limit)
    )
    switch = read_switch(world, "mailbox", address.lower())
    return MailboxDetail(**box.model_dump(), switch=switch, arrivals=arrivals)


@router.put("/mailboxes/{address}")
async def update_mailbox(world: Here, address: str, update: SwitchUpdate) -> SwitchRead:
    """Let a mailbox behave: ok, bounce-hard, bounce-soft, bounce-late, slow, down, drop."""
    return await move_switch(world, "mailbox", address.lower(), update)


@router.get("/mail-server")
async def read_server(world: Here) -> SwitchRead:
    """Whether the mail server is up."""
    return read_switch(world, "mail-server", MAIL_SERVER)


@router.put("/mail-server")
async def update_server(world: Here, update: SwitchUpdate) -> SwitchRead:
    """Switch the mail server: ok, down."""
    return await move_switch(world, "mail-server", MAIL_SERVER, update)


async def _content(world: World, number: int) -> bytes:
    found = await world.store.read(lambda connection: find.content(connection, number))
    if found is None:
        raise NotThere(f"There is no message {number}.")
    return found
