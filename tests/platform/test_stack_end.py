"""The end of a stack, orderly or not: no process of it remains."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from openccm.platform.ports import free_ports
from openccm.platform.settings import Settings
from openccm.platform.supervisor import Stack
from tests.platform.stand_ins import alive_in, gone, server, soon

_PROGRAM = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.platform.stand_ins import clinger, server
from openccm.platform.foreground import run_in_foreground
from openccm.platform.ports import free_ports
from openccm.platform.settings import Settings
from openccm.platform.supervisor import Stack
folder = Path(sys.argv[2])
parts = [server(folder, "api", *free_ports(1)), clinger(folder)]
stack = Stack(Settings.load(data_dir=folder), parts, stop_patience=float(sys.argv[3]),
              tell=lambda text: print(text, flush=True))
asyncio.run(run_in_foreground(stack))
"""


@pytest.fixture
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A stack in the foreground of its own process; the parameter is its patience in stopping."""
    root = Path(__file__).parents[2]
    script = tmp_path / "program.py"
    script.write_text(_PROGRAM)
    command = [sys.executable, str(script), str(root), str(tmp_path), str(request.param)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if "Ctrl-C" in line:
                break
        yield run
        run.kill()
    for pid in alive_in(tmp_path):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("program", [60], indirect=True)
async def test_a_stack_that_is_killed_leaves_nothing_running(
    program: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert len(alive_in(tmp_path)) == 4, "the stack, its two parts, and what one of them started"
    program.kill()
    program.wait()

    # The folder and the ports are free again as soon as a next stack asks for them.
    async with Stack(
        Settings.load(data_dir=tmp_path), [server(tmp_path, "api", *free_ports(1))]
    ) as stack:
        assert alive_in(tmp_path) == [stack.pid("api")]
    assert gone(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a second line of defence")
@pytest.mark.parametrize("program", [60], indirect=True)
def test_the_parts_end_even_when_their_watcher_is_killed_as_well(
    program: subprocess.Popen[str], tmp_path: Path
) -> None:
    parts = [pid for pid in alive_in(tmp_path) if _parent(pid) == program.pid]
    children = subprocess.check_output(["pgrep", "-P", str(program.pid)], text=True).split()
    (watcher,) = {int(pid) for pid in children}.difference(parts)
    os.kill(watcher, signal.SIGKILL)
    program.kill()
    program.wait()

    assert soon(lambda: not set(parts).intersection(alive_in(tmp_path)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("program", [0.2], indirect=True)
def test_a_signal_ends_it_in_order(
    program: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    program.send_signal(number)

    assert program.wait(timeout=5) == 0
    assert (tmp_path / "diary").read_text().split() == ["api"]
    assert gone(tmp_path, patience=0)


@pytest.mark.parametrize("program", [60], indirect=True)
def test_a_second_signal_ends_it_at_once(program: subprocess.Popen[str], tmp_path: Path) -> None:
    program.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        program.wait(timeout=0.5)
    program.send_signal(signal.SIGINT)

    assert program.wait(timeout=5) == 0
    assert gone(tmp_path, patience=0)


def _parent(pid: int) -> int:
    return int(subprocess.check_output(["ps", "-o", "ppid=", "-p", str(pid)], text=True))
