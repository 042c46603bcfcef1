"""Delivering callbacks to a receiver that listens, fails, is slow, or wants no more."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.keys import register_system
from openccm.platform.clock import Clock
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.platform.ports import free_ports
from openccm.platform.secrets import Vault
from openccm.publishing import subscriptions
from openccm.publishing.callbacks import Notice, owe
from openccm.publishing.delivery import CallbackSender, wait_after
from openccm.publishing.tables import CallbackDelivery, CallbackSubscription
from tests.core.making import HandSetClock
from tests.core.receiver import Receiver, listening

VAULT = Vault(bytes(32))


@dataclass(slots=True)
class Line:
    """One subscription with its sender and its receiver."""

    house: Database
    receiver: Receiver
    clock: HandSetClock
    subscription: CallbackSubscription
    secret: str

    @property
    def sender(self) -> CallbackSender:
        return self.sending()

    def sending(self, *, clock: Clock | None = None, timeout: float = 5) -> CallbackSender:
        return CallbackSender(self.house, VAULT, clock or self.clock, timeout=timeout)

    async def deliver(self) -> datetime | None:
        return await self.sender.deliver(self.subscription.id)

    async def owe(self, lane: UUID, places: Iterable[int]) -> None:
        for place in places:
            data = {"request_id": str(lane), "state": "sent"}
            told = Notice("communication.sent", lane, "BILL-READY", data)
            async with self.house.begin() as session:
                system = self.subscription.system_code
                await owe(session, system, {place: told}, self.clock())

    async def rows(self) -> list[CallbackDelivery]:
        statement = select(CallbackDelivery).where(
            CallbackDelivery.subscription_id == self.subscription.id
        )
        async with self.house.read() as session:
            return list(await session.scalars(statement.order_by(col(CallbackDelivery.place))))

    async def set_active(self, active: bool) -> None:
        async with self.house.begin() as session:
            row = await session.get_one(CallbackSubscription, self.subscription.id)
            await subscriptions.set_active(
                session, row, active=active, actor="system:BILLING", now=self.clock()
            )


@asynccontextmanager
async def subscribed(house: Database, url: str | None = None) -> AsyncIterator[Line]:
    clock, secret, system = HandSetClock(datetime.now(UTC)), subscriptions.new_secret(), new_id()
    async with listening() as receiver:
        async with house.begin() as session:
            await register_system(session, f"S-{system}", "Billing", actor="test", now=clock())
            subscription = await subscriptions.subscribe(
                session,
                VAULT,
                system_code=f"S-{system}",
                url=url or receiver.url,
                events=["*"],
                definitions=[],
                secret=secret,
                now=clock(),
            )
        yield Line(house, receiver, clock, subscription, secret)


@pytest.fixture
async def line(house: Database) -> AsyncIterator[Line]:
    async with subscribed(house) as line:
        yield line


async def test_a_callback_is_signed_and_says_what_happened(line: Line) -> None:
    lane = new_id()
    await line.owe(lane, [3])

    assert await line.deliver() is None
    (arrived,) = line.receiver.arrived
    (row,) = await line.rows()
    assert arrived.verified_by(line.secret)
    assert not arrived.verified_by(subscriptions.new_secret())
    assert arrived.id == str(row.id)
    assert arrived.headers["content-type"] == "application/json"
    assert arrived.data == {"request_id": str(lane), "state": "sent", "sequence": 3}
    assert (row.state, row.attempts, row.last_error) == ("delivered", 1, None)
    assert row.delivered_at == line.clock()


async def test_what_was_delivered_is_not_delivered_again(line: Line) -> None:
    await line.owe(new_id(), [1, 2])
    await line.deliver()
    line.clock.go(3600)

    assert await line.deliver() is None
    assert len(line.receiver.arrived) == 2


async def test_each_request_is_told_in_its_order(line: Line) -> None:
    lanes = [new_id() for _ in range(6)]
    owed = [(lane, place) for lane in lanes for place in range(1, 6)]
    random.Random(4).shuffle(owed)
    for lane, place in owed:
        await line.owe(lane, [place])
    await line.deliver()

    for lane in lanes:
        assert line.receiver.places(lane) == [1, 2, 3, 4, 5]


async def test_a_request_that_fails_keeps_no_other_waiting(line: Line) -> None:
    ill, well = new_id(), new_id()
    await line.owe(ill, [1, 2, 3])
    await line.owe(well, [1, 2])
    line.receiver.answer = lambda data: (
        503 if data["request_id"] == str(ill) and data["sequence"] == 2 else 200
    )

    assert await line.deliver() == line.clock() + timedelta(seconds=2)
    assert line.receiver.places(ill) == [1, 2]
    assert line.receiver.places(well) == [1, 2]
    line.receiver.answer = lambda _: 200
    line.clock.go(2)
    assert await line.deliver() is None
    assert line.receiver.places(ill) == [1, 2, 2, 3]
    assert line.receiver.places(well) == [1, 2]


async def test_nothing_is_tried_before_it_is_due(line: Line) -> None:
    await line.owe(new_id(), [1])
    line.receiver.answer = lambda _: 500
    due = await line.deliver()
    line.clock.go(1.9)

    assert await line.deliver() == due
    assert len(line.receiver.arrived) == 1


async def test_a_new_callback_of_a_failed_request_waits_behind_the_failed_one(line: Line) -> None:
    lane = new_id()
    await line.owe(lane, [1])
    line.receiver.answer = lambda _: 500
    due = await line.deliver()
    line.clock.go(1)
    await line.owe(lane, [2])

    assert await line.deliver() == due
    assert line.receiver.places(lane) == [1]


async def test_an_hour_of_trouble_loses_nothing(line: Line) -> None:
    lanes = [new_id(), new_id()]
    for lane in lanes:
        await line.owe(lane, [1, 2, 3])
    line.receiver.answer = lambda _: 502
    start, due = line.clock(), line.clock()
    while due - start < timedelta(hours=1):
        line.clock.now = due
        answered = await line.deliver()
        assert answered is not None
        assert timedelta() < answered - due <= timedelta(minutes=5)
        due = answered
    line.receiver.answer = lambda _: 200
    line.receiver.arrived.clear()
    line.clock.now = due
    while (answered := await line.deliver()) is not None:
        line.clock.now = answered

    for lane in lanes:
        assert line.receiver.places(lane) == [1, 2, 3]


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 408, 429, 500, 503])
async def test_whatever_is_not_2xx_is_tried_again(line: Line, status: int) -> None:
    await line.owe(new_id(), [1])
    line.receiver.answer = lambda _: status

    assert await line.deliver() == line.clock() + timedelta(seconds=2)
    (row,) = await line.rows()
    assert (row.state, row.attempts, row.last_error) == ("pending", 1, f"answered {status}")
    line.receiver.answer = lambda _: 202
    line.clock.go(2)
    assert await line.deliver() is None
    (row,) = await line.rows()
    assert (row.state, row.attempts, row.last_error) == ("delivered", 2, None)
    assert line.receiver.arrived[0].id == line.receiver.arrived[1].id


def test_the_waits_double_up_to_five_minutes() -> None:
    waits = [wait_after(attempts).total_seconds() for attempts in (0, 1, 2, 3, 6, 7, 8, 9, 5000)]

    assert waits == [2, 4, 8, 16, 128, 256, 300, 300, 300]


async def test_a_receiver_that_does_not_answer_in_time_is_tried_again(line: Line) -> None:
    await line.owe(new_id(), [1])
    line.receiver.slow = True
    await line.sending(timeout=0.1).deliver(line.subscription.id)

    (row,) = await line.rows()
    assert (row.state, row.last_error) == ("pending", "no answer (TimeoutError)")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/hook", "https://127.0.0.1:{port}/", "http://a..b/hook"]
)
async def test_an_address_where_nobody_answers_is_an_answer(house: Database, url: str) -> None:
    async with subscribed(house, url.format(port=free_ports(1)[0])) as line:
        await line.owe(new_id(), [1])

        assert await line.deliver() == line.clock() + timedelta(seconds=2)
        (row,) = await line.rows()
        assert row.last_error is not None
        assert row.last_error.startswith("no answer")
        assert "127.0.0.1" not in row.last_error


async def test_a_receiver_that_is_gone_is_left_alone_until_it_comes_back(line: Line) -> None:
    lane = new_id()
    await line.owe(lane, [1, 2])
    line.receiver.answer = lambda _: 410

    assert await line.deliver() is None
    async with line.house.read() as session:
        row = await session.get_one(CallbackSubscription, line.subscription.id)
    assert (row.active, row.reason) == (False, "The receiver answered 410 Gone.")
    line.clock.go(3600)
    assert await line.deliver() is None
    assert line.receiver.places(lane) == [1]
    line.receiver.answer = lambda _: 200
    await line.set_active(True)
    await line.deliver()
    assert line.receiver.places(lane) == [1, 1, 2]


async def test_a_paused_subscription_keeps_what_it_is_owed(line: Line) -> None:
    lane = new_id()
    await line.owe(lane, [1, 2])
    await line.set_active(False)

    assert await line.deliver() is None
    assert line.receiver.arrived == []
    await line.set_active(True)
    assert await line.deliver() is None
    assert line.receiver.places(lane) == [1, 2]


async def test_while_a_secret_is_rotated_both_signatures_travel(line: Line) -> None:
    secrets = [line.secret]
    for _ in range(2):
        async with line.house.begin() as session:
            row = await session.get_one(CallbackSubscription, line.subscription.id)
            secrets.append(await subscriptions.rotate_secret(session, VAULT, row, line.clock()))
        await line.owe(new_id(), [1])
        await line.deliver()

    verified = [[each.verified_by(secret) for secret in secrets] for each in line.receiver.arrived]
    assert verified == [[True, True, False], [False, True, True]]


async def replayed(session: AsyncSession, line: Line, since: datetime) -> int:
    return await subscriptions.replay(
        session, line.subscription, since, actor="system:BILLING", now=line.clock()
    )


async def test_a_replay_tells_the_same_again_with_the_same_ids(line: Line) -> None:
    early, late = new_id(), new_id()
    await line.owe(early, [1])
    line.clock.go(10)
    since = line.clock()
    await line.owe(late, [1, 2])
    await line.deliver()
    told = line.receiver.ids
    line.clock.go(10)
    async with line.house.begin() as session:
        assert await replayed(session, line, since) == 2
    await line.deliver()

    assert line.receiver.places(early) == [1]
    assert line.receiver.places(late) == [1, 2, 1, 2]
    assert set(line.receiver.ids) == set(told)
    assert [each.state for each in await line.rows()] == ["delivered"] * 3


async def test_a_replay_leaves_what_still_waits_in_its_place(line: Line) -> None:
    lane = new_id()
    await line.owe(lane, [1, 2])
    line.receiver.answer = lambda data: 500 if data["sequence"] == 2 else 200
    await line.deliver()
    async with line.house.begin() as session:
        since = line.clock() - timedelta(hours=1)
        assert await replayed(session, line, since) == 1
    line.receiver.answer = lambda _: 200
    line.clock.go(2)
    await line.deliver()

    assert line.receiver.places(lane) == [1, 2, 1, 2]


async def test_more_than_one_batch_is_delivered_in_one_round(line: Line) -> None:
    lanes = [new_id() for _ in range(41)]
    told = {
        place: Notice("request.held", lane, "BILL-READY", {"request_id": str(lane)})
        for place, lane in enumerate(lanes * 11, start=1)
    }
    async with line.house.begin() as session:
        await owe(session, line.subscription.system_code, told, line.clock())

    assert await line.deliver() is None
    assert len(line.receiver.arrived) == len(told) == 451
    assert line.receiver.doubled == []
    for lane in lanes:
        places = line.receiver.places(lane)
        assert places == sorted(places)


async def test_a_sender_that_is_stopped_halfway_loses_nothing(line: Line) -> None:
    lanes = [new_id() for _ in range(8)]
    for lane in lanes:
        await line.owe(lane, [1, 2, 3])
    taken = asyncio.Event()

    def answer(_data: dict[str, Any]) -> int:
        if len(line.receiver.arrived) > 5:
            taken.set()
        return 200

    line.receiver.answer = answer
    delivering = asyncio.create_task(line.deliver())
    await taken.wait()
    delivering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivering
    await line.deliver()

    assert {each.state for each in await line.rows()} == {"delivered"}
    for lane in lanes:
        assert list(dict.fromkeys(line.receiver.places(lane))) == [1, 2, 3]
    assert len(set(line.receiver.ids)) == 24


async def test_what_comes_due_between_two_looks_at_the_clock_is_not_forgotten(line: Line) -> None:
    """Real clocks go on while the database answers."""
    await line.owe(new_id(), [1])
    line.receiver.answer = lambda _: 500
    await line.deliver()
    line.receiver.answer = lambda _: 200
    line.clock.go(0.5)

    def going() -> datetime:
        line.clock.go(1)
        return line.clock()

    due = await line.sending(clock=going).deliver(line.subscription.id)
    assert due is not None or line.receiver.doubled


async def test_a_subscription_that_is_not_there_is_owed_nothing(line: Line) -> None:
    assert await line.sender.deliver(new_id()) is None
