"""The contract test for hooks, however they are asked."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from openccm.customisation.contract import HookRequest, Settled
from openccm.customisation.settling import sample_request
from openccm.language.call_sample import HookSample
from openccm.language.hook import HookDefinition
from openccm.language.values import read_values
from openccm.platform.cases import Report

Ask = Callable[[HookRequest], Awaitable[Settled]]
"""Asks the hook and judges the answer; raises HookError."""

_UNKNOWN: Mapping[str, JsonValue] = {
    "text": "no such value",
    "number": "0",
    "money": "0.00",
    "date": "1900-01-01",
    "datetime": "1900-01-01T00:00:00Z",
    "boolean": False,
}


async def check_hook(hook: HookDefinition, ask: Ask, samples: Mapping[str, HookSample]) -> Report:
    """Ask as OpenCCM would, and as it would only on a bad day."""
    report = Report(f"{hook.code}, asked by {hook.transport} at {hook.point}")
    example = sample_request(hook)
    questions = {} if samples else {"an example": (example, HookSample.model_validate({}))}
    for path, sample in samples.items():
        values = to_jsonable_python(read_values(hook.inputs, sample.values).values)
        questions[path] = (example.model_copy(update={"values": values}), sample)
    for name, (question, sample) in questions.items():
        await report.run(f"{name} is answered as declared", _answered(hook, ask, question, sample))
        await report.run(f"{name} may be asked twice", _twice(ask, question))
    first, _ = next(iter(questions.values()))
    await report.run("optional inputs may be missing", _asked(ask, _least(hook, first)))
    await report.run("values that nobody knows do no harm", _asked(ask, _unknown(hook, first)))
    return report


def _answered(
    hook: HookDefinition, ask: Ask, question: HookRequest, sample: HookSample
) -> Callable[[], Awaitable[str | None]]:
    async def deed() -> str | None:
        settled = await ask(question)
        if sample.outcome is not None and settled.outcome != sample.outcome:
            return f"The outcome is {settled.outcome}; expected is {sample.outcome}."
        expected = read_values(hook.outputs, sample.answer).values
        wrong = [name for name in expected if settled.values.get(name) != expected[name]]
        return f"Not as expected: {', '.join(wrong)}." if wrong else None

    return deed


def _twice(ask: Ask, question: HookRequest) -> Callable[[], Awaitable[str | None]]:
    async def deed() -> str | None:
        first, second = await ask(question), await ask(question)
        if (first.outcome, first.values) != (second.outcome, second.values):
            return "The same question got another answer the second time."
        return None

    return deed


def _asked(ask: Ask, question: HookRequest) -> Callable[[], Awaitable[str | None]]:
    async def deed() -> str | None:
        await ask(question)
        return None

    return deed


def _least(hook: HookDefinition, question: HookRequest) -> HookRequest:
    needed = {name for name, field in hook.inputs.items() if not field.optional}
    values = {name: value for name, value in question.values.items() if name in needed}
    return question.model_copy(update={"values": values})


def _unknown(hook: HookDefinition, question: HookRequest) -> HookRequest:
    values: dict[str, Any] = {
        name: _UNKNOWN.get(hook.inputs[name].type, value) for name, value in question.values.items()
    }
    keys = question.keys.model_copy(
        update={"subject": str(uuid4()), "person": "P-UNKNOWN", "account": None}
    )
    return question.model_copy(update={"values": values, "keys": keys})
