"""Steps that call a hook: what it answers leads on, and what it does wrong harms nobody else."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from openccm.processes import commands
from tests.processes.risk import RiskSystem, risk_system
from tests.processes.stage import Stage

HOOK = """
kind: hook
code: RISK
title: Ask for the risk
point: process.call
inputs: {amount: {type: money}}
outputs: {risk: {type: text}}
outcomes: [fine, review]
http: {url: "%s", timeout: 2 seconds}
"""

PROCESS = """
kind: process
code: RISKY
title: Risky
data: {amount: {type: money, from: payload}}
steps:
  ask:
    do: call
    hook: RISK
    values: {amount: amount}
    into: answer
    outcomes: {review: look}
  fine: {do: end, outcome: fine}
  look: {do: branch, cases: {high: {when: answer.risk == "high", next: high}}}
  low: {do: end, outcome: low}
  high: {do: end, outcome: high}
"""


@pytest.fixture
async def risk(stage: Stage) -> AsyncIterator[RiskSystem]:
    async with risk_system() as system:
        (stage.folder / "risk").mkdir(exist_ok=True)
        (stage.folder / "risk" / "hook.yaml").write_text(HOOK % system.url)
        await stage.make_live("RISK")
        yield system


async def test_what_a_hook_answers_leads_on(stage: Stage, risk: RiskSystem) -> None:
    risk.answer = {"values": {"risk": "high"}, "outcome": "review", "reason": "large"}
    play = await stage.play(PROCESS, payload={"amount": "186.40"})
    (asked, *_) = await play.steps()

    assert (await play.row()).outcome == "high"
    assert (asked.outcome, asked.reason, asked.detail["settled_by"]) == ("review", "large", "hook")
    assert risk.asked[0]["values"] == {"amount": "186.40"}


async def test_a_visit_that_is_over_asks_no_more(stage: Stage, risk: RiskSystem) -> None:
    risk.answer = {"values": {"risk": "low"}, "outcome": "fine"}
    await stage.play(PROCESS, payload={"amount": "1.00"})

    assert len(risk.asked) == 1


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"values": {"risk": 7}, "outcome": "fine"}, 200),
        ({"values": {"risk": "low"}, "outcome": "odd"}, 200),
        ({}, 422),
    ],
)
async def test_a_hook_that_errs_stops_its_own_instance_until_it_is_mended(
    stage: Stage, risk: RiskSystem, answer: dict[str, Any], status: int
) -> None:
    risk.answer, risk.status = answer, status
    play = await stage.play(PROCESS, payload={"amount": "186.40"})
    assert (await play.row()).state == "error"
    risk.answer, risk.status = {"values": {"risk": "low"}, "outcome": "fine"}, 200
    await commands.retry(stage.processes, play.id, "ask", "mended", actor="ops")
    await play.on()

    assert (await play.row()).outcome == "fine"


async def test_an_author_can_say_what_comes_after_a_failure(stage: Stage, risk: RiskSystem) -> None:
    risk.status = 422
    play = await stage.play(
        PROCESS.replace("RISKY", "CAREFUL").replace(
            "hook: RISK\n", "hook: RISK\n    error: high\n"
        ),
        payload={"amount": "186.40"},
    )

    assert (await play.row()).outcome == "high"
