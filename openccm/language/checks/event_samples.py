"""Samples of events: examples that really are examples of what their binding reads."""

from collections.abc import Iterator

from openccm.language.bundle import Bundle
from openccm.language.document import Document
from openccm.language.event_binding import EventBindingDefinition
from openccm.language.event_sample import EventSample
from openccm.language.problems import Problem
from openccm.language.validation import validated
from openccm.language.values import read_values
from openccm.language.yaml12 import read_document


def check_event_samples(binding: EventBindingDefinition, bundle: Bundle) -> Iterator[Problem]:
    """Findings about ``samples/*.yaml``."""
    for path in sorted(bundle.files):
        if path.startswith("samples/") and path.endswith(".yaml"):
            document = read_document(bundle.files[path], f"{bundle.folder}/{path}")
            yield from document.problems
            if document.data is not None:
                yield from _check_sample(binding, document)


def _check_sample(binding: EventBindingDefinition, document: Document) -> Iterator[Problem]:
    sample = validated(EventSample, document)
    if isinstance(sample, list):
        yield from sample
        return
    read = read_values(binding.data, sample.data)
    for where, message, mend, of_name in read.misfits:
        yield document.problem(("data", *where), message, mend, key=of_name)
    for name, field in binding.data.items():
        if field.missing == "fail" and name not in read.values and not read.misfits:
            message = f"There is no example of {name}."
            yield document.problem(("data",), message, f"Add {name}: here.", key=True)
