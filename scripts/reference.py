"""Writes the reference sections of the documents anew: ``python -m scripts.reference``.

A section stands between ``<!-- generated: name -->`` and ``<!-- end -->`` and comes from the code
itself: descriptions of fields, docstrings, tables of states.
"""

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from fastapi.routing import APIRoute
from pydantic.fields import FieldInfo

from api import errors as api_errors
from api.dependencies import Scoped, get_caller, get_signed_in
from api.routes import ROUTERS
from openccm import errors
from openccm.access.keys import SCOPES
from openccm.access.roles import BUILTIN
from openccm.cases.lifecycles import CASE, OFFER
from openccm.communications.dossier import STEPS
from openccm.communications.explanation import SENTENCES
from openccm.communications.lifecycles import COMMUNICATION, REQUEST
from openccm.contacts.lifecycles import REMINDER
from openccm.content.filters import HARMLESS, OURS
from openccm.events.lifecycles import EFFECT, EVENT
from openccm.jobs.lifecycle import JOB_RUN
from openccm.language.categories import CATEGORIES
from openccm.language.media import MEDIA
from openccm.language.points import POINTS
from openccm.letters.lifecycles import PIECE, PRINT_RUN
from openccm.platform.lifecycle import LifeCycle
from openccm.platform.settings import Settings, variable
from openccm.repository.lifecycles import VERSION
from openccm.work.lifecycle import TO_DO
from scripts import schema_tables
from scripts.markdown import cell, codes, table

DOCS = Path(__file__).parents[1] / "docs"
SECTION = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n)(?:(?!<!-- ).*\n)*(<!-- end -->)")

_BLANK = re.compile(r"{(.+?)}")
_CATEGORY = {
    "mandatory": "cannot be declined",
    "needs_consent": "needs consent",
    "honours_opt_out": "stops at an opt-out",
    "honours_do_not_contact": "stops at do-not-contact",
    "honours_suppression": "stops at restriction and death",
    "honours_quiet_hours": "keeps quiet hours",
    "honours_caps": "counts for caps",
    "one_click_unsubscribe": "one-click unsubscribe",
}


def settings() -> str:
    """Every setting, its default and its meaning."""
    known: dict[str, Any] = {}
    rows: list[list[str]] = []
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True, validated_data=known)
        known[name] = Path("DATA") if name == "data_dir" else default
        rows.append([f"`{variable(name)}`", _default(default), cell(_meaning(field))])
    return table(("Variable", "Default", "Meaning"), rows)


def _default(value: object) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`".replace("DATA", "{data folder}")


def _meaning(field: FieldInfo) -> str:
    description = field.description or ""
    if get_origin(field.annotation) is Literal:
        return f"{description} One of {codes(get_args(field.annotation))}."
    return description


def scopes() -> str:
    """What each scope lets its bearer do."""
    return table(
        ("Scope", "What its bearer may do"), ([f"`{name}`", SCOPES[name]] for name in SCOPES)
    )


def roles() -> str:
    """The built-in roles and what they come to."""
    rows = ([f"`{role.code}`", role.title, codes(role.scopes)] for role in BUILTIN.values())
    return table(("Role", "For", "Scopes"), rows)


def endpoints() -> str:
    """Every route with the scope it needs."""
    routes = (each for router in ROUTERS for each in router.routes)
    rows = (
        [_call(route), _scope(route), _summary(route.endpoint)]
        for route in routes
        if isinstance(route, APIRoute)
    )
    return table(("Call", "Scope", "What it does"), rows)


def _call(route: APIRoute) -> str:
    return f"`{' '.join(sorted(route.methods or ()))} {route.path}`"


def _scope(route: APIRoute) -> str:
    asked = ""
    for dependency in route.dependant.dependencies:
        if isinstance(dependency.call, Scoped):
            return codes(dependency.call.scopes)
        if dependency.call in (get_caller, get_signed_in):
            asked = "anybody known"
    return asked or "none"


def _summary(thing: Callable[..., Any] | type) -> str:
    return cell(" ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split()))


def problems() -> str:
    """The errors of the API: code, status, meaning."""
    status = api_errors.STATUS
    rows = ([str(int(status[kind])), f"`{kind.code}`", _summary(kind)] for kind in status)
    return table(("Status", "Code", "Meaning"), sorted(rows))


def channel_errors() -> str:
    """The failure taxonomy of channels."""
    rows = (
        [f"{'&emsp;' * depth}`{kind.__name__}`", f"`{kind.code}`", _summary(kind)]
        for kind, depth in _family(errors.ChannelError, 0)
    )
    return table(("Error", "Code", "Meaning"), rows)


def _family(kind: type[errors.OpenCCMError], depth: int) -> Iterator[tuple[Any, int]]:
    yield kind, depth
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from _family(each, depth + 1)


def steps() -> str:
    """The send decision, and what each step can say."""
    rows = (
        [str(number), name, "<br>".join(cell(text) for text in _sentences(number))]
        for number, name in STEPS.items()
    )
    return table(("Step", "Name", "What it says"), rows)


def _sentences(number: int) -> Iterator[str]:
    for (step, verdict), sentence in SENTENCES.items():
        if step == number:
            said = _BLANK.sub(r"*\1*", sentence)
            yield f"`{verdict}` {said}"


def request_states() -> str:
    """The life cycle of requests as a diagram."""
    return _diagram(REQUEST)


def _diagram(cycle: LifeCycle) -> str:
    ways = cycle.ways
    lines = [f"    [*] --> {state}" for state in sorted(cycle.initial)]
    lines += [f"    {state} --> {each}" for state in ways for each in sorted(ways[state])]
    lines += [f"    {state} --> [*]" for state in sorted(cycle.terminal)]
    return "\n".join(("```mermaid", "stateDiagram-v2", *lines, "```"))


def event_states() -> str:
    """The life cycle of events as a table."""
    return _ways(EVENT)


def effect_states() -> str:
    """The life cycle of what events lead to, as a table."""
    return _ways(EFFECT)


def version_states() -> str:
    """The life cycle of versions as a diagram."""
    return _diagram(VERSION)


def communication_states() -> str:
    """The life cycle of communications as a table."""
    return _ways(COMMUNICATION)


def case_states() -> str:
    """The life cycle of cases as a table."""
    return _ways(CASE)


def offer_states() -> str:
    """The life cycle of compensation offers as a table."""
    return _ways(OFFER)


def todo_states() -> str:
    """The life cycle of to-dos as a table."""
    return _ways(TO_DO)


def print_run_states() -> str:
    """The life cycle of print runs as a table."""
    return _ways(PRINT_RUN)


def piece_states() -> str:
    """The life cycle of pieces as a table."""
    return _ways(PIECE)


def job_run_states() -> str:
    """The life cycle of a job's runs as a table."""
    return _ways(JOB_RUN)


def reminder_states() -> str:
    """The life cycle of reminders as a table."""
    return _ways(REMINDER)


def _ways(cycle: LifeCycle) -> str:
    rows = (
        [f"**{state}**" if state in cycle.terminal else state, ", ".join(sorted(targets))]
        for state, targets in cycle.ways.items()
    )
    return table(("State", "Leads to"), rows)


def categories() -> str:
    """What each category must respect."""
    rows = (
        [title, *("yes" if getattr(facts, name) else "" for facts in CATEGORIES.values())]
        for name, title in _CATEGORY.items()
    )
    return table(("", *(f"`{name}`" for name in CATEGORIES)), rows)


def points() -> str:
    """Where rules and hooks can be asked."""
    rows = (
        [
            f"`{name}`",
            cell(point.question),
            cell(point.unbound),
            codes(point.modes) if point.asked else "not yet",
            codes(point.outcomes) if point.outcomes else "",
        ]
        for name, point in POINTS.items()
    )
    return table(("Point", "Question", "Where nothing is bound", "Modes", "Outcomes"), rows)


def media() -> str:
    """What each channel needs and how it can end."""
    rows = (
        [
            f"`{name}`",
            " or ".join(f"`.{ending}`" for ending in medium.formats),
            "subject and sender" if medium.sender else "subject" if medium.subject else "",
            "yes" if medium.attachments else "",
            codes(sorted(medium.outcomes)),
        ]
        for name, medium in MEDIA.items()
    )
    return table(("Channel", "Templates", "Needs", "Attachments", "`after:` of the next one"), rows)


def filters() -> str:
    """The filters of templates."""
    ours = {name: made for name, made in OURS.items() if name != "d"}
    rows = ([f"`{name}`", _summary(made)] for name, made in ours.items())
    jinja = codes(name for name in HARMLESS if name not in ours)
    return f"{table(('Filter', 'What it makes'), rows)}\n\nOf Jinja's own there are {jinja}."


SECTIONS: Mapping[str, Callable[[], str]] = {
    "settings": settings,
    "scopes": scopes,
    "roles": roles,
    "endpoints": endpoints,
    "problems": problems,
    "channel-errors": channel_errors,
    "steps": steps,
    "request-states": request_states,
    "communication-states": communication_states,
    "version-states": version_states,
    "categories": categories,
    "media": media,
    "filters": filters,
    "communication-yaml": schema_tables.communication,
    "fragment-yaml": schema_tables.fragment,
    "service-yaml": schema_tables.service,
    "table-yaml": schema_tables.decision_table,
    "calendar-yaml": schema_tables.calendar,
    "hook-yaml": schema_tables.hook,
    "points": points,
    "policy-yaml": schema_tables.policy,
    "extract-yaml": schema_tables.letter_extract,
    "sample-yaml": schema_tables.sample,
    "process-yaml": schema_tables.process,
    "saved-case-yaml": schema_tables.saved_case,
    "disposition-yaml": schema_tables.disposition,
    "todo-yaml": schema_tables.todo,
    "todo-states": todo_states,
    "job-run-states": job_run_states,
    "case-yaml": schema_tables.case,
    "case-states": case_states,
    "offer-states": offer_states,
    "print-run-states": print_run_states,
    "piece-states": piece_states,
    "binding-yaml": schema_tables.binding,
    "contact-type-yaml": schema_tables.contact_type,
    "contact-class-yaml": schema_tables.contact_class,
    "alert-yaml": schema_tables.alert,
    "reminder-states": reminder_states,
    "event-states": event_states,
    "effect-states": effect_states,
}


def renewed(text: str) -> str:
    """A document with its sections as the code is now."""
    return SECTION.sub(lambda found: f"{found[1]}\n{SECTIONS[found['name']]()}\n\n{found[3]}", text)


def main() -> None:
    """Renew every document below ``docs``."""
    for path in sorted(DOCS.glob("**/*.md")):
        before = path.read_text(encoding="utf-8")
        after = renewed(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            sys.stdout.write(f"renewed {path.relative_to(DOCS.parent)}\n")


if __name__ == "__main__":
    main()
