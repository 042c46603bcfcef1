"""Callback subscriptions: made, rotated, paused, and looked into."""

import base64
import ipaddress
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import InvalidError, NotFoundError
from openccm.platform import outbox
from openccm.platform.audit import Fact, record
from openccm.platform.columns import new_id
from openccm.platform.secrets import Vault
from openccm.publishing.tables import CallbackDelivery, CallbackSubscription

_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")


def new_secret() -> str:
    """A signing secret as Standard Webhooks spells them: 256 random bits."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def check_url(url: str, *, allow_private: bool) -> None:
    """Refuse addresses that callbacks must not go to.

    Raises:
        InvalidError: Not http(s), plain http to elsewhere than this machine, or a private address
            where the installation does not allow them.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidError("url", "This is no URL.") from None
    plain = not (parts.username or parts.password or parts.fragment)
    if parts.scheme not in ("http", "https") or not host or not plain or not _is_host(host):
        raise InvalidError("url", "Give an https URL with a host and without credentials.")
    if allow_private:
        return
    if parts.scheme != "https":
        raise InvalidError("url", "Callbacks travel over https.")
    if not _is_public(host):
        raise InvalidError("url", "Callbacks do not go to private addresses here.")


def _is_host(host: str) -> bool:
    if ":" in host:
        return True  # urlsplit has checked that it is an IPv6 address
    return all(_LABEL.fullmatch(label) for label in host.rstrip(".").split("."))


def _is_public(host: str) -> bool:
    """Not this machine, not a private network; however the address is spelled."""
    name = host.rstrip(".").lower()
    try:
        return ipaddress.ip_address(name).is_global
    except ValueError:
        # Some resolvers read 0x7f.1 and 2130706433 as addresses; no public name ends in a number.
        last = name.rpartition(".")[2]
        number = last.isdigit() or last.startswith("0x")
        return not number and name != "localhost" and not name.endswith(".localhost")


async def subscribe(
    session: AsyncSession,
    vault: Vault,
    *,
    system_code: str,
    url: str,
    events: Sequence[str],
    definitions: Sequence[str],
    secret: str,
    now: datetime,
) -> CallbackSubscription:
    """A new subscription; what happens from now on is told."""
    subscription = CallbackSubscription(
        id=new_id(),
        system_code=system_code,
        url=url,
        events=list(events),
        definitions=list(definitions),
        secret=vault.seal(secret),
        created_at=now,
    )
    session.add(subscription)
    await session.flush()
    await _note(session, subscription, "callback.subscribed", now, {"events": list(events)})
    return subscription


async def subscription_by_id(
    session: AsyncSession, subscription_id: UUID, system_code: str
) -> CallbackSubscription:
    """A core system's own subscription.

    Raises:
        NotFoundError: It has none of this id.
    """
    found = await session.get(CallbackSubscription, subscription_id)
    if found is None or found.system_code != system_code:
        raise NotFoundError("callback subscription", subscription_id)
    return found


async def subscriptions_of(
    session: AsyncSession, system_code: str
) -> Sequence[CallbackSubscription]:
    """A core system's subscriptions, oldest first."""
    statement = (
        select(CallbackSubscription)
        .where(CallbackSubscription.system_code == system_code)
        .order_by(col(CallbackSubscription.id))
    )
    return (await session.scalars(statement)).all()


async def rotate_secret(
    session: AsyncSession, vault: Vault, subscription: CallbackSubscription, now: datetime
) -> str:
    """A new secret; until the next rotation callbacks carry the signatures of both."""
    secret = new_secret()
    subscription.previous_secret, subscription.secret = subscription.secret, vault.seal(secret)
    session.add(subscription)
    await _note(session, subscription, "callback.secret_rotated", now, {})
    return secret


async def set_active(
    session: AsyncSession,
    subscription: CallbackSubscription,
    *,
    active: bool,
    actor: str,
    now: datetime,
) -> None:
    """Pause a subscription, or take it up again; what is owed meanwhile is kept and told then."""
    own = actor == f"system:{subscription.system_code}"
    subscription.active = active
    subscription.reason = (
        None if active else f"Switched off by {'its core system' if own else actor}."
    )
    session.add(subscription)
    if active:
        await outbox.put(session, "callbacks", [subscription.id], now)
    action = "callback.on" if active else "callback.off"
    await _note(session, subscription, action, now, {}, actor=actor)


async def replay(
    session: AsyncSession,
    subscription: CallbackSubscription,
    since: datetime,
    *,
    actor: str,
    now: datetime,
) -> int:
    """Tell everything since a time once more, with the same ids; answers how many."""
    result = await session.execute(
        update(CallbackDelivery)
        .where(
            col(CallbackDelivery.subscription_id) == subscription.id,
            col(CallbackDelivery.created_at) >= since,
            col(CallbackDelivery.state) == "delivered",
        )
        .values(state="pending", next_attempt_at=now)
        .returning(col(CallbackDelivery.id))
    )
    number = len(result.all())
    await outbox.put(session, "callbacks", [subscription.id], now)
    await _note(session, subscription, "callback.replayed", now, {"number": number}, actor=actor)
    return number


async def owed(session: AsyncSession, subscription_id: UUID) -> dict[str, int]:
    """How many callbacks are in each state."""
    statement = (
        select(CallbackDelivery.state, func.count())
        .where(CallbackDelivery.subscription_id == subscription_id)
        .group_by(col(CallbackDelivery.state))
    )
    return dict((await session.execute(statement)).all())


async def owed_to(session: AsyncSession, system_code: str) -> dict[str, int]:
    """How many callbacks to a core system are in each state."""
    statement = (
        select(CallbackDelivery.state, func.count())
        .join(
            CallbackSubscription,
            col(CallbackSubscription.id) == col(CallbackDelivery.subscription_id),
        )
        .where(CallbackSubscription.system_code == system_code)
        .group_by(col(CallbackDelivery.state))
    )
    return dict((await session.execute(statement)).all())


async def deliveries_of(
    session: AsyncSession,
    subscription_id: UUID,
    *,
    state: str | None = None,
    after: UUID | None,
    limit: int,
) -> Sequence[CallbackDelivery]:
    """A subscription's callbacks, newest first."""
    statement = select(CallbackDelivery).where(CallbackDelivery.subscription_id == subscription_id)
    if state is not None:
        statement = statement.where(CallbackDelivery.state == state)
    if after is not None:
        statement = statement.where(col(CallbackDelivery.id) < after)
    statement = statement.order_by(col(CallbackDelivery.id).desc()).limit(limit)
    return (await session.scalars(statement)).all()


async def _note(
    session: AsyncSession,
    subscription: CallbackSubscription,
    action: str,
    now: datetime,
    detail: dict[str, object],
    *,
    actor: str | None = None,
) -> None:
    chain = f"system:{subscription.system_code}"
    fact = Fact(
        chain=chain,
        at=now,
        actor=actor or chain,
        action=action,
        object_kind="callback_subscription",
        object_id=str(subscription.id),
        detail=dict(detail),
    )
    await record(session, [fact])
