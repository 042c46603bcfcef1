"""Telling a simulation to a person at a terminal."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from openccm.simulation.story import SendTold, Simulation, StepTold

_INDENT = " " * 18
_MOST = 40
"""Lines of one rendered text."""


def lines_of(told: Simulation) -> Iterator[str]:
    """The story, line by line: the path, what was sent, and where it stands."""
    zone = ZoneInfo(told.time_zone)
    yield f"{told.code} begins {_at(told.started_at, zone)} ({told.time_zone})"
    if told.path:
        yield ""
    for step in told.path:
        yield from _step(step, told, zone)
    for event in told.events:
        if not event.heard_by:
            yield f"{_at(event.at, zone)}  nothing hears {event.type} ({event.state})"
    for number, sent in enumerate(told.sends, 1):
        yield ""
        yield from _send(number, sent, zone, with_verdicts=told.kind == "communication")
    yield ""
    yield _end(told, zone)


def _step(step: StepTold, told: Simulation, zone: ZoneInfo) -> Iterator[str]:
    name = step.step if step.process == told.code else f"{step.process}/{step.step}"
    again = f" ({step.visit})" if step.visit > 1 else ""
    yield f"{_at(step.left_at or step.entered_at, zone)}  {name}{again}: {_became(step, zone)}"
    facts = [f"{field} = {_plain(value)}" for field, value in step.used.items()]
    if "rows" in step.detail:
        facts.append(f"row {', '.join(step.detail['rows'])}")
    if facts:
        yield f"{_INDENT}{'; '.join(facts)}"
    task = next((each for each in told.tasks if each.step == step.step), None)
    if step.left_at is None and task is not None:
        yield f"{_INDENT}It can end with {', '.join(task.outcomes)}: --answer {step.step}=…"


def _became(step: StepTold, zone: ZoneInfo) -> str:
    if step.left_at is None:
        until = f" until {_at(step.until, zone)}" if step.until else ""
        why = f" ({step.reason})" if step.reason else ""
        return f"waits for {step.waiting_for}{until}{why}"
    way = step.way or ""
    if step.outcome and step.outcome != way:
        return step.outcome if way == "next" else f"{step.outcome}, {way}"
    return "done" if way == "next" else way


def _send(number: int, sent: SendTold, zone: ZoneInfo, *, with_verdicts: bool) -> Iterator[str]:
    by = f" by {sent.channel} in {sent.language}" if sent.channel else ""
    why = f" ({sent.reason})" if sent.reason else ""
    left = f", leaves {_at(sent.left_at, zone)}" if sent.left_at else ""
    asked = _at(sent.asked_at, zone)
    yield f"{number}. {sent.communication}, asked {asked}: {sent.outcome}{why}{by}{left}"
    if with_verdicts or not sent.parts:
        for verdict in sent.verdicts:
            yield f"   - {verdict}"
    for part in sent.parts:
        if part.name == "subject" or part.media_type == "text/plain":
            lines = (part.text or "").strip().splitlines()
            yield f"   {part.name}: {lines[0] if lines else ''}"
            yield from (f"   | {line}" for line in lines[1:_MOST])
        else:
            pages = f"{part.pages} pages, " if part.pages else ""
            yield f"   {part.name}: {pages}{part.media_type}, {part.digest[:12]}"
        yield from (f"   ! {warning}" for warning in part.warnings)


def _end(told: Simulation, zone: ZoneInfo) -> str:
    if told.state == "nothing":
        return "Nothing came of it."
    if told.ended_at is None:
        where = " and ".join(each.step for each in told.standing)
        return f"It waits at {where}." if where else f"It waits: {told.outcome}."
    why = f" ({told.reason})" if told.reason else ""
    return f"It ends {_at(told.ended_at, zone)}: {told.outcome}{why}."


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _plain(value: Any) -> str:
    return "nothing" if value is None else str(value)
