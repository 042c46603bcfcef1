"""A desk for hooks, with the odd package installed and an endpoint that answers."""

import sys
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from openccm.customisation.desk import HookDesk
from tests.customisation.hooks import Endpoint, install


@pytest.fixture(scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HookDesk]:
    folder = tmp_path_factory.mktemp("installed")
    install(folder)
    sys.path.insert(0, str(folder))
    desk = HookDesk(processes=2, memory=512 << 20)
    yield desk
    await desk.close()
    sys.path.remove(str(folder))


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    endpoint, app = Endpoint(), web.Application()
    app.router.add_post("/hook", endpoint.take)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0)
    endpoint.url = str(server.make_url("/hook"))
    yield endpoint
    await server.close()
