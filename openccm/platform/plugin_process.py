"""The processes that installed packages run in, one entry point each.

Started as ``python -m openccm.platform.plugin_process <socket>``. First comes the entry point's
name; then one request after another, each answered by JSON. What a package raises never leaves
but by its type: its text may hold a customer's data.
"""

import asyncio
import gc
import importlib
import inspect
import json
import socket
import struct
import sys
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import entry_points
from typing import Any

from pydantic import BaseModel

from openccm.errors import OpenCCMError
from openccm.platform.forked import begin, exactly, lift_limit, serve

LENGTH = struct.Struct(">I")
"""Before each message: how long it is."""


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """What a package offers, and how it is called."""

    group: str
    name: str
    method: str
    """The one method that is called, with one model as its argument."""
    takes: str
    """That model, as ``module:Name``."""


Reply = dict[str, Any]
"""``{"answer": …}``, or ``{"fault": …}`` with a word for what happened and who raised what."""


def framed(said: object) -> bytes:
    """A message as bytes.

    Raises:
        ValueError: It cannot be said in JSON.
        TypeError: Nor can this.
    """
    body = json.dumps(said, allow_nan=False).encode()
    return LENGTH.pack(len(body)) + body


def wanted(point: EntryPoint) -> bytes:
    """The first message: which entry point the process is for."""
    return framed(asdict(point))


def main(descriptor: int) -> None:
    """Load what all packages need, then fork whenever asked for it."""
    begin()
    serve(descriptor, _work)


def _work(connection: socket.socket) -> None:
    gc.enable()
    with asyncio.Runner() as runner:
        point = EntryPoint(**_read(connection))
        loaded: list[Callable[[Any], Awaitable[Any]]] = []
        reply = runner.run(_outcome(partial(_load, point, loaded)))
        _say(connection, reply)
        if not loaded:
            return
        while True:
            request = _read(connection)
            reply = runner.run(_outcome(partial(loaded[0], request)))
            _say(connection, reply)
            if reply.get("fault") == "memory":
                return


async def _load(point: EntryPoint, loaded: list[Callable[[Any], Awaitable[Any]]]) -> Reply:
    """Import the package and make its object."""
    found = [each for each in entry_points(group=point.group) if each.name == point.name]
    if not found:
        return {"fault": "not_installed"}
    method = getattr(found[0].load()(), point.method)
    module, _, name = point.takes.partition(":")
    loaded.append(partial(_call, method, getattr(importlib.import_module(module), name)))
    return {"answer": None}


async def _call(method: Callable[[Any], Any], model: type[BaseModel], request: Any) -> Reply:
    reply = method(model.model_validate(request))
    if inspect.isawaitable(reply):
        reply = await reply
    if isinstance(reply, BaseModel):
        reply = reply.model_dump(mode="json")
    json.dumps(reply, allow_nan=False)
    return {"answer": reply}


async def _outcome(deed: Callable[[], Awaitable[Reply]]) -> Reply:
    """What the deed answers, or what became of it."""
    task = asyncio.ensure_future(deed())
    await asyncio.wait({task})
    if task.cancelled():
        return {"fault": "cancelled"}
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, MemoryError):
        lift_limit()
        return {"fault": "memory"}
    if isinstance(error, OpenCCMError):
        return {"fault": "refused", "code": error.code}
    return {"fault": "raised", "type": type(error).__name__, "where": _where(error)}


def _where(error: BaseException) -> str:
    """The last line of code it came through: a file and a line, no values."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    return f"{'/'.join(frames[-1].filename.split('/')[-2:])}:{frames[-1].lineno}"


def _read(connection: socket.socket) -> Any:
    size = exactly(connection, LENGTH.size)
    return json.loads(exactly(connection, LENGTH.unpack(size)[0]))


def _say(connection: socket.socket, reply: Reply) -> None:
    connection.sendall(framed(reply))


if __name__ == "__main__":
    main(int(sys.argv[1]))
