"""The processes that render: one that has everything loaded, and those it forks off itself.

Started by the pool as ``python -m openccm.content.worker <socket>``. Templates run here and
nowhere else. Each process has a limit on its memory, is killed by the pool when it takes too
long, and dies with the process that started it.
"""

import ctypes
import gc
import os
import resource
import select
import signal
import socket
import sys
import threading
from contextlib import suppress

from openccm.content.port import Part, RenderJob
from openccm.content.press import Press
from openccm.content.wire import COMMAND, FORK, LENGTH, READY, answer, read_errand, refusal
from openccm.errors import TemplateError

JOBS_BETWEEN_COLLECTIONS = 25
PR_SET_PDEATHSIG = 1


def main(descriptor: int) -> None:
    """Load everything, then fork whenever the pool asks for it, until the pool is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pool, which then ends us
    _die_with(os.getppid())
    control = socket.socket(fileno=descriptor)
    press = Press()
    _warm_up(press)
    gc.collect()
    gc.freeze()
    gc.disable()
    control.sendall(READY)
    children: set[int] = set()
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, COMMAND.size, 1)
        _bury(children)
        if not message:
            _end(children)
            return
        order, number = COMMAND.unpack(message)
        if order == FORK:
            children.add(_fork(press, control, descriptors[0], number))
        elif number in children:
            os.kill(number, signal.SIGKILL)


LAST_WORDS = 64 << 20
"""Bytes a process may take beyond its limit to say that it has reached it."""


def _fork(press: Press, control: socket.socket, descriptor: int, memory: int) -> int:
    parent = os.getpid()
    child = os.fork()
    if child:
        os.close(descriptor)
        control.sendall(COMMAND.pack(FORK, child))
        return child
    control.close()
    _die_with(parent)
    _limit(memory)
    connection = socket.socket(fileno=descriptor)
    if sys.platform != "linux":
        threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    _work(press, connection)
    os._exit(0)


def _work(press: Press, connection: socket.socket) -> None:
    """Do one errand after another until the pool hangs up."""
    done = 0
    while True:
        size = _exactly(connection, LENGTH.size)
        message = _exactly(connection, LENGTH.unpack(size)[0])
        reply, spent = _reply(press, message)
        connection.sendall(reply)
        if spent:
            return
        done += 1
        if done % JOBS_BETWEEN_COLLECTIONS == 0:
            gc.collect()


def _reply(press: Press, message: bytes) -> tuple[bytes, bool]:
    """The answer, and whether this process had better end after it."""
    try:
        errand = read_errand(message)
        for digest in errand.forget:
            press.forget(digest)
        if errand.complete:
            press.keep(errand.job.digest, errand.job.files)
        return answer(press.make(errand.job)), False
    except TemplateError as error:
        return refusal(error), False
    except MemoryError:
        _lift_limit()
        error = TemplateError("It takes more memory than a rendering may have.", template="")
        return refusal(error, spent=True), True


def _exactly(connection: socket.socket, length: int) -> bytes:
    """So many bytes; without them there is nothing left to do."""
    content = bytearray(length)
    view = memoryview(content)
    while view:
        received = connection.recv_into(view)
        if not received:
            raise SystemExit(0)
        view = view[received:]
    return bytes(content)


def _bury(children: set[int]) -> None:
    """Take note of the children that have ended, so that no number is used after its owner."""
    with suppress(ChildProcessError):
        while True:
            ended, _ = os.waitpid(-1, os.WNOHANG)
            if not ended:
                return
            children.discard(ended)


def _end(children: set[int]) -> None:
    """Leave nobody behind."""
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _die_with(parent: int) -> None:
    """End when the parent does, whatever ends it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit(0)


def _end_with(connection: socket.socket) -> None:
    """Where the system does not end orphans: end as soon as the other side has hung up."""
    waiting = select.poll()
    waiting.register(connection, 0)
    waiting.poll()
    os._exit(0)


def _limit(memory: int) -> None:
    """No more memory than this, and no core dumps: they would hold customers' data."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):  # not every system limits address space
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory + LAST_WORDS))


def _lift_limit() -> None:
    """Room to say what happened: what was too much is still held while the error is handled."""
    with suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _warm_up(press: Press) -> None:
    """Render something of everything, so that no job pays for what is needed only once."""
    letter = (
        "<html><head><style>@page { @frame f { -pdf-frame-content: foot; left: 1cm; top: 28cm;"
        " width: 5cm; height: 1cm } } p { font-family: Serif }</style></head><body>"
        "<div id='foot'><pdf:pagenumber> / <pdf:pagecount></div><h1>{{ 1|money('EUR') }}</h1>"
        "<p><b>a</b> <i>b</i></p><table><tr><td>{{ day|date }}</td></tr></table></body></html>"
    )
    parts = (Part(name="letter", kind="pdf", source=letter), Part(name="t", kind="text", source=""))
    job = RenderJob(digest="", files={}, parts=parts, context={"day": None})
    press.keep("", {})
    press.make(job)
    press.forget("")


if __name__ == "__main__":
    main(int(sys.argv[1]))
