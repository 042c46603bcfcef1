"""A worker that dies between a mail server's yes and our record of it: settled by policy."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client

from lab.errands import Errand
from lab.mail.receipts import Notice, ReceiptCourier, write
from openccm.language.compiler import HAND_OVER_HEARTBEAT
from openccm.platform.temporal import run_id
from tests.faults.conftest import DEFINITIONS
from tests.faults.sink import Sink, sink
from tests.support.databases import postgres_server
from tests.support.stacks import WholeStack, eventually, whole_stack

CASES = {
    "resend": "NOTICE",
    "hold": "CAREFUL-NOTICE",
    "resend-receipt": "NOTICE",
    "hold-receipt": "CAREFUL-NOTICE",
}


@dataclass(frozen=True, slots=True)
class Aftermath:
    """A stack whose worker died while the mail server had all these, and had answered none."""

    whole: WholeStack
    post: Sink
    requests: dict[str, str]

    async def communication(self, case: str, state: str) -> dict[str, Any]:
        """The case's only communication, once it is in a state."""

        async def look() -> list[dict[str, Any]]:
            found = await self.whole.communications(self.requests[case])
            return [each for each in found if each["state"] == state]

        (found,) = await eventually(look, f"{case} {state}")
        return found

    async def outcomes(self, communication: dict[str, Any]) -> list[str]:
        """How each attempt ended."""
        return [each["outcome"] for each in await self.whole.attempts(communication["id"])]


@pytest.fixture(scope="module")
async def after(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Aftermath]:
    folder = tmp_path_factory.mktemp("ambiguous")
    async with (
        sink() as post,
        whole_stack(folder, definitions_dir=DEFINITIONS, smtp_port=post.port) as whole,
    ):
        await whole.person("P-1")
        post.speaking.clear()
        requests = {
            case: await whole.system.ask(
                definition, case, person="P-1", payload={"notice": {"number": case}}
            )
            for case, definition in CASES.items()
        }

        async def all_taken() -> bool:
            return len(post.taken) == len(CASES)

        await eventually(all_taken, "every message at the mail server")
        await whole.crash("worker")
        post.speaking.set()
        for sender, message in list(post.taken):
            if message["Subject"].endswith("receipt"):
                await bring_receipt(whole, sender, message)
        await whole.mend()
        yield Aftermath(whole, post, requests)


async def test_what_may_have_left_is_sent_again_where_the_definition_says_so(
    after: Aftermath,
) -> None:
    communication = await after.communication("resend", "sent")

    assert len(after.post.of(communication["id"])) == 2
    assert await after.outcomes(communication) == ["interrupted", "accepted"]
    path = f"/v1/communications/{communication['id']}/explanation"
    story = await after.whole.operator.call("GET", path)
    told = [each["reason"] for each in story if each["name"] == "hand-over"]
    assert told == ["ambiguous", None]


async def test_what_may_have_left_waits_for_a_person_where_the_definition_says_so(
    after: Aftermath,
) -> None:
    communication = await after.communication("hold", "error")
    assert communication["reason"] == "ambiguous"
    assert len(after.post.of(communication["id"])) == 1
    assert await after.outcomes(communication) == ["interrupted"]

    request, reason = after.requests["hold"], {"reason": "the customer has not got it"}
    await after.whole.core.call("POST", f"/v1/requests/{request}/retry", reason)
    communication = await after.communication("hold", "sent")
    assert len(after.post.of(communication["id"])) == 2
    assert await after.outcomes(communication) == ["interrupted", "accepted"]


@pytest.mark.parametrize("case", ["resend-receipt", "hold-receipt"])
async def test_a_receipt_tells_what_nobody_lived_to_tell(after: Aftermath, case: str) -> None:
    communication = await after.communication(case, "delivered")

    assert communication["evidence"] == "proved"
    assert len(after.post.of(communication["id"])) == 1
    assert (await after.whole.request(after.requests[case]))["state"] == "completed"


async def test_the_accounting_counts_every_attempt_that_nobody_lived_to_tell_of(
    after: Aftermath,
) -> None:
    for case, state in (("resend-receipt", "delivered"), ("hold-receipt", "delivered")):
        communication = await after.communication(case, state)
        assert await after.outcomes(communication) == ["interrupted"]
    accounts = await after.whole.operator.call("GET", "/v1/accounting")

    assert accounts["balanced"]
    assert accounts["ambiguous_attempts"] == len(CASES)


async def test_a_living_worker_that_is_taken_for_dead_sends_no_second_message(
    after: Aftermath, long: bool
) -> None:
    """An outage of Temporal swallows its heartbeats, so Temporal has it try again."""
    if not long:
        pytest.skip("takes half a minute: --long")
    whole, post = after.whole, after.post
    post.speaking.clear()
    known = len(post.taken)
    after.requests["zombie"] = await whole.system.ask(
        "NOTICE", "zombie", person="P-1", payload={"notice": {"number": "zombie"}}
    )

    async def taken() -> bool:
        return len(post.taken) > known

    async def second_try() -> bool:
        run = temporal.get_workflow_handle(run_id("NOTICE", "BILLING", "zombie"))
        pending = (await run.describe()).raw_description.pending_activities
        return bool(pending) and pending[0].attempt == 2 and _beats(pending[0])

    await eventually(taken, "the message at the mail server")
    await whole.crash("temporal")
    await asyncio.sleep(HAND_OVER_HEARTBEAT + 3)
    await whole.mend()
    temporal = await Client.connect(whole.settings.temporal_address)
    await eventually(second_try, "a sign of life from the second try")
    post.speaking.set()
    communication = await after.communication("zombie", "sent")

    assert len(post.of(communication["id"])) == 1
    assert await after.outcomes(communication) == ["accepted"]


async def test_an_answer_is_kept_until_the_database_is_back(tmp_path: Path) -> None:
    """The worker that heard it is alive, so nothing about it is ambiguous."""
    with postgres_server() as postgres:
        async with (
            sink() as post,
            whole_stack(
                tmp_path, postgres=postgres, definitions_dir=DEFINITIONS, smtp_port=post.port
            ) as whole,
        ):
            await whole.person("P-1")
            post.speaking.clear()
            payload = {"notice": {"number": "kept"}}
            request = await whole.system.ask("NOTICE", "kept", person="P-1", payload=payload)

            async def taken() -> bool:
                return bool(post.taken)

            await eventually(taken, "the message at the mail server")
            await whole.crash("database")
            post.speaking.set()
            await eventually(lambda: said(whole, "answer waits"), "the worker missing the database")
            await whole.mend()
            after = Aftermath(whole, post, {"kept": request})
            communication = await after.communication("kept", "sent")

            assert len(post.taken) == 1
            assert await after.outcomes(communication) == ["accepted"]


async def said(whole: WholeStack, event: str) -> bool:
    """Whether the worker has logged an event."""
    return f'"event": "{event}"' in (whole.settings.logs_dir / "worker.log").read_text()


def _beats(pending: PendingActivityInfo) -> bool:
    return (
        pending.last_heartbeat_time.ToNanoseconds() > pending.last_started_time.ToNanoseconds() > 0
    )


async def bring_receipt(whole: WholeStack, sender: str, message: Message) -> None:
    """What a mail server sends when it has delivered."""
    notice = Notice("delivered", sender, "p-1@customer.example", None, None, time.time())
    body = write(notice, f"Message-ID: {message['Message-ID']}\r\n".encode())
    errand = Errand(
        id=1,
        kind="receipt",
        subject="",
        label="delivered",
        target=sender,
        body=body,
        created_at="",
        attempts=0,
        error=None,
        done_at=None,
    )
    courier = ReceiptCourier(whole.settings.bounce_host, whole.settings.bounce_port)
    await courier.bring(errand)
    await courier.rest()
