"""The examples in the documents work."""

import ast
import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from api.events import CloudEvent, EventCreate
from openccm.channels.conformance import check_channel
from openccm.channels.port import Accepted, Outbound
from openccm.customisation.contract import HookReply, HookRequest
from openccm.data.services import DataReply, DataRequest
from openccm.events.catalogue import Binding
from openccm.language.bundle import Bundle
from openccm.language.case import Case
from openccm.language.checks.data import check_data
from openccm.language.checks.event_bindings import check_event_binding
from openccm.language.checks.hooks import check_hook
from openccm.language.checks.rules import check_rules
from openccm.language.communication import CommunicationDefinition
from openccm.language.context import rule_fields
from openccm.language.data_service import DataServiceDefinition
from openccm.language.document import Document
from openccm.language.event_binding import EventBindingDefinition
from openccm.language.hook import HookDefinition
from openccm.language.kinds import KINDS
from openccm.language.loader import load_definitions
from openccm.language.sample import Sample
from openccm.language.validation import validated
from openccm.language.yaml12 import read_document
from openccm.publishing.subscriptions import new_secret
from openccm.rules.expressions import check_expression
from tests.docs.pages import ROOT, Block, blocks


def named(block: Block) -> str:
    return f"{block.page}: {block.text.splitlines()[0]}"


def read(block: Block) -> tuple[Document, object]:
    document = read_document(block.text.encode(), block.page)
    data = document.data or {}
    kind = data.get("kind")
    model = KINDS[kind] if isinstance(kind, str) else Case if "expect" in data else Sample
    return document, validated(model, document)


@pytest.mark.parametrize("block", blocks("yaml"), ids=named)
def test_yaml_is_read_as_what_it_says_it_is(block: Block) -> None:
    document, found = read(block)

    assert not document.problems
    assert not isinstance(found, list), found


@pytest.mark.parametrize(
    "block", [b for b in blocks("yaml") if b.text.find("kind: communication") >= 0], ids=named
)
def test_a_communication_fits_the_services_there_are(block: Block) -> None:
    shown = [read(each) for each in blocks("yaml")]
    services = load_definitions(ROOT / "definitions").of(DataServiceDefinition)
    services |= {each.code: each for _, each in shown if isinstance(each, DataServiceDefinition)}
    document, definition = read(block)
    assert isinstance(definition, CommunicationDefinition)

    assert not [*check_data(definition, document, services)]
    assert not [*check_rules(definition, document, set())]


@pytest.mark.parametrize("block", blocks("json"), ids=named)
def test_json_is_json(block: Block) -> None:
    assert json.loads(block.text)


@pytest.mark.parametrize("block", blocks("python"), ids=named)
def test_python_is_python(block: Block) -> None:
    wrapped = f"async def example():\n{re.sub('^', ' ', block.text, flags=re.MULTILINE)}"

    assert ast.parse(wrapped)


@pytest.mark.parametrize("line", [line for b in blocks("cel") for line in b.text.splitlines()])
def test_a_rule_can_be_published(line: str) -> None:
    bundle: Bundle = load_definitions(ROOT / "definitions").bundle("BILL-READY")

    assert check_expression(line, rule_fields(bundle.definition.data)) == ()  # pyright: ignore


def example(page: str, word: str) -> dict[str, Any]:
    """What is defined by the Python examples of a page that have this word in them."""
    names: dict[str, Any] = {}
    for block in blocks("python"):
        if block.page == f"docs/{page}.md" and word in block.text:
            exec(compile(block.text, block.page, "exec"), names)
    return names


def signed(secret: str, body: bytes) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "Webhook-Id": "1",
        "Webhook-Timestamp": str(int(now.timestamp())),
        "Webhook-Signature": f"v1,bm90IGl0 {Webhook(secret).sign('1', now, body.decode())}",
    }


def test_the_receiver_takes_what_is_genuine_alone() -> None:
    read: Callable[..., Any] = example("api", "read_callback")["read_callback"]
    secret, body = new_secret(), b'{"type":"communication.delivered"}'
    headers = signed(secret, body)

    assert read(secret, headers, body) == {"type": "communication.delivered"}
    assert read(secret, headers, body.replace(b"delivered", b"bounced")) is None
    assert read(new_secret(), headers, body) is None
    assert read(secret, headers | {"Webhook-Signature": "v1"}, body) is None
    assert read(secret, {}, body) is None


async def test_the_python_service_answers() -> None:
    service = example("data-services", "class Meters")["Meters"]()
    keys = {"reading.meter": "M-00417"}

    reply = await service.fetch(DataRequest(service="meters", fields=("meter.kind",), keys=keys))

    assert reply == DataReply(values={"meter.kind": "smart"})


async def test_the_http_service_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    httpx = pytest.importorskip("httpx")
    secret = new_secret()
    monkeypatch.setenv("METERS_SECRET", secret)
    question = DataRequest(
        service="meters", fields=("meter.kind", "no.such"), keys={"reading.meter": "M-00417"}
    )
    body = question.model_dump_json().encode()
    app = example("data-services", "FastAPI()")["app"]

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://meters.example"
    ) as client:
        answer = await client.post("/meters", content=body, headers=signed(secret, body))
        refused = await client.post("/meters", content=body, headers=signed(new_secret(), body))

    assert answer.json() == {"values": {"meter.kind": "smart"}}
    assert refused.status_code == 401


async def test_the_adapter_conforms_on_the_bench_that_is_shown() -> None:
    names = example("channels", "class PagerChannel") | example("channels", "bench_for")
    mailbox: list[bytes] = []

    class Pager(names["PagerChannel"]):
        """The adapter that is shown, with a far end that takes every message once."""

        async def send(self, outbound: Outbound) -> Accepted:
            accepted: Accepted = await super().send(outbound)
            await asyncio.sleep(0.002)
            if outbound.content not in mailbox:
                mailbox.append(outbound.content)
            return accepted

    channel = Pager(names["PagerConfig"](url="https://pager.example"))

    report = await check_channel(names["bench_for"](channel, mailbox))

    assert report.failed == {}
    assert len(report.passed) > 5


@pytest.mark.parametrize(
    "block", [b for b in blocks("yaml") if b.text.find("kind: event-binding") >= 0], ids=named
)
def test_a_binding_fits_what_it_leads_to(block: Block) -> None:
    document, definition = read(block)
    assert isinstance(definition, EventBindingDefinition)
    library = load_definitions(ROOT / "definitions")

    bundle = Bundle("shown", definition, {}, "", document)
    assert not [*check_event_binding(definition, bundle, library)]


EVENTS = [
    *(b.text for b in blocks("json") if b.page == "docs/events.md"),
    *(
        found[1]
        for b in blocks("sh")
        if b.page == "docs/events.md"
        for found in re.finditer(r"-d '(\{.*?\})'", b.text, re.DOTALL)
    ),
]


@pytest.mark.parametrize("text", EVENTS)
def test_an_event_that_is_shown_can_be_told_and_read(text: str) -> None:
    told = json.loads(text)
    model = CloudEvent if "specversion" in told else EventCreate
    incoming = model.model_validate(told).incoming()
    library = load_definitions(ROOT / "definitions")
    definition = library.of(EventBindingDefinition)["OVERDUE-L1-ON-EVENT"]

    assert definition.type == incoming.type
    assert Binding.of(definition, 1).read(incoming.data).keys() >= {"level", "bill.number"}


def test_events_are_shown_in_both_forms() -> None:
    assert len(EVENTS) == 2


async def test_the_python_hook_answers() -> None:
    hook = example("customisation", "class Risk")["Risk"]()
    asked = HookRequest(hook="RISK-CHECK", point="process.call", values={"bill.amount": "1000"})

    reply = await hook.call(asked)

    assert reply == HookReply(values={"risk": "high"}, outcome="review", reason="large_amount")


async def test_the_http_hook_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    httpx = pytest.importorskip("httpx")
    secret = new_secret()
    monkeypatch.setenv("RISK_SECRET", secret)
    asked = HookRequest(hook="ADDRESS-RISK", point="process.call", values={"postcode": "0000"})
    body = asked.model_dump_json().encode()
    app = example("customisation", "FastAPI()")["app"]

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://risk.example"
    ) as client:
        answer = await client.post("/risk", content=body, headers=signed(secret, body))
        refused = await client.post("/risk", content=body, headers=signed(new_secret(), body))

    assert HookReply.model_validate(answer.json()).values == {"risk": "high"}
    assert refused.status_code == 401


@pytest.mark.parametrize("block", [b for b in blocks("yaml") if "kind: hook" in b.text], ids=named)
def test_a_hook_that_is_shown_passes_the_check(block: Block) -> None:
    document, definition = read(block)
    assert isinstance(definition, HookDefinition)

    assert not [*check_hook(definition, Bundle("shown", definition, {}, "", document))]


def test_the_question_and_the_answer_that_are_shown_are_of_the_contract() -> None:
    question, answer = [
        json.loads(block.text) for block in blocks("json") if block.page == "docs/customisation.md"
    ]

    assert HookRequest.model_validate(question).model_dump(mode="json") == question
    assert HookReply.model_validate(answer).model_dump(mode="json") == answer
