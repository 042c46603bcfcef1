"""Runs the lab: opens what listens, keeps the rounds going, closes within two seconds."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncGenerator, Generator, Iterable

import uvicorn

from lab.web.app import create_app
from lab.world import World

log = logging.getLogger(__name__)

_START_POLL = 0.01


class _WebServer(uvicorn.Server):
    """A web server that leaves the signals to whoever runs the lab."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Running:
    """A lab that listens."""

    def __init__(
        self, world: World, http: socket.socket, parts: Iterable[asyncio.Task[None]]
    ) -> None:
        self.world = world
        self._http = http
        self._parts = set(parts)

    @property
    def url(self) -> str:
        """Where the page is."""
        host, port = self._http.getsockname()[:2]
        return f"http://{host}:{port}"

    @property
    def smtp_port(self) -> int:
        """Where the mail server listens."""
        return self.world.mail.port

    async def until(self, stop: asyncio.Event) -> None:
        """Go on until the event; if a part ends before, raise what ended it."""
        waiting = asyncio.create_task(stop.wait())
        everything = {waiting, *self._parts}
        ended, _ = await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        for part in ended & self._parts:
            part.result()


@contextlib.asynccontextmanager
async def running(world: World) -> AsyncGenerator[Running, None]:
    """Serve until the block ends."""
    settings = world.settings
    await world.switchboard.load()
    http = _listen(settings.http_host, settings.http_port)
    await world.mail.start(settings.smtp_host, settings.smtp_port)
    web = _WebServer(
        uvicorn.Config(
            create_app(world),
            log_config=None,
            ws="none",
            access_log=False,
            timeout_graceful_shutdown=1,
            lifespan="off",
        )
    )
    rounds = [
        asyncio.create_task(world.receipts.run()),
        asyncio.create_task(world.reports.run()),
        asyncio.create_task(world.print_house.run()),
    ]
    serving = asyncio.create_task(web.serve(sockets=[http]))
    try:
        while not web.started and not serving.done():  # noqa: ASYNC110 - uvicorn's only sign
            await asyncio.sleep(_START_POLL)
        lab = Running(world, http, [serving, *rounds])
        log.info("lab.ready page=%s smtp=%s:%s", lab.url, settings.smtp_host, lab.smtp_port)
        yield lab
    finally:
        world.switchboard.close()
        web.should_exit = True
        for task in rounds:
            task.cancel()
        await world.mail.stop()
        await asyncio.gather(serving, *rounds, return_exceptions=True)
        for courier in world.couriers:
            await courier.rest()
        await world.store.close()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.create_server((host, port), backlog=512)
    # asyncio spares only its own sockets the 40 ms of Nagle's algorithm.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
