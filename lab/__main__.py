"""``python -m lab``: the outside world, on this machine."""

import asyncio
import logging
import signal

import uvicorn
from pydantic_settings import CliApp

from lab.process import running
from lab.settings import Settings
from lab.world import build


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(build(settings)) as lab:
        await lab.until(stop)


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    settings = CliApp.run(Settings)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    for chatty in ("mail.log", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    loop_factory = uvicorn.Config("", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(_serve(settings))


if __name__ == "__main__":
    main()
