"""Small processes that stand in for the stack's parts, and the look at what is left of them."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from openccm.platform.parts import Part
from openccm.platform.ports import Listener
from openccm.platform.probes import FileProbe, TcpProbe

_SERVE = """
import signal, socket, sys
port, diary, name = int(sys.argv[1]), sys.argv[2], sys.argv[3]
def end(*_):
    with open(diary, "a") as lines:
        lines.write(name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
server = socket.create_server(("127.0.0.1", port))
while True:
    server.accept()[0].close()
"""

_CRASH = """
import pathlib, sys, time
if sys.argv[2] == "late":
    pathlib.Path(sys.argv[1]).touch()
    time.sleep(0.1)
sys.exit("the cat is on the keyboard")
"""

_CLING = """
import pathlib, signal, subprocess, sys, time
folder, name = sys.argv[1:]
if name == "child":
    subprocess.Popen([sys.executable, "-I", "-S", __file__, folder, "grandchild"])
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(folder, name).touch()
time.sleep(600)
"""


def server(folder: Path, name: str, port: int, *, needs: tuple[str, ...] = ()) -> Part:
    """Listens, and on its orderly end writes its name into the folder's diary."""
    return Part(
        name=name,
        command=_python(folder, name, _SERVE, port, folder / "diary", name),
        probe=TcpProbe(port),
        listeners=(Listener("http_port", port),),
        needs=needs,
    )


def crasher(folder: Path, *, late: bool) -> Part:
    """Ends with words of regret, at once or ``late``: just after it was ready."""
    ready = folder / "ready"
    return Part(
        name="crasher",
        command=_python(folder, "crash", _CRASH, ready, "late" if late else "at once"),
        probe=FileProbe(ready),
    )


def clinger(folder: Path) -> Part:
    """Does not listen to reason, and neither does the process it starts."""
    return Part(
        name="clinger",
        command=_python(folder, "cling", _CLING, folder, "child"),
        probe=FileProbe(folder / "grandchild"),
    )


def alive_in(folder: Path) -> list[int]:
    """The processes whose command line names the folder, without the dead that nobody reaped."""
    listing = subprocess.run(
        ["ps", "-eww", "-o", "pid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = (line.split(maxsplit=2) for line in listing.stdout.splitlines())
    return [int(row[0]) for row in rows if row[1][0] != "Z" and str(folder) in row[2]]


def gone(folder: Path, patience: float = 5.0) -> bool:
    """Whether soon no process is left that names the folder."""
    return soon(lambda: not alive_in(folder), patience)


def soon(claim: Callable[[], bool], patience: float = 5.0) -> bool:
    """Whether the claim comes true within so many seconds."""
    end = time.monotonic() + patience
    while not claim():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _python(folder: Path, name: str, code: str, *arguments: object) -> tuple[str, ...]:
    script = folder / f"{name}.py"
    script.write_text(code)
    return (sys.executable, "-I", "-S", str(script), *map(str, arguments))
