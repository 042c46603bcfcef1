"""The stack in a terminal: started, shown, and stopped by Ctrl-C."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager

from openccm.platform.settings import Settings
from openccm.platform.supervisor import Stack


async def run_in_foreground(
    stack: Stack, ready: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Run a stack until a signal ends it; ``ready`` is awaited once it is up.

    Raises:
        ConflictError: Another stack has the data folder, or a port is taken.
        StackError: A part does not start, or keeps dying.
    """
    clock = asyncio.get_running_loop().time
    started = clock()
    with _ended_by_signals(stack) as signals:
        try:
            async with stack:
                if ready is not None:
                    await ready()
                stack.tell(banner(stack.settings, clock() - started))
                await stack.wait()
        except asyncio.CancelledError:
            if not signals:
                raise


def banner(settings: Settings, seconds: float) -> str:
    """Where everything is, and how long it took."""
    ui = settings.temporal_ui_url
    places = {
        "App": f"{settings.public_url}/app/",
        "API": f"{settings.public_url}/docs",
        "Lab": f"http://localhost:{settings.lab_http_port}" if settings.lab_enabled else None,
        "Temporal": ui if settings.temporal_is_embedded else settings.temporal_address,
        "Data": str(settings.data_dir),
        "Logs": str(settings.logs_dir),
    }
    lines = (f"  {name:<10}{place}" for name, place in places.items() if place is not None)
    return "\n".join((f"OpenCCM is up after {seconds:.1f} s.", "", *lines, "", "Ctrl-C stops it."))


@contextmanager
def _ended_by_signals(stack: Stack) -> Generator[list[int]]:
    """The first signal cancels this task, which stops the stack; the second kills it."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None, "there is a running loop, so there is a task"
    received: list[int] = []

    def receive(number: int) -> None:
        received.append(number)
        if len(received) == 1:
            task.cancel()
        else:
            stack.kill_all()

    # Under nohup the end of the terminal is ignored, and stays so.
    heard = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    for number in heard:
        loop.add_signal_handler(number, receive, number)
    try:
        yield received
    finally:
        for number in heard:
            loop.remove_signal_handler(number)
