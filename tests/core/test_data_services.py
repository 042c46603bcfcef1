"""Data services over HTTP: signed, asked once, and believed only when they make sense."""

import asyncio
import json

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from openccm.data.collect import collect
from openccm.data.services import CONTRACT, DataDesk
from openccm.errors import DataError, DataUnavailable
from openccm.platform.ports import free_ports
from tests.core.answering import KEYS, SECRET, VALUES, Billing, gather, service
from tests.core.making import definition


async def test_a_service_is_asked_once_for_exactly_what_is_needed(
    desk: DataDesk, billing: Billing
) -> None:
    await gather(desk, service(billing.url))

    ((headers, body),) = billing.asked
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {
        "contract": CONTRACT,
        "service": "billing",
        "fields": ["bill.amount", "bill.due_date"],
        "keys": KEYS,
    }
    assert "webhook-signature" not in headers


async def test_a_call_is_signed_where_a_secret_is_named(
    desk: DataDesk, billing: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCCM_TEST_SECRET", SECRET)
    monkeypatch.setenv("OPENCCM_TEST_URL", billing.url)
    http = {"url": "env:OPENCCM_TEST_URL", "secret": "env:OPENCCM_TEST_SECRET"}
    await gather(desk, service(billing.url, http=http))

    ((headers, body),) = billing.asked
    Webhook(SECRET).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)


async def test_every_call_has_an_id_of_its_own(
    desk: DataDesk, billing: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCCM_TEST_SECRET", SECRET)
    offered = service(billing.url, http={"url": billing.url, "secret": "env:OPENCCM_TEST_SECRET"})
    await gather(desk, offered)
    await gather(desk, offered)

    assert len({headers["webhook-id"] for headers, _ in billing.asked}) == 2


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 599])
async def test_a_service_that_is_unwell_is_asked_again_later(
    desk: DataDesk, billing: Billing, status: int
) -> None:
    billing.says({"values": VALUES}, status)
    with pytest.raises(DataUnavailable, match=str(status)):
        await gather(desk, service(billing.url))


@pytest.mark.parametrize("status", [201, 204, 301, 302, 400, 401, 403, 404, 410, 422])
async def test_a_service_that_refuses_needs_a_person(
    desk: DataDesk, billing: Billing, status: int
) -> None:
    billing.says({"values": VALUES}, status)
    with pytest.raises(DataError, match=str(status)) as refused:
        await gather(desk, service(billing.url))

    assert not isinstance(refused.value, DataUnavailable)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Ana Moreno</html>",
        b'{"values": ',
        b"\xff\xfe\x00",
        b"[" * 200_000,
        b'{"values": ' * 50_000,
        b"null",
        b"[]",
        b"{}",
        b'{"values": null}',
        b'{"values": []}',
        b'{"values": "Ana Moreno"}',
    ],
    ids=range(12),
)
async def test_nonsense_is_no_answer_and_is_not_repeated(
    desk: DataDesk, billing: Billing, body: bytes
) -> None:
    billing.says(body)
    with pytest.raises(DataError) as refused:
        await gather(desk, service(billing.url))

    assert not isinstance(refused.value, DataUnavailable)
    assert "Moreno" not in str(refused.value)


async def test_a_slow_service_is_asked_again_later(desk: DataDesk, billing: Billing) -> None:
    billing.pause = 5
    started = asyncio.get_running_loop().time()
    with pytest.raises(DataUnavailable, match="1 second"):
        await gather(desk, service(billing.url))

    assert asyncio.get_running_loop().time() - started < 3


async def test_a_service_that_is_away_is_asked_again_later(desk: DataDesk) -> None:
    with pytest.raises(DataUnavailable, match="cannot be reached"):
        await gather(desk, service(f"http://127.0.0.1:{free_ports(1)[0]}/data"))


async def test_a_service_that_hangs_up_is_asked_again_later(desk: DataDesk) -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(DataUnavailable):
            await gather(desk, service(f"http://127.0.0.1:{port}/data"))


async def test_several_services_are_asked_side_by_side(desk: DataDesk, billing: Billing) -> None:
    billing.pause = 0.3
    data = {
        f"part.n{number}": {"type": "text", "from": f"service-{number}", "missing": "hide"}
        for number in range(4)
    }
    services = {
        f"service-{number}": service(billing.url, f"service-{number}") for number in range(4)
    }
    started = asyncio.get_running_loop().time()
    billing.says({"values": {}})
    await collect(desk, definition(data=data).data, services, {}, {})

    assert len(billing.asked) == 4
    assert asyncio.get_running_loop().time() - started < 1


async def test_what_a_service_says_beyond_the_question_is_left_alone(
    desk: DataDesk, billing: Billing
) -> None:
    billing.says({"values": VALUES | {"iban": "DE02"}, "comment": "hello"})
    collected = await gather(desk, service(billing.url))

    assert "iban" not in collected.values


@pytest.mark.parametrize(
    "http",
    [
        {"url": "env:OPENCCM_NOT_THERE"},
        {"url": "http://127.0.0.1:9/", "secret": "env:OPENCCM_NOT_THERE"},
        {"url": "http://127.0.0.1:9/", "secret": "env:OPENCCM_TEST_SECRET"},
        {"url": "env:OPENCCM_TEST_URL"},
    ],
    ids=["no address", "no secret", "secret is no secret", "address is no address"],
)
async def test_a_service_that_is_configured_wrongly_is_a_fault_of_the_data(
    desk: DataDesk, monkeypatch: pytest.MonkeyPatch, http: dict[str, str]
) -> None:
    """The request then waits for a person and says why, instead of failing without a word."""
    monkeypatch.setenv("OPENCCM_TEST_SECRET", "no secret")
    monkeypatch.setenv("OPENCCM_TEST_URL", "not an address")
    with pytest.raises(DataError):
        await gather(desk, service("https://nowhere.example", http=http))
