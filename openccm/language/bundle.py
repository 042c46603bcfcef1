"""A definition with all its files, and a library of them: what is checked, stored and pinned."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from openccm.language.communication import CommunicationDefinition
from openccm.language.data_service import DataServiceDefinition
from openccm.language.document import Document
from openccm.language.problems import Problem

Definition = CommunicationDefinition | DataServiceDefinition


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

    @property
    def communications(self) -> dict[str, Bundle]:
        """The bundles of communications, by code."""
        return {
            bundle.definition.code: bundle
            for bundle in self.bundles
            if isinstance(bundle.definition, CommunicationDefinition)
        }

    @property
    def services(self) -> dict[str, DataServiceDefinition]:
        """The data services, by code."""
        return {
            bundle.definition.code: bundle.definition
            for bundle in self.bundles
            if isinstance(bundle.definition, DataServiceDefinition)
        }


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over paths and contents, in one order."""
    total = hashlib.sha256()
    for path in sorted(files):
        content = hashlib.sha256(files[path]).hexdigest()
        total.update(f"{path}\0{content}\n".encode())
    return total.hexdigest()
