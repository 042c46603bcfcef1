"""What all kinds of definitions have in common."""

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from pydantic import Field

from openccm.language.fields import Spelled
from openccm.language.scalars import Title


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

    def uses(self) -> Iterator[Use]:
        """The definitions it relies on; for the order of publishing and for *where used*."""
        yield from ()
