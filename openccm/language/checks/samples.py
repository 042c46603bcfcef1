"""Samples: examples that really are examples of the definition's data."""

from collections.abc import Iterator

from openccm.language.bundle import Bundle
from openccm.language.communication import CommunicationDefinition
from openccm.language.problems import Problem
from openccm.language.sample import Sample
from openccm.language.validation import validated
from openccm.language.values import read_values
from openccm.language.yaml12 import read_document


def check_samples(definition: CommunicationDefinition, bundle: Bundle) -> Iterator[Problem]:
    """Findings about ``samples/*.yaml``."""
    for path in sorted(path for path in bundle.files if path.startswith("samples/")):
        if path.endswith(".yaml"):
            yield from _check_sample(definition, bundle.files[path], f"{bundle.folder}/{path}")


def _check_sample(
    definition: CommunicationDefinition, content: bytes, file: str
) -> Iterator[Problem]:
    document = read_document(content, file)
    yield from document.problems
    if document.data is None:
        return
    sample = validated(Sample, document)
    if isinstance(sample, list):
        yield from sample
        return
    if sample.language and sample.language not in definition.languages:
        message = f"{sample.language} is not among the definition's languages."
        mend = f"Use one of: {', '.join(definition.languages)}."
        yield document.problem(("language",), message, mend)
    read = read_values(definition.data, sample.data)
    for path, message, mend, of_name in read.misfits:
        yield document.problem(("data", *path), message, mend, key=of_name)
    for name, field in definition.data.items():
        if field.missing == "fail" and name not in read.values and not read.misfits:
            message = f"There is no example of {name}."
            yield document.problem(("data",), message, f"Add {name}: here.", key=True)
