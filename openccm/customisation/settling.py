"""What holds before a hook is asked and after it answered, and what stands in for an answer."""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue, ValidationError
from pydantic_core import to_jsonable_python

from openccm.customisation.contract import HookReply, HookRequest, Settled
from openccm.errors import HookError
from openccm.language.fields import FieldShape
from openccm.language.hook import HookDefinition
from openccm.language.problems import json_path
from openccm.language.values import Misfit, read_values
from openccm.platform.columns import new_id

_SAID = 5


def picked(hook: HookDefinition, values: Mapping[str, Any]) -> dict[str, JsonValue]:
    """Of all that is known, what the hook is given, as JSON."""
    return to_jsonable_python({name: values[name] for name in hook.inputs if name in values})


def check_request(hook: HookDefinition, request: HookRequest) -> HookRequest:
    """The request with exactly the declared inputs.

    Raises:
        HookError: One is missing, not declared or of another type; names it.
    """
    read = read_values(hook.inputs, request.values)
    _refuse(hook, "would be given", hook.inputs, read.values, read.misfits)
    keys = request.keys
    if hook.queue is not None:
        keys = keys.model_copy(update={"person": None, "account": None})
    values = to_jsonable_python(read.values)
    return request.model_copy(update={"values": values, "keys": keys, "hook": hook.code})


def read_reply(hook: HookDefinition, answer: object) -> Settled:
    """The answer, if it is one.

    Raises:
        HookError: A field is missing, not declared or of another type, or the outcome is unknown.
    """
    reply = _reply(hook, answer)
    read = read_values(hook.outputs, reply.values)
    _refuse(hook, "answered", hook.outputs, read.values, read.misfits)
    _check_outcome(hook, reply.outcome)
    return Settled(values=read.values, outcome=reply.outcome, reason=reply.reason)


def stand_in(hook: HookDefinition, error: HookError) -> Settled | None:
    """What goes in place of an answer, by the hook's policy; None where nothing does."""
    if hook.fails == "stop":
        return None
    if hook.fails == "skip":
        return Settled(settled_by="skip", fault=str(error))
    read = read_values(hook.outputs, hook.default or {})
    return Settled(
        values=read.values, outcome=hook.default_outcome, settled_by="default", fault=str(error)
    )


def sample_request(hook: HookDefinition) -> HookRequest:
    """A question as the hook may get it, with a value of the declared type for every input."""
    values = {name: example_of(field) for name, field in hook.inputs.items()}
    return HookRequest.model_validate(
        {
            "hook": hook.code,
            "point": hook.point,
            "keys": {"subject": str(new_id()), "person": "P-1001", "account": "A-5001"},
            "values": values,
        }
    )


def _reply(hook: HookDefinition, answer: object) -> HookReply:
    try:
        if isinstance(answer, bytes):
            return HookReply.model_validate_json(answer)
        return HookReply.model_validate(answer, from_attributes=True)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, fault["loc"]))
        said = f" at {where}: {fault['msg']}" if where else f": {fault['msg']}"
        raise HookError(f"The hook {hook.code} answered something unusable{said}.") from None


def _refuse(
    hook: HookDefinition,
    verb: str,
    fields: Mapping[str, FieldShape],
    values: Mapping[str, Any],
    misfits: list[Misfit],
) -> None:
    if misfits:
        said = " ".join(f"{json_path(each.path)}: {each.message}" for each in misfits[:_SAID])
        wanted = _wanted(fields, misfits[0])
        raise HookError(f"The hook {hook.code} {verb} a wrong value: {said}{wanted}")
    for name, field in fields.items():
        if name not in values and not getattr(field, "optional", False):
            message = f"The hook {hook.code} {verb} no {name}, which is declared as {field.type}."
            raise HookError(message)


def _wanted(fields: Mapping[str, FieldShape], misfit: Misfit) -> str:
    """The type that was declared, where the place is a declared field."""
    name = ".".join(str(part) for part in misfit.path)
    return f" Declared is {fields[name].type}." if name in fields else ""


def _check_outcome(hook: HookDefinition, outcome: str | None) -> None:
    if outcome in hook.answers or (outcome is None and not hook.answers):
        return
    given = "no outcome" if outcome is None else "an outcome that is not declared"
    wanted = f"Declared are: {', '.join(hook.answers)}." if hook.answers else "None is declared."
    raise HookError(f"The hook {hook.code} answered {given}. {wanted}")


_EXAMPLES: Mapping[str, JsonValue] = {
    "text": "example",
    "number": "1",
    "money": "12.50",
    "date": "2026-01-31",
    "datetime": "2026-01-31T08:00:00Z",
    "boolean": True,
}


def example_of(shape: FieldShape) -> JsonValue:
    """A value of this shape, as JSON."""
    parts = {name: example_of(part) for name, part in (shape.fields or {}).items()}
    match shape.type:
        case "list":
            return [parts]
        case "object":
            return parts
        case _:
            return _EXAMPLES[shape.type]
