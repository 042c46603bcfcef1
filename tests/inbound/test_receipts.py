"""Delivery notifications, real, sloppy, damaged and forged."""

from base64 import encodebytes
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openccm.channels.verp import make_token, read_token, return_address
from openccm.errors import InvalidError
from openccm.inbound.receipts import MAX_BYTES, Receipt, parse_receipts

NOTIFICATIONS = Path(__file__).parent / "notifications"
SECRET = b"a secret of the test"
COMMUNICATION = UUID("0190a7d2-7f3e-7c11-8d0a-3a0c5f9e2b11")
TOKEN = make_token(SECRET, COMMUNICATION, 1)

EXCHANGE = """\
From: postmaster@exchange.example
To: <{sender}>
Date: Mon, 2 Mar 2026 09:31:00 +0100
Content-Type: multipart/report; report-type=delivery-status;
\tboundary=plain

--plain
Content-Type: text/plain; charset="us-ascii"

Delivery has failed.

--plain
Content-Type: message/delivery-status
Content-Transfer-Encoding: {encoding}

{report}
--plain--
"""

REPORT = """\
Reporting-MTA: dns;exchange.example
Received-From-MTA: dns;mx.brightwater.example
Arrival-Date: Mon, 2 Mar 2026 08:30:59 +0000

Final-Recipient: rfc822;jane.doe@home.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;552 5.2.2 jane.doe@home.example's mailbox
 is full (jane.doe)
X-Display-Name: Jane Doe
"""


def notification(name: str) -> bytes:
    """Written by Postfix 3.7 for messages that this project's SMTP channel sent."""
    return (NOTIFICATIONS / f"{name}.eml").read_bytes()


def written(report: str, encoding: str = "7bit") -> bytes:
    sender = return_address(TOKEN, "in.brightwater.example")
    return EXCHANGE.format(sender=sender, report=report, encoding=encoding).encode()


def only(raw: bytes) -> Receipt:
    [receipt] = parse_receipts(raw)
    assert "jane" not in receipt.model_dump_json().lower()
    return receipt


@pytest.mark.parametrize(
    ("name", "status", "diagnostic"),
    [
        ("failed", "5.1.1", "550 5.1.1 <[address]>: no such user here"),
        ("delayed", "4.3.0", "451 4.3.0 [address]: try again later"),
        ("relayed", "2.0.0", "250 2.0.0 Ok: queued as 4XyZ"),
    ],
)
def test_postfix_is_understood(name: str, status: str, diagnostic: str) -> None:
    receipt = only(notification(name))

    assert receipt.action == name
    assert receipt.status == status
    assert receipt.diagnostic == diagnostic
    assert receipt.envelope_id == f"{COMMUNICATION}/1"
    assert receipt.arrival_date is not None
    assert receipt.arrival_date.tzinfo is UTC
    assert receipt.token is not None
    assert read_token(SECRET, receipt.token) == (COMMUNICATION, 1)


def test_exchange_is_understood() -> None:
    receipt = only(written(REPORT))

    assert receipt.token == TOKEN
    assert receipt.envelope_id is None
    assert (receipt.action, receipt.status) == ("failed", "5.2.2")
    assert receipt.diagnostic == "552 5.2.2 [address]'s mailbox is full ([address])"
    assert receipt.arrival_date == datetime(2026, 3, 2, 8, 30, 59, tzinfo=UTC)
    assert receipt.reported_at == datetime(2026, 3, 2, 8, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("encoding", "report"),
    [
        ("quoted-printable", REPORT.replace("mailbox", "mail=\nbox").replace("f", "=66")),
        ("BASE64", encodebytes(REPORT.encode()).decode()),
    ],
)
def test_an_encoded_report_is_the_same_report(encoding: str, report: str) -> None:
    assert only(written(report, encoding)) == only(written(REPORT))


@pytest.mark.parametrize(
    ("fields", "action", "status"),
    [
        ("Action: FAILED (bounced)\nStatus: 5.1.1 (unknown)", "failed", "5.1.1"),
        ("Action: failed", "failed", "5.0.0"),
        ("Action: failed\nDiagnostic-Code: smtp; 550 5.1.10 unknown", "failed", "5.1.10"),
        ("Status: 4.4.1", "delayed", "4.4.1"),
        ("Action: delivered\nStatus: 2.1.5", "delivered", "2.1.5"),
        ("Action: expanded\nStatus: 2.0.0", "expanded", "2.0.0"),
        ("Action: exploded\nStatus: 5.3.0", "failed", "5.3.0"),
    ],
)
def test_sloppy_reports_are_understood_too(fields: str, action: str, status: str) -> None:
    receipt = only(
        written(f"Reporting-MTA: dns;x\n \n\nFinal-Recipient: rfc822;j@x.example\n{fields}")
    )

    assert (receipt.action, receipt.status) == (action, status)


def test_every_recipient_gets_a_receipt() -> None:
    report = "Reporting-MTA: dns;x\n" + "".join(
        f"\nFinal-Recipient: rfc822;r{number}@x.example\nAction: failed\nStatus: 5.1.1\n"
        for number in range(5)
    )

    receipts = parse_receipts(written(report))

    assert len({receipt.event_key for receipt in receipts}) == 5


def test_a_copy_bears_the_same_key_and_another_event_does_not() -> None:
    once = only(written(REPORT))
    forwarded = only(b"Received: by relay.example\r\nX-Spam: no\r\n" + written(REPORT))
    later = only(written(REPORT + "Last-Attempt-Date: Tue, 3 Mar 2026 08:30:59 +0000\n"))
    other = only(
        written(REPORT).replace(TOKEN.encode(), make_token(SECRET, COMMUNICATION, 2).encode())
    )

    assert forwarded.event_key == once.event_key
    assert len({once.event_key, later.event_key, other.event_key}) == 3


def test_the_envelope_knows_the_token_when_the_headers_do_not() -> None:
    raw = written(REPORT).replace(TOKEN.encode(), b"nobody")

    [without] = parse_receipts(raw)
    [receipt] = parse_receipts(
        raw, envelope_recipient=return_address(TOKEN, "in.brightwater.example")
    )

    assert without.token is None
    assert receipt.token == TOKEN


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"Subject: I am out of the office\r\n\r\nBack on Monday.\r\n",
        b"Content-Type: multipart/report\r\n\r\nno boundary",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\n--x--",
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;x\r\n",
        b"Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%a",
        b"x" * (MAX_BYTES + 1),
    ],
)
def test_what_is_no_notification_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidError):
        parse_receipts(raw)


def test_deep_nesting_is_not_followed() -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth)
        for depth in range(5_000)
    )

    with pytest.raises(InvalidError):
        parse_receipts(nested + written(REPORT))


@given(st.binary(max_size=3_000))
@settings(max_examples=100, deadline=None)
def test_garbage_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidError):
        parse_receipts(raw)


@given(
    st.sampled_from(["failed", "delayed", "relayed"]),
    st.lists(
        st.tuples(st.integers(0, 3_000), st.integers(0, 40), st.binary(max_size=40)), max_size=8
    ),
)
@settings(max_examples=300, deadline=None)
def test_a_damaged_notification_is_read_or_refused(
    name: str, damages: list[tuple[int, int, bytes]]
) -> None:
    raw = notification(name)
    for place, length, junk in damages:
        raw = raw[:place] + junk + raw[place + length :]

    try:
        receipts = parse_receipts(raw)
    except InvalidError:
        return

    assert all(receipt.status for receipt in receipts)


@pytest.mark.parametrize(
    "date",
    [
        "yesterday",
        "Mon, 99 Foo 99999999999999999999 99:99:99 +9999",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "9" * 5_000,
        "\x00",
        "Mon, 2 Mar 2026 08:30:59 +99999999999999",
    ],
)
def test_a_date_that_is_none_is_left_out(date: str) -> None:
    receipt = only(written(REPORT.replace("Mon, 2 Mar 2026 08:30:59 +0000", date)))

    assert receipt.arrival_date is None
