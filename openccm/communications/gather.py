"""Gather: decide whether, to whom, over which channel and with which data (steps 3 to 14)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import JsonValue
from pydantic_core import to_jsonable_python
from sqlalchemy.ext.asyncio import AsyncSession

from openccm.communications.custom_rules import ask_rule
from openccm.communications.decision import (
    Decision,
    check_permission,
    check_recipient,
    choose_route,
)
from openccm.communications.desk import Desk
from openccm.communications.dossier import Dossier, Verdict, opened
from openccm.communications.facts import Facts, read_facts, standing_hold
from openccm.communications.tables import (
    Communication,
    CommunicationRequest,
    DataSnapshot,
    DuplicateGuard,
)
from openccm.contracts import WAIT, StepInput, StepResult
from openccm.data.collect import Collected, collect, typed_values
from openccm.errors import (
    DataError,
    DataMissing,
    DataUnavailable,
    HookError,
    NotFoundError,
    OpenCCMError,
)
from openccm.language.communication import CommunicationDefinition
from openccm.language.data_service import DataServiceDefinition
from openccm.language.values import read_values
from openccm.platform import outbox
from openccm.platform.columns import bulk_insert, new_id
from openccm.repository.versions import Published
from openccm.rules.expressions import RuleError

_INSERT = bulk_insert(DataSnapshot)
_DATA_PATIENCE = timedelta(hours=24)


@dataclass(slots=True)
class Look:
    """One look at a request: what was known, what was found out. Nothing is written yet."""

    request: CommunicationRequest
    published: Published
    facts: Facts
    services: Mapping[str, DataServiceDefinition]
    decision: Decision
    collected: Collected | None = None
    fault: OpenCCMError | None = None
    """A technical fault: by itself it passes where a service is away, else a person mends it."""


async def gather(desk: Desk, step: StepInput) -> StepResult:
    """Look once: end the request, prepare its communications, or say what it waits for."""
    found = await _look_ahead(desk, step)
    async with (
        desk.database.begin() as session,
        opened(session, step.subject, actor="engine", now=desk.clock()) as dossier,
    ):
        if found is None:
            found = await prepare(desk, session, dossier.request)
            await look(desk, found)
        dossier.write(outbox.done_for("start", step.subject))
        return await _write(session, dossier, found)


async def _look_ahead(desk: Desk, step: StepInput) -> Look | None:
    """A look where others have to be asked: while they answer, nothing is locked."""
    async with desk.database.read() as session:
        published = await desk.repository.pinned(session, step.code, step.version)
        if not asks_others(published.definition):
            return None
        request = await session.get(CommunicationRequest, step.subject)
        if request is None:
            raise NotFoundError("request", step.subject)
        found = await prepare(desk, session, request)
    await look(desk, found)
    return found


async def prepare(desk: Desk, session: AsyncSession, request: CommunicationRequest) -> Look:
    """A look at a request that need not be stored."""
    published = await desk.repository.pinned(session, request.definition, request.version)
    definition = published.definition
    facts = await read_facts(session, request, definition)
    services = await desk.repository.services(session, sources_of(definition))
    return Look(request, published, facts, services, Decision())


def sources_of(definition: CommunicationDefinition) -> set[str]:
    """The data services that a definition reads from."""
    return {declared.from_ for declared in definition.data.values()} - {"payload"}


def asks_others(definition: CommunicationDefinition) -> bool:
    """Whether data services or hooks have a say before anything is prepared."""
    hooked = any(rule.hook is not None for rule in definition.eligibility.values())
    return hooked or bool(sources_of(definition))


async def look(desk: Desk, found: Look) -> None:
    """Take the steps in their order; the first that stops ends it."""
    if found.request.state not in ("accepted", "gathering"):
        return
    definition, decision = found.published.definition, found.decision
    decision.note(
        3,
        "pass",
        None,
        definition=definition.code,
        version=found.published.version,
        digest=found.published.digest,
    )
    check_recipient(found.facts, decision)
    if decision.ending is None:
        await _check_eligibility(desk, found)
    if _goes_on(found):
        check_permission(found.facts, decision)
    if _goes_on(found):
        choose_route(found.facts, decision, after=None, tried=(), today=desk.clock().date())
    if _goes_on(found):
        await _collect(desk, found)
    if _goes_on(found) and found.collected is not None:
        decision.note(
            12, "pass", None, sources=found.collected.sources, digest=found.collected.digest()
        )
        decision.note(13, "skip", "none_declared")
        decision.note(14, "skip", "none_declared")


def _goes_on(found: Look) -> bool:
    return found.decision.ending is None and found.fault is None


async def _check_eligibility(desk: Desk, found: Look) -> None:
    """Step 7. Rules read data, so it is fetched here where there are any."""
    rules = found.published.definition.eligibility
    if not rules:
        found.decision.note(7, "skip", "none_declared")
        return
    await _collect(desk, found)
    if found.collected is None:
        return
    data = rule_data(found.published, found.facts, found.collected, desk.clock())
    hooks: dict[str, Any] = {}
    for name, rule in rules.items():
        told: dict[str, Any] = {"rule": name, "when": rule.when}
        try:
            if rule.hook is None:
                eligible = found.published.conditions[name].evaluate(data)
            else:
                ruling = await ask_rule(
                    desk, found.request, found.facts, found.collected, rule.hook
                )
                eligible, hooks[name] = ruling.eligible, ruling.told
                told |= ruling.told
        except (RuleError, HookError) as error:
            found.decision.note(7, "error", error.code, rule=name, says=str(error))
            found.fault = error
            return
        if not eligible:
            found.decision.stop(7, "not_sent", rule.reason, **told)
            return
    found.decision.note(7, "pass", None, rules=list(rules), **({"hooks": hooks} if hooks else {}))


def rule_data(
    published: Published, facts: Facts, collected: Collected, now: datetime
) -> dict[str, Any]:
    """What rules read: the declared data, the recipient's day and language."""
    person = facts.person
    assert person is not None
    return {
        **typed_values(published.definition.data, collected.values),
        "today": now.astimezone(ZoneInfo(person.time_zone)).date(),
        "person": {"language": person.language},
    }


async def _collect(desk: Desk, found: Look) -> None:
    """Fetch the data once; a fault is kept, not raised."""
    if found.collected is not None:
        return
    request, person, account = found.request, found.facts.person, found.facts.account
    keys: dict[str, JsonValue] = dict(request.payload)
    keys["person"] = person.key if person else None
    keys["account"] = account.key if account else None
    try:
        found.collected = await collect(
            desk.data, found.published.definition.data, found.services, request.payload, keys
        )
    except DataError as error:
        verdict = "wait" if isinstance(error, DataUnavailable) else "error"
        inputs = {"field": error.field} if isinstance(error, DataMissing) else {}
        found.decision.note(12, verdict, error.code, says=str(error), **inputs)
        found.fault = error


async def _write(session: AsyncSession, dossier: Dossier, found: Look) -> StepResult:
    """Write down what this look found, if the request still stands where it was looked at."""
    request = dossier.request
    if request.state == "scheduled":
        return _scheduled(dossier)
    if request.state == found.request.state == "accepted":
        await _enter(session, dossier, found)
    if request.state != "gathering":
        return _standing(dossier)
    if found.fault is not None:
        return _fault(dossier, found)
    _explain(dossier, found)
    if found.facts.person is not None:
        request.person_id = found.facts.person.id
    if found.decision.ending is not None:
        dossier.move_request(found.decision.ending, found.decision.reason)
        return StepResult(outcome="ended", marks={"status": request.state})
    return _prepared(dossier, found)


async def _enter(session: AsyncSession, dossier: Dossier, found: Look) -> None:
    """Steps 3 and 4: the kill switch and the duplicate window, then into ``gathering``."""
    dossier.explain(found.decision.verdicts[0])
    held = found.facts.held
    if held is not None:
        held = await standing_hold(session, dossier.request.definition, lock=True)
    if held is not None:
        dossier.explain(Verdict(3, "wait", "definition_held", {"by": held.by}))
        dossier.move_request("held", "definition_held")
    elif not await _is_duplicate(session, dossier, found):
        dossier.move_request("gathering")


def _explain(dossier: Dossier, found: Look) -> None:
    """All verdicts but that of step 3, which was told on entering."""
    for verdict in found.decision.verdicts[1:]:
        dossier.explain(verdict)


def _scheduled(dossier: Dossier) -> StepResult:
    """Wait for the time that was asked for, then begin."""
    request = dossier.request
    assert request.send_after is not None
    if dossier.now >= request.send_after:
        dossier.move_request("accepted", "due")
        return StepResult(outcome=WAIT, until=dossier.now, waiting_for="another look")
    return StepResult(
        outcome=WAIT,
        until=request.send_after,
        waiting_for="the time it was asked for",
        marks={"status": request.state},
    )


def _standing(dossier: Dossier) -> StepResult:
    """What a state that this step does not change means for the run."""
    request = dossier.request
    waits = {
        "held": "a person to release it",
        "error": "a person to mend it and retry",
        "awaiting_resolution": "its trigger to be resolved",
    }
    if request.state in waits:
        return StepResult(
            outcome=WAIT, waiting_for=waits[request.state], marks={"status": request.state}
        )
    if request.state == "prepared":
        open_ones = tuple(each.id for each in dossier.communications.values() if not each.final)
        return StepResult(outcome="prepared", communications=open_ones)
    if request.state in ("accepted", "gathering"):
        # Somebody stepped in between looking and writing; the next look sees it from the start.
        return StepResult(outcome=WAIT, until=dossier.now, waiting_for="another look")
    return StepResult(outcome="ended", marks={"status": request.state})


async def _is_duplicate(session: AsyncSession, dossier: Dossier, found: Look) -> bool:
    """Step 4: of the same recipient and business key, only the first within the window goes on."""
    request, rule = dossier.request, found.published.definition.duplicate
    if rule is None or request.copy_of is not None:
        dossier.explain(Verdict(4, "skip", "copy" if request.copy_of else "none_declared"))
        return False
    given = to_jsonable_python(read_values(found.published.definition.data, request.payload).values)
    person = found.facts.person
    facts = [str(person.id)] if person else [request.person_key, request.account_key]
    facts += [json.dumps(given.get(name), sort_keys=True) for name in rule.by]
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    guard = await session.get(DuplicateGuard, (request.definition, key), with_for_update=True)
    inputs = {"by": list(rule.by), "within_seconds": rule.within}
    if guard is not None and guard.until > dossier.now and guard.request_id != request.id:
        request.duplicate_of = guard.request_id
        dossier.explain(Verdict(4, "stop", "duplicate", inputs | {"of": str(guard.request_id)}))
        dossier.move_request("duplicate", "duplicate")
        return True
    until = dossier.now + timedelta(seconds=rule.within)
    if guard is None:
        session.add(
            DuplicateGuard(
                definition=request.definition, key_hash=key, request_id=request.id, until=until
            )
        )
        await session.flush()
    else:
        guard.request_id, guard.until = request.id, until
    dossier.explain(Verdict(4, "pass", None, inputs))
    return False


def _fault(dossier: Dossier, found: Look) -> StepResult:
    """A service that is away is waited for; anything else waits for a person."""
    request, fault = dossier.request, found.fault
    assert fault is not None
    waited = dossier.now - request.received_at
    patient = isinstance(fault, DataUnavailable) and waited < _DATA_PATIENCE
    if request.reason != fault.code:
        _explain(dossier, found)
    if not patient:
        dossier.move_request("error", fault.code, {"says": str(fault)})
        return _standing(dossier)
    request.reason, request.updated_at = fault.code, dossier.now
    pause = min(max(waited / 4, timedelta(seconds=1)), timedelta(minutes=5))
    return StepResult(
        outcome=WAIT,
        until=dossier.now + pause,
        waiting_for=f"data ({fault.code})",
        marks={"status": request.state},
    )


def _prepared(dossier: Dossier, found: Look) -> StepResult:
    """Keep the data, open the communication, and hand over to its own track."""
    request, route, collected = dossier.request, found.decision.route, found.collected
    assert route is not None
    assert collected is not None
    assert found.facts.person is not None
    snapshot = {
        "request_id": request.id,
        "values": collected.values,
        "sources": collected.sources,
        "hash": collected.digest(),
        "fetched_at": dossier.now,
    }
    dossier.write((_INSERT, snapshot))
    communication = Communication(
        id=new_id(),
        request_id=request.id,
        person_id=found.facts.person.id,
        definition=request.definition,
        version=request.version,
        channel=route.channel,
        contact_point_id=route.contact_point.id,
        language=route.language,
        created_at=dossier.now,
        updated_at=dossier.now,
    )
    dossier.add(communication)
    dossier.move_request("prepared")
    return StepResult(
        outcome="prepared",
        communications=(communication.id,),
        marks={
            "person": str(communication.person_id),
            "channel": communication.channel,
            "status": request.state,
        },
    )
