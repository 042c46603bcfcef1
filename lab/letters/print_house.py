"""Collects letters from the print folder, each exactly once, whatever is killed when."""

import asyncio
import errno
import hashlib
import json
import logging
import re
import shutil
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from lab.errands import Round
from lab.letters import book
from lab.store import Store, now
from lab.switchboard import PRINT_HOUSE, Switchboard

log = logging.getLogger(__name__)

_PAUSE = 0.5
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class PrintHouse:
    """Moves every letter into a folder of its own, then writes it into the book.

    The sidecar stays where it was: by it the sender knows that the letter was collected.
    """

    def __init__(
        self,
        *,
        store: Store,
        switchboard: Switchboard,
        reports: Round,
        kept: Path,
        collected: Path | None,
    ) -> None:
        self._store = store
        self._switchboard = switchboard
        self._reports = reports
        kept.mkdir(parents=True, exist_ok=True)
        self._kept = kept
        self._collected = collected

    async def run(self) -> None:
        """Finish what a crash left, then collect twice a second."""
        known = {letter.id for letter in await self._store.read(_all_letters)}
        for folder in await asyncio.to_thread(_folders, self._kept):
            if folder.name not in known:
                await self._enter(folder)
        while True:
            try:
                await self._collect()
            except OSError as error:
                log.warning("print-house.stuck error=%s", error)
            await asyncio.sleep(_PAUSE)

    def pdf(self, letter: book.Letter) -> Path:
        """Where a letter's PDF is kept."""
        return self._kept / letter.id / letter.name

    async def empty(self) -> None:
        """Throw away every letter that was collected."""
        for folder in await asyncio.to_thread(_folders, self._kept):
            await asyncio.to_thread(shutil.rmtree, folder)

    async def _collect(self) -> None:
        for pdf in await asyncio.to_thread(_ready, self._collected):
            await self._enter(await asyncio.to_thread(self._claim, pdf))

    def _claim(self, pdf: Path) -> Path:
        # The PDF leaves the folder first: from then on the letter is ours, and a restart finds it.
        folder = self._kept / uuid4().hex
        folder.mkdir()
        _move(pdf, folder / pdf.name)
        return folder

    async def _enter(self, folder: Path) -> None:
        letter = await asyncio.to_thread(self._open, folder)
        if letter is None:
            return
        report = self._switchboard.of("print-house", PRINT_HOUSE).behaviour == "auto"
        await self._store.write(lambda connection: book.enter(connection, letter, report=report))
        self._reports.wake()
        log.info("letter.collected letter=%s communication=%s", letter.id, letter.communication)

    def _open(self, folder: Path) -> book.Letter | None:
        pdf = next(folder.glob("*.pdf"), None)
        if pdf is None:
            return None
        content = pdf.read_bytes()
        facts = _facts(self._collected / pdf.name) if self._collected else {}
        return book.Letter(
            id=folder.name,
            at=now(),
            name=pdf.name,
            communication=_communication(facts, pdf.name),
            size=len(content),
            digest=hashlib.sha256(content).hexdigest(),
            sidecar=facts,
        )


def _all_letters(connection: Any) -> list[book.Letter]:
    return book.letters(connection, limit=-1)


def _folders(kept: Path) -> list[Path]:
    return sorted(path for path in kept.iterdir() if path.is_dir())


def _ready(folder: Path | None) -> list[Path]:
    """The letters that are complete: their sidecar stands beside them, and will stay there."""
    if folder is None or not folder.is_dir():
        return []
    found = sorted(pdf for pdf in folder.glob("*.pdf") if not pdf.name.startswith("."))
    return [pdf for pdf in found if pdf.with_suffix(".json").is_file()]


def _facts(pdf: Path) -> dict[str, Any]:
    try:
        facts: Any = json.loads(pdf.with_suffix(".json").read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        return {"error": "The sidecar is not JSON"}
    return cast(dict[str, Any], facts) if isinstance(facts, dict) else {"sidecar": facts}


def _communication(facts: dict[str, Any], name: str) -> str | None:
    named = facts.get("communication", facts.get("communication_id"))
    if isinstance(named, str):
        return named
    found = _UUID.search(name)
    return found[0].lower() if found else None


def _move(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # Another file system: the copy gets its name only when it is whole.
        partial = target.with_name(f".{target.name}")
        shutil.copyfile(source, partial)
        partial.rename(target)
        source.unlink()
