"""Delivering what is owed to one subscription, in order per request.

A callback is signed by Standard Webhooks. A receiver that answers 2xx has it. One that answers
410 wants no more. Anything else is tried again, for as long as it takes, while later callbacks of
the same request wait and those of other requests go on.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import aiohttp
from sqlalchemy import func, update
from sqlmodel import col, select
from standardwebhooks import Webhook

from openccm.platform.clock import Clock
from openccm.platform.database import Database
from openccm.platform.secrets import Vault
from openccm.publishing.tables import CallbackDelivery, CallbackSubscription

_SIDE_BY_SIDE = 16
_BATCH = 400
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What became of one try."""

    delivery: CallbackDelivery
    error: str | None = None
    gone: bool = False


class CallbackSender:
    """Sends the callbacks of subscriptions over HTTP."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, *, timeout: float) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    async def deliver(self, subscription_id: UUID) -> datetime | None:
        """Send all that is due; answers when the next failed one is due, None when none is owed."""
        async with aiohttp.ClientSession(timeout=self._timeout) as http:
            while True:
                async with self._database.read() as session:
                    subscription = await session.get(CallbackSubscription, subscription_id)
                if subscription is None or not subscription.active:
                    return None
                now = self._clock()
                due = await self._due(subscription_id, now)
                if not due:
                    return await self._next_due(subscription_id, now)
                await self._send_lanes(http, subscription, due)

    async def _due(self, subscription_id: UUID, now: datetime) -> list[CallbackDelivery]:
        """Pending callbacks, less the lanes whose first one must still wait."""
        blocked = (
            select(CallbackDelivery.lane)
            .where(
                CallbackDelivery.subscription_id == subscription_id,
                CallbackDelivery.state == "pending",
                CallbackDelivery.next_attempt_at > now,
            )
            .distinct()
        )
        statement = (
            select(CallbackDelivery)
            .where(
                CallbackDelivery.subscription_id == subscription_id,
                CallbackDelivery.state == "pending",
                col(CallbackDelivery.lane).not_in(blocked),
            )
            .order_by(col(CallbackDelivery.lane), col(CallbackDelivery.place))
            .limit(_BATCH)
        )
        async with self._database.read() as session:
            return list(await session.scalars(statement))

    async def _next_due(self, subscription_id: UUID, now: datetime) -> datetime | None:
        # With nothing due, every lane that is owed something waits behind one that failed. Asked
        # of the same moment: one that falls due between the two questions is not forgotten.
        statement = select(func.min(CallbackDelivery.next_attempt_at)).where(
            CallbackDelivery.subscription_id == subscription_id,
            CallbackDelivery.state == "pending",
            CallbackDelivery.next_attempt_at > now,
        )
        async with self._database.read() as session:
            return await session.scalar(statement)

    async def _send_lanes(
        self,
        http: aiohttp.ClientSession,
        subscription: CallbackSubscription,
        due: Sequence[CallbackDelivery],
    ) -> None:
        """Lanes side by side, each in order up to its first failure; then note the answers."""
        lanes: dict[UUID, list[CallbackDelivery]] = {}
        for delivery in due:
            lanes.setdefault(delivery.lane, []).append(delivery)
        signers = self._signers(subscription)
        gate = asyncio.Semaphore(_SIDE_BY_SIDE)

        async def run(lane: list[CallbackDelivery]) -> list[_Answer]:
            answers: list[_Answer] = []
            async with gate:
                for delivery in lane:
                    answers.append(await self._send(http, subscription.url, signers, delivery))
                    if answers[-1].error is not None:
                        break
            return answers

        rounds = await asyncio.gather(*(run(lane) for lane in lanes.values()))
        await self._settle(subscription.id, [answer for answers in rounds for answer in answers])

    def _signers(self, subscription: CallbackSubscription) -> list[Webhook]:
        sealed = [subscription.secret, subscription.previous_secret]
        return [Webhook(self._vault.unseal(secret)) for secret in sealed if secret]

    async def _send(
        self,
        http: aiohttp.ClientSession,
        url: str,
        signers: Sequence[Webhook],
        delivery: CallbackDelivery,
    ) -> _Answer:
        now = self._clock()
        body = json.dumps(delivery.body, separators=(",", ":"))
        headers = {
            "content-type": "application/json",
            "webhook-id": str(delivery.id),
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(
                signer.sign(str(delivery.id), now, body) for signer in signers
            ),
        }
        try:
            async with http.post(
                url, data=body.encode(), headers=headers, allow_redirects=False
            ) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeError) as error:
            return _Answer(delivery, f"no answer ({type(error).__name__})")
        if 200 <= status < 300:
            return _Answer(delivery)
        return _Answer(delivery, f"answered {status}", gone=status == 410)

    async def _settle(self, subscription_id: UUID, answers: Sequence[_Answer]) -> None:
        now = self._clock()
        delivered = [answer.delivery.id for answer in answers if answer.error is None]
        async with self._database.begin() as session:
            if delivered:
                await session.execute(
                    update(CallbackDelivery)
                    .where(col(CallbackDelivery.id).in_(delivered))
                    .values(
                        state="delivered",
                        delivered_at=now,
                        last_error=None,
                        attempts=CallbackDelivery.attempts + 1,
                    )
                )
            for answer in answers:
                if answer.error is not None:
                    await session.execute(
                        update(CallbackDelivery)
                        .where(col(CallbackDelivery.id) == answer.delivery.id)
                        .values(
                            attempts=answer.delivery.attempts + 1,
                            last_error=answer.error,
                            next_attempt_at=now + wait_after(answer.delivery.attempts),
                        )
                    )
            if any(answer.gone for answer in answers):
                await session.execute(
                    update(CallbackSubscription)
                    .where(col(CallbackSubscription.id) == subscription_id)
                    .values(active=False, reason="The receiver answered 410 Gone.")
                )


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed tries: 2 s, doubling, at most 5 minutes."""
    return min(_FIRST_WAIT * 2 ** min(attempts, 12), _LONGEST_WAIT)
