"""Hooks: names that can be told apart, a default that fits, nothing personal in a task queue."""

from collections.abc import Iterator, Mapping

from openccm.language.bundle import Bundle
from openccm.language.call_sample import HookSample
from openccm.language.checks.data import check_name
from openccm.language.communication import CommunicationDefinition
from openccm.language.document import Document
from openccm.language.hook import HookDefinition, HookField
from openccm.language.problems import Path, Problem
from openccm.language.validation import validated
from openccm.language.values import Misfit, read_values
from openccm.language.yaml12 import read_document
from openccm.rules.findings import suggestion


def check_hook(definition: HookDefinition, bundle: Bundle) -> Iterator[Problem]:
    """Findings about a hook by itself."""
    document = bundle.document
    for place, fields in (("inputs", definition.inputs), ("outputs", definition.outputs)):
        for name, field in fields.items():
            yield from check_name(name, fields, document, (place, name))
            if definition.queue is not None and field.sensitivity != "public":
                message = f"{name} would stand in the history of the run, for all who may read it."
                mend = "Write sensitivity: public where it is; else use http: or python:."
                path: Path = (place, name, "sensitivity")
                yield document.problem(path, message, mend, key=True)
    yield from _check_outcomes(definition, document)
    yield from _check_default(definition, document)
    yield from _check_samples(definition, bundle)


def check_eligibility_hooks(
    definition: CommunicationDefinition,
    document: Document,
    hooks: Mapping[str, HookDefinition],
    reads: set[str],
) -> Iterator[Problem]:
    """Findings about hooks among ``eligibility:``; adds the fields they are given to ``reads``."""
    for name, rule in definition.eligibility.items():
        if rule.hook is None:
            continue
        path: Path = ("eligibility", name, "hook")
        hook = hooks.get(rule.hook)
        if hook is None:
            mend = suggestion(rule.hook, hooks)
            yield document.problem(path, f"There is no hook {rule.hook}.", mend)
            continue
        if hook.point != "eligibility":
            message = f"{rule.hook} is asked at {hook.point}, not for eligibility."
            yield document.problem(path, message, "Write point: eligibility in its hook.yaml.")
        if hook.queue is not None:
            message = f"{rule.hook} is asked through a task queue, which only processes can do."
            yield document.problem(path, message, "Ask it by http: or python:, or in a process.")
        reads |= hook.inputs.keys()
        for input_name, field in hook.inputs.items():
            yield from _check_input(input_name, field, definition, document, path)


def _check_input(
    name: str,
    field: HookField,
    definition: CommunicationDefinition,
    document: Document,
    path: Path,
) -> Iterator[Problem]:
    declared = definition.data.get(name)
    if declared is None:
        if not field.optional:
            message = f"The hook needs {name}, which is not declared."
            yield document.problem(path, message, f"Declare {name}: under data:.")
    elif declared.type != field.type:
        message = f"The hook takes {name} as {field.type}; here it is {declared.type}."
        yield document.problem(path, message, "Declare it alike in both places.")
    elif declared.missing == "hide" and not field.optional:
        message = f"{name} may have no value; then the hook cannot be asked."
        mend = "Write optional: true for it in hook.yaml, or missing: fail here."
        yield document.problem(path, message, mend, severity="warning")


def _check_outcomes(definition: HookDefinition, document: Document) -> Iterator[Problem]:
    for index, outcome in enumerate(definition.outcomes):
        if outcome in definition.outcomes[:index]:
            path: Path = ("outcomes", index)
            yield document.problem(path, f"{outcome} is named twice.", "Keep one.")


def _check_default(definition: HookDefinition, document: Document) -> Iterator[Problem]:
    if definition.fails != "default":
        return
    read = read_values(definition.outputs, definition.default or {})
    for where, message, mend, of_name in read.misfits:
        yield document.problem(("default", *where), message, mend, key=of_name)
    for name in lacking(definition.outputs, read.values):
        misfit = Misfit(("default",), f"The default has no {name}.", f"Add {name}: here.", True)
        yield document.problem(misfit.path, misfit.message, misfit.mend, key=misfit.of_name)


def _check_samples(definition: HookDefinition, bundle: Bundle) -> Iterator[Problem]:
    for path in sorted(bundle.files):
        if path.startswith("samples/") and path.endswith(".yaml"):
            document = read_document(bundle.files[path], f"{bundle.folder}/{path}")
            yield from document.problems
            if document.data is not None:
                yield from _check_sample(definition, document)


def _check_sample(definition: HookDefinition, document: Document) -> Iterator[Problem]:
    sample = validated(HookSample, document)
    if isinstance(sample, list):
        yield from sample
        return
    for place, fields, given in (
        ("values", definition.inputs, sample.values),
        ("answer", definition.outputs, sample.answer),
    ):
        for path, message, mend, of_name in read_values(fields, given).misfits:
            yield document.problem((place, *path), message, mend, key=of_name)
    if sample.outcome is not None and sample.outcome not in definition.answers:
        mend = f"Declared are: {', '.join(definition.answers) or 'none'}."
        yield document.problem(
            ("outcome",), f"{sample.outcome} is none of the hook's outcomes.", mend
        )


def lacking(fields: Mapping[str, HookField], values: Mapping[str, object]) -> list[str]:
    """The fields that must be there and are not."""
    return [name for name, field in fields.items() if not field.optional and name not in values]
