"""What an attempt came to: every class of error, answered once."""

from datetime import timedelta

import pytest
from sqlmodel import select

from openccm.channels.port import Accepted
from openccm.communications import outcome
from openccm.communications.dossier import opened
from openccm.contracts import WAIT
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
from openccm.platform.database import Database
from openccm.privacy.tables import Suppression
from tests.core.making import (
    attempts,
    communication,
    contact,
    definition,
    given,
    request,
)
from tests.core.settling import LATER, sending, settle


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
