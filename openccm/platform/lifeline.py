"""Ends what a stack started when the stack is gone, however it went.

Runs as a script, apart from the stack and with the standard library alone. ``watch`` notes the
process groups that are announced on its standard input and kills what is left of them when that
ends, which it does with the stack's last breath. ``become FD COMMAND...`` announces itself on FD
and turns into the command: the announcement comes first, so no part is ever unaccounted for.
"""

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress

_PR_SET_PDEATHSIG = 1
_LAST_LOOK = 2.0


def watch() -> None:
    """Note ``+GROUP`` and ``-GROUP`` until the input ends; then kill the groups still noted."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin.buffer:
        sign, group = line[:1], int(line[1:])
        if sign == b"+":
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        _kill(group, signal.SIGKILL)
    # Whoever waits for this process (it holds the stack's lock) finds the ports free.
    end = time.monotonic() + _LAST_LOOK
    while any(_kill(group, 0) for group in groups) and time.monotonic() < end:
        time.sleep(0.02)


def become(announcements: int, command: list[str]) -> None:
    """Announce this process group and turn into the command."""
    if sys.platform == "linux":
        # A second line, for the case that the watcher is killed as well.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    with suppress(BrokenPipeError):
        os.write(announcements, b"+%d\n" % os.getpid())
    os.set_inheritable(announcements, False)
    try:
        os.execvp(command[0], command)  # noqa: S606
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


def _kill(group: int, number: int) -> bool:
    """Whether the group was there to be signalled."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS denies signals to the already dead
        return False
    return True


if __name__ == "__main__":
    if sys.argv[1] == "watch":
        watch()
    else:
        become(int(sys.argv[2]), sys.argv[3:])
