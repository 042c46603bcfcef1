"""Which callbacks are owed: to whom, of what, in which order."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from openccm.access.keys import register_system
from openccm.errors import InvalidError, NotFoundError
from openccm.platform.audit import AuditEntry
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.platform.outbox import OutboxEntry
from openccm.platform.secrets import Vault
from openccm.publishing import subscriptions
from openccm.publishing.callbacks import Notice, owe
from openccm.publishing.tables import CallbackDelivery, CallbackSubscription
from tests.core.making import NOW

VAULT = Vault(bytes(32))


async def subscribe(house: Database, system: str, **wanted: Any) -> CallbackSubscription:
    facts: dict[str, Any] = {"url": "https://core.example/", "events": ["*"], "definitions": []}
    async with house.begin() as session:
        await register_system(session, system, "Billing", actor="test", now=NOW)
        return await subscriptions.subscribe(
            session,
            VAULT,
            system_code=system,
            secret=subscriptions.new_secret(),
            now=NOW,
            **(facts | wanted),
        )


def notice(event: str, definition: str = "BILL-READY", lane: UUID | None = None) -> Notice:
    return Notice(event, lane or new_id(), definition, {"state": event.partition(".")[2]})


async def happen(house: Database, system: str, *notices: Notice) -> None:
    async with house.begin() as session:
        await owe(session, system, dict(enumerate(notices, start=1)), NOW)


async def owed_to(house: Database, subscription: CallbackSubscription) -> list[CallbackDelivery]:
    statement = select(CallbackDelivery).where(CallbackDelivery.subscription_id == subscription.id)
    async with house.read() as session:
        return list(await session.scalars(statement.order_by(col(CallbackDelivery.place))))


@pytest.mark.parametrize(
    ("wanted", "heard"),
    [
        ({}, ["request.completed", "communication.sent"]),
        ({"events": ["communication.sent"]}, ["communication.sent"]),
        ({"events": ["request.cancelled"]}, []),
        ({"definitions": ["BILL-READY"]}, ["request.completed", "communication.sent"]),
        ({"definitions": ["OVERDUE-L1"]}, []),
        ({"events": ["communication.sent"], "definitions": ["OVERDUE-L1"]}, []),
        ({"events": []}, ["request.completed", "communication.sent"]),
    ],
)
async def test_a_subscription_hears_what_it_asked_for(
    house: Database, wanted: dict[str, Any], heard: list[str]
) -> None:
    """Left empty, events and definitions mean all."""
    system = f"S-{new_id()}"
    subscription = await subscribe(house, system, **wanted)
    await happen(house, system, notice("request.completed"), notice("communication.sent"))

    assert [each.event for each in await owed_to(house, subscription)] == heard


async def test_a_core_system_hears_of_its_own_requests_alone(house: Database) -> None:
    mine, other = f"S-{new_id()}", f"S-{new_id()}"
    subscription = await subscribe(house, mine)
    await happen(house, other, notice("request.completed"))

    assert await owed_to(house, subscription) == []


async def test_two_subscriptions_are_owed_a_callback_each(house: Database) -> None:
    system = f"S-{new_id()}"
    both = [await subscribe(house, system) for _ in range(2)]
    await happen(house, system, notice("request.completed"))

    ids = {each.id for one in both for each in await owed_to(house, one)}
    assert len(ids) == 2


async def test_a_callback_knows_its_place_and_wakes_whoever_delivers(house: Database) -> None:
    system, lane = f"S-{new_id()}", new_id()
    subscription = await subscribe(house, system)
    await happen(
        house, system, notice("request.received", lane=lane), notice("request.held", lane=lane)
    )

    callbacks = await owed_to(house, subscription)
    assert [(each.lane, each.place) for each in callbacks] == [(lane, 1), (lane, 2)]
    assert callbacks[1].body == {
        "type": "request.held",
        "timestamp": NOW.isoformat(),
        "data": {"state": "held", "sequence": 2},
    }
    async with house.read() as session:
        deeds = select(OutboxEntry.deed).where(OutboxEntry.subject == subscription.id)
        assert (await session.scalars(deeds)).all() == ["callbacks"]


async def test_what_happens_during_a_pause_is_told_after_it(house: Database) -> None:
    system = f"S-{new_id()}"
    subscription, own = await subscribe(house, system), f"system:{system}"
    async with house.begin() as session:
        await subscriptions.set_active(session, subscription, active=False, actor=own, now=NOW)
    await happen(house, system, notice("request.completed"))
    async with house.begin() as session:
        await subscriptions.set_active(session, subscription, active=True, actor=own, now=NOW)

    assert [each.event for each in await owed_to(house, subscription)] == ["request.completed"]


async def test_a_subscription_is_its_systems_own(house: Database) -> None:
    subscription = await subscribe(house, f"S-{new_id()}")
    async with house.read() as session:
        with pytest.raises(NotFoundError):
            await subscriptions.subscription_by_id(session, subscription.id, "OTHER")


async def test_the_secret_is_kept_sealed_and_every_change_is_on_the_trail(
    house: Database,
) -> None:
    system = f"S-{new_id()}"
    subscription, own = await subscribe(house, system), f"system:{system}"
    first = VAULT.unseal(subscription.secret)
    async with house.begin() as session:
        second = await subscriptions.rotate_secret(session, VAULT, subscription, NOW)
        await subscriptions.set_active(session, subscription, active=False, actor=own, now=NOW)
        await subscriptions.set_active(session, subscription, active=True, actor=own, now=NOW)
        await subscriptions.replay(session, subscription, NOW, actor="user:admin", now=NOW)

    assert first != second
    async with house.read() as session:
        kept = await session.get_one(CallbackSubscription, subscription.id)
        assert kept.previous_secret is not None
        assert (VAULT.unseal(kept.secret), VAULT.unseal(kept.previous_secret)) == (second, first)
        entries = (
            await session.scalars(
                select(AuditEntry)
                .where(AuditEntry.object_id == str(subscription.id))
                .order_by(col(AuditEntry.sequence))
            )
        ).all()
    assert [entry.action for entry in entries] == [
        "callback.subscribed",
        "callback.secret_rotated",
        "callback.off",
        "callback.on",
        "callback.replayed",
    ]
    assert [entry.actor for entry in entries] == [*[own] * 4, "user:admin"]
    told = repr(entries)
    assert first not in told
    assert second not in told


async def test_what_is_owed_is_counted_by_state(house: Database) -> None:
    system = f"S-{new_id()}"
    subscription = await subscribe(house, system)
    await happen(house, system, notice("request.completed"), notice("communication.sent"))
    async with house.read() as session:
        assert await subscriptions.owed(session, subscription.id) == {"pending": 2}
        newest = await subscriptions.deliveries_of(session, subscription.id, after=None, limit=1)
        rest = await subscriptions.deliveries_of(
            session, subscription.id, after=newest[0].id, limit=5
        )

    assert [each.event for each in (*newest, *rest)] == ["communication.sent", "request.completed"]


@pytest.mark.parametrize(
    "url",
    [
        "https://core.example/hook",
        "https://core.example:8443/hook?tenant=7",
        "https://93.184.215.14/hook",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/hook",
    ],
)
def test_callbacks_may_go_to_the_world(url: str) -> None:
    subscriptions.check_url(url, allow_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "core.example",
        "ftp://core.example/",
        "https://",
        "https:///hook",
        "https://core.example:99999/",
        "https://[::1/",
        "https://user:secret@core.example/",
        "https://:secret@core.example/",
        "https://core.example/#part",
        "https://a..b/",
        "https://.../",
        "https://core .example/",
    ],
)
def test_what_is_no_plain_url_is_refused_everywhere(url: str) -> None:
    with pytest.raises(InvalidError) as refused:
        subscriptions.check_url(url, allow_private=True)

    assert refused.value.field == "url"


@pytest.mark.parametrize(
    "url",
    [
        "http://core.example/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://192.168.0.9/",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fd00::1]/",
        "https://localhost/",
        "https://core.localhost/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://2130706433/",
    ],
)
def test_private_addresses_are_refused_however_they_are_spelled(url: str) -> None:
    with pytest.raises(InvalidError):
        subscriptions.check_url(url, allow_private=False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8025/hook", "http://localhost:1/"])
def test_an_installation_may_allow_them(url: str) -> None:
    subscriptions.check_url(url, allow_private=True)
