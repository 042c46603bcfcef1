"""The reckoning after a run full of faults: rows, mail, trail, callbacks and workflows compared."""

import asyncio
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
from temporalio.client import Client as TemporalClient

from openccm.communications.dossier import chain_of
from openccm.communications.lifecycles import (
    COMMUNICATION_OUTCOMES,
    REQUEST,
    REQUEST_OUTCOMES,
)
from openccm.communications.tables import Communication, CommunicationRequest, DeliveryAttempt
from openccm.platform.audit import AuditEntry, first_fault
from openccm.platform.outbox import OutboxEntry
from openccm.publishing.tables import CallbackDelivery
from tests.support.stacks import PATIENCE, WholeStack, eventually

AMBIGUOUS = frozenset({"ambiguous", "interrupted"})
HOOK = "core"


@dataclass(frozen=True, slots=True)
class Books:
    """Everything there is to compare."""

    taken: frozenset[str]
    """Requests that were acknowledged."""
    requests: list[CommunicationRequest]
    communications: list[Communication]
    attempts: list[DeliveryAttempt]
    trail: list[AuditEntry]
    owed: list[CallbackDelivery]
    mail: Counter[str]
    """Messages at the sink by communication."""
    calls: list[dict[str, Any]]
    """Callbacks that the receiver took, in the order of their arrival."""
    accounts: dict[str, Any]


async def subscribe(whole: WholeStack, name: str = HOOK) -> str:
    """Have the core system told of every outcome, at a receiver of the lab; the subscription."""
    url = f"{whole.lab.base}/hooks/{name}"
    hook = await whole.core.call("POST", "/v1/callbacks", {"url": url})
    switch = {"behaviour": "ok", "secret": hook["secret"]}
    await whole.lab.call("PUT", f"/lab/hooks/{name}", switch)
    return hook["id"]


async def settled(whole: WholeStack) -> None:
    """Wait until every request is at its end and nobody is owed anything, as long as it moves."""
    clock = asyncio.get_running_loop().time
    left, end = await _left(whole), clock() + PATIENCE
    while any(left):
        await asyncio.sleep(0.3)
        before, left = left, await _left(whole)
        if left < before:
            end = clock() + PATIENCE
        assert clock() < end, f"nothing moves any more:\n{await _stuck(whole)}"


async def _left(whole: WholeStack) -> tuple[int, int, int]:
    """How many requests are not at their end, callbacks not told, deeds not done."""
    ended = col(CommunicationRequest.state).in_(REQUEST.terminal)
    async with whole.database.read() as session:
        open_ones = await session.scalar(select(func.count()).where(~ended))
        owed = await session.scalar(
            select(func.count()).where(CallbackDelivery.state != "delivered")
        )
        deeds = await session.scalar(select(func.count()).select_from(OutboxEntry))
    return open_ones or 0, owed or 0, deeds or 0


async def close_books(whole: WholeStack) -> Books:
    """Read everything, once nothing moves."""
    await settled(whole)
    messages = await whole.lab.call("GET", "/lab/messages?limit=1000000")
    calls = await whole.lab.call("GET", f"/lab/deliveries?hook={HOOK}&limit=1000000")
    return Books(
        taken=frozenset(whole.system.taken.values()),
        requests=await _all(whole, CommunicationRequest),
        communications=await _all(whole, Communication),
        attempts=await _all(whole, DeliveryAttempt),
        trail=await _all(whole, AuditEntry),
        owed=await _all(whole, CallbackDelivery),
        mail=Counter(_communication(each) for each in messages),
        calls=[call for call in calls if call["status"] < 300],
        accounts=await whole.operator.call("GET", "/v1/accounting"),
    )


def nothing_is_lost(books: Books) -> None:
    """Every acknowledged request has its row, one outcome, and one message that was seen."""
    assert {str(each.id) for each in books.requests} >= books.taken
    outcomes = Counter(
        entry.object_id
        for entry in books.trail
        if entry.object_kind == "request" and entry.to_state in REQUEST.terminal
    )
    assert {str(each.id): 1 for each in books.requests} == dict(outcomes)
    assert Counter(each.state for each in books.requests).keys() == {"completed"}
    assert len(books.communications) == len(books.requests)
    assert Counter(each.state for each in books.communications).keys() == {"delivered"}
    unseen = [each.id for each in books.communications if not books.mail[str(each.id)]]
    assert not unseen


def nothing_is_sent_twice(books: Books) -> None:
    """A second message exists only where an attempt is recorded as ambiguous."""
    assert all(each.outcome is not None for each in books.attempts)
    ambiguous = Counter(
        str(each.communication_id) for each in books.attempts if each.outcome in AMBIGUOUS
    )
    accepted = Counter(
        str(each.communication_id) for each in books.attempts if each.outcome == "accepted"
    )
    assert set(books.mail) == {str(each.id) for each in books.communications}
    for communication, messages in books.mail.items():
        assert accepted[communication] <= messages
        assert messages <= accepted[communication] + ambiguous[communication]
        assert accepted[communication] <= 1
    assert books.accounts["ambiguous_attempts"] == ambiguous.total()


def the_accounts_balance(books: Books) -> None:
    """Both identities, as the API tells them and as the rows say."""
    assert books.accounts["balanced"]
    assert books.accounts["requests"]["came_in"] == len(books.requests)
    assert books.accounts["communications"]["came_in"] == len(books.communications)


def every_outcome_was_told(books: Books) -> None:
    """At least once each, and each request's in their order."""
    told = {(str(each.lane), each.place) for each in books.owed}
    outcomes = {
        (entry.chain.removeprefix("request:"), entry.sequence)
        for entry in books.trail
        if entry.to_state
        in (REQUEST_OUTCOMES if entry.object_kind == "request" else COMMUNICATION_OUTCOMES)
        and entry.object_kind in ("request", "communication")
    }
    assert told == outcomes
    assert {str(each.id) for each in books.owed} == {call["webhook_id"] for call in books.calls}
    heard: dict[str, list[int]] = defaultdict(list)
    known: set[str] = set()
    for call in books.calls:
        assert call["signature"] == "valid"
        if call["webhook_id"] not in known:
            known.add(call["webhook_id"])
            heard[call["lane"]].append(json.loads(call["body"])["data"]["sequence"])
    assert all(places == sorted(places) for places in heard.values())


async def the_trail_is_whole(whole: WholeStack, books: Books) -> None:
    """No chain has a gap or an altered entry."""
    async with whole.database.read() as session:
        faults = [await first_fault(session, chain_of(each.id)) for each in books.requests]
    assert not any(faults)


async def no_workflow_is_left(whole: WholeStack, books: Books) -> None:
    """Every run has completed; none failed, none is stuck, none is missing."""
    client = await TemporalClient.connect(whole.settings.temporal_address)

    async def look() -> bool:
        open_ones = await client.count_workflows('ExecutionStatus = "Running"')
        return open_ones.count == 0

    await eventually(look, "every workflow at its end")
    done = 'ExecutionStatus IN ("Completed", "ContinuedAsNew")'
    assert (await client.count_workflows(f"NOT {done}")).count == 0
    runs = await client.count_workflows(f"{done} AND WorkflowType != 'callbacks'")
    assert runs.count == len(books.requests)


async def reckon(whole: WholeStack) -> Books:
    """Compare everything with everything."""
    books = await close_books(whole)
    nothing_is_lost(books)
    nothing_is_sent_twice(books)
    the_accounts_balance(books)
    every_outcome_was_told(books)
    await the_trail_is_whole(whole, books)
    await no_workflow_is_left(whole, books)
    return books


async def _all(whole: WholeStack, table: Any) -> list[Any]:
    async with whole.database.read() as session:
        return list(await session.scalars(select(table).order_by(col(table.id))))


def _communication(message: dict[str, Any]) -> str:
    (name,) = [each["value"] for each in message["headers"] if each["name"] == "X-Communication"]
    return name


async def _stuck(whole: WholeStack) -> str:
    """Where those stand that are not at their end."""
    async with whole.database.read() as session:
        requests = await session.scalars(
            select(CommunicationRequest).where(
                col(CommunicationRequest.state).not_in(REQUEST.terminal)
            )
        )
        lines = [f"request {each.id} {each.state} {each.reason}" for each in requests]
        communications = await session.scalars(
            select(Communication).where(~col(Communication.final))
        )
        lines += [f"communication {each.id} {each.state} {each.reason}" for each in communications]
        deeds = await session.scalars(select(OutboxEntry))
        lines += [f"outbox {each.deed} {each.subject} {each.due_at}" for each in deeds]
        owed = await session.scalars(
            select(CallbackDelivery).where(CallbackDelivery.state != "delivered")
        )
        lines += [f"callback {each.id} {each.attempts} {each.last_error}" for each in owed]
    return "\n".join(lines)
