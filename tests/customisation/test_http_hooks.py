"""Hooks over HTTP: signed, bounded, and believed only when they make sense."""

import asyncio
import json

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from openccm.customisation.contract import Keys
from openccm.customisation.desk import HookDesk
from openccm.errors import HookError, HookUnavailable
from openccm.platform.ports import free_ports
from tests.customisation.hooks import GOOD, NAME, SECRET, Endpoint, hook, request


async def test_the_same_answer_as_from_python(desk: HookDesk, endpoint: Endpoint) -> None:
    assert await desk.call(endpoint.hook(), request()) == await desk.call(hook(), request())


async def test_what_is_asked_is_the_contract(desk: HookDesk, endpoint: Endpoint) -> None:
    keys = Keys(subject="0198", person="P-1001", account="A-5001")
    await desk.call(endpoint.hook(), request().model_copy(update={"keys": keys}))

    ((headers, body),) = endpoint.asked
    assert json.loads(body) == {
        "contract": 1,
        "hook": "RISK-CHECK",
        "point": "process.call",
        "keys": {"subject": "0198", "person": "P-1001", "account": "A-5001"},
        "values": {"bill.amount": "186.40", "bill.due_date": "2026-06-01"},
    }
    assert "webhook-signature" not in headers


async def test_a_call_is_signed_where_a_secret_is_named(
    desk: HookDesk, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISK_SECRET", SECRET)
    monkeypatch.setenv("RISK_URL", endpoint.url)
    http = {"url": "env:RISK_URL", "secret": "env:RISK_SECRET"}
    await desk.call(endpoint.hook(http=http), request())

    ((headers, body),) = endpoint.asked
    Webhook(SECRET).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_an_endpoint_that_is_unwell_is_asked_again_later(
    desk: HookDesk, endpoint: Endpoint, status: int
) -> None:
    endpoint.says(GOOD, status)
    with pytest.raises(HookUnavailable, match=f"RISK-CHECK answered {status}"):
        await desk.call(endpoint.hook(), request())


@pytest.mark.parametrize("status", [204, 302, 400, 401, 404])
async def test_an_endpoint_that_refuses_needs_a_person(
    desk: HookDesk, endpoint: Endpoint, status: int
) -> None:
    endpoint.says(GOOD, status)
    with pytest.raises(HookError, match=str(status)) as refused:
        await desk.call(endpoint.hook(), request())

    assert not isinstance(refused.value, HookUnavailable)


async def test_a_slow_endpoint_is_not_waited_for(desk: HookDesk, endpoint: Endpoint) -> None:
    endpoint.pause = 5
    started = asyncio.get_running_loop().time()
    with pytest.raises(HookUnavailable, match="within 1 seconds"):
        await desk.call(endpoint.hook(), request())

    assert asyncio.get_running_loop().time() - started < 3


async def test_an_endpoint_that_is_away_is_unavailable(desk: HookDesk) -> None:
    away = hook(http={"url": f"http://127.0.0.1:{free_ports(1)[0]}/hook"})
    with pytest.raises(HookUnavailable, match="cannot be reached"):
        await desk.call(away, request())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "unusable"),
        (b"<html>Ana Moreno-Quill</html>", "unusable"),
        (b"[" * 200_000, "unusable"),
        (b"x" * (2 << 20), "more than"),
        ({"values": {"risk": 7}, "outcome": "ok"}, "risk: This is not a text. Declared is text."),
        ({"values": {"risk": "low"}}, "answered no outcome. Declared are: ok, refused."),
        ({"values": {"risk": "low"}, "outcome": "ok", "reason": NAME}, "unusable at reason"),
    ],
    ids=range(7),
)
async def test_nonsense_is_no_answer(
    desk: HookDesk, endpoint: Endpoint, body: object, said: str
) -> None:
    endpoint.says(body)
    with pytest.raises(HookError, match=said) as told:
        await desk.call(endpoint.hook(), request())

    assert "Moreno" not in str(told.value)
    assert not isinstance(told.value, HookUnavailable)


@pytest.mark.parametrize(
    "http",
    [{"url": "env:RISK_NOT_THERE"}, {"url": "http://127.0.0.1:9/", "secret": "env:RISK_NOT_THERE"}],
    ids=["no address", "no secret"],
)
async def test_a_hook_that_is_not_set_up_says_so(desk: HookDesk, http: dict[str, str]) -> None:
    with pytest.raises(HookError, match="not set up: There is no environment variable"):
        await desk.call(hook(http=http), request())
