"""What the composed bytes say when somebody else's parser reads them."""

import re
import string
import time
from binascii import a2b_base64
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openccm.channels.email import Attachment, EmailMessageParts, compose_email
from openccm.errors import InvalidError

PARTS = EmailMessageParts(
    communication_id="0190a7d2-7f3e-7c11-8d0a-3a0c5f9e2b11",
    message_id="0190a7d2.1@brightwater.example",
    date=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
    from_address="service@brightwater.example",
    from_name="Brightwater Energy",
    to_address="jane.doe@example.com",
    to_name="Jane Doe",
    subject="Your bill B-417 is ready",
    text="Dear Jane,\nyour bill is ready.\n",
    html="<p>Dear Jane, your bill is ready.</p>",
)
PDF = Attachment("bill.pdf", "application/pdf", bytes(range(256)) * 40)

SPECIMENS = [
    "Ihre Rechnung für März ist da – bitte prüfen",
    "👩‍👩‍👧‍👦 Family plan: 🎉🎉🎉 your new tariff starts today, with much more to say of it",
    "فاتورتك رقم ٤١٧ جاهزة الآن",
    'Pay £186.40 (due: 2026-03-12), or call us; "today" \\ <now>, it\'s @home',
    "A long but plain English subject that goes on and on until it certainly needs to be folded "
    "at least once",
    "x" * 300,
    "=?utf-8?b?bm90IG91cnM=?=",
    "two  spaces",
    " space around ",
]


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def mailbox(raw: bytes, field: str) -> tuple[str, str]:
    """By the older parser: the newer one keeps the space between the words of a name."""
    line = re.sub(r"\r\n(?=[ \t])", "", message_from_bytes(raw)[field])
    name, address = parseaddr(line)
    return str(make_header(decode_header(name))), address


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return part.get_content().replace("\r\n", "\n")


def assert_fit_for_the_wire(raw: bytes) -> None:
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    lines = raw.split(b"\r\n")
    assert all(b"\n" not in line and b"\r" not in line and len(line) <= 998 for line in lines)
    head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(len(line) <= 76 for line in head if b"=?" in line)
    for word in re.findall(rb"=\?utf-8\?b\?([^?]*)\?=", b" ".join(head)):
        assert a2b_base64(word).decode("utf-8")


def test_a_reader_finds_everything_that_was_put_in() -> None:
    parts = replace(
        PARTS,
        attachments=(PDF,),
        reply_to="r+abc@in.brightwater.example",
        feedback_id="BILL-READY:billing:openccm",
    )

    message = parsed(compose_email(parts))

    assert message["from"] == "Brightwater Energy <service@brightwater.example>"
    assert message["to"] == "Jane Doe <jane.doe@example.com>"
    assert message["subject"] == PARTS.subject
    assert message["date"].datetime == PARTS.date
    assert message["message-id"] == "<0190a7d2.1@brightwater.example>"
    assert message["reply-to"] == "r+abc@in.brightwater.example"
    assert message["auto-submitted"] == "auto-generated"
    assert message["x-communication"] == PARTS.communication_id
    assert message["feedback-id"] == "BILL-READY:billing:openccm"
    assert body(message, "plain") == PARTS.text
    assert body(message, "html") == PARTS.html + "\n"
    [attached] = message.iter_attachments()
    assert attached.get_filename() == "bill.pdf"
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == PDF.content


def test_the_tree_is_mixed_around_alternative() -> None:
    message = parsed(compose_email(replace(PARTS, attachments=(PDF, PDF))))

    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
        "application/pdf",
    ]


@pytest.mark.parametrize(("text", "html"), [("only text", ""), ("", "<p>only html</p>")])
def test_one_body_stands_alone(text: str, html: str) -> None:
    message = parsed(compose_email(replace(PARTS, text=text, html=html)))

    assert not message.is_multipart()
    assert message.get_content().strip() == text or html


def test_equal_parts_give_equal_bytes_and_others_do_not() -> None:
    other = replace(PARTS, communication_id="0190a7d2-7f3e-7c11-8d0a-3a0c5f9e2b12")

    assert compose_email(PARTS) == compose_email(replace(PARTS))
    assert compose_email(PARTS) != compose_email(other)


def test_a_body_cannot_forge_the_boundary() -> None:
    raw = compose_email(PARTS)
    boundary = next(line for line in raw.split(b"\r\n") if line.startswith(b"--=_")).decode()
    forged = f"before\n{boundary}\nContent-Type: text/html\n\n<b>forged</b>\n{boundary}--\n"

    message = parsed(compose_email(replace(PARTS, text=forged)))

    assert len(list(message.walk())) == 3
    assert body(message, "plain") == forged


def test_unsubscribing_takes_one_click() -> None:
    parts = replace(
        PARTS,
        unsubscribe_url="https://brightwater.example/u/3f9a",
        unsubscribe_mailto="unsubscribe@brightwater.example",
    )

    message = parsed(compose_email(parts))

    assert message["list-unsubscribe"].split() == [
        "<https://brightwater.example/u/3f9a>,",
        "<mailto:unsubscribe@brightwater.example?subject=unsubscribe>",
    ]
    assert message["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("host", "promised"),
    [
        ("brightwater.example", None),
        ("127.0.0.1.evil.example", None),
        ("127.0.0.1:8000", "List-Unsubscribe=One-Click"),
        ("localhost", "List-Unsubscribe=One-Click"),
    ],
)
def test_one_click_without_https_is_promised_on_this_machine_alone(
    host: str, promised: str | None
) -> None:
    parts = replace(PARTS, unsubscribe_url=f"http://{host}/u/3f9a")

    message = parsed(compose_email(parts))

    assert message["list-unsubscribe"] == f"<http://{host}/u/3f9a>"
    assert message["list-unsubscribe-post"] == promised


@pytest.mark.parametrize("subject", SPECIMENS)
def test_a_subject_arrives_as_written(subject: str) -> None:
    raw = compose_email(replace(PARTS, subject=subject))

    assert_fit_for_the_wire(raw)
    assert parsed(raw)["subject"] == subject


@pytest.mark.parametrize("name", SPECIMENS)
def test_a_display_name_arrives_with_single_spaces(name: str) -> None:
    raw = compose_email(replace(PARTS, to_name=name[:320], from_name=name[:320]))

    assert_fit_for_the_wire(raw)
    for field in ("to", "from"):
        assert mailbox(raw, field)[0] == " ".join(name.split())


header_text = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=150)
body_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=400)


@given(subject=header_text.filter(str.strip))
@settings(max_examples=150, deadline=None)
def test_any_subject_survives(subject: str) -> None:
    raw = compose_email(replace(PARTS, subject=subject))

    assert_fit_for_the_wire(raw)
    assert parsed(raw)["subject"] == subject


@given(name=header_text.filter(str.strip))
@settings(max_examples=150, deadline=None)
def test_any_name_survives(name: str) -> None:
    raw = compose_email(replace(PARTS, to_name=name))

    assert_fit_for_the_wire(raw)
    assert mailbox(raw, "to") == (" ".join(name.split()), "jane.doe@example.com")


@given(text=body_text, html=body_text)
@settings(max_examples=200, deadline=None)
def test_any_body_survives(text: str, html: str) -> None:
    raw = compose_email(replace(PARTS, text=text, html=html))

    assert_fit_for_the_wire(raw)
    message = parsed(raw)
    for kind, given_text in (("plain", text), ("html", html)):
        wanted = given_text.replace("\r\n", "\n").replace("\r", "\n")
        assert body(message, kind).removesuffix("\n") == wanted.removesuffix("\n")


@given(
    name=st.text(
        st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="/\\"),
        min_size=1,
        max_size=120,
    ).filter(str.strip),
    content=st.binary(max_size=200),
)
@settings(max_examples=100, deadline=None)
def test_any_attachment_survives(name: str, content: bytes) -> None:
    attachment = Attachment(name, "application/octet-stream", content)

    raw = compose_email(replace(PARTS, attachments=(attachment,)))

    assert_fit_for_the_wire(raw)
    [attached] = parsed(raw).iter_attachments()
    assert attached["content-disposition"].params["filename"] == name.strip()
    assert attached.get_content() == content


@pytest.mark.parametrize("line", [2_000, 100_000])
def test_a_very_long_line_is_wrapped_and_whole(line: int) -> None:
    html = f"<p>{'abc ' * (line // 4)}</p>"

    raw = compose_email(replace(PARTS, html=html))

    assert_fit_for_the_wire(raw)
    assert body(parsed(raw), "html").removesuffix("\n") == html


@pytest.mark.parametrize(
    "evil", ["\r\nBcc: all@example.com", "\n", "\r", "\0", "\x1b", "\x85", "\ud800"]
)
@pytest.mark.parametrize(
    "field",
    [
        "subject",
        "from_name",
        "to_name",
        "from_address",
        "to_address",
        "reply_to",
        "message_id",
        "communication_id",
        "unsubscribe_url",
        "unsubscribe_mailto",
        "feedback_id",
    ],
)
def test_nothing_breaks_out_of_its_header(field: str, evil: str) -> None:
    spoiled = f"{getattr(PARTS, field)[:5]}{evil}{getattr(PARTS, field)[5:] or 'x'}"

    with pytest.raises(InvalidError) as refused:
        compose_email(replace(PARTS, **{field: spoiled}))

    assert refused.value.field == field


@pytest.mark.parametrize(
    "name", ["a\r\nb.pdf", "a\0.pdf", "../../etc/passwd", "a\\b", "", " ", "x" * 201]
)
def test_an_attachment_cannot_be_named_anyhow(name: str) -> None:
    with pytest.raises(InvalidError) as refused:
        compose_email(replace(PARTS, attachments=(replace(PDF, name=name),)))

    assert refused.value.field == "attachments.name"


@pytest.mark.parametrize(
    "media_type", ["pdf", "application/pdf; x=1", "message/rfc822", "a/b\r\nX: y"]
)
def test_an_attachment_says_what_it_is(media_type: str) -> None:
    with pytest.raises(InvalidError) as refused:
        compose_email(replace(PARTS, attachments=(replace(PDF, media_type=media_type),)))

    assert refused.value.field == "attachments.media_type"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "s" * 1_000_000),
        ("subject", "s" * 999),
        ("subject", "   "),
        ("to_name", "n" * 1_000_000),
        ("to_address", "a" * 1_000_000 + "@example.com"),
        ("to_address", "jane.doe"),
        ("from_address", "service@localhost"),
        ("message_id", "<with@brackets.example>"),
        ("date", datetime(2026, 3, 2)),  # noqa: DTZ001
        ("unsubscribe_url", "javascript:alert(1)"),
        ("unsubscribe_url", "https://x.example/>,<mailto:a@b.example"),
        ("text", "half a character \ud83d"),
    ],
)
def test_the_field_at_fault_is_named(field: str, value: object) -> None:
    with pytest.raises(InvalidError) as refused:
        compose_email(replace(PARTS, **{field: value}))

    assert refused.value.field == field
    assert len(str(refused.value)) < 200


def test_an_email_without_a_body_is_refused() -> None:
    with pytest.raises(InvalidError):
        compose_email(replace(PARTS, text="", html=""))


def test_domains_travel_in_ascii_and_quoted_names_quoted() -> None:
    parts = replace(
        PARTS, to_address='"a b"@bücher.example', to_name="Ada", from_address="post@Faß.example"
    )

    message = parsed(compose_email(parts))

    [to] = message["to"].addresses
    assert (to.username, to.domain) == ("a b", "xn--bcher-kva.example")
    assert message["from"].addresses[0].domain == "xn--fa-hia.example"


def test_only_a_name_that_is_not_ascii_makes_the_message_8_bit() -> None:
    raw = compose_email(replace(PARTS, to_address="jürgen@bücher.example"))

    assert "To: Jane Doe <jürgen@xn--bcher-kva.example>\r\n".encode() in raw


def test_composing_is_quick() -> None:
    html = "<p>Grüße an Jörg. " + string.ascii_letters * 90
    parts = replace(PARTS, html=html, text=html)
    fastest = min(_seconds(parts) for _ in range(50))

    assert fastest < 0.001


def _seconds(parts: EmailMessageParts) -> float:
    start = time.perf_counter()
    compose_email(parts)
    return time.perf_counter() - start
