"""Events as HTTP bodies: plain JSON and CloudEvents in three modes; what is odd is refused."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st

from api.events import BATCHED, STRUCTURED, read_batch, read_event
from openccm.events.intake import Incoming

WHEN = datetime(2026, 3, 12, 9, tzinfo=UTC)
CLOUD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "OE-1",
    "source": "https://ledger.example/overdue",
    "type": "overdue.event.activated",
    "time": "2026-03-12T09:00:00Z",
    "subject": "bill/B-417",
    "account": "A-5001",
    "traceparent": "00-4bf92f",
    "data": {"level": "L1"},
}


def asked(body: Any, content_type: str = "application/json", **headers: str) -> Request:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"content-type": content_type, **headers}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
    }
    return Request(scope, receive)


TOLD = Incoming(
    event_id="OE-1",
    type="overdue.event.activated",
    origin="https://ledger.example/overdue",
    occurred_at=WHEN,
    account="A-5001",
    data={"level": "L1"},
    attributes={"subject": "bill/B-417", "traceparent": "00-4bf92f"},
)


async def test_a_plain_event_is_read() -> None:
    body = {
        "id": "OE-1",
        "type": "overdue.event.activated",
        "occurred_at": "2026-03-12T10:00:00+01:00",
        "person": "P-1001",
        "account": "A-5001",
        "premise": "PR-9001",
        "data": {"level": "L1"},
    }

    assert await read_event(asked(body)) == Incoming(
        event_id="OE-1",
        type="overdue.event.activated",
        occurred_at=WHEN,
        person="P-1001",
        account="A-5001",
        premise="PR-9001",
        data={"level": "L1"},
    )


@pytest.mark.parametrize("content_type", [STRUCTURED, f"{STRUCTURED}; charset=UTF-8"])
async def test_a_structured_cloud_event_is_read(content_type: str) -> None:
    assert await read_event(asked(CLOUD, content_type)) == TOLD


async def test_a_binary_cloud_event_is_read() -> None:
    attributes = {f"ce-{name}": value for name, value in CLOUD.items() if name != "data"}
    attributes["ce-subject"] = "bill%2FB-417"

    assert await read_event(asked(CLOUD["data"], **attributes)) == TOLD


async def test_a_binary_cloud_event_need_not_have_data() -> None:
    attributes = {f"ce-{name}": value for name, value in CLOUD.items() if name != "data"}

    assert (await read_event(asked(b"", **attributes))).data == {}


async def test_a_batch_of_cloud_events_is_read_one_by_one() -> None:
    told = await read_batch(asked([CLOUD, {**CLOUD, "specversion": "0.3"}, 7], BATCHED))

    assert told[0] == TOLD
    assert [type(each) for each in told[1:]] == [RequestValidationError] * 2


async def test_a_plain_batch_may_mix_both() -> None:
    plain = {"id": "E-1", "type": "a.b"}
    told = await read_batch(asked({"events": [plain, CLOUD, {}, {**plain, "other": 1}]}))

    assert told[:2] == [Incoming(event_id="E-1", type="a.b"), TOLD]
    assert [type(each) for each in told[2:]] == [RequestValidationError] * 2


ODD: list[tuple[Any, str]] = [
    (b"", "content"),
    (b"{", "content"),
    (b"\xff\xfe", "content"),
    (b'{"id": "1", "type": "a", "data": {"a": NaN}}', "content"),
    (b'{"id": "1", "type": "a", "data": {"a": 1e999}}', "content"),
    (b'{"a":' * 50_000, "content"),
    ([], ""),
    (None, ""),
    ({"id": "", "type": "a"}, "id"),
    ({"id": "x" * 121, "type": "a"}, "id"),
    ({"id": "1", "type": "a b"}, "type"),
    ({"id": "1", "type": "a", "data": []}, "data"),
    ({"id": "1", "type": "a", "person": "P 1"}, "person"),
    ({"id": "1", "type": "a", "occurred_at": "2026-03-12T09:00:00"}, "occurred_at"),
    ({"id": "1", "type": "a", "occurred_at": "9999-12-31T23:59:59-23:00"}, "occurred_at"),
    ({"id": "1", "type": "a", "source": "SOMEONE"}, "source"),
]


@pytest.mark.parametrize(("body", "field"), ODD, ids=lambda value: str(value)[:40])
async def test_a_plain_event_that_is_odd_is_refused_by_name(body: Any, field: str) -> None:
    with pytest.raises(RequestValidationError) as caught:
        await read_event(asked(body))

    assert not field or field in [part for fault in caught.value.errors() for part in fault["loc"]]


ODD_CLOUDS: list[tuple[dict[str, Any], str]] = [
    ({"specversion": "2.0"}, "specversion"),
    ({"source": ""}, "source"),
    ({"data": "text"}, "data"),
    ({"data_base64": "AAAA"}, "data_base64"),
    ({"datacontenttype": "application/xml"}, "datacontenttype"),
    ({"Odd-Name": "x"}, "attributes"),
    ({"nested": {"a": 1}}, "nested"),
]


@pytest.mark.parametrize(("change", "field"), ODD_CLOUDS)
async def test_a_cloud_event_that_is_odd_is_refused_by_name(
    change: dict[str, Any], field: str
) -> None:
    with pytest.raises(RequestValidationError) as caught:
        await read_event(asked({**CLOUD, **change}, STRUCTURED))

    assert field in [part for fault in caught.value.errors() for part in fault["loc"]]


async def test_an_attribute_that_is_null_is_not_there() -> None:
    nulls = dict.fromkeys(("person", "dataschema", "someextension", "datacontenttype"))

    assert await read_event(asked({**CLOUD, **nulls}, STRUCTURED)) == TOLD


@pytest.mark.parametrize("count", [0, 1_001])
async def test_a_batch_has_one_to_a_thousand(count: int) -> None:
    with pytest.raises(RequestValidationError):
        await read_batch(asked({"events": [{}] * count}))
    with pytest.raises(RequestValidationError):
        await read_batch(asked([{}] * count, BATCHED))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(body=_JSON, media=st.sampled_from(["application/json", STRUCTURED, BATCHED, ""]))
async def test_whatever_is_told_is_read_or_refused(body: Any, media: str) -> None:
    for read in (read_event, read_batch):
        with suppress(RequestValidationError):
            await read(asked(body, media))
