"""Small pieces of Markdown."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are Markdown already."""
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str) -> str:
    """A text that may stand in a cell."""
    return text.replace("``", "`").replace("|", "\\|")


def codes(words: Iterable[object]) -> str:
    """Words as code, with commas between them."""
    return ", ".join(f"`{word}`" for word in words)
