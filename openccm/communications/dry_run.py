"""Dry run: what would be sent now, and why, with no row written and no provider called."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from openccm.communications.accept import Ask, check
from openccm.communications.composing import Draft, compose
from openccm.communications.desk import Desk
from openccm.communications.dossier import Verdict
from openccm.communications.explanation import Told, tell_now
from openccm.communications.gather import Look, look, prepare
from openccm.communications.quiet_hours import next_allowed
from openccm.communications.tables import CommunicationRequest
from openccm.data.collect import typed_values
from openccm.errors import InvalidError, NotFoundError, OpenCCMError, TemplateError
from openccm.platform.columns import new_id

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would happen."""

    outcome: str
    reason: str | None
    channel: str | None
    language: str | None
    not_before: datetime | None
    steps: list[Told]
    preview: dict[str, str]
    """The text parts by name: ``subject``, ``text``, ``html``."""


async def dry_run(desk: Desk, ask: Ask) -> DryRun:
    """Take every step up to hand-over without leaving a trace.

    Raises:
        NotFoundError: The definition is not published.
        InvalidError: A field does not fit the definition.
    """
    now = desk.clock()
    async with desk.database.read() as session:
        published = await desk.repository.live(session, ask.definition)
        check(ask, published.definition)
        request = _request(ask, published.version, now)
        found = await prepare(desk, session, request)
    await look(desk, found)
    preview: dict[str, str] = {}
    fault: OpenCCMError | None = found.fault
    if fault is None and found.decision.ending is None:
        try:
            preview = await _preview(desk, found, now)
        except (TemplateError, InvalidError, NotFoundError) as error:
            fault = error
    return _told(found, fault, preview, now)


def _request(ask: Ask, version: int, now: datetime) -> CommunicationRequest:
    return CommunicationRequest(
        id=_NOBODY,
        system_code="",
        idempotency_key=ask.idempotency_key,
        body_hash="",
        definition=ask.definition,
        version=version,
        person_key=ask.person,
        account_key=ask.account,
        payload=ask.payload,
        channel_override=ask.channel,
        send_after=ask.send_after,
        received_at=now,
        updated_at=now,
    )


async def _preview(desk: Desk, found: Look, now: datetime) -> dict[str, str]:
    route, collected = found.decision.route, found.collected
    assert route is not None
    assert collected is not None
    draft = Draft(
        id=new_id(),
        channel=route.channel,
        language=route.language,
        contact_point=route.contact_point,
        created_at=now,
        unsubscribe_url=f"{desk.settings.public_url}/u/preview",
        message_domain=desk.settings.mail_domain,
    )
    data = typed_values(found.published.definition.data, collected.values)
    async with desk.database.read() as session:
        words = await desk.repository.words(session, found.published.definition.fragments)
    composed = await compose(desk.renderer, found.published, found.facts, draft, data, words)
    texts = [part for part in composed.parts if part.media_type.startswith("text/")]
    return {part.name: part.content.decode() for part in texts}


def _held(found: Look) -> list[Verdict]:
    """That the kill switch is on would keep it waiting; what comes after is told all the same."""
    held = found.facts.held
    return [] if held is None else [Verdict(3, "wait", "definition_held", {"by": held.by})]


def _told(
    found: Look, fault: OpenCCMError | None, preview: dict[str, str], now: datetime
) -> DryRun:
    decision = found.decision
    outcome, reason = decision.ending or "sent", decision.reason
    if fault is not None:
        outcome, reason = "error", fault.code
    earliest: datetime | None = None
    if outcome == "sent":
        earliest, _ = next_allowed(found.facts, max(now, found.request.send_after or now))
    route = decision.route
    return DryRun(
        outcome=outcome,
        reason=reason,
        channel=route.channel if route else None,
        language=route.language if route else None,
        not_before=earliest if earliest is not None and earliest > now else None,
        steps=[tell_now(verdict, now) for verdict in (*_held(found), *decision.verdicts)],
        preview=preview,
    )
