"""Letter extracts: the to-dos they raise exist, and the records that communications name, too."""

from collections.abc import Collection, Iterator, Mapping

from openccm.language.communication import CommunicationDefinition
from openccm.language.document import Document
from openccm.language.letter_extract import LetterExtractDefinition
from openccm.language.problems import Path, Problem
from openccm.rules.findings import suggestion


def check_letter_extract(
    definition: LetterExtractDefinition, document: Document, todo_types: Collection[str]
) -> Iterator[Problem]:
    """Findings about to-dos, and about lists that no record reads."""
    places: tuple[tuple[Path, str | None], ...] = (
        (("acknowledgement", "to-do"), definition.acknowledgement.to_do),
        (("returns", "to-do"), definition.returns.to_do),
    )
    for path, code in places:
        if code is not None and code not in todo_types:
            mend = suggestion(code, todo_types)
            yield document.problem(path, f"There is no to-do type {code}.", mend)


def check_letter_records(
    definition: CommunicationDefinition,
    document: Document,
    extracts: Mapping[str, LetterExtractDefinition],
) -> Iterator[Problem]:
    """Kinds of records that no letter extract declares."""
    use = definition.channels.get("letter")
    if use is None or not extracts:
        return
    known = {kind for extract in extracts.values() for kind in extract.records}
    for index, kind in enumerate(use.records):
        if kind not in known and (kind != "generic" or "records" in use.model_fields_set):
            message = f"No letter extract has records of the kind {kind}."
            path: Path = ("channels", "letter", "records", index)
            yield document.problem(path, message, suggestion(kind, known))
