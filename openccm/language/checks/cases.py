"""Saved cases and the samples they are played with: each is one, and names what there is."""

from collections.abc import Iterator

from openccm.language.bundle import Bundle
from openccm.language.case import Case
from openccm.language.document import Document
from openccm.language.problems import Path, Problem
from openccm.language.process import ProcessDefinition
from openccm.language.sample import Sample
from openccm.language.validation import validated
from openccm.language.values import read_values
from openccm.language.yaml12 import read_document
from openccm.rules.findings import suggestion

CASES, SAMPLES = "cases/", "samples/"


def files_in(bundle: Bundle, place: str) -> list[str]:
    """The YAML files of a place, in their order."""
    return sorted(path for path in bundle.files if path.startswith(place) and path[-5:] == ".yaml")


def name_of(path: str) -> str:
    """``samples/happy.yaml`` is ``happy``."""
    return path.rpartition("/")[2].removesuffix(".yaml")


def read_case(bundle: Bundle, path: str) -> tuple[Document, Case | list[Problem]]:
    """One saved case with the places of its values, or what is wrong with it."""
    document = read_document(bundle.files[path], f"{bundle.folder}/{path}")
    if document.data is None:
        return document, list(document.problems)
    return document, validated(Case, document)


def read_sample(bundle: Bundle, path: str) -> Sample | list[Problem]:
    """One sample, or what is wrong with it."""
    document = read_document(bundle.files[path], f"{bundle.folder}/{path}")
    if document.data is None:
        return list(document.problems)
    return validated(Sample, document)


def check_cases(bundle: Bundle) -> Iterator[Problem]:
    """Findings about ``cases/*.yaml``, whatever they are played with."""
    samples = [name_of(path) for path in files_in(bundle, SAMPLES)]
    for path in files_in(bundle, CASES):
        document, case = read_case(bundle, path)
        if isinstance(case, list):
            yield from case
            continue
        yield from document.problems
        if case.sample not in samples:
            mend = suggestion(case.sample, samples)
            yield document.problem(("sample",), f"There is no sample {case.sample}.", mend)
        if isinstance(bundle.definition, ProcessDefinition):
            yield from _check_steps(bundle.definition, case, document)


def _check_steps(
    definition: ProcessDefinition, case: Case, document: Document
) -> Iterator[Problem]:
    steps = [*definition.steps, *definition.undo]
    named: list[tuple[Path, str]] = [
        (("answers", name), name) for name in case.answers if name.islower()
    ]
    named += [(("expect", "path", at), name) for at, name in enumerate(case.expect.path or ())]
    if case.expect.stands:
        named.append((("expect", "stands"), case.expect.stands))
    for place, name in named:
        if name not in steps:
            key = place[0] == "answers"
            message = f"There is no step {name}."
            yield document.problem(place, message, suggestion(name, steps), key=key)


def check_process_samples(definition: ProcessDefinition, bundle: Bundle) -> Iterator[Problem]:
    """Findings about the samples of a process."""
    for path in files_in(bundle, SAMPLES):
        document = read_document(bundle.files[path], f"{bundle.folder}/{path}")
        sample = read_sample(bundle, path)
        if isinstance(sample, list):
            yield from sample
            continue
        yield from document.problems
        read = read_values(definition.data, sample.data)
        for place, message, mend, of_name in read.misfits:
            yield document.problem(("data", *place), message, mend, key=of_name)
        for name, field in definition.data.items():
            if field.missing == "fail" and name not in read.values and not read.misfits:
                message = f"There is no example of {name}."
                yield document.problem(("data",), message, f"Add {name}: here.", key=True)
