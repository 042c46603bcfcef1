"""Hooks at the far end of the wire: a package that misbehaves in every way, and an endpoint."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from openccm.customisation.contract import HookRequest
from openccm.language.hook import HookDefinition

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NAME = "Ana Moreno-Quill"
VALUES = {"bill.amount": "186.40", "bill.due_date": "2026-06-01"}
GOOD = {"values": {"risk": "low", "limit": "500"}, "outcome": "ok"}

PACKAGE = '''
"""Hooks as a customiser installs them, some of them bad."""

import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path

from openccm.customisation.contract import HookReply
from openccm.errors import HookUnavailable

GOOD = HookReply(values={"risk": "low", "limit": "500"}, outcome="ok")


class Good:
    def __init__(self):
        self.calls = 0

    async def call(self, request):
        assert request.contract == 1
        return GOOD


class Plain:
    def call(self, request):
        return {"values": {"risk": request.values["bill.amount"]}, "outcome": "ok"}


class Pid:
    def call(self, request):
        return {"values": {"risk": str(os.getpid())}, "outcome": "ok"}


class Environment:
    def call(self, request):
        secret = os.environ.get("OPENCCM_MASTER_KEY", "none")
        own = os.environ.get("BRIGHTWATER_REGION", "none")
        return {"values": {"risk": f"{secret} {own}"}, "outcome": "ok"}


class Hangs:
    def call(self, request):
        while True:
            pass


class Sleeps:
    async def call(self, request):
        child = subprocess.Popen(["sleep", "600"])
        Path(request.values["note"]).write_text(f"{os.getpid()} {child.pid}")
        time.sleep(600)


class Exits:
    def call(self, request):
        if request.values.get("note") == "behave":
            return GOOD
        os._exit(3)


class Quits:
    def call(self, request):
        sys.exit("bye")


class Crashes:
    def call(self, request):
        ctypes.string_at(0)


class Eats:
    def call(self, request):
        held = []
        while True:
            held.append(bytearray(1 << 24))


class Raises:
    def call(self, request):
        raise ValueError(f"cannot rate {request.values['note']}")


class Ill:
    def call(self, request):
        raise HookUnavailable(f"no answer for {request.values['note']}")


class WrongType:
    def call(self, request):
        return {"values": {"risk": "low", "limit": request.values["note"]}, "outcome": "ok"}


class NoReply:
    def call(self, request):
        return None


class NotJson:
    def call(self, request):
        return {"values": {"risk": object()}}


class Lacks:
    def call(self, request):
        return {"values": {"limit": "5"}, "outcome": "ok"}


class TooMuch:
    def call(self, request):
        return {"values": {"risk": "low", "iban": request.values["note"]}, "outcome": "ok"}


class Huge:
    def call(self, request):
        return {"values": {"risk": "x" * (2 << 20)}, "outcome": "ok"}


class OddOutcome:
    def call(self, request):
        return {"values": {"risk": "low"}, "outcome": "Ana"}


class Talks:
    def call(self, request):
        return {"values": {"risk": "low"}, "outcome": "ok", "reason": request.values["note"]}


class NoCall:
    pass


class Unbuildable:
    def __init__(self):
        raise RuntimeError("no licence for Ana Moreno-Quill")


class Refuses:
    def call(self, request):
        if request.values["bill.amount"] == "0.50":
            return {"outcome": "refused", "reason": "small_amount"}
        return {"outcome": "eligible"}
'''


def install(folder: Path) -> None:
    """The package with its entry points, as pip would leave it."""
    names = [line[6:].partition(":")[0] for line in PACKAGE.splitlines() if line[:6] == "class "]
    (folder / "brightwater_odd.py").write_text(PACKAGE)
    info = folder / "brightwater_odd-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: brightwater-odd\nVersion: 1.0\n")
    points = [f"{name.lower()} = brightwater_odd:{name}" for name in names]
    points.append("unimportable = brightwater_gone:Gone")
    (info / "entry_points.txt").write_text("[openccm.hooks]\n" + "\n".join(points) + "\n")


def hook(**changes: Any) -> HookDefinition:
    facts: dict[str, Any] = {
        "kind": "hook",
        "code": "RISK-CHECK",
        "title": "Rate the risk",
        "point": "process.call",
        "inputs": {
            "bill.amount": {"type": "money"},
            "bill.due_date": {"type": "date"},
            "note": {"type": "text", "optional": True},
        },
        "outputs": {"risk": {"type": "text"}, "limit": {"type": "number", "optional": True}},
        "outcomes": ["ok", "refused"],
    }
    if not {"http", "queue"} & changes.keys():
        facts["python"] = {"entry-point": "good", "timeout": "2 seconds"}
    return HookDefinition.model_validate(facts | changes)


def python(name: str, **changes: Any) -> HookDefinition:
    return hook(python={"entry-point": name, "timeout": "2 seconds"}, **changes)


def request(**values: Any) -> HookRequest:
    return HookRequest(hook="RISK-CHECK", point="process.call", values={**VALUES, **values})


@dataclass(slots=True)
class Endpoint:
    """A customer's hook, answering over HTTP as it is told."""

    url: str = ""
    asked: list[tuple[dict[str, str], bytes]] = field(
        default_factory=list[tuple[dict[str, str], bytes]]
    )
    answer: Callable[[], web.Response] = lambda: web.json_response(GOOD)
    pause: float = 0

    def says(self, body: Any, status: int = 200) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answer = lambda: web.Response(body=content, status=status)

    async def take(self, http: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in http.headers.items()}
        self.asked.append((headers, await http.read()))
        await asyncio.sleep(self.pause)
        return self.answer()

    def hook(self, **changes: Any) -> HookDefinition:
        return hook(**({"http": {"url": self.url, "timeout": "1 second"}} | changes))
