"""How each counterpart behaves right now, remembered across restarts."""

import asyncio
import sqlite3
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from lab.store import Store

Kind = Literal["mail-server", "mailbox", "hook", "service", "print-house", "push-service", "device"]

BEHAVIOURS: dict[Kind, dict[str, str]] = {
    "mail-server": {
        "ok": "Up",
        "down": "Down: answers 421 and hangs up",
    },
    "mailbox": {
        "ok": "Takes mail",
        "bounce-hard": "Does not exist: 550 5.1.1",
        "bounce-soft": "Mailbox full: 451 4.2.2",
        "bounce-late": "Takes mail, bounces it later",
        "slow": "Slow to answer",
        "down": "Not available: 450 4.2.1",
        "drop": "Takes mail, then the line breaks",
    },
    "hook": {
        "ok": "Takes calls: 204",
        "down": "Down: 503",
        "refuse": "Refuses: 400",
        "gone": "Gone: 410",
        "slow": "Slow to answer",
    },
    "service": {
        "ok": "Up",
        "down": "Down: 503",
        "slow": "Slow to answer",
    },
    "push-service": {
        "ok": "Up",
        "throttle": "Too many: 429",
        "refuse": "Does not let us in: 401",
        "slow": "Slow to answer",
        "down": "Down: 503",
    },
    "device": {
        "ok": "Shows notifications",
        "unregistered": "App removed: UNREGISTERED",
    },
    "print-house": {
        "auto": "Reports every letter as dispatched",
        "manual": "Waits for your click",
    },
}
"""Every behaviour a kind of counterpart knows, in a person's words; the first is the default."""

MAIL_SERVER = "mail-server"
PRINT_HOUSE = "print-house"
BILLING = "billing"
PUSH_SERVICE = "push-service"


class Switch(BaseModel):
    """How one counterpart behaves."""

    model_config = ConfigDict(frozen=True)

    behaviour: str
    seconds: float = Field(default=5, ge=0, le=600)
    """How long ``slow`` takes to answer."""
    secret: str | None = Field(default=None, repr=False)
    """With it, calls must carry a valid Standard Webhooks signature."""


class UnknownBehaviour(ValueError):
    """This kind of counterpart does not know that behaviour."""


class Closing(Exception):
    """The lab closes while somebody waits for a slow answer."""


class Switchboard:
    """Every switch that was ever moved; all others stand at their kind's default."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._switches: dict[tuple[Kind, str], Switch] = {}
        self._closing = asyncio.Event()

    async def load(self) -> None:
        """Read how everything was left."""
        for row in await self._store.read(_rows):
            self._switches[row["kind"], row["name"]] = Switch(
                behaviour=row["behaviour"], seconds=row["seconds"], secret=row["secret"]
            )

    def of(self, kind: Kind, name: str) -> Switch:
        """How this counterpart behaves now."""
        return self._switches.get((kind, name)) or Switch(behaviour=default(kind))

    def names(self, kind: Kind) -> list[str]:
        """The counterparts of this kind whose switch was ever moved."""
        return sorted(name for known, name in self._switches if known == kind)

    async def move(self, kind: Kind, name: str, switch: Switch) -> Switch:
        """Let this counterpart behave so from now on.

        Raises:
            UnknownBehaviour: Its kind does not know that behaviour.
        """
        if switch.behaviour not in BEHAVIOURS[kind]:
            known = ", ".join(BEHAVIOURS[kind])
            raise UnknownBehaviour(f"A {kind} does not know {switch.behaviour!r}; it knows {known}")
        row = (kind, name, switch.behaviour, switch.seconds, switch.secret)

        def keep(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO switches VALUES (?, ?, ?, ?, ?)", row)

        await self._store.write(keep)
        self._switches[kind, name] = switch
        return switch

    async def hold(self, *switches: Switch) -> None:
        """Take as long as the slowest of these does; no time at all where none is slow.

        Raises:
            Closing: The lab closes before that.
        """
        slow = [switch.seconds for switch in switches if switch.behaviour == "slow"]
        if not slow:
            return
        try:
            async with asyncio.timeout(max(slow)):
                await self._closing.wait()
        except TimeoutError:
            return
        raise Closing("The lab closes")

    def close(self) -> None:
        """Let nobody wait any longer."""
        self._closing.set()

    async def restore(self) -> None:
        """Put every switch back to its default; secrets stay."""
        for (kind, name), switch in list(self._switches.items()):
            back = Switch(behaviour=default(kind), secret=switch.secret)
            await self.move(kind, name, back)


def default(kind: Kind) -> str:
    """The behaviour of a counterpart nobody has touched."""
    return next(iter(BEHAVIOURS[kind]))


def _rows(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    return connection.execute("SELECT * FROM switches").fetchall()
