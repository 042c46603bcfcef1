"""Counterparts that go away and come back: everything waits for them, and nothing is lost."""

import asyncio
import hashlib
import os
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from demo.company import key_file
from tests.faults.conftest import DEFINITIONS
from tests.faults.ledger import subscribe
from tests.support.stacks import WholeStack, children, eventually, whole_stack


@pytest.fixture(scope="module")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WholeStack]:
    folder = tmp_path_factory.mktemp("outages")
    async with whole_stack(folder, definitions_dir=DEFINITIONS) as stack:
        await stack.person("P-1")
        yield stack


async def ask(
    whole: WholeStack, definition: str, case: str, number: int = 1, **payload: Any
) -> list[str]:
    """So many requests, named after their case."""
    keys = [f"{case}-{each}" for each in range(number)]
    asked = (
        whole.system.ask(
            definition, key, person="P-1", payload=payload or {"notice": {"number": key}}
        )
        for key in keys
    )
    return list(await asyncio.gather(*asked))


async def behave(whole: WholeStack, counterpart: str, behaviour: str) -> None:
    """Let a counterpart of the lab be well or not."""
    await whole.lab.call("PUT", f"/lab/{counterpart}", {"behaviour": behaviour})


async def only_communication(whole: WholeStack, request_id: str) -> dict[str, Any]:
    (found,) = await whole.communications(request_id)
    return found


async def messages(whole: WholeStack, communication_id: str) -> list[dict[str, Any]]:
    """What the customer got of a communication."""
    path = f"/lab/messages?header=X-Communication:{communication_id}"
    return await whole.lab.call("GET", path)


async def once_each(whole: WholeStack, requests: Sequence[str]) -> None:
    """Every request was delivered as one message."""
    for request in requests:
        communication = await only_communication(whole, request)
        assert communication["state"] == "delivered"
        assert len(await messages(whole, communication["id"])) == 1


async def test_messages_wait_for_a_mail_server_that_is_down(whole: WholeStack) -> None:
    await behave(whole, "mail-server", "down")
    requests = await ask(whole, "NOTICE", "mail", 10)

    async def all_wait() -> bool:
        found = [await only_communication(whole, each) for each in requests]
        return all(each["state"] == "retry_wait" and each["attempts"] > 1 for each in found)

    await eventually(lambda: _prepared(whole, requests), "every request prepared")
    await eventually(all_wait, "every communication waiting for another attempt")
    await behave(whole, "mail-server", "ok")
    await whole.ended(requests)

    await once_each(whole, requests)
    for request in requests:
        communication = await only_communication(whole, request)
        attempts = await whole.attempts(communication["id"])
        *failed, last = [each["outcome"] for each in attempts]
        assert set(failed) == {"provider_unwell"}
        assert last == "accepted"


async def test_callbacks_wait_for_a_receiver_that_is_down(whole: WholeStack) -> None:
    hook = await subscribe(whole, "absent")
    await behave(whole, "hooks/absent", "down")
    requests = await ask(whole, "NOTICE", "callback", 10)
    await whole.ended(requests)

    async def deliveries() -> list[dict[str, Any]]:
        found = await whole.core.call("GET", f"/v1/callbacks/{hook}/deliveries?limit=500")
        return found["items"]

    async def all_tried() -> bool:
        lanes = {each["lane"] for each in await deliveries() if each["attempts"]}
        return lanes == set(requests)

    async def all_told() -> bool:
        return all(each["state"] == "delivered" for each in await deliveries())

    await eventually(all_tried, "a try at every request's first callback")
    assert not any(each["state"] == "delivered" for each in await deliveries())
    await behave(whole, "hooks/absent", "ok")
    await eventually(all_told, "every callback told")

    calls = await whole.lab.call("GET", "/lab/deliveries?hook=absent&limit=10000")
    taken = [call for call in calls if call["status"] == 204]
    owed = await deliveries()
    assert sorted(call["webhook_id"] for call in taken) == sorted(each["id"] for each in owed)
    heard: dict[str, list[int]] = defaultdict(list)
    for call in taken:
        heard[call["lane"]].append(int(call["position"]))
    told: dict[str, list[int]] = defaultdict(list)
    for each in owed:
        told[each["lane"]].append(each["place"])
    assert heard == {lane: sorted(places) for lane, places in told.items()}


async def test_requests_wait_for_a_data_service_that_is_down(whole: WholeStack) -> None:
    await behave(whole, "billing", "down")
    requests = await ask(whole, "STATEMENT", "data", 10, bill={"number": "B-9417"})

    async def all_wait() -> bool:
        found = [await whole.request(each) for each in requests]
        facts = {(each["state"], each["reason"]) for each in found}
        return facts == {("gathering", "data_unavailable")}

    await eventually(all_wait, "every request waiting for its data")
    await behave(whole, "billing", "ok")
    await whole.ended(requests)

    await once_each(whole, requests)


@pytest.mark.parametrize(
    ("case", "rounds", "rows"), [("template", 100_000, 1), ("document", 1, 30_000)]
)
async def test_what_does_not_come_to_an_end_harms_nobody_else(
    whole: WholeStack, case: str, rounds: int, rows: int
) -> None:
    (endless,) = await ask(whole, "ENDLESS", f"endless-{case}", rounds=rounds, rows=rows)
    others = await ask(whole, "NOTICE", f"others-{case}", 20)
    await whole.ended(others)

    async def given_up() -> bool:
        return (await only_communication(whole, endless))["state"] == "error"

    await eventually(given_up, "the endless one in error")
    communication = await only_communication(whole, endless)
    assert communication["reason"] == "template_failed"
    if case == "document":  # this one takes all the time it is given, and nobody waited for it
        sent = [(await only_communication(whole, each))["sent_at"] for each in others]
        assert max(sent) < communication["updated_at"]
    assert not await messages(whole, communication["id"])
    await once_each(whole, others)
    (brief,) = await ask(whole, "ENDLESS", f"brief-{case}", rounds=2, rows=2)
    await whole.ended([brief])
    await whole.core.call("POST", f"/v1/requests/{endless}/cancel", {"reason": "endless"})


async def test_renderers_that_are_killed_are_replaced(whole: WholeStack) -> None:
    worker = whole.stack.pid("worker")
    assert worker is not None
    renderers = children(worker)
    assert len(renderers) > 1
    for each in renderers:
        os.kill(each, signal.SIGKILL)
    requests = await ask(whole, "NOTICE", "renderers", 10)
    await whole.ended(requests)

    await once_each(whole, requests)


async def test_messages_leave_while_the_document_store_is_down(whole: WholeStack) -> None:
    folder = Path(urlsplit(whole.settings.document_store).path)
    aside = folder.with_name("aside")
    if folder.exists():
        folder.rename(aside)
    folder.write_text("no folder")
    requests = await ask(whole, "NOTICE", "store", 5)
    await whole.ended(requests)

    await once_each(whole, requests)
    communications = [await only_communication(whole, each) for each in requests]
    documents = [await _document(whole, each["id"]) for each in communications]
    assert {each["storage"] for each in documents} == {"pending"}
    for communication, document in zip(communications, documents, strict=True):
        content = await _content(whole, document["id"])
        digest = hashlib.sha256(content).hexdigest()
        assert digest == document["hash"] == communication["document_hash"]

    folder.unlink()
    if aside.exists():
        aside.rename(folder)

    async def all_stored() -> bool:
        found = [await _document(whole, each["id"]) for each in communications]
        return {each["storage"] for each in found} == {"stored"}

    await eventually(all_stored, "every document stored")
    for document in documents:
        digest = document["hash"]
        stored = (folder / digest[:2] / digest).read_bytes()
        assert stored == await _content(whole, document["id"])


async def test_requests_are_taken_and_served_later_when_everything_starts_without_temporal(
    whole: WholeStack,
) -> None:
    for part in ("temporal", "worker", "api"):
        await whole.crash(part)
    for part in ("worker", "api"):
        await whole.stack.start(part)
    await whole.stack.wait_ready("api")
    requests = await ask(whole, "NOTICE", "early", 5)
    assert {(await whole.request(each))["state"] for each in requests} == {"accepted"}
    await whole.mend()
    await whole.stack.wait_ready("worker")
    await whole.ended(requests)

    await once_each(whole, requests)


async def test_after_all_of_it_the_accounts_balance(whole: WholeStack) -> None:
    accounts = await whole.operator.call("GET", "/v1/accounting")

    assert accounts["balanced"]
    assert accounts["ambiguous_attempts"] == 0


async def _prepared(whole: WholeStack, requests: Sequence[str]) -> bool:
    found = [await whole.request(each) for each in requests]
    return all(each["state"] == "prepared" for each in found)


async def _document(whole: WholeStack, communication_id: str) -> dict[str, Any]:
    """The message as it is kept."""
    path = f"/v1/communications/{communication_id}/documents"
    (found,) = [each for each in await whole.core.call("GET", path) if each["part"] == "message"]
    return found


async def _content(whole: WholeStack, document_id: str) -> bytes:
    key = key_file(whole.settings, "billing.key").read_text()
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as http,
        http.get(f"{whole.core.base}/v1/documents/{document_id}") as response,
    ):
        assert response.status == 200
        return await response.read()
