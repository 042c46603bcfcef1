"""Forked processes: who is told a number is connected to that process, whatever was cancelled."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from openccm.platform.forks import Forked, ForkServer
from openccm.platform.plugin_process import LENGTH, EntryPoint, framed, wanted

PACKAGE = """
import os
from pydantic import BaseModel

class Nothing(BaseModel):
    pass

class Pid:
    def tell(self, request):
        return os.getpid()
"""
POINT = EntryPoint("openccm.test", "pid", "tell", "teller:Nothing")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "teller.py").write_text(PACKAGE)
    info = tmp_path / "teller-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: teller\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[openccm.test]\npid = teller:Pid\n")
    return {"PYTHONPATH": ":".join([str(tmp_path), *filter(None, sys.path)])}


async def asked(forked: Forked, message: bytes) -> object:
    await forked.send(message)
    (length,) = LENGTH.unpack(await forked.read(LENGTH.size))
    return json.loads(await forked.read(length))


async def test_a_cancelled_order_leaves_nothing_behind(environment: dict[str, str]) -> None:
    server = ForkServer("openccm.platform.plugin_process", 1 << 30, environment=environment)
    (await server.fork()).kill()
    for moment in (0, 0, 0.0005, 0.001, 0.002, 0.004):
        order = asyncio.create_task(server.fork())
        await asyncio.sleep(moment)
        order.cancel()
        (found,) = await asyncio.gather(order, return_exceptions=True)
        if isinstance(found, Forked):
            found.kill()
    forked = await server.fork()
    await asked(forked, wanted(POINT))
    told = await asked(forked, framed({}))
    forked.kill()
    await server.close()

    assert told == {"answer": forked.number}
