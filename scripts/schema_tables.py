"""The YAML of definitions as tables, from the schemas that their models give."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from openccm.language import calendar as calendars
from openccm.language import scalars, todo_type
from openccm.language.case import MOMENT, Case
from openccm.language.sample import Sample
from openccm.language.schema import json_schema
from openccm.language.steps import StepBase
from scripts.markdown import cell, codes, table

HEADINGS: Mapping[str, str] = {
    "Variable": "Each entry of `variables:`",
    "ProcessEvent": "Each entry of a process's `events:`",
    "Stop": "Each entry of `stops:`",
    "Case": "Each entry of a branch's `cases:`",
    "ApprovalLimit": "`approval:` of an offer",
    "Telling": "Each entry of `events:`",
    "Answer": "Each answer",
    "Expectation": "`expect:`",
    "ExpectedSend": "Each entry of `sends:`",
    "DuplicateWindow": "`duplicate:`",
    "DataField": "Each entry of `data:`",
    "FieldShape": "Each part of a list or an object",
    "DefaultValue": "`missing:` with a value",
    "Rule": "Each entry of `eligibility:`",
    "ChannelUse": "Each entry of `channels:`",
    "Sender": "`from:` of a channel",
    "QuietHours": "`quiet-hours:`",
    "EventField": "Each entry of a binding's `data:`",
    "Effective": "`effective:`",
    "Once": "`once:`",
    "RequestDeed": "`request:` of a binding",
    "ProcessDeed": "`process:` of a binding",
    "OffersDeed": "`offers:` of a binding",
    "CaseStatus": "Each entry of `statuses:`",
    "CaseTask": "Each entry of `tasks:`",
    "ContactDeed": "`contact:` of a binding",
    "ToDoDeed": "`to-do:` of a binding",
    "TableFilter": "`decide:` of a binding",
    "Characteristic": "Each entry of `characteristics:`",
    "ContactLetter": "`communication:` of a contact type",
    "ContactReminder": "`reminder:`",
    "ContactToDo": "`to-do:` of a contact type",
    "ContactProcess": "`process:` of a contact type",
    "ContactCount": "`contacts:` of an alert",
    "HttpEndpoint": "`http:` of a data service",
    "ServiceField": "Each entry of a data service's `fields:`",
    "TableInput": "Each entry of `inputs:`",
    "TableOutput": "Each entry of `outputs:`",
    "TableRow": "Each entry of `rows:`",
    "TableCase": "Each entry of `cases:`",
    "Effect": "`effective:`",
    "Again": "`again:` of an outcome",
    "Wishes": "`wishes:` of an outcome",
    "Skill": "Each entry of `skills:`",
    "PriorityRule": "Each entry of `priority-when:`",
    "Outcome": "Each entry of `outcomes:`",
    "Sla": "`sla:`",
    "Escalation": "Each entry of `escalate:`",
    "HookField": "Each entry of `inputs:` and `outputs:`",
    "PythonHook": "`python:` of a hook",
    "QueueHook": "`queue:` of a hook",
    "ApprovalRule": "Each entry of `rules:`",
    "ExtractRecord": "Each record of `head:`, `records:` and `trailer:`",
    "ExtractField": "Each entry of a record's `fields:`",
    "Envelope": "Each entry of `envelopes:`",
    "Acknowledgement": "`acknowledgement:`",
    "Returns": "`returns:`",
    "ApprovalStep": "Each entry of a rule's `steps:`",
}
"""Where in the YAML each model stands."""

FORMS: Mapping[str, str] = {
    scalars.CODE: "capitals, as `BILL-READY`",
    scalars.KEBAB: "small letters, as `account-holder`",
    f"{scalars.KEBAB}|{scalars.CODE}": "a channel, as `email`, or a communication's code",
    scalars.NAME: "a field's name, as `bill.due_date`",
    scalars.PART: "small letters, as `due_date`",
    scalars.LANGUAGE: "a language, as `en` or `en-GB`",
    scalars.CURRENCY: "a currency, as `EUR`",
    scalars.ENTRY_POINT: "an entry point, as `brightwater_billing`",
    scalars.REFERENCE: "`env:NAME` or `file:/path`",
    scalars.ADDRESS: "`https://…` or `env:NAME`",
    scalars.EMAIL: "an e-mail address",
    scalars.OUTCOME: "small letters, as `not-reached`",
    scalars.SPAN: "a time, as `7 days` or `2 business days`",
    MOMENT: "a moment, as `2026-05-01 09:00`",
    scalars.DURATION: "a duration, as `15 minutes`",
    scalars.SPAN: "a time, as `7 days` or `2 business days`",
    calendars.DAYS: "weekdays, as `mon` or `mon-fri`",
    calendars.SPAN: 'an opening, as `"09:00-17:00"`',
    scalars.DAY: "a day, as `2026-01-31`",
    scalars.TIME: 'a time, as `"21:00"`',
    todo_type.SPAN: "a time, as `15 minutes` or `2 business days`",
    todo_type.SHARE: "a share, as `80 %`",
    scalars.EVENT_TYPE: "a type of event, as `payment.received`",
    scalars.SYSTEM: "a core system's code, as `BILLING`",
}
_UNITS = (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))

Schema = dict[str, Any]


def communication() -> str:
    """``communication.yaml`` and all that stands in it."""
    return _kind(json_schema("communication"), ())


def service() -> str:
    """``service.yaml``; what communications have too is told there."""
    return _kind(json_schema("data-service"), ("FieldShape",))


def decision_table() -> str:
    """``table.yaml`` and all that stands in it."""
    return _kind(json_schema("decision-table"), ())


def calendar() -> str:
    """``calendar.yaml``."""
    return _kind(json_schema("calendar"), ())


def disposition() -> str:
    """``disposition.yaml``."""
    return _kind(json_schema("disposition"), ())


def fragment() -> str:
    """``fragment.yaml`` and all that stands in it."""
    return _kind(json_schema("fragment"), ("FieldShape",))


def todo() -> str:
    """``todo.yaml`` and all that stands in it."""
    return _kind(json_schema("to-do-type"), ())


def case() -> str:
    """``case.yaml`` and all that stands in it."""
    return _kind(json_schema("case-type"), ())


def binding() -> str:
    """``binding.yaml`` and all that stands in it."""
    return _kind(json_schema("event-binding"), ())


def contact_type() -> str:
    """``contact-type.yaml`` and all that stands in it."""
    return _kind(json_schema("contact-type"), ())


def contact_class() -> str:
    """``contact-class.yaml``."""
    return _kind(json_schema("contact-class"), ())


def alert() -> str:
    """``alert.yaml``."""
    return _kind(json_schema("alert"), ())


def hook() -> str:
    """``hook.yaml`` and all that stands in it."""
    return _kind(json_schema("hook"), ())


def letter_extract() -> str:
    """``extract.yaml`` and all that stands in it."""
    return _kind(json_schema("letter-extract"), ())


def policy() -> str:
    """``policy.yaml``: who approves what."""
    return _kind(json_schema("approval-policy"), ())


def sample() -> str:
    """A sample."""
    return _properties(Sample.model_json_schema())


def saved_case() -> str:
    """A saved case and all that stands in it."""
    return _kind(Case.model_json_schema(), ())


def process() -> str:
    """``process.yaml``: its parts, then each kind of step."""
    schema = json_schema("process")
    steps = _kinds_of_step(schema)
    common = StepBase.model_json_schema()
    parts = [_kind(schema, ("DataField", "FieldShape", "DefaultValue", *steps))]
    parts += ["### Steps", "What every step may say:", _properties(common)]
    for name in steps:
        own = dict(schema["$defs"][name])
        own["properties"] = {
            key: each
            for key, each in own["properties"].items()
            if key not in ("do", *common["properties"])
        }
        heading = f"#### `do: {schema['$defs'][name]['properties']['do']['const']}`"
        parts += [heading, own["description"], *([_properties(own)] if own["properties"] else ())]
    text = "\n\n".join(parts)
    for told in ("DataField", "FieldShape", "DefaultValue"):
        link = anchor(HEADINGS[told])
        text = text.replace(f"(#{link})", f"(definitions.md#{link})")
    return text


def _kinds_of_step(schema: Schema) -> list[str]:
    entries = next(iter(schema["properties"]["steps"]["patternProperties"].values()))
    return [each["$ref"].rpartition("/")[2] for each in entries["oneOf"]]


def _kind(schema: Schema, known: tuple[str, ...]) -> str:
    parts = [_properties(schema)]
    order = [name for name in HEADINGS if name in schema.get("$defs", {}) and name not in known]
    missing = schema.get("$defs", {}).keys() - set(order) - set(known)
    if missing:
        raise KeyError(f"Say in HEADINGS where these stand: {sorted(missing)}")
    for name in order:
        described = schema.get("$defs", {})[name]
        parts += [f"#### {HEADINGS[name]}", described["description"], _properties(described)]
    return "\n\n".join(parts)


def _properties(schema: Schema) -> str:
    required = schema.get("required", ())
    rows = (
        [
            f"`{name}`",
            cell(written(each)),
            "required" if name in required else _default(each),
            cell(each["description"]),
        ]
        for name, each in schema["properties"].items()
    )
    return table(("Name", "Written as", "Left out", "Meaning"), rows)


def written(schema: Schema) -> str:
    """How an author writes a value of this schema."""
    if "$ref" in schema:
        heading = HEADINGS[schema["$ref"].rpartition("/")[2]]
        return f"[{_plain(heading)}](#{anchor(heading)})"
    if schema.get("discriminator", {}).get("propertyName") == "do":
        return "a [step](#steps)"
    choices = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    choices = [each for each in choices if each != _NULL]
    if choices:
        kinds = frozenset(each.get("type", "") for each in choices)
        return _MIXED.get(kinds) or " or ".join(map(written, choices))
    if "const" in schema or "enum" in schema:
        return codes(schema.get("enum") or [schema["const"]])
    if schema.get("pattern") in FORMS:
        return FORMS[schema["pattern"]]
    return _BY_TYPE[schema.get("type", "")](schema)


_NULL = {"type": "null"}
_SCALARS = frozenset(("string", "number", "boolean"))
_MIXED: Mapping[frozenset[str], str] = {
    _SCALARS: "a value",
    _SCALARS | {"array", "object"}: "a [cell](#cells)",
}
"""How values are called that have more than one form."""


def _named(schema: Schema) -> str:
    entries = schema.get("patternProperties", {})
    if not entries:
        return "values by name"
    (pattern, value), *_ = entries.items()
    return f"{FORMS[pattern].partition(',')[0]}, then {written(value)}"


_BY_TYPE: Mapping[str, Callable[[Schema], str]] = {
    "array": lambda schema: f"a list: {written(schema['items'])}",
    "object": _named,
    "string": lambda _: "a text",
    "integer": lambda schema: (
        "a whole number"
        + (f", {schema['minimum']} to {schema['maximum']}" if "maximum" in schema else "")
    ),
    "boolean": lambda _: "`true` or `false`",
    "": lambda _: "any value",
}


def _default(schema: Schema) -> str:
    default: Any = schema.get("default")
    if default in (None, [], {}):
        return ""
    if _is_duration(schema):
        return f"`{duration(default)}`"
    if schema.get("pattern") == todo_type.SHARE:
        return f"`{default} %`"
    if schema.get("type") == "array" and _is_duration(schema["items"]):
        return f"`[{', '.join(map(duration, default))}]`"
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"


def _is_duration(schema: Schema) -> bool:
    return schema.get("pattern") == scalars.DURATION


def duration(seconds: int) -> str:
    """Seconds as an author writes them."""
    unit, size = next((unit, size) for unit, size in _UNITS if seconds % size == 0)
    count = seconds // size
    return f"{count} {unit}{'s' if count != 1 else ''}"


def anchor(heading: str) -> str:
    """The address of a heading within its page."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def _plain(heading: str) -> str:
    return heading[0].lower() + heading[1:]
