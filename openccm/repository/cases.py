"""The saved cases of a definition: examples that must work before it may be submitted."""

from collections.abc import Callable, Iterator, Mapping

from openccm.language.bundle import Bundle, Library
from openccm.language.checks.samples import check_samples
from openccm.language.communication import CommunicationDefinition
from openccm.language.problems import Problem


def cases_failing(bundle: Bundle, library: Library) -> list[Problem]:
    """What goes wrong with the saved cases of a definition; empty when all is well."""
    cases = CASES.get(bundle.definition.kind)
    return list(cases(bundle, library)) if cases else []


def _samples(bundle: Bundle, _library: Library) -> Iterator[Problem]:
    if isinstance(bundle.definition, CommunicationDefinition):
        yield from check_samples(bundle.definition, bundle)


CASES: Mapping[str, Callable[[Bundle, Library], Iterator[Problem]]] = {"communication": _samples}
"""By kind: runs its saved cases. A kind without an entry has none."""
