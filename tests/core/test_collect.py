"""Collecting data: from the payload, and from services that answer, fail or talk nonsense."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from standardwebhooks import Webhook, WebhookVerificationError

from openccm.data.collect import Collected, collect, typed_values
from openccm.data.services import CONTRACT, DataDesk
from openccm.errors import DataError, DataMissing, DataUnavailable, NotFoundError
from openccm.language.data_service import DataServiceDefinition
from openccm.platform.clock import utc_now
from openccm.platform.ports import free_ports
from tests.core.making import definition

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DATA = {
    "bill.number": {"type": "text", "from": "payload"},
    "bill.amount": {"type": "money", "from": "billing"},
    "bill.due_date": {"type": "date", "from": "billing"},
}
VALUES = {"bill.amount": "186.40", "bill.due_date": "2026-06-01"}
KEYS: dict[str, Any] = {"person": "P-1001", "account": "A-5001", "bill.number": "B-417"}


@dataclass(slots=True)
class Billing:
    """A core system's data service, answering over HTTP as it is told."""

    url: str = ""
    asked: list[tuple[dict[str, str], bytes]] = field(
        default_factory=list[tuple[dict[str, str], bytes]]
    )
    answer: Callable[[], web.Response] = lambda: web.json_response({"values": VALUES})
    pause: float = 0

    def says(self, body: Any, status: int = 200) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answer = lambda: web.Response(body=content, status=status)

    async def take(self, http: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in http.headers.items()}
        self.asked.append((headers, await http.read()))
        await asyncio.sleep(self.pause)
        return self.answer()


@pytest.fixture
async def billing() -> AsyncIterator[Billing]:
    billing, app = Billing(), web.Application()
    app.router.add_post("/data", billing.take)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0)
    billing.url = str(server.make_url("/data"))
    yield billing
    await server.close()


@pytest.fixture
async def desk() -> AsyncIterator[DataDesk]:
    desk = DataDesk(utc_now)
    await desk.open()
    yield desk
    await desk.close()


def service(url: str, code: str = "billing", **more: Any) -> DataServiceDefinition:
    facts: dict[str, Any] = {
        "kind": "data-service",
        "code": code,
        "title": "Billing system",
        "http": {"url": url, "timeout": "1 second"},
        "fields": {"bill.amount": {"type": "money"}},
    }
    return DataServiceDefinition.model_validate(facts | more)


async def gather(
    desk: DataDesk, offered: DataServiceDefinition, data: dict[str, Any] | None = None
) -> Collected:
    declared = definition(data=DATA if data is None else data)
    payload = {"bill": {"number": "B-417"}}
    return await collect(desk, declared, {offered.code: offered}, payload, dict(KEYS))


async def test_values_come_from_where_they_are_declared(desk: DataDesk, billing: Billing) -> None:
    collected = await gather(desk, service(billing.url))

    assert collected.values == {"bill.number": "B-417", **VALUES}
    assert collected.sources == {
        "bill.number": "payload",
        "bill.amount": "billing",
        "bill.due_date": "billing",
    }
    assert typed_values(definition(data=DATA), collected.values) == {
        "bill": {
            "number": "B-417",
            "amount": Decimal("186.40"),
            "due_date": date(2026, 6, 1),
        }
    }


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


async def test_what_nobody_needs_is_asked_of_nobody(desk: DataDesk, billing: Billing) -> None:
    data = {"bill.number": {"type": "text", "from": "payload"}}
    collected = await gather(desk, service(billing.url), data)

    assert collected.values == {"bill.number": "B-417"}
    assert billing.asked == []


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


AMOUNT = {"type": "money", "from": "billing"}


@pytest.mark.parametrize("reply", [{}, {"bill.amount": None}], ids=["left out", "null"])
@pytest.mark.parametrize(
    ("policy", "value", "source"),
    [("hide", None, "hidden"), ({"default": "0.00"}, "0.00", "default")],
)
async def test_a_missing_value_is_answered_by_its_policy(
    desk: DataDesk, billing: Billing, reply: Any, policy: Any, value: Any, source: str
) -> None:
    billing.says({"values": reply})
    data = {"bill.amount": AMOUNT | {"missing": policy}}
    collected = await gather(
        desk, service(billing.url), data | {"bill.number": DATA["bill.number"]}
    )

    assert collected.values["bill.amount"] == value
    assert collected.sources["bill.amount"] == source


@pytest.mark.parametrize(("policy", "error"), [("fail", DataMissing), ("wait", DataUnavailable)])
async def test_a_value_that_cannot_be_done_without_is_waited_for_or_missed(
    desk: DataDesk, billing: Billing, policy: str, error: type[DataError]
) -> None:
    billing.says({"values": {}})
    data = {"bill.amount": AMOUNT | {"missing": policy}, "bill.number": DATA["bill.number"]}

    with pytest.raises(error, match=r"bill\.amount"):
        await gather(desk, service(billing.url), data)


async def test_a_hidden_value_is_there_and_empty_for_templates() -> None:
    declared = definition(data={"agent": {"type": "text", "from": "payload", "missing": "hide"}})

    assert typed_values(declared, {"agent": None}) == {"agent": None}


@pytest.mark.parametrize(
    "value", ["186,40", True, [1], {"amount": 1}, "1e3", "NaN", "9" * 40, "", " 1"]
)
async def test_a_value_of_the_wrong_kind_is_no_value(
    desk: DataDesk, billing: Billing, value: Any
) -> None:
    billing.says({"values": VALUES | {"bill.amount": value}})
    with pytest.raises(DataError) as refused:
        await gather(desk, service(billing.url))

    assert not isinstance(refused.value, DataUnavailable | DataMissing)
    assert "bill.amount" in str(refused.value)
    assert not (isinstance(value, str) and len(value) > 2 and value in str(refused.value))


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
    await collect(desk, definition(data=data), services, {}, {})

    assert len(billing.asked) == 4
    assert asyncio.get_running_loop().time() - started < 1


async def test_what_a_service_says_beyond_the_question_is_left_alone(
    desk: DataDesk, billing: Billing
) -> None:
    billing.says({"values": VALUES | {"iban": "DE02"}, "comment": "hello"})
    collected = await gather(desk, service(billing.url))

    assert "iban" not in collected.values


async def test_the_digest_is_of_the_values_and_not_of_their_order() -> None:
    one, other = Collected(), Collected()
    one.take("a", {"x": Decimal("1.10"), "y": date(2026, 1, 2)})
    other.take("b", {"y": date(2026, 1, 2)})
    other.take("a", {"x": Decimal("1.10")})

    assert one.digest() == other.digest()
    other.take("a", {"x": Decimal("1.1")})
    assert one.values == {"x": "1.10", "y": "2026-01-02"}
    assert one.digest() != other.digest()


_PACKAGE = '''
"""A data service as a customiser installs it."""

from openccm.data.services import DataReply
from openccm.errors import DataUnavailable


class Good:
    async def fetch(self, request):
        assert request.fields == ("bill.amount", "bill.due_date")
        return DataReply(
            values={"bill.amount": "12.50", "bill.due_date": request.keys["due"]}
        )


class Ill:
    async def fetch(self, request):
        raise DataUnavailable("The ledger is closed for the night.")


class Odd:
    async def fetch(self, request):
        return {"values": 7}
'''


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package on the path that offers data services, found as installed ones are."""
    (tmp_path / "brightwater_data.py").write_text(_PACKAGE)
    info = tmp_path / "brightwater_data-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: brightwater-data\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[openccm.data_services]\n"
        + "".join(
            f"{name.lower()} = brightwater_data:{name}\n" for name in ("Good", "Ill", "Odd", "Slow")
        )
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("brightwater_data", None)


def python(name: str) -> DataServiceDefinition:
    facts = service("https://nowhere.example").model_dump(exclude={"http"}, by_alias=True)
    return DataServiceDefinition.model_validate(facts | {"python": name})


@pytest.mark.usefixtures("installed")
async def test_a_python_package_answers_like_any_other_service(desk: DataDesk) -> None:
    declared, offered = definition(data=DATA), python("good")
    keys = KEYS | {"due": "2026-06-01"}
    collected = await collect(desk, declared, {"billing": offered}, {"bill.number": "B-417"}, keys)

    assert collected.values["bill.amount"] == "12.50"
    assert collected.values["bill.due_date"] == "2026-06-01"


@pytest.mark.usefixtures("installed")
async def test_a_python_package_may_be_unwell(desk: DataDesk) -> None:
    with pytest.raises(DataUnavailable, match="ledger"):
        await gather(desk, python("ill"))


@pytest.mark.usefixtures("installed")
async def test_a_python_package_may_talk_nonsense(desk: DataDesk) -> None:
    with pytest.raises(DataError, match="unusable"):
        await gather(desk, python("odd"))


async def test_a_package_that_is_not_installed_is_named(desk: DataDesk) -> None:
    with pytest.raises((DataError, NotFoundError), match="nobody-brought-this"):
        await gather(desk, python("nobody-brought-this"))


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
