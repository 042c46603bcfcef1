"""What no endpoint takes: bodies that are too large, and text that no database can keep."""

import json
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

MAX_BODY = 1_000_000
"""Bytes. Larger data comes by a data service, not with the request."""

# Escapes of NUL and of surrogates; only a body that has one is looked through.
_SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


class Limits:
    """Stands before the application and refuses by name what would break it further in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is fit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if b"\0" in unquote_to_bytes(scope["raw_path"] + b"?" + scope["query_string"]):
            await _unfit("url")(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            detail = f"A request has at most {MAX_BODY:,} bytes."
            refusal = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail)
            await refusal(scope, receive, send)
            return
        place = _odd_place(body) if _SUSPICIOUS.search(body) else None
        if place is not None:
            await _unfit(place)(scope, receive, send)
            return
        await self._app(scope, _again(body, receive), send)


def _unfit(field: str) -> ASGIApp:
    message = "This holds a character that is no text (NUL or half a surrogate pair)."
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid",
        message,
        errors=[{"field": field, "message": message}],
    )


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None when it is too large."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            return None
        if not message.get("more_body", False):
            return body


def _again(body: bytes, receive: Receive) -> Receive:
    """Hand out the body that was read, then whatever the server still has to say."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def hand_out() -> Message:
        return waiting.pop() if waiting else await receive()

    return hand_out


def _odd_place(body: bytes) -> str | None:
    """The dotted place of the first text that is none; None where all is text, or no JSON."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return next(_odd(document, ""), None)


def _odd(value: Any, place: str) -> Iterator[str]:
    match value:
        case str():
            if _NOT_TEXT.search(value):
                yield place or "body"
        case dict():
            for name, member in cast(Mapping[str, Any], value).items():
                clean = _NOT_TEXT.sub("�", name)
                if clean != name:
                    yield f"{place}.{clean}".strip(".")
                yield from _odd(member, f"{place}.{clean}".strip("."))
        case list():
            for index, member in enumerate(cast(list[Any], value)):
                yield from _odd(member, f"{place}.{index}".strip("."))
        case _:
            return
