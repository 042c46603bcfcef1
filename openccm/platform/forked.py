"""The inside of processes that can be killed: one that has everything loaded forks the others off.

Started by a ``ForkServer`` as ``python -m <module> <socket>``; the module prepares itself and calls
``serve``. Each process forked has a limit on its memory, is killed when it takes too long, and dies
with the process that started it.
"""

import ctypes
import gc
import os
import resource
import select
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

COMMAND = struct.Struct(">cQ")
"""To the process that forks: fork one with so much memory, or kill this one."""
FORK = b"f"
KILL = b"k"
READY = COMMAND.pack(b"r", 0)

LAST_WORDS = 64 << 20
"""Bytes a process may take beyond its limit to say that it has reached it."""

_PR_SET_PDEATHSIG = 1

Work = Callable[[socket.socket], None]
"""Answers one errand after another until the other side hangs up."""


def begin() -> None:
    """Call it first: end with whoever started this process, and leave Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with(os.getppid())


def serve(descriptor: int, work: Work) -> None:
    """Everything is loaded: fork whenever asked for it, until who asks is gone."""
    control = socket.socket(fileno=descriptor)
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
            children.add(_fork(work, control, descriptors[0], number))
        elif number in children:
            _kill(number)


def exactly(connection: socket.socket, length: int) -> bytes:
    """So many bytes; without them there is nothing left to do."""
    content = bytearray(length)
    view = memoryview(content)
    while view:
        received = connection.recv_into(view)
        if not received:
            raise SystemExit(0)
        view = view[received:]
    return bytes(content)


def lift_limit() -> None:
    """Room to say what happened: what was too much is still held while the error is handled."""
    with suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _fork(work: Work, control: socket.socket, descriptor: int, memory: int) -> int:
    parent = os.getpid()
    child = os.fork()
    if child:
        os.close(descriptor)
        control.sendall(COMMAND.pack(FORK, child))
        return child
    control.close()
    os.setsid()  # a group of its own: what it starts in turn is ended with it
    _die_with(parent)
    _limit(memory)
    connection = socket.socket(fileno=descriptor)
    if sys.platform != "linux":
        threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    work(connection)
    os._exit(0)


def _kill(child: int) -> None:
    """End a child of ours that was not waited for yet, and what it started."""
    with suppress(ProcessLookupError, PermissionError):  # it may not lead its group yet
        os.killpg(child, signal.SIGKILL)
    os.kill(child, signal.SIGKILL)


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
        _kill(child)
        os.waitpid(child, 0)


def _die_with(parent: int) -> None:
    """End when the parent does, whatever ends it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
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
