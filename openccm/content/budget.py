"""What one rendering may use up: steps, text and items, counted as the template runs."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from jinja2.exceptions import SecurityError

MAX_STEPS = 200_000
"""Loop turns and calls, and as many for the text and the items they make."""
MAX_TEXT = 1_000_000
"""Characters in one value that a template makes."""
MAX_OUTPUT = 4_000_000
"""Characters in one rendered part."""
MAX_ITEMS = 100_000
"""Items in one list that a template makes."""

_CHARACTERS_A_STEP = 100
_ITEMS_A_STEP = 10


@dataclass(slots=True)
class Run:
    """One rendering: whom it speaks to, and what is left of its budget."""

    locale: str
    plain: bool
    """Plain text, not markup."""
    steps: int = MAX_STEPS
    output: int = MAX_OUTPUT

    def charge(self, steps: int) -> None:
        """Count the steps.

        Raises:
            SecurityError: The budget is spent.
        """
        self.steps -= steps
        if self.steps < 0:
            raise SecurityError(f"The template takes more than {MAX_STEPS:,} steps.")

    def charge_text(self, length: int) -> None:
        """Count a text that is about to be made."""
        if length > MAX_TEXT:
            raise SecurityError(f"The template makes a text of more than {MAX_TEXT:,} characters.")
        self.charge(1 + length // _CHARACTERS_A_STEP)

    def charge_items(self, length: int) -> None:
        """Count a list that is about to be made."""
        if length > MAX_ITEMS:
            raise SecurityError(f"The template makes a list of more than {MAX_ITEMS:,} items.")
        self.charge(1 + length // _ITEMS_A_STEP)

    def charge_output(self, length: int) -> None:
        """Count what is printed, even into a variable."""
        self.output -= length
        if self.output < 0:
            raise SecurityError(f"The template prints more than {MAX_OUTPUT:,} characters.")

    def charge_value(self, value: object) -> None:
        """Count work that grows with the size of the value."""
        if isinstance(value, str):
            self.charge_text(len(value))
        elif isinstance(value, list | tuple | dict | range):
            self.charge_items(len(value))  # pyright: ignore[reportUnknownArgumentType]

    def counted(self, items: Iterable[Any]) -> Iterator[Any]:
        """The same items, each of them counted as it is taken."""
        for item in items:
            self.charge(1)
            yield item


_current: ContextVar[Run] = ContextVar("rendering")


def current() -> Run:
    """The rendering that the calling filter or operator belongs to."""
    return _current.get()


@contextmanager
def running(run: Run) -> Generator[Run]:
    """Make it the current rendering."""
    token = _current.set(run)
    try:
        yield run
    finally:
        _current.reset(token)
