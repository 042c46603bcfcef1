"""What can be wrong with a rule: when it is written, and when it is evaluated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from openccm.errors import DefinitionError, OpenCCMError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend in an expression."""

    at: int
    """Where in the expression's text, counted from 0."""
    message: str
    mend: str

    @property
    def column(self) -> int:
        """The place as editors count it, from 1."""
        return self.at + 1


class ExpressionError(DefinitionError):
    """An expression cannot be compiled; ``findings`` holds everything found, in reading order."""

    code = "expression_invalid"

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        super().__init__(f"Column {first.column}: {first.message} {first.mend}")
        self.findings = tuple(findings)


class RuleError(OpenCCMError):
    """A rule has no answer for this data. The message names fields, never their values."""

    code = "rule_failed"

    def __init__(self, message: str, *, missing: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.missing = tuple(missing)
        """The fields the rule needed and nobody gave, where that is the cause."""


def suggestion(name: str, known: Iterable[str]) -> str:
    """A mend that names what was probably meant, else what there is."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]}?"
    more = ", …" if len(names) > 12 else ""
    return f"Known are: {', '.join(names[:12]) or 'none'}{more}."
