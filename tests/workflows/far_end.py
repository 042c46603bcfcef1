"""Every system that a library of definitions asks, answering with examples."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import JsonValue

from openccm.customisation.settling import example_of
from openccm.language.bundle import Library
from openccm.language.data_service import DataServiceDefinition, HttpEndpoint
from openccm.language.definition import Definition
from openccm.language.fields import FieldShape
from openccm.language.hook import HookDefinition


@asynccontextmanager
async def far_end(library: Library) -> AsyncIterator[None]:
    """Answers at every address that the definitions name by ``env:``."""
    app = web.Application()
    app.router.add_post("/{code}", _answering(library))
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0)
    for each in library.bundles:
        endpoint: HttpEndpoint | None = getattr(each.definition, "http", None)
        if endpoint is not None:
            _tell(endpoint.url, str(server.make_url(f"/{each.definition.code}")))
            _tell(endpoint.secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    yield
    await server.close()


def _tell(address: str | None, value: str) -> None:
    kind, _, name = (address or "").partition(":")
    if kind == "env":
        os.environ[name] = value


def _answering(
    library: Library,
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        definition = library.bundle(request.match_info["code"]).definition
        return web.json_response(_answer(definition))

    return answer


def _answer(definition: Definition) -> dict[str, JsonValue]:
    match definition:
        case DataServiceDefinition():
            return {"values": examples(definition.fields)}
        case HookDefinition():
            outcome = next(iter(definition.outcomes), None)
            return {"values": examples(definition.outputs), "outcome": outcome}
        case _:
            return {}


def examples(fields: Mapping[str, FieldShape]) -> dict[str, JsonValue]:
    """A value for each field."""
    return {name: example_of(shape) for name, shape in fields.items()}
