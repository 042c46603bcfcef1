"""Working on one event: every binding that hears it, in sequence; then its trigger."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python

from openccm.access.caller import Caller
from openccm.errors import NotFoundError, OpenCCMError
from openccm.events import deeds
from openccm.events.catalogue import Binding, Catalogue, Entry
from openccm.events.event_file import Deed, EventFile, Outcome
from openccm.events.lifecycles import STANDING
from openccm.events.tables import OnceGuard
from openccm.events.withdrawing import WHY, withdraw
from openccm.processes.book import Processes
from openccm.repository.versions import Repository

_TAKEN = ("done", "awaiting_resolution", "repeated", "cancelled")
_BIND = Outcome("done")
"""A binding whose deeds are to be done."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What work on an event needs beside the event."""

    processes: Processes
    catalogue: Catalogue

    @property
    def repository(self) -> Repository:
        """Where definitions are found."""
        return self.processes.desk.repository


async def work_on(bench: Bench, file: EventFile, caller: Caller) -> None:
    """Do all that is due for an event; what is done already is left alone."""
    event = file.event
    event.due_at = None
    if event.state == "received":
        await _deliver(bench, file)
        await _bind(bench, file, caller)
    if event.trigger != "open":
        await _settle(bench, file, caller)


async def _deliver(bench: Bench, file: EventFile) -> None:
    """Tell the instances that wait for such an event, once."""
    if file.event.delivered_at is not None:
        return
    reached = await deeds.deliver(file.session, bench.processes, file.event)
    for number, told in enumerate(reached, start=1):
        deed = Deed(told.process, told.version, 0, number, "deliver")
        file.record(deed, Outcome("done", created=told.instance))
    file.event.delivered_at = file.now


async def _bind(bench: Bench, file: EventFile, caller: Caller) -> None:
    """Carry out the bindings; where one fails, those with a higher sequence wait."""
    event = file.event
    heard = bench.catalogue.hearing(event.source, event.type)
    failed = False
    for _, together in groupby(heard, lambda each: each.definition.sequence):
        group = list(together)
        for binding in group:
            if failed:
                _record_all(file, binding, Outcome("waiting", "earlier_binding_failed"))
            else:
                await _carry_out(bench, file, binding, caller)
        codes = {binding.definition.code for binding in group}
        failed = failed or any(
            effect.state == "error" and effect.binding in codes for effect in file.effects.values()
        )
    _withdraw_unheard(file, {binding.definition.code for binding in heard})
    file.move(*_ending(file))


def _withdraw_unheard(file: EventFile, heard: set[str]) -> None:
    """What a binding left open that is not live any more, nobody will do."""
    for effect in list(file.effects.values()):
        if effect.binding not in heard and effect.state not in STANDING:
            deed = Deed(effect.binding, effect.version, effect.sequence, effect.number, effect.deed)
            file.record(deed, Outcome("not_matched", "withdrawn"))


def _ending(file: EventFile) -> tuple[str, str | None]:
    """The state that the effects amount to, and why."""
    effects = sorted(file.effects.values(), key=lambda each: (each.sequence, each.number))
    states = {each.state for each in effects}
    if "error" in states:
        return "error", next(each.reason for each in effects if each.state == "error")
    if states.intersection(_TAKEN):
        return "bound", None
    if "ignored_disabled" in states:
        return "ignored_disabled", "disabled"
    reasons = {each.reason for each in effects}
    return "ignored_no_binding", "condition" if "condition" in reasons else "no_binding"


async def _carry_out(bench: Bench, file: EventFile, binding: Binding, caller: Caller) -> None:
    """Decide on one binding and do its deeds."""
    outcome, data = _judge(bench, file, binding)
    if outcome == _BIND and await _repeats(file, binding, data):
        outcome = Outcome("repeated", "told_before")
    if outcome != _BIND:
        _record_all(file, binding, outcome)
        return
    entries = binding.entries(file.event, data)
    if not entries:
        _record_all(file, binding, Outcome("not_matched", "empty_list"))
    for entry in entries:
        await _carry_out_for(bench, file, binding, entry, caller)


async def _carry_out_for(
    bench: Bench, file: EventFile, binding: Binding, entry: Entry, caller: Caller
) -> None:
    """Do the deeds for the event or one entry of its list; a bad one is an error of its own."""
    for deed in deeds_of(binding, entry):
        effect = file.effects.get((deed.binding, deed.number))
        if effect is not None and effect.state in STANDING:
            continue
        if entry.fault is not None:
            file.record(deed, Outcome("error", entry.fault.code, str(entry.fault)))
        elif deed.kind != "request" and binding.definition.create == "on-resolve":
            file.record(deed, Outcome("awaiting_resolution"))
        else:
            file.record(deed, await _do(bench, file, binding, deed, entry.data, caller))


def _judge(bench: Bench, file: EventFile, binding: Binding) -> tuple[Outcome, dict[str, Any]]:
    """Whether the binding takes the event, and what its values see."""
    definition, event = binding.definition, file.event
    if definition.effective and not definition.effective.covers(event.received_at):
        return Outcome("not_matched", "not_in_effect"), {}
    enabled = bench.catalogue.enabled(binding)
    off = Outcome("ignored_disabled", "disabled")
    try:
        data = binding.context(event, file.now)
        if binding.when is not None and not binding.when.evaluate(data):
            return Outcome("not_matched", "condition"), {}
    except OpenCCMError as error:
        return Outcome("error", error.code, str(error)) if enabled else off, {}
    return _BIND if enabled else off, data


async def _repeats(file: EventFile, binding: Binding, data: Mapping[str, Any]) -> bool:
    """Whether the same took effect before; else this is the first to do so from now on."""
    definition, event = binding.definition, file.event
    once = definition.once
    if once is None:
        return False
    values = binding.read(event.data)
    facts = [event.person_key, event.account_key, event.premise_key]
    facts += [to_jsonable_python(values.get(name)) for name in once.by]
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    name = once.among or definition.code
    guard = await file.session.get(OnceGuard, (name, key), with_for_update=True)
    mine = guard is not None and (guard.event_id, guard.holder) == (event.id, definition.code)
    if guard is not None and guard.until > file.now and not mine:
        return True
    until = file.now + timedelta(seconds=once.within)
    if guard is None:
        guard = OnceGuard(binding=name, key_hash=key, event_id=event.id, until=until)
        file.session.add(guard)
        await file.session.flush()
    guard.event_id, guard.holder, guard.until = event.id, definition.code, until
    return False


async def _do(
    bench: Bench,
    file: EventFile,
    binding: Binding,
    deed: Deed,
    data: Mapping[str, Any],
    caller: Caller,
) -> Outcome:
    """Do one deed; what is refused leaves nothing behind."""
    try:
        async with file.session.begin_nested():
            created = await _create(bench, file, binding, deed, data, caller)
    except OpenCCMError as error:
        return Outcome("error", error.code, str(error))
    if created is None:
        return Outcome("not_matched", "no_offers")
    waits = deed.kind == "request" and binding.definition.create == "on-resolve"
    return Outcome("awaiting_resolution" if waits else "done", created=created)


async def _create(
    bench: Bench,
    file: EventFile,
    binding: Binding,
    deed: Deed,
    data: Mapping[str, Any],
    caller: Caller,
) -> UUID | None:
    """What a deed makes, or the case of the first offer it moves; None where it moves none."""
    session, event, desk = file.session, file.event, bench.processes.desk
    more: dict[str, Any] = {"number": deed.number, "caller": caller, "now": file.now}
    match deed.kind:
        case "request":
            return await deeds.ask_for(session, desk.repository, event, binding, data, **more)
        case "contact":
            return await deeds.log_contact(session, desk.contacts, event, binding, data, **more)
        case "to-do":
            return await deeds.raise_work(session, desk.repository, event, binding, data, **more)
        case "process":
            return await deeds.start_process(session, bench.processes, event, binding, data, **more)
        case _:
            moved = await deeds.move_offers(
                session, desk.repository, event, binding, data, now=file.now
            )
            return moved[0] if moved else None


async def _settle(bench: Bench, file: EventFile, caller: Caller) -> None:
    """Let go on, or take back, what waits for the trigger."""
    for effect in list(file.effects.values()):
        if effect.state != "awaiting_resolution":
            continue
        known = (effect.binding, effect.version, effect.sequence, effect.number)
        deed = Deed(*known, effect.deed, effect.entry)
        resolved = file.event.trigger == "resolved"
        outcome = Outcome("done") if resolved else Outcome("cancelled", "trigger_cancelled")
        if effect.deed == "request":
            assert effect.created_id is not None
            step = deeds.release if resolved else deeds.withdraw
            await step(file.session, effect.created_id, file.now)
        elif resolved:
            outcome = await _do_late(bench, file, deed, caller)
        file.record(deed, outcome)
    if file.event.trigger == "cancelled":
        await _withdraw(bench, file)
    failed = any(effect.state == "error" for effect in file.effects.values())
    if failed and file.event.state == "bound":
        file.move(*_ending(file))


async def _withdraw(bench: Bench, file: EventFile) -> None:
    """Take back what bindings did that want it so."""
    event = file.event
    wanted = {
        binding.definition.code
        for binding in bench.catalogue.hearing(event.source, event.type)
        if binding.definition.if_cancelled == "withdraw"
    }
    for effect in list(file.effects.values()):
        if effect.binding in wanted and effect.state == "done" and effect.deed != "offers":
            await withdraw(bench.processes, file, effect)
            known = (effect.binding, effect.version, effect.sequence, effect.number)
            deed = Deed(*known, effect.deed, effect.entry)
            file.record(deed, Outcome("cancelled", WHY))


async def _do_late(bench: Bench, file: EventFile, deed: Deed, caller: Caller) -> Outcome:
    """Do what waited, with the binding as it is now."""
    event = file.event
    for binding in bench.catalogue.hearing(event.source, event.type):
        if binding.definition.code != deed.binding or _written(binding, deed.kind) is None:
            continue
        try:
            entries = binding.entries(event, binding.context(event, file.now))
        except OpenCCMError as error:
            return Outcome("error", error.code, str(error))
        for entry in entries:
            if entry.place == (deed.number - 1) // len(_KINDS) and entry.fault is None:
                return await _do(bench, file, binding, deed, entry.data, caller)
    missing = NotFoundError("event binding", deed.binding)
    return Outcome("error", missing.code, str(missing))


def _record_all(file: EventFile, binding: Binding, outcome: Outcome) -> None:
    """One outcome for every deed of a binding that is not done."""
    for deed in deeds_of(binding):
        effect = file.effects.get((deed.binding, deed.number))
        if effect is None or effect.state not in STANDING:
            file.record(deed, outcome)


_KINDS = ("request", "process", "offers", "contact", "to-do")
"""What a binding can do, in the order in which it is done."""


def _written(binding: Binding, kind: str) -> object:
    """What the author wrote of a deed."""
    return getattr(binding.definition, kind.replace("-", "_"))


def deeds_of(binding: Binding, entry: Entry | None = None) -> Iterator[Deed]:
    """The deeds of a binding, each with its number; those of later entries have higher ones."""
    definition = binding.definition
    place, name = (entry.place, entry.name) if entry else (0, "")
    for number, kind in enumerate(_KINDS, start=1 + place * len(_KINDS)):
        if _written(binding, kind) is not None:
            known = (definition.code, binding.version, definition.sequence)
            yield Deed(*known, number, kind, name)
