"""Custom rules: a hook decides on eligibility like a condition, and the explanation names it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from openccm.communications import queries
from openccm.communications.gather import gather
from openccm.communications.tables import CommunicationRequest
from openccm.language.definition import Use
from openccm.language.loader import load_definitions
from openccm.repository.versions import publish
from tests.core.making import NOW
from tests.core.station import BILL, Station, state, step

RULE = "  not-vip: {hook: VIP-CHECK, reason: not_for_vips}\n"
HOOK = """
kind: hook
code: VIP-CHECK
title: Keep bills of important customers back
point: eligibility
inputs: {bill.amount: {type: money}}
http: {url: "%s", timeout: 1 second}
fails: %s
"""


class VipDesk:
    """The company's own rule, over HTTP."""

    def __init__(self) -> None:
        self.url = ""
        self.answer: Any = {"outcome": "eligible"}
        self.status = 200
        self.asked: list[Any] = []

    async def take(self, http: web.Request) -> web.Response:
        self.asked.append(await http.json())
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
async def vip() -> AsyncIterator[VipDesk]:
    vip, app = VipDesk(), web.Application()
    app.router.add_post("/vip", vip.take)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0)
    vip.url = str(server.make_url("/vip"))
    yield vip
    await server.close()


async def release(station: Station, vip: VipDesk, fails: str = "stop") -> None:
    """The station's definitions, with the hook among the rules of one."""
    root = station.desk.settings.data_dir / "definitions"
    bill = BILL.replace("channels:\n", f"{RULE}channels:\n", 1)
    (root / "bill-ready" / "communication.yaml").write_text(bill)
    (root / "vip-check").mkdir(exist_ok=True)
    (root / "vip-check" / "hook.yaml").write_text(HOOK % (vip.url, fails))
    async with station.database.begin() as session:
        await publish(session, load_definitions(root), actor="test", now=NOW)


@pytest.fixture
async def ruled(alone: Station, vip: VipDesk) -> AsyncIterator[Station]:
    await release(alone, vip)
    yield alone
    await alone.desk.hooks.close()


async def told(station: Station, asked: CommunicationRequest) -> tuple[str, str, dict[str, Any]]:
    async with station.database.read() as session:
        story = await queries.explanation(session, asked.id)
    (found,) = [each for each in story if each.verdict.step == 7]
    assert "not said" not in found.sentence
    return found.verdict.verdict, found.sentence, found.verdict.inputs


async def test_whom_the_hook_lets_pass_gets_the_communication(ruled: Station, vip: VipDesk) -> None:
    ana = await ruled.person("email")
    asked = await ruled.ask(ana)
    result = await gather(ruled.desk, step(asked))

    assert result.outcome == "prepared"
    assert vip.asked == [
        {
            "contract": 1,
            "hook": "VIP-CHECK",
            "point": "eligibility",
            "keys": {
                "subject": str(asked.id),
                "person": ana.key,
                "account": ana.key.replace("P-", "A-"),
            },
            "values": {"bill.amount": "186.40"},
        }
    ]
    verdict, _, inputs = await told(ruled, asked)
    assert verdict == "pass"
    assert inputs["hooks"]["not-vip"]["hook"] == "VIP-CHECK"
    assert inputs["hooks"]["not-vip"]["version"] == 1
    assert inputs["hooks"]["not-vip"]["settled_by"] == "hook"


async def test_whom_the_hook_refuses_gets_nothing_and_it_is_told_why(
    ruled: Station, vip: VipDesk
) -> None:
    vip.answer = {"outcome": "refused", "reason": "key_account"}
    asked = await ruled.ask(await ruled.person("email"))
    await gather(ruled.desk, step(asked))

    assert await state(ruled, asked) == ("not_sent", "not_for_vips")
    verdict, sentence, inputs = await told(ruled, asked)
    assert verdict == "stop"
    assert "hook VIP-CHECK version 1" in sentence
    assert inputs["hook_reason"] == "key_account"


async def test_a_hook_that_fails_stops_the_request(ruled: Station, vip: VipDesk) -> None:
    vip.status = 503
    asked = await ruled.ask(await ruled.person("email"))
    await gather(ruled.desk, step(asked))

    assert await state(ruled, asked) == ("error", "hook_unavailable")
    verdict, sentence, _ = await told(ruled, asked)
    assert verdict == "error"
    assert "VIP-CHECK answered 503" in sentence


async def test_a_hook_that_may_be_skipped_does_not_stop_it(ruled: Station, vip: VipDesk) -> None:
    await release(ruled, vip, fails="skip")
    vip.answer = {"outcome": "perhaps"}
    asked = await ruled.ask(await ruled.person("email"))
    result = await gather(ruled.desk, step(asked))

    assert result.outcome == "prepared"
    _, _, inputs = await told(ruled, asked)
    assert inputs["hooks"]["not-vip"]["settled_by"] == "skip"
    assert inputs["hooks"]["not-vip"]["version"] == 2


async def test_a_communication_names_its_hooks_and_is_not_gathered_in_the_workflow(
    ruled: Station,
) -> None:
    async with ruled.database.read() as session:
        published = await ruled.desk.repository.live(session, "BILL-READY")

    assert Use("hook", "VIP-CHECK") in list(published.definition.uses())
    assert published.plan.instructions["gather"].model_dump()["local"] is False
    assert published.conditions.keys() == {"something-to-pay"}
