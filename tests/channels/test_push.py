"""Push: what goes on the wire, what each answer means, and the conformance kit."""

import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import ValidationError

from lab.push import phones
from lab.world import World
from openccm.channels.conformance import CHECKS, Bench, Check, Fault, check_id
from openccm.channels.notification import Notification, compose_notification
from openccm.channels.port import Channel, Outbound
from openccm.channels.push import PushConfig
from openccm.errors import (
    BadContent,
    BadRecipient,
    ChannelError,
    InvalidError,
    NeedsReauth,
    Permanent,
    Retryable,
    Throttled,
)
from tests.counterparts.push import broken_line, push_channel, push_service, service_account
from tests.counterparts.smtp import free_port

NOTICE = Notification(
    communication_id="c-1",
    created_at=datetime(2026, 5, 15, 8, tzinfo=UTC),
    title="400,00 € pour votre retard",
    text="Vol GA482 : tout est dans l’e-mail. 🛬",
    ttl=3_600,
    collapse_key="comp-offer",
)


def outbound(token: str = "tk-1", content: bytes | None = None) -> Outbound:
    return Outbound(
        key="c-1/1",
        communication_id="c-1",
        recipient=token,
        sender="b+token@in.gannetair.example",
        media_type="application/json",
        content=compose_notification(NOTICE) if content is None else content,
    )


class PushBench:
    """The lab where all is well and for what it refuses, a bare socket for lines that break."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self.world: World | None = None

    def bench(self) -> Bench:
        faults: dict[Fault, Callable[[], AbstractAsyncContextManager[Channel]]] = {
            "unreachable": self.unreachable,
            "unwell": self.behaving("down"),
            "throttled": self.behaving("throttle"),
            "bad_credentials": self.behaving("refuse"),
            "bad_recipient": self.behaving("ok", unregistered=("device-1",)),
            "bad_content": self.refusing_content,
            "silent": self.breaking(answers=False),
            "dropped_after_body": self.breaking(answers=True),
        }
        return Bench(
            working=self.behaving("ok"),
            outbound=self.outbound,
            delivered=self.delivered,
            faults=faults,
        )

    def outbound(self, number: int) -> Outbound:
        text = {"notification": {"title": f"Grüße {number}", "body": "🛬"}}
        content = json.dumps(text, ensure_ascii=False).encode()
        return outbound(f"device-{number}", content)

    async def delivered(self) -> Sequence[bytes]:
        """What came, without the token that was put in front of it."""
        assert self.world is not None
        found = await self.world.store.read(phones.notifications)
        return [_stored(each) for each in found if each.status == 200]

    def behaving(
        self, behaviour: str, *, unregistered: tuple[str, ...] = ()
    ) -> Callable[[], AbstractAsyncContextManager[Channel]]:
        @asynccontextmanager
        async def peer() -> AsyncGenerator[Channel]:
            self._number += 1
            folder = self._folder / str(self._number)
            async with push_service(folder, behaviour, unregistered=unregistered) as (world, url):
                self.world = world
                yield push_channel(url)

        return peer

    def breaking(self, *, answers: bool) -> Callable[[], AbstractAsyncContextManager[Channel]]:
        @asynccontextmanager
        async def peer() -> AsyncGenerator[Channel]:
            async with broken_line(answers=answers) as url:
                yield push_channel(url, timeout=1)

        return peer

    @asynccontextmanager
    async def unreachable(self) -> AsyncGenerator[Channel]:
        yield push_channel(f"http://127.0.0.1:{free_port()}")

    @asynccontextmanager
    async def refusing_content(self) -> AsyncGenerator[Channel]:
        async with answering(400, _error("INVALID_ARGUMENT")) as url:
            yield push_channel(url)


def _stored(message: phones.NotificationRead) -> bytes:
    head = b'{"message":{"token":' + json.dumps(message.token).encode() + b","
    body = message.body.encode()
    assert body.startswith(head)
    return b"{" + body[len(head) : -1]


def _error(code: str, *details: dict[str, Any], status: str = "X") -> dict[str, Any]:
    fcm = {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}
    return {"error": {"status": status, "details": [fcm, *details]}}


@asynccontextmanager
async def answering(
    status: int, answer: Any, headers: dict[str, str] | None = None
) -> AsyncGenerator[str]:
    """A service that lets everybody in and answers every message so."""

    async def token(_: web.Request) -> web.Response:
        return web.json_response({"access_token": "t", "expires_in": 3600})

    async def send(_: web.Request) -> web.Response:
        return web.json_response(answer, status=status, headers=headers or {})

    app = web.Application()
    app.add_routes([web.post("/token", token), web.post("/v1/{rest:.*}", send)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("check", CHECKS, ids=check_id)
async def test_the_adapter_conforms(tmp_path: Path, check: Check) -> None:
    await check(PushBench(tmp_path).bench())


async def test_the_phone_shows_what_was_composed(tmp_path: Path) -> None:
    async with push_service(tmp_path) as (world, url):
        channel = push_channel(url)
        await channel.open()
        accepted = await channel.send(outbound())
        await channel.close()
        (shown,) = await world.store.read(phones.notifications)

    assert accepted.reference.startswith("projects/gannet-air/messages/")
    assert (accepted.status, accepted.receipts) == ("sent", False)
    assert (shown.title, shown.text) == (NOTICE.title, NOTICE.text)
    assert (shown.ttl, shown.collapse_key) == ("3600s", "comp-offer")
    message = json.loads(shown.body)["message"]
    assert message["apns"]["headers"] == {
        "apns-expiration": "1778835600",
        "apns-collapse-id": "comp-offer",
    }
    assert message["data"] == {"communication": "c-1"}


async def test_a_later_one_takes_the_place_of_those_with_its_key(tmp_path: Path) -> None:
    async with push_service(tmp_path) as (world, url):
        channel = push_channel(url)
        await channel.open()
        for _ in range(2):
            await channel.send(outbound())
        await channel.close()
        found = await world.store.read(phones.notifications)

    assert [each.replaced for each in found] == [False, True]


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (404, _error("UNREGISTERED"), BadRecipient),
        (403, _error("SENDER_ID_MISMATCH"), BadRecipient),
        (
            400,
            _error("INVALID_ARGUMENT", {"fieldViolations": [{"field": "message.token"}]}),
            BadRecipient,
        ),
        (400, _error("INVALID_ARGUMENT"), BadContent),
        (413, {}, BadContent),
        (401, _error("THIRD_PARTY_AUTH_ERROR"), NeedsReauth),
        (403, {"error": {"status": "PERMISSION_DENIED"}}, NeedsReauth),
        (404, {"error": {"status": "NOT_FOUND"}}, Permanent),
        (429, _error("QUOTA_EXCEEDED"), Throttled),
        (500, _error("INTERNAL"), Retryable),
        (503, _error("UNAVAILABLE"), Retryable),
        (502, "no JSON object", Retryable),
        (200, {"no": "name"}, Permanent),
    ],
)
async def test_each_answer_has_its_meaning(
    status: int, answer: Any, kind: type[ChannelError]
) -> None:
    async with answering(status, answer) as url:
        channel = push_channel(url)
        await channel.open()
        with pytest.raises(ChannelError) as caught:
            await channel.send(outbound("a-secret-token"))
        await channel.close()

    assert type(caught.value) is kind
    assert "a-secret-token" not in str(caught.value)


@pytest.mark.parametrize("status", [429, 503])
async def test_it_stays_away_for_as_long_as_it_is_told(status: int) -> None:
    async with answering(status, {}, {"Retry-After": "17"}) as url:
        channel = push_channel(url)
        await channel.open()
        with pytest.raises(Throttled) as caught:
            await channel.send(outbound())
        await channel.close()

    assert caught.value.retry_after == 17


async def test_a_token_that_was_withdrawn_is_fetched_anew(tmp_path: Path) -> None:
    async with push_service(tmp_path) as (world, url):
        channel = push_channel(url)
        await channel.open()
        await channel.send(outbound())
        world.door.forget()
        await channel.send(outbound())
        await channel.close()
        found = await world.store.read(phones.notifications)

    assert [each.status for each in found] == [200, 401, 200]


async def test_another_key_than_the_accounts_is_not_let_in(tmp_path: Path) -> None:
    async with push_service(tmp_path) as (world, url):
        await _know_another_key(world)
        channel = push_channel(url)
        await channel.open()
        with pytest.raises(NeedsReauth):
            await channel.send(outbound())
        said = await channel.health()
        await channel.close()

    assert said == "The service account was not let in (400)."


async def _know_another_key(world: World) -> None:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048).public_key()
    world.door.know(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"text"])
async def test_what_is_no_message_is_refused_before_it_leaves(content: bytes) -> None:
    channel = push_channel("http://127.0.0.1:1")
    with pytest.raises(BadContent):
        await channel.send(outbound(content=content))


@pytest.mark.parametrize(
    "account", ["", "{}", "nonsense", service_account("http://x", "-----BEGIN nothing" * 9)]
)
def test_a_wrong_account_is_told_without_its_secret(account: str) -> None:
    with pytest.raises(ValidationError) as caught:
        PushConfig.model_validate({"service_account": account})

    assert "BEGIN" not in str(caught.value.errors(include_input=False)[0]["msg"])


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("subject", {"title": " \n "}),
        ("text", {"text": ""}),
        ("subject", {"title": "x" * 201}),
        ("text", {"text": "x" * 2_001}),
    ],
)
def test_a_notification_needs_a_title_and_a_text(field: str, change: dict[str, str]) -> None:
    with pytest.raises(InvalidError) as caught:
        compose_notification(replace(NOTICE, **change))

    assert caught.value.field == field
