"""No source file is longer than somebody reads in one go."""

import subprocess
from pathlib import Path

from tests.docs.pages import ROOT

MOST = 400
GENERATED = {"designer/src/lib/schema.d.ts", "openccm/migrations/versions/0001_first_schema.py"}
SOURCES = ("*.py", "*.ts", "*.tsx", "*.js", "*.css")


def sources() -> list[Path]:
    """What is kept of our own, by git where there is one."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *SOURCES], cwd=ROOT, capture_output=True, check=False
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    if not names:
        away = {".venv", "node_modules", "dist"}
        found = (path for kind in SOURCES for path in ROOT.rglob(kind))
        names = [str(p.relative_to(ROOT)) for p in found if not away & set(p.parts)]
    return [ROOT / name for name in names if name not in GENERATED]


def test_no_source_file_is_longer_than_400_lines() -> None:
    found = [path for path in sources() if path.exists()]
    long = {
        str(path.relative_to(ROOT)): lines
        for path in found
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST
    }

    assert len(found) > 500
    assert long == {}
