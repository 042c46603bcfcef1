"""What an attempt came to: every class of error, answered once."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel
from sqlmodel import select

from openccm.channels.port import Accepted, Caps, Outbound
from openccm.communications import outcome, queries
from openccm.communications.dossier import opened
from openccm.communications.status import Report, apply
from openccm.communications.tables import DeliveryAttempt
from openccm.contracts import WAIT, StepResult
from openccm.errors import (
    Ambiguous,
    BadContent,
    BadRecipient,
    ChannelError,
    NeedsReauth,
    OptedOut,
    Permanent,
    Retryable,
    Throttled,
    WindowClosed,
)
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.privacy.tables import Suppression
from tests.core.making import (
    NOW,
    Given,
    attempted,
    attempts,
    communication,
    contact,
    definition,
    given,
    request,
    updates,
)

LATER = NOW + timedelta(minutes=1)


async def sending(house: Database, *before: str) -> Given:
    """A communication whose attempt is in flight, after others that ended so."""
    case = await given(house, "prepared", "sending")
    await attempted(house, case.communication_id, *before, None)
    return case


async def settle(
    house: Database, case: Given, answer: Accepted | ChannelError, **policy: Any
) -> StepResult:
    async with (
        house.begin() as session,
        opened(session, case.request_id, actor="engine", now=LATER) as dossier,
    ):
        row = dossier.communications[case.communication_id]
        attempt = (
            await session.scalars(
                select(DeliveryAttempt).where(
                    DeliveryAttempt.communication_id == row.id,
                    DeliveryAttempt.number == row.attempts,
                )
            )
        ).one()
        return await outcome.settle(session, dossier, row, attempt, answer, definition(**policy))


async def story(house: Database, case: Given) -> list[str]:
    async with house.read() as session:
        told = await queries.explanation(session, case.request_id)
    return [each.sentence for each in told]


@pytest.mark.parametrize(
    ("error", "state", "reason", "next_step"),
    [
        (Permanent("554 no"), "failed", "refused", "fall-back"),
        (BadContent("552 too large"), "failed", "bad_content", "fall-back"),
        (WindowClosed("shut"), "failed", "window_closed", "fall-back"),
        (ChannelError("odd"), "failed", "channel_failed", "fall-back"),
        (BadRecipient("550 5.1.1"), "bounced", "bad_recipient", "fall-back"),
        (OptedOut("refused us"), "undelivered", "opted_out_at_provider", "ended"),
        (NeedsReauth("535"), "error", "needs_reauth", WAIT),
        (Ambiguous("timed out after the data"), "error", "ambiguous", WAIT),
        (Retryable("421"), "retry_wait", "provider_unwell", WAIT),
        (Throttled("451", retry_after=5), "retry_wait", "throttled", WAIT),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ChannelError) else "",
)
async def test_every_class_of_error_has_one_answer(
    house: Database, error: ChannelError, state: str, reason: str, next_step: str
) -> None:
    case = await sending(house)
    result = await settle(house, case, error)

    row = await communication(house, case.communication_id)
    assert (row.state, row.reason) == (state, reason)
    assert result.outcome == next_step
    (attempt,) = await attempts(house, case)
    assert (attempt.outcome, attempt.detail) == (error.code, str(error))
    assert attempt.finished_at == LATER
    done = (await request(house, case.request_id)).state
    assert done == ("completed" if next_step == "ended" else "prepared")
    assert row.final is (state in ("failed", "bounced", "undelivered"))


@pytest.mark.parametrize(
    "error", [Permanent("554"), OptedOut("no"), BadContent("552"), Ambiguous("?"), Retryable("4")]
)
async def test_only_a_bad_recipient_closes_the_contact_point(
    house: Database, error: ChannelError
) -> None:
    case = await sending(house)
    await settle(house, case, error)

    point = await contact(house, case)
    assert point.state == "active"


async def test_a_bad_recipient_closes_the_contact_point(house: Database) -> None:
    case = await sending(house)
    await settle(house, case, BadRecipient("550 5.1.1"))

    point = await contact(house, case)
    assert (point.state, point.reason, point.updated_at) == ("invalid", "bounced", LATER)


async def test_who_refuses_us_at_the_provider_is_not_written_to_there_again(
    house: Database,
) -> None:
    case = await sending(house)
    await settle(house, case, OptedOut("refused us"))

    async with house.read() as session:
        told = select(Suppression).where(Suppression.person_id == case.person_id)
        stop = (await session.scalars(told)).one()
    assert stop.channel == "email"
    assert (stop.reason, stop.lifted_at) == ("opted_out_at_provider", None)
    assert stop.source == f"communication:{case.communication_id}"


@pytest.mark.parametrize(
    ("before", "error", "seconds"),
    [
        ((), Retryable("421"), 60),
        (("provider_unwell",), Retryable("421"), 300),
        (("throttled",), Retryable("421"), 300),
        ((), Throttled("451", retry_after=5), 60),
        ((), Throttled("451", retry_after=90.5), 90.5),
        (("provider_unwell",), Throttled("451", retry_after=90), 300),
    ],
)
async def test_retries_wait_as_the_definition_says_and_no_shorter_than_asked(
    house: Database, before: tuple[str, ...], error: ChannelError, seconds: float
) -> None:
    case = await sending(house, *before)
    result = await settle(house, case, error)

    due = LATER + timedelta(seconds=seconds)
    assert (result.outcome, result.until) == (WAIT, due)
    assert (await communication(house, case.communication_id)).not_before == due


@pytest.mark.parametrize("error", [Retryable("421"), Throttled("451", retry_after=5)])
@pytest.mark.parametrize("retry", [[], ["1 minute"], ["1 minute", "5 minutes"]])
async def test_when_the_retries_are_used_up_it_has_failed(
    house: Database, error: ChannelError, retry: list[str]
) -> None:
    case = await sending(house, *["provider_unwell"] * len(retry))
    result = await settle(house, case, error, retry=retry)

    row = await communication(house, case.communication_id)
    assert (row.state, row.reason, row.final) == ("failed", "retries_exhausted", True)
    assert result.outcome == "fall-back"


async def test_another_persons_failures_do_not_count(house: Database) -> None:
    other = await sending(house, "provider_unwell", "provider_unwell")
    case = await sending(house)
    await settle(house, other, Retryable("421"))
    result = await settle(house, case, Retryable("421"))

    assert result.until == LATER + timedelta(minutes=1)


async def test_what_may_have_left_is_sent_again_where_the_definition_says_so(
    house: Database,
) -> None:
    case = await sending(house)
    result = await settle(house, case, Ambiguous("timed out"), ambiguous="resend")

    row = await communication(house, case.communication_id)
    assert (row.state, row.reason, row.final) == ("retry_wait", "ambiguous", False)
    assert result.outcome == WAIT
    assert result.until is not None


async def test_a_provider_that_never_tells_is_not_sent_to_for_ever(house: Database) -> None:
    """Each of these may have reached the recipient."""
    case = await sending(house, "ambiguous", "interrupted", "ambiguous")
    await settle(house, case, Ambiguous("timed out"), ambiguous="resend")

    assert (await communication(house, case.communication_id)).state != "retry_wait"


@pytest.mark.parametrize(
    ("answer", "state", "next_step", "final"),
    [
        (Accepted(reference="250 ok"), "sent", "ended", True),
        (Accepted(reference="250 ok", receipts=True), "sent", "sent", False),
        (Accepted(reference="x.pdf", status="extracted"), "extracted", "ended", True),
        (
            Accepted(reference="x.pdf", status="extracted", receipts=True),
            "extracted",
            "sent",
            False,
        ),
        (
            Accepted(reference="7", status="handed_over", receipts=True),
            "handed_over",
            "sent",
            False,
        ),
        (Accepted(reference="inbox/7", status="published"), "published", "ended", True),
    ],
)
async def test_what_was_accepted_is_followed_where_receipts_were_promised(
    house: Database, answer: Accepted, state: str, next_step: str, final: bool
) -> None:
    case = await sending(house)
    result = await settle(house, case, answer)

    row = await communication(house, case.communication_id)
    assert (row.state, row.final, row.sent_at) == (state, final, LATER)
    assert row.provider_reference == answer.reference
    assert result.outcome == next_step
    (attempt,) = await attempts(house, case)
    assert (attempt.outcome, attempt.reference) == ("accepted", answer.reference)
    done = (await request(house, case.request_id)).state
    assert done == ("completed" if final else "prepared")


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


@pytest.mark.parametrize(
    ("state", "after", "final", "expected"),
    [
        ("bounced", ["bounced"], True, "fall-back"),
        ("bounced", ["failed"], True, "ended"),
        ("returned", ["returned"], True, "fall-back"),
        ("suppressed", ["failed"], True, "ended"),
        ("cancelled", ["failed"], True, "ended"),
        ("delivered", ["failed"], True, "ended"),
        ("sent", ["failed"], False, "sent"),
        ("sent", ["failed"], True, "ended"),
        ("error", ["failed"], False, WAIT),
    ],
)
async def test_what_a_state_means_for_its_track(
    house: Database, state: str, after: list[str], final: bool, expected: str
) -> None:
    case = await given(house, "prepared", state, fields={"final": final})
    channels = {"email": {}, "letter": {"after": after}}
    async with (
        house.begin() as session,
        opened(session, case.request_id, actor="engine", now=LATER) as dossier,
    ):
        row = dossier.communications[case.communication_id]
        result = outcome.standing(dossier, row, definition(channels=channels))

    assert (result.outcome, result.marks) == (expected, {"status": state})
    done = (await request(house, case.request_id)).state
    assert done == ("completed" if expected == "ended" else "prepared")
