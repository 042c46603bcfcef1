"""What a page may weigh before it shows something, gzipped, so that it opens quickly far away."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.web import BUILT

BUDGETS = Path(__file__).parents[2] / "designer" / "budgets.json"


def brought(manifest: dict[str, Any], name: str) -> Iterator[str]:
    """The scripts that come with a module, without those that are loaded when asked for."""
    yield manifest[name]["file"]
    for each in manifest[name].get("imports", []):
        yield from brought(manifest, each)


def test_every_page_keeps_its_budget() -> None:
    budgets = json.loads(BUDGETS.read_text())
    manifest = json.loads((BUILT / ".vite" / "manifest.json").read_text())
    sizes: dict[str, int] = {}
    for name in manifest:
        if not name.endswith("Page.tsx"):
            continue
        files = {*brought(manifest, "index.html"), *brought(manifest, name)}
        page = name.rpartition("/")[2].removesuffix(".tsx")
        sizes[page] = sum(len(gzip.compress((BUILT / each).read_bytes())) for each in files)
    over = {
        page: size
        for page, size in sizes.items()
        if size > budgets["pages"].get(page, budgets["others"])
    }

    assert {"DraftPage", "DefinitionPage", "ListPage", "StartPage"} <= set(sizes)
    assert over == {}
