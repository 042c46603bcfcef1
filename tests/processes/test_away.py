"""Whoever is asked and is away is waited for, visibly and for as long as the policy says."""

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from openccm.processes import commands
from tests.processes.risk import WELL, RiskSystem, risk_system
from tests.processes.stage import Stage
from tests.processes.test_calls import HOOK, PROCESS

AMOUNT = {"amount": "186.40"}
STANDS_IN = "fails: default\ndefault: {risk: high}\ndefault-outcome: review\n"


async def with_hook(stage: Stage, url: str, more: str = "") -> None:
    (stage.folder / "risk").mkdir(exist_ok=True)
    (stage.folder / "risk" / "hook.yaml").write_text(HOOK % url + more)
    await stage.make_live("RISK")


@pytest.fixture
async def risk(stage: Stage) -> AsyncIterator[RiskSystem]:
    async with risk_system() as system:
        system.status = 503
        yield system


async def test_a_hook_that_comes_back_is_asked_again(stage: Stage, risk: RiskSystem) -> None:
    await with_hook(stage, risk.url)
    play = await stage.play(PROCESS, payload=AMOUNT)
    (asked, *_) = await play.steps()
    away = await play.row()
    risk.be_well()
    await play.later(minutes=1)

    assert (away.state, asked.state) == ("waiting", "waiting")
    assert asked.waiting_for == "an answer (hook_unavailable)"
    assert asked.until is not None
    assert "503" in (asked.reason or "")
    assert (await play.row()).outcome == "fine"


async def test_an_address_where_nobody_listens_is_waited_for_until_somebody_does(
    stage: Stage,
) -> None:
    port = unused_port()
    await with_hook(stage, f"http://127.0.0.1:{port}/risk")
    play = await stage.play(PROCESS, payload=AMOUNT)
    before = await play.row()
    app = web.Application()
    app.router.add_post("/risk", _well)
    async with TestServer(app, port=port):
        await play.later(minutes=1)

    assert before.state == "waiting"
    assert (await play.row()).outcome == "fine"


async def _well(_request: web.Request) -> web.Response:
    return web.Response(text=json.dumps(WELL), content_type="application/json")


async def test_when_patience_is_over_the_fail_safe_speaks(stage: Stage, risk: RiskSystem) -> None:
    policy = (
        "patience: 10 minutes\nfails: default\ndefault: {risk: high}\ndefault-outcome: review\n"
    )
    await with_hook(stage, risk.url, policy)
    play = await stage.play(PROCESS, payload=AMOUNT)
    await play.later(minutes=9)
    before = await play.row()
    await play.later(minutes=2)
    (asked, *_) = await play.steps()

    assert before.state == "waiting"
    assert (await play.row()).outcome == "high"
    assert asked.detail["settled_by"] == "default"


async def test_when_patience_is_over_and_nothing_stands_in_a_person_is_asked(
    stage: Stage, risk: RiskSystem
) -> None:
    await with_hook(stage, risk.url, "patience: 10 minutes\n")
    play = await stage.play(PROCESS, payload=AMOUNT)
    await play.later(minutes=11)
    broken = await play.row()
    risk.be_well()
    await commands.retry(stage.processes, play.id, "ask", "it is back", actor="ops")
    await play.on()

    assert broken.state == "error"
    assert (await play.row()).outcome == "fine"


async def test_a_fail_safe_without_patience_speaks_at_once(stage: Stage, risk: RiskSystem) -> None:
    await with_hook(stage, risk.url, STANDS_IN)
    play = await stage.play(PROCESS, payload=AMOUNT)

    assert (await play.row()).outcome == "high"
    assert len(risk.asked) == 1


async def test_who_waits_for_a_hook_can_be_cancelled(stage: Stage, risk: RiskSystem) -> None:
    await with_hook(stage, risk.url)
    play = await stage.play(PROCESS, payload=AMOUNT)
    await commands.cancel(stage.processes, play.id, "enough", actor="ops")
    await play.on()

    assert (await play.row()).state == "cancelled"
