"""The demo's story: posts requests as a core system would, and shows what became of each."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from demo.client import Client
from demo.company import Strict, key_file
from demo.push import reaching_phones
from demo.stack import introduce, prepare_demo
from openccm.platform.ports import free_ports
from openccm.platform.settings import Settings
from openccm.platform.supervisor import Stack

_PATIENCE = 90.0
_PAUSE = 0.2


class Expected(Strict):
    """How a request must end."""

    state: str
    reason: str | None = None
    communications: tuple[str, ...] = ()
    """``channel state`` of each, in the order they came to be."""


class Chapter(Strict):
    """One request of the story."""

    title: str
    definition: str
    idempotency_key: str
    person: str | None = None
    account: str | None = None
    payload: dict[str, Any] = Field(default_factory=dict)
    expect: Expected
    repaired: Expected | None = None
    """Where an error is mended: how it ends then."""
    complete_bill: str | None = None
    """The billing record that is completed to mend it."""


class Story(Strict):
    """The whole story."""

    mailboxes: dict[str, str] = Field(description="Addresses that misbehave, and how.")
    chapters: tuple[Chapter, ...]


class Told(Strict):
    """A chapter and how it went."""

    chapter: Chapter
    request_id: str
    state: str
    reason: str | None
    communications: tuple[str, ...]
    as_expected: bool


def read_story() -> Story:
    """The file ``story.yaml``."""
    text = Path(__file__).with_name("story.yaml").read_text(encoding="utf-8")
    return Story.model_validate(yaml.safe_load(text))


async def run() -> int:
    """Tell the story on a stack of its own; 0 when every outcome is the expected one."""
    story = read_story()
    with tempfile.TemporaryDirectory(prefix="openccm-demo-") as folder:
        settings = temporary_settings(Path(folder))
        await prepare_demo(settings)
        async with Stack(settings, tell=lambda _: None):
            await introduce(settings)
            return await tell(settings, story)


def temporary_settings(folder: Path, **overrides: Any) -> Settings:
    """A whole stack in a folder of its own, on ports that are free."""
    names = (
        "http_port",
        "temporal_port",
        "temporal_http_port",
        "temporal_ui_port",
        "lab_http_port",
        "lab_smtp_port",
        "bounce_port",
    )
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    settings = Settings.load(data_dir=folder, lab_enabled=True, **{**ports, **overrides})
    return reaching_phones(settings)


async def tell(settings: Settings, story: Story) -> int:
    """Post every request, wait for every outcome, print the table and the accounts."""
    key = key_file(settings, "billing.key").read_text(encoding="utf-8")
    operator_key = key_file(settings, "operator.key").read_text(encoding="utf-8")
    api = f"http://127.0.0.1:{settings.http_port}"
    async with (
        Client(f"http://127.0.0.1:{settings.lab_http_port}") as lab,
        Client(api, key) as core,
        Client(api, operator_key) as operator,
    ):
        await _set_the_scene(lab, core, story)
        told = await asyncio.gather(*(_chapter(core, lab, each) for each in story.chapters))
        accounts = await operator.call("GET", "/v1/accounting")
        callbacks = await _callbacks(lab, core)
    print(_table(told))
    print()
    print(_identity("Requests", accounts["requests"]))
    print(_identity("Communications", accounts["communications"]))
    print(
        f"Callbacks: {callbacks['accepted']} accepted with a valid signature, "
        f"{callbacks['late']} out of order, {callbacks['owed']} owed"
    )
    wrong = [each for each in told if not each.as_expected]
    for each in wrong:
        print(f"Not as expected: {each.chapter.title}: wanted {_wanted(each.chapter)}")
    told_all = callbacks["accepted"] > 0 and callbacks["owed"] == callbacks["late"] == 0
    well = not wrong and accounts["balanced"] and told_all
    print("\nEvery outcome is the expected one." if well else "\nSomething is not as expected.")
    return 0 if well else 1


async def _set_the_scene(lab: Client, core: Client, story: Story) -> None:
    """Let mailboxes misbehave, and have the core system told of every outcome."""
    for address, behaviour in story.mailboxes.items():
        await lab.call("PUT", f"/lab/mailboxes/{address}", {"behaviour": behaviour})
    hook = await core.call("POST", "/v1/callbacks", {"url": f"{lab.base}/hooks/billing"})
    await lab.call("PUT", "/lab/hooks/billing", {"behaviour": "ok", "secret": hook["secret"]})


async def _chapter(core: Client, lab: Client, chapter: Chapter) -> Told:
    body = chapter.model_dump(include={"definition", "idempotency_key", "payload"})
    body |= {name: value for name in ("person", "account") if (value := getattr(chapter, name))}
    request = await core.call("POST", "/v1/requests", body)
    told = await _outcome(core, chapter, request["id"], chapter.expect)
    if chapter.repaired is None or not told.as_expected:
        return told
    if chapter.complete_bill is not None:
        await lab.call("PUT", f"/lab/billing/bills/{chapter.complete_bill}", {"complete": True})
    await core.call("POST", f"/v1/requests/{request['id']}/retry", {"reason": "record completed"})
    return await _outcome(core, chapter, request["id"], chapter.repaired)


async def _outcome(core: Client, chapter: Chapter, request_id: str, wanted: Expected) -> Told:
    """Look until the request is as wanted, or patience ends."""
    clock = asyncio.get_running_loop().time
    end = clock() + _PATIENCE
    while True:
        request = await core.call("GET", f"/v1/requests/{request_id}")
        found = await core.call("GET", f"/v1/requests/{request_id}/communications")
        communications = tuple(f"{each['channel']} {each['state']}" for each in found)
        fits = (
            request["state"] == wanted.state
            and (wanted.reason is None or request["reason"] == wanted.reason)
            and communications == wanted.communications
        )
        if fits or clock() > end:
            reason = request["reason"] or next(
                (each["reason"] for each in reversed(found) if each["reason"]), None
            )
            return Told(
                chapter=chapter,
                request_id=request_id,
                state=request["state"],
                reason=reason,
                communications=communications,
                as_expected=fits,
            )
        await asyncio.sleep(_PAUSE)


async def _callbacks(lab: Client, core: Client) -> dict[str, int]:
    """How many callbacks the lab took as genuine and in which order, and how many are owed."""
    clock = asyncio.get_running_loop().time
    end = clock() + 20
    while True:
        owed = sum(
            each["owed"].get("pending", 0) for each in await core.call("GET", "/v1/callbacks")
        )
        if not owed or clock() > end:
            break
        await asyncio.sleep(_PAUSE)
    hook = next(each for each in await lab.call("GET", "/lab/hooks") if each["name"] == "billing")
    return {"owed": owed, **{name: hook[name] for name in ("accepted", "repeated", "late")}}


def _wanted(chapter: Chapter) -> str:
    wanted = chapter.repaired or chapter.expect
    return f"{wanted.state} {', '.join(wanted.communications)}".strip()


def _table(told: Sequence[Told]) -> str:
    """Request, person, channel, state, why: one line each."""
    head = ("Request", "Person", "Communications", "State", "Why", "")
    rows = [
        (
            f"{each.chapter.definition} {each.chapter.idempotency_key}",
            each.chapter.person or each.chapter.account or "",
            ", ".join(each.communications) or "none",
            each.state,
            each.reason or "",
            "as expected" if each.as_expected else "NOT as expected",
        )
        for each in told
    ]
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    ]
    lines.insert(1, "  ".join("─" * width for width in widths).rstrip())
    return "\n".join(lines)


def _identity(name: str, identity: dict[str, Any]) -> str:
    parts = [f"{number} {state}" for state, number in identity["states"].items() if number]
    sign = "=" if identity["balanced"] else "≠"
    return f"{name}: {identity['came_in']} came in {sign} {' + '.join(parts) or '0'}"
