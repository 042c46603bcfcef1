"""Looking at pages as those do who see little: with axe, in both colour schemes."""

from collections.abc import Sequence
from typing import Literal

from tests.web.visitor import Visitor

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


async def look(somebody: Visitor, paths: Sequence[str]) -> dict[str, list[str]]:
    """What axe finds, by address and scheme; nothing where all is well."""
    found: dict[str, list[str]] = {}
    for scheme in SCHEMES:
        await somebody.page.emulate_media(color_scheme=scheme)
        for path in paths:
            await somebody.go(path)
            if wrong := await somebody.violations():
                found[f"{path} ({scheme})"] = wrong
    return found
