"""Fragments: whole by themselves, and asked for as they are declared."""

import re
from collections.abc import Iterator, Mapping

from openccm.language.bundle import Bundle
from openccm.language.checks.inspecting import (
    FragmentCall,
    InspectTemplate,
    is_known,
    mention,
)
from openccm.language.communication import CommunicationDefinition
from openccm.language.context import FRAGMENT_CONTEXT, declared_shapes
from openccm.language.document import Document
from openccm.language.fragment import FragmentDefinition, text_of
from openccm.language.problems import START, Mark, Path, Problem
from openccm.rules.findings import suggestion
from openccm.rules.shapes import paths_of

FORMATS = ("html", "txt")

_TEXT = re.compile(r"templates/([A-Za-z-]+)\.(html|txt)")


def check_fragment(
    definition: FragmentDefinition, bundle: Bundle, inspect_template: InspectTemplate
) -> Iterator[Problem]:
    """Findings about one fragment: its texts are there and read nothing but its parameters."""
    document = bundle.document
    for name in definition.params:
        if name in FRAGMENT_CONTEXT:
            message = f"{name} is always there and cannot be declared."
            yield document.problem(("params", name), message, "Use another name.", key=True)
    for language in definition.languages:
        yield from _check_language(definition, bundle, language, inspect_template)
    yield from _check_strays(definition, bundle)


def _check_strays(definition: FragmentDefinition, bundle: Bundle) -> Iterator[Problem]:
    for path in bundle.files:
        match = _TEXT.fullmatch(path)
        known = match is not None and match[1] in definition.languages
        if path.startswith("templates/") and not (known or path.startswith("templates/shared/")):
            mend = "Name it {language}.html or {language}.txt, or take it out."
            message = "This is the text of none of the languages."
            yield Problem.at(f"{bundle.folder}/{path}", START, (), message, mend)


def _check_language(
    definition: FragmentDefinition, bundle: Bundle, language: str, inspect_template: InspectTemplate
) -> Iterator[Problem]:
    there = [each for each in FORMATS if text_of(language, each) in bundle.files]
    wanted = [
        each
        for each in FORMATS
        if any(text_of(other, each) in bundle.files for other in definition.languages)
    ]
    for suffix in wanted or FORMATS[:1]:
        if suffix not in there:
            message = f"There is no {suffix} text in {language}."
            path: Path = ("languages", definition.languages.index(language))
            yield bundle.document.problem(path, message, f"Add {text_of(language, suffix)}.")
    shapes = {**FRAGMENT_CONTEXT, **declared_shapes(definition.params)}
    for suffix in there:
        entry = text_of(language, suffix)
        found = inspect_template(bundle.files, entry)
        for file, line, message in found.problems:
            yield _at(bundle, file, line, message, "Mend the text.")
        for name in sorted(found.names):
            if not is_known(name.split("."), shapes):
                mend = f"Declare it in params:. {suggestion(name, paths_of(shapes))}"
                yield _at(bundle, entry, _line(bundle, entry, name), f"There is no {name}.", mend)
        for call in found.fragments:
            message = "A fragment uses no other fragment."
            yield _at(bundle, call.file, call.line, message, "Write it out.")


def _line(bundle: Bundle, entry: str, name: str) -> int:
    text = bundle.files[entry].decode("utf-8", "replace")
    return text.count("\n", 0, max(mention(text, name), 0)) + 1


def check_declared(
    definition: CommunicationDefinition,
    document: Document,
    fragments: Mapping[str, FragmentDefinition],
) -> Iterator[Problem]:
    """Findings about ``fragments:``."""
    for index, code in enumerate(definition.fragments):
        path: Path = ("fragments", index)
        if code not in fragments:
            message = f"There is no fragment {code} in use."
            yield document.problem(path, message, suggestion(code, fragments))
        elif code in definition.fragments[:index]:
            yield document.problem(path, f"{code} stands twice.", "Keep one.")


class Calls:
    """The places at which one communication's templates ask for fragments."""

    def __init__(
        self, definition: CommunicationDefinition, fragments: Mapping[str, FragmentDefinition]
    ) -> None:
        self.asked: set[str] = set()
        self._declared = definition.fragments
        self._fragments = fragments

    def check(self, call: FragmentCall, language: str) -> Iterator[tuple[str, str]]:
        """What is wrong with one call in a template of a language, and how to mend it."""
        self.asked.add(call.code)
        if call.code not in self._declared:
            mend = f"Add it to fragments:. {suggestion(call.code, self._declared)}"
            yield f"{call.code} is not among the fragments.", mend
            return
        fragment = self._fragments.get(call.code)
        if fragment is None:
            return  # told where it is declared
        if language not in fragment.languages:
            mend = f"Add it there; it exists in {', '.join(fragment.languages)}."
            yield f"{call.code} does not exist in {language}.", mend
        for name in fragment.params:
            if name not in call.params:
                yield f"{call.code} needs {name}.", f"Hand it over: {name}=…"
        for name in call.params:
            if name not in fragment.params:
                yield f"{call.code} takes no {name}.", suggestion(name, fragment.params)


def check_unasked(
    definition: CommunicationDefinition, document: Document, asked: set[str]
) -> Iterator[Problem]:
    """Fragments that no template asks for."""
    for index, code in enumerate(definition.fragments):
        if code not in asked:
            message, mend = f"No template uses {code}.", "Take it out."
            yield document.problem(("fragments", index), message, mend, severity="warning")


def _at(bundle: Bundle, file: str, line: int, message: str, mend: str) -> Problem:
    return Problem.at(f"{bundle.folder}/{file}", Mark(line, 1), (), message, mend)
