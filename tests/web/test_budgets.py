"""What a page may weigh before it shows something, gzipped, so that it opens quickly far away."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from api.web import BUILT

DESIGNER, OTHERS = 400_000, 300_000
ROUTES = {"DraftPage": DESIGNER, "DefinitionPage": OTHERS, "ListPage": OTHERS, "StartPage": OTHERS}
DESK = ("InboxPage", "ToDoPage", "PersonPage", "LogPage", "AccountPage", "PremisePage", "CasePage")
BOARDS = ("OperationsPage", "RequestPage", "InstancePage", "RunPage", "UserPage", "SystemPage")
ROUTES |= dict.fromkeys((*DESK, *BOARDS), OTHERS)


def brought(manifest: dict[str, Any], name: str) -> Iterator[str]:
    """The scripts that come with a module, without those that are loaded when asked for."""
    yield manifest[name]["file"]
    for each in manifest[name].get("imports", []):
        yield from brought(manifest, each)


@pytest.mark.parametrize(("page", "budget"), ROUTES.items())
def test_a_page_keeps_its_budget(page: str, budget: int) -> None:
    manifest = json.loads((BUILT / ".vite" / "manifest.json").read_text())
    entry = next(name for name in manifest if name.endswith(f"/{page}.tsx"))
    files = {*brought(manifest, "index.html"), *brought(manifest, entry)}

    sizes = {name: len(gzip.compress((BUILT / name).read_bytes())) for name in files}
    assert sum(sizes.values()) <= budget, dict(sorted(sizes.items(), key=lambda each: -each[1]))
