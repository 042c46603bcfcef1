"""What all kinds of definitions have in common."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from pydantic import Field

from openccm.language.fields import FieldShape, Spelled
from openccm.language.scalars import Kebab, Title


class Use(NamedTuple):
    """Another definition that one relies on."""

    kind: str
    code: str


class Definition(Spelled):
    """Anything that an author writes, that is checked, versioned, approved and pinned."""

    file: ClassVar[str]
    """The file of a folder that such a definition stands in."""

    kind: Any
    """The one word that each kind allows."""
    code: str = Field(description="Its name; no two definitions share one, of whatever kind.")
    title: Title = Field(description="Its name for people.")
    visible_to: tuple[Kebab, ...] = Field(
        (),
        max_length=20,
        description="Users see and use it if they bear one of these roles; all do where left out.",
    )

    def uses(self) -> Iterator[Use]:
        """The definitions it relies on; for the order of publishing and for *where used*."""
        yield from ()

    def takes(self) -> Mapping[str, FieldShape]:
        """What it is handed by a process that asks it."""
        return {}

    def outcomes_given(self) -> Sequence[str]:
        """The outcomes a process can branch on that asks it."""
        return ()

    def gives(self) -> Mapping[str, FieldShape]:
        """What it answers to a process that asks it."""
        return {}
