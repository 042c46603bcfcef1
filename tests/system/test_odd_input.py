"""Input that databases and encodings choke on is refused by name, or encoded right; never a 5xx."""

import json
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.system.town import ALERT, Town

ODD = ["\0", "\ud800", "a\0b", "x" * 2_000_000, "‮", "﻿", "\r\nBcc: x@y.example"]


def request(**change: Any) -> dict[str, Any]:
    return {
        "definition": "SECURITY-ALERT",
        "idempotency_key": uuid4().hex,
        "person": "P-1001",
        "payload": ALERT,
        **change,
    }


@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:12]))
@pytest.mark.parametrize("place", ["payload", "correlation", "key", "name", "query", "reason"])
async def test_odd_text_never_breaks_the_api(town: Town, text: str, place: str) -> None:
    person = await town.person()
    match place:
        case "payload":
            body = request(person=person, payload={"alert": {**ALERT["alert"], "what": text}})
            call = ("POST", "/v1/requests", body)
        case "correlation":
            call = ("POST", "/v1/requests", request(person=person, correlation={text: [text]}))
        case "key":
            call = ("POST", "/v1/requests", request(idempotency_key=text))
        case "name":
            call = ("PUT", f"/v1/persons/{person}", {"name": text})
        case "query":
            call = ("GET", f"/v1/audit?actor={_quoted(text)}", None)
        case _:
            later = "2036-01-01T00:00:00Z"
            made = await town.alert(person, send_after=later)
            call = ("POST", f"/v1/requests/{made['id']}/cancel", {"reason": text})
    answer = await town.operator.raw(call[0], call[1], json.dumps(call[2]).encode())

    assert answer.status < 500, answer.body
    if answer.status == 422:
        assert answer.body["errors"]


def _quoted(text: str) -> str:
    return quote(text[:3000], errors="surrogatepass")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"a":' * 50_000]
)
async def test_a_body_that_is_no_object_is_refused(town: Town, body: bytes) -> None:
    answer = await town.core.raw("POST", "/v1/requests", body)

    assert 400 <= answer.status < 500


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("Zoë@BÜCHER.example", "Zoë@xn--bcher-kva.example"),
        ('"a b"@example.com', '"a b"@example.com'),
        ("x@y.example\r\nBcc: evil@z.example", None),
        ("no-at.example", None),
        ("a@b@c.example", None),
        ("x" * 65 + "@example.com", None),
    ],
)
async def test_addresses_are_refused_or_brought_to_one_spelling(
    town: Town, address: str, kept: str | None
) -> None:
    key = f"P-{uuid4().hex[:8]}"
    points = [{"channel": "email", "value": address}]
    answer = await town.core.call(
        "PUT", f"/v1/persons/{key}", {"name": "Odd", "contact_points": points}
    )

    if kept is None:
        assert answer.status == 422
        assert answer.body["errors"][0]["field"] == "contact_points.0.value"
    else:
        assert [point["value"] for point in answer.body["contact_points"]] == [kept]
