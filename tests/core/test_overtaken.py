"""Receipts that are quicker than our own record, and attempts that nobody lived to tell of."""

from datetime import datetime
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from openccm.channels.port import Accepted, Caps, Outbound
from openccm.communications import outcome
from openccm.communications.dossier import opened
from openccm.communications.status import Report, apply
from openccm.contracts import WAIT, StepResult
from openccm.errors import Ambiguous, Retryable
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from tests.core.making import (
    NOW,
    Given,
    attempts,
    communication,
    contact,
    definition,
    updates,
)
from tests.core.settling import LATER, sending, settle, story


async def receipt(house: Database, case: Given, status: str, **more: Any) -> None:
    report = Report(status, "dsn", str(new_id()), NOW, **more)
    async with house.begin() as session:
        await apply(session, case.communication_id, report, actor="mail server", now=NOW)


@pytest.mark.parametrize(
    ("reported", "state", "evidence", "next_step"),
    [
        (["delivered"], "delivered", "proved", "ended"),
        (["read", "delivered"], "read", "proved", "ended"),
        (["bounced"], "bounced", "unknown", "fall-back"),
    ],
)
async def test_a_receipt_that_overtook_our_own_record_is_applied_after_it(
    house: Database, reported: list[str], state: str, evidence: str, next_step: str
) -> None:
    case = await sending(house)
    for status in reported:
        await receipt(house, case, status)
    assert (await communication(house, case.communication_id)).state == "sending"
    result = await settle(house, case, Accepted(reference="250 ok", receipts=True))

    row = await communication(house, case.communication_id)
    assert (row.state, row.evidence, row.final) == (state, evidence, True)
    assert row.sent_at == LATER
    assert result.outcome == next_step
    applied = [update.status for update in await updates(house, case) if update.applied]
    assert state in applied


async def test_a_receipt_settles_what_nobody_could_tell(house: Database) -> None:
    case = await sending(house)
    await receipt(house, case, "delivered")
    await settle(house, case, Ambiguous("timed out"), ambiguous="hold")

    row = await communication(house, case.communication_id)
    assert (row.state, row.evidence, row.final) == ("delivered", "proved", True)


async def test_a_hard_bounce_closes_the_contact_point_even_when_it_overtook_us(
    house: Database,
) -> None:
    case = await sending(house)
    await receipt(house, case, "bounced", bad_contact_point=True)
    await settle(house, case, Accepted(reference="250 ok", receipts=True))

    point = await contact(house, case)
    assert (await communication(house, case.communication_id)).state == "bounced"
    assert point.state == "invalid"


class Plain(BaseModel):
    """No settings."""


class Silent:
    """An adapter whose last call nobody lived to tell of."""

    name: ClassVar[str] = "silent"
    channel: ClassVar[str] = "email"
    caps: ClassVar[Caps] = Caps()
    Config: ClassVar[type[BaseModel]] = Plain

    def __init__(self, config: BaseModel) -> None:
        pass

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def send(self, outbound: Outbound) -> Accepted:
        raise Ambiguous("nobody knows")

    async def lookup(self, outbound: Outbound) -> Accepted | None:
        return None

    async def health(self) -> str | None:
        return None


class Careful(Silent):
    """An adapter that delivers the same key once."""

    caps: ClassVar[Caps] = Caps(idempotency="native")


async def wake_up(
    house: Database, case: Given, adapter: Silent, **policy: Any
) -> StepResult | None:
    """The engine finds an attempt in flight that nobody is making any more."""
    async with (
        house.begin() as session,
        opened(session, case.request_id, actor="engine", now=LATER) as dossier,
    ):
        row = dossier.communications[case.communication_id]
        return await outcome.interrupted(session, dossier, row, adapter, definition(**policy))


async def test_a_channel_that_delivers_a_key_once_is_asked_again_with_the_same_key(
    house: Database,
) -> None:
    case = await sending(house)

    assert await wake_up(house, case, Careful(Plain())) is None
    row = await communication(house, case.communication_id)
    assert (row.state, row.attempts) == ("sending", 1)
    (attempt,) = await attempts(house, case)
    assert (attempt.outcome, attempt.finished_at) == (None, None)


@pytest.mark.parametrize(
    ("policy", "state", "until"), [("hold", "error", None), ("resend", "retry_wait", LATER)]
)
async def test_an_attempt_that_nobody_lived_to_tell_of_is_settled_by_policy(
    house: Database, policy: str, state: str, until: datetime | None
) -> None:
    case = await sending(house, "provider_unwell")
    result = await wake_up(house, case, Silent(Plain()), ambiguous=policy)

    assert result is not None
    assert result.outcome == WAIT
    assert (result.until is None) is (until is None)
    row = await communication(house, case.communication_id)
    assert (row.state, row.reason) == (state, "ambiguous")
    outcomes = [attempt.outcome for attempt in await attempts(house, case)]
    assert outcomes == ["provider_unwell", "interrupted"]


async def test_the_story_of_the_last_retry_does_not_promise_another(house: Database) -> None:
    case = await sending(house, "provider_unwell", "provider_unwell")
    await settle(house, case, Retryable("421"))

    assert "tried again" not in (await story(house, case))[-1]


async def test_the_story_of_a_held_attempt_does_not_promise_another(house: Database) -> None:
    case = await sending(house)
    await wake_up(house, case, Silent(Plain()), ambiguous="hold")

    assert "tried again" not in (await story(house, case))[-1]


async def test_the_story_of_what_is_sent_again_does_not_say_refused_for_good(
    house: Database,
) -> None:
    case = await sending(house)
    await settle(house, case, Ambiguous("timed out"), ambiguous="resend")

    assert "for good" not in (await story(house, case))[-1]
