"""People at work on definitions: a repository with the station's definitions live in it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from openccm.access.caller import Caller
from openccm.access.keys import issue_key, register_system
from openccm.language.loader import load_definitions
from openccm.platform.audit import AuditEntry, entries
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.repository import approvals, drafts, emergency, publication
from openccm.repository.approvals import Judgement
from openccm.repository.drafts import Saved, Text
from openccm.repository.moves import By
from openccm.repository.shelf import in_force, version_of, versions_of
from openccm.repository.tables import DefinitionVersion, EmergencyPublication
from openccm.repository.versions import publish
from tests.core.making import NOW
from tests.core.station import write_definitions

BILL = "BILL-READY"
TEMPLATE = "templates/email.en.txt"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

POLICY = """
kind: approval-policy
code: approval-policy
title: Who approves what
rules:
  letters:
    kinds: [communication]
    categories: [service]
    order: %s
    steps:
      brand: {role: brand}
      legal: {role: legal}
"""


@dataclass(slots=True)
class Authors:
    """Whoever writes and judges; each by name."""

    database: Database
    root: Path
    now: datetime = NOW
    roles: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    def by(self, name: str = "ANN") -> By:
        return By(f"system:{name}", self.now)

    def caller(self, name: str) -> Caller:
        roles = frozenset(self.roles.get(name, {"approver"}))
        return Caller(name, frozenset(), None, new_id(), roles=roles)

    def files(self, folder: str = "bill-ready", **changes: str) -> dict[str, bytes]:
        """The files of a definition as they stand on disk, with other texts in some places."""
        root = self.root / folder
        found = {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file()
        }
        return found | {path: text.encode() for path, text in changes.items()}

    async def save(self, text: str, name: str = "ANN", *, code: str = BILL, **more: Any) -> Saved:
        """A draft with this text in one template."""
        files = self.files(**{TEMPLATE: text})
        base = more.pop("base", "live")
        async with self.database.begin() as session:
            if base == "live":
                live = await in_force(session, code)
                base = live.version if live else None
            given = Text(files=files, base=base, **more)
            return await drafts.save_draft(session, code, given, self.by(name))

    async def put(self, code: str, files: dict[str, bytes], name: str = "ANN") -> Saved:
        """Somebody's draft of any definition, whatever draft there was."""
        async with self.database.begin() as session:
            live = await in_force(session, code)
            text = Text(files, live.version if live else None)
            return await drafts.save_draft(session, code, text, self.by(name))

    async def submit(self, name: str = "ANN", code: str = BILL) -> DefinitionVersion:
        async with self.database.begin() as session:
            return await approvals.submit(session, code, "please", self.by(name))

    async def judge(
        self, verdict: Any = "approve", name: str = "BEA", *, code: str = BILL, **more: Any
    ) -> DefinitionVersion:
        """A verdict on the newest version."""
        comment = more.pop("comment", "no" if verdict == "reject" else None)
        async with self.database.begin() as session:
            number = more.pop("number", None) or (await versions_of(session, code))[0].version
            said = Judgement(verdict, comment, **more)
            return await approvals.judge(
                session, code, number, said, caller=self.caller(name), now=self.now
            )

    async def approved(self, text: str, code: str = BILL) -> DefinitionVersion:
        """A version that was written, submitted and approved."""
        await self.save(text, code=code)
        await self.submit(code=code)
        return await self.judge(code=code)

    async def publish(
        self, number: int, effective: datetime | None = None, code: str = BILL
    ) -> DefinitionVersion:
        async with self.database.begin() as session:
            return await publication.publish_version(session, code, number, effective, self.by())

    async def live(self, text: str) -> DefinitionVersion:
        """A version that went all the way."""
        return await self.publish((await self.approved(text)).version)

    async def roll_back(self, number: int, code: str = BILL) -> DefinitionVersion:
        async with self.database.begin() as session:
            return await publication.roll_back(session, code, number, "faulty", self.by("SUE"))

    async def retire(self, code: str = BILL, **more: Any) -> DefinitionVersion:
        async with self.database.begin() as session:
            return await publication.retire(session, code, "old", self.by("SUE"), **more)

    async def ask_emergency(self, name: str = "SUE") -> EmergencyPublication:
        async with self.database.begin() as session:
            return await emergency.ask(session, BILL, "wrong amount", self.by(name))

    async def confirm_emergency(self, name: str = "TOM") -> DefinitionVersion:
        async with self.database.begin() as session:
            return await emergency.confirm(session, BILL, self.by(name))

    async def version(self, number: int, code: str = BILL) -> DefinitionVersion:
        async with self.database.read() as session:
            return await version_of(session, code, number)

    async def states(self, code: str = BILL) -> dict[int, str]:
        async with self.database.read() as session:
            return {row.version: row.state for row in await versions_of(session, code)}

    async def trail(self, code: str = BILL) -> list[AuditEntry]:
        async with self.database.read() as session:
            return list(await entries(session, chain=f"definition:{code}"))

    async def set_policy(self, order: str = "sequence") -> None:
        """Brand and legal must approve what is of service."""
        await self.publish_folder("policy/policy.yaml", POLICY % order)

    async def publish_folder(self, path: str = "", content: str = "") -> list[DefinitionVersion]:
        """All that stands on disk, after this file was written there."""
        if path:
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(content)
        async with self.database.begin() as session:
            library = load_definitions(self.root)
            return await publish(session, library, actor="command line", now=self.now)

    async def bearer(self, name: str, *roles: str) -> None:
        """Somebody who has a key with these roles."""
        self.roles[name] = set(roles)
        async with self.database.begin() as session:
            await register_system(session, name, name, actor="test", now=self.now)
            await issue_key(
                session, name, ["definition:approve"], roles=roles, actor="test", now=self.now
            )


async def authors_at(database: Database, folder: Path) -> Authors:
    root = write_definitions(folder / "definitions", "https://billing.example/data")
    found = Authors(database, root)
    await found.publish_folder()
    return found
