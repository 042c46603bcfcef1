"""A definition with all its files, and a library of them: what is checked, stored and pinned."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from openccm.language.definition import Definition
from openccm.language.document import Document
from openccm.language.problems import Problem

Kind = TypeVar("Kind", bound=Definition)


@dataclass(frozen=True, slots=True)
class Bundle:
    """One definition and every file it needs, by path; the same content has the same digest."""

    folder: str
    definition: Definition
    files: Mapping[str, bytes]
    digest: str
    document: Document
    """The definition's text, for the places of further findings."""


@dataclass(frozen=True, slots=True)
class Library:
    """All definitions that could be loaded, and everything wrong with the others."""

    bundles: tuple[Bundle, ...] = ()
    problems: tuple[Problem, ...] = ()

    def of(self, kind: type[Kind]) -> dict[str, Kind]:
        """The definitions of one kind, by code."""
        return {
            bundle.definition.code: bundle.definition
            for bundle in self.bundles
            if isinstance(bundle.definition, kind)
        }

    def bundle(self, code: str) -> Bundle:
        """The definition of this code with its files; KeyError where there is none."""
        for bundle in self.bundles:
            if bundle.definition.code == code:
                return bundle
        raise KeyError(code)


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over paths and contents, in one order."""
    total = hashlib.sha256()
    for path in sorted(files):
        content = hashlib.sha256(files[path]).hexdigest()
        total.update(f"{path}\0{content}\n".encode())
    return total.hexdigest()
