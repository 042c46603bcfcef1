"""The page: what arrived as the customer sees it, and the switches beside it."""

import json
import sqlite3
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lab.billing import calls
from lab.hooks import deliveries
from lab.letters import book
from lab.mail import find, reader, unsubscribe
from lab.switchboard import BEHAVIOURS, BILLING, MAIL_SERVER, PRINT_HOUSE, PUSH_SERVICE
from lab.web.billing import list_bills
from lab.web.dependencies import Here, read_switch
from lab.web.hooks import list_hooks
from lab.web.letters import report
from lab.web.mail import list_mailboxes
from lab.web.overview import read_counts
from lab.web.push import list_notifications, list_phones
from lab.world import World

router = APIRouter(include_in_schema=False)

_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
_VIEWS = ("html", "text", "source", "headers", "part")
_LONGEST_SOURCE = 200_000


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def _drop_empty(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value != ""}


def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    filters = cast(dict[str, Any], environment.filters)
    filters.update(pretty=_pretty, size=_size, drop_empty=_drop_empty)
    cast(dict[str, Any], environment.globals)["behaviours"] = BEHAVIOURS
    return environment


_templates = Jinja2Templates(env=_environment())


@dataclass(frozen=True)
class OpenedMessage:
    """A message as the reader pane shows it."""

    message: find.MessageRead
    reading: reader.Reading
    content: bytes
    receipts: list[Any]
    pressed: list[unsubscribe.Unsubscription]

    @property
    def source(self) -> str:
        """The message as text; the middle of a very long one is left out."""
        text = self.content.decode("utf-8", "replace").replace("\r\n", "\n")
        if len(text) <= _LONGEST_SOURCE:
            return text
        return text[:_LONGEST_SOURCE] + "\n\n… the rest is in the file to save."

    def view(self, asked: str) -> str:
        """The view asked for, or the best one this message has."""
        if asked in _VIEWS and not (asked == "html" and self.reading.html is None):
            return asked
        return "html" if self.reading.html is not None else "text"


@router.get("/")
async def mail_page(
    world: Here,
    request: Request,
    box: str = "",
    message: int | None = None,
    view: str = "",
    part: int | None = None,
    q: str = "",
) -> Response:
    """Mailboxes, their mail, and one message as the customer sees it."""
    store = world.store
    opened = await store.read(lambda connection: _open(connection, message)) if message else None
    return await _page(
        world,
        request,
        "mail.html",
        server=read_switch(world, "mail-server", MAIL_SERVER),
        mailboxes=await list_mailboxes(world, q.strip()),
        moved={name: read_switch(world, "mailbox", name) for name in _moved(world)},
        arrivals=await store.read(lambda connection: find.arrivals(connection, box or None)),
        box=box.lower(),
        switch=read_switch(world, "mailbox", box.lower()),
        message=message,
        opened=opened,
        view=opened.view(view) if opened else "",
        part=_chosen(opened, part),
        q=q.strip().lower(),
    )


@router.get("/letters")
async def letters_page(world: Here, request: Request, letter: str = "") -> Response:
    """The letters the print house collected, and one of them as it is printed."""
    found = await world.store.read(book.letters)
    chosen = await world.store.read(lambda connection: book.letter(connection, letter))
    errands = await world.store.read(lambda connection: book.reports(connection, letter))
    return await _page(
        world,
        request,
        "letters.html",
        switch=read_switch(world, "print-house", PRINT_HOUSE),
        letters=found,
        letter=chosen,
        reports=[report(errand) for errand in errands],
        folder=world.settings.print_folder,
    )


@router.get("/webhooks")
async def webhooks_page(
    world: Here, request: Request, hook: str = "", delivery: int | None = None
) -> Response:
    """What core systems were told: per request, in the order it arrived."""
    hooks = await list_hooks(world)
    name = hook or (hooks[0].name if hooks else "")
    wanted = deliveries.Wanted(hook=name, limit=300)
    found = await world.store.read(lambda connection: deliveries.deliveries(connection, wanted))
    return await _page(
        world,
        request,
        "webhooks.html",
        hooks=hooks,
        hook=name,
        switch=read_switch(world, "hook", name),
        stories=_stories(found),
        delivery=next((one for one in found if one.id == delivery), None),
    )


@router.get("/billing")
async def billing_page(world: Here, request: Request) -> Response:
    """The billing system's records and the questions it was asked."""
    return await _page(
        world,
        request,
        "billing.html",
        company=world.ledger.company,
        switch=read_switch(world, "service", BILLING),
        bills=await list_bills(world),
        calls=await world.store.read(calls.calls),
    )


@router.get("/phones")
async def phones_page(world: Here, request: Request, token: str = "") -> Response:
    """The phones that notifications were sent to, and one of them as its owner sees it."""
    known = await list_phones(world)
    chosen = token or (known[0].token if known else "")
    return await _page(
        world,
        request,
        "phones.html",
        service=read_switch(world, "push-service", PUSH_SERVICE),
        phones=known,
        token=chosen,
        switch=read_switch(world, "device", chosen),
        notifications=await list_notifications(world, chosen) if chosen else [],
    )


async def _page(world: World, request: Request, template: str, **facts: Any) -> Response:
    facts |= {
        "tab": template.removesuffix(".html"),
        "revision": world.store.revision,
        "counts": await read_counts(world),
        "smtp": f"{world.settings.smtp_host}:{world.mail.port}",
    }
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return _templates.TemplateResponse(request, template, facts, headers=headers)


def _open(connection: sqlite3.Connection, number: int) -> OpenedMessage | None:
    message, content = find.message(connection, number), find.content(connection, number)
    if message is None or content is None:
        return None
    return OpenedMessage(
        message=message,
        reading=reader.read(content),
        content=content,
        receipts=find.receipts_of(connection, number),
        pressed=unsubscribe.of_message(connection, number),
    )


def _chosen(opened: OpenedMessage | None, index: int | None) -> reader.Part | None:
    parts = opened.reading.parts if opened else []
    return next((part for part in parts if part.index == index), None)


def _moved(world: World) -> list[str]:
    names = world.switchboard.names("mailbox")
    return [name for name in names if world.switchboard.of("mailbox", name).behaviour != "ok"]


def _stories(
    found: list[deliveries.DeliveryRead],
) -> list[tuple[str | None, list[deliveries.DeliveryRead]]]:
    """The calls by lane, the one that was called last at the top."""

    def lane(call: deliveries.DeliveryRead) -> str:
        return call.lane or ""

    grouped = groupby(sorted(found, key=lane), key=lane)
    stories = [(name or None, list(told)) for name, told in grouped]
    return sorted(stories, key=lambda story: story[1][-1].id, reverse=True)
