"""Templates: there for every channel and language, and reading only what there is."""

import re
from collections.abc import Collection, Iterator, Mapping

from openccm.language.bundle import Bundle
from openccm.language.categories import CATEGORIES
from openccm.language.checks.fragments import Calls
from openccm.language.checks.inspecting import (
    FragmentCall,
    InspectTemplate,
    TemplateFindings,
    is_known,
    mention,
)
from openccm.language.communication import CommunicationDefinition
from openccm.language.context import UNSUBSCRIBE, template_fields
from openccm.language.fragment import FragmentDefinition
from openccm.language.media import medium
from openccm.language.problems import START, Mark, Path, Problem, Severity
from openccm.language.source import mark_at
from openccm.rules.findings import suggestion
from openccm.rules.shapes import paths_of

_TEMPLATE = re.compile(r"templates/([a-z][a-z0-9-]*)\.([A-Za-z-]+)\.(html|txt)")


class TemplateChecks:
    """The templates of one communication; remembers what they read."""

    def __init__(
        self,
        definition: CommunicationDefinition,
        bundle: Bundle,
        inspect_template: InspectTemplate,
        fragments: Mapping[str, FragmentDefinition],
    ) -> None:
        self.definition = definition
        self.bundle = bundle
        self.calls = Calls(definition, fragments)
        self.reads: set[str] = set()
        self._inspect = inspect_template
        self._fields = template_fields(definition.data)

    def check(self) -> Iterator[Problem]:
        """All findings, subjects included."""
        for channel in self.definition.channels:
            for language in self.definition.languages:
                yield from self._check_pair(channel, language)
        for channel, use in self.definition.channels.items():
            for language, subject in use.subject.items():
                yield from self._check_subject(channel, language, subject)
        yield from self._check_strays()

    def _check_pair(self, channel: str, language: str) -> Iterator[Problem]:
        formats = medium(channel).formats
        names = [f"templates/{channel}.{language}.{ending}" for ending in formats]
        there = [name for name in names if name in self.bundle.files]
        if not there:
            message = f"{channel} has no template in {language}."
            mend = f"Add {names[0]}."
            path: Path = ("channels", channel)
            yield self.bundle.document.problem(path, message, mend, key=True)
        for entry in there:
            yield from self._check_template(channel, language, entry)

    def _check_template(self, channel: str, language: str, entry: str) -> Iterator[Problem]:
        found = self._inspect(self.bundle.files, entry)
        for file, line, message in found.problems:
            yield self._problem(file, Mark(line, 1), message, "Mend the template.")
        for call, message, mend in self._wrong_calls(found, language):
            yield self._problem(call.file, Mark(call.line, 1), message, mend)
        for name, mend in self._unknown(found.names):
            mark = self._firstmention(entry, name)
            yield self._problem(entry, mark, f"There is no {name}.", mend)
        facts = CATEGORIES[self.definition.category]
        asks = facts.one_click_unsubscribe and medium(channel).links
        if asks and UNSUBSCRIBE not in found.names:
            message = f"{self.definition.category.capitalize()} needs a way out of it."
            mend = f"Add a link to {{{{ {UNSUBSCRIBE} }}}}."
            yield self._problem(entry, START, message, mend)

    def _check_subject(self, channel: str, language: str, subject: str) -> Iterator[Problem]:
        """A subject is a template too; it is inspected as if it stood in a file."""
        path: Path = ("channels", channel, "subject", language)
        entry = f"templates/subject.{channel}.{language}.txt"
        found = self._inspect({**self.bundle.files, entry: subject.encode()}, entry)
        document = self.bundle.document
        for file, line, message in found.problems:
            if file in (entry, entry.removeprefix("templates/")):
                yield document.problem(path, message, "Mend the subject.")
            else:
                yield self._problem(file, Mark(line, 1), message, "Mend the template.")
        for _, message, mend in self._wrong_calls(found, language):
            yield document.problem(path, message, mend)
        for name, mend in self._unknown(found.names):
            mark = document.inside(path, subject, max(mention(subject, name), 0))
            yield document.problem(path, f"There is no {name}.", mend, mark=mark)

    def _wrong_calls(
        self, found: TemplateFindings, language: str
    ) -> Iterator[tuple[FragmentCall, str, str]]:
        for call in found.fragments:
            for message, mend in self.calls.check(call, language):
                yield call, message, mend

    def _unknown(self, names: Collection[str]) -> Iterator[tuple[str, str]]:
        """Names nobody declared, each with a mend; the others count as read."""
        for name in sorted(names):
            if is_known(name.split("."), self._fields):
                self.reads.add(name.partition("[]")[0])
            else:
                yield name, suggestion(name, paths_of(self._fields))

    def _check_strays(self) -> Iterator[Problem]:
        for path in self.bundle.files:
            match = _TEMPLATE.fullmatch(path)
            if match is None or (
                match[1] in self.definition.channels and match[2] in self.definition.languages
            ):
                continue
            message = f"No channel uses the template {match[1]} in {match[2]}."
            mend = "Declare the channel and the language, or take the file out."
            yield self._problem(path, START, message, mend, severity="warning")

    def _firstmention(self, entry: str, name: str) -> Mark:
        """Where the template writes the name; its beginning where another one does."""
        text = self.bundle.files[entry].decode("utf-8", "replace")
        offset = mention(text, name)
        return mark_at(text, offset) if offset >= 0 else START

    def _problem(
        self, file: str, mark: Mark, message: str, mend: str, severity: Severity = "error"
    ) -> Problem:
        return Problem.at(f"{self.bundle.folder}/{file}", mark, (), message, mend, severity)
