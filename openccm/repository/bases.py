"""What a version was begun from: nobody replaces what they have not seen."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.errors import ConflictError
from openccm.repository.shelf import in_force, in_state
from openccm.repository.tables import DefinitionVersion


class OvertakenError(ConflictError):
    """Somebody else was there before: names who, and the content that is newer."""

    code = "overtaken"

    def __init__(self, message: str, newer: DefinitionVersion) -> None:
        super().__init__(message)
        # Read now: who catches this may have rolled the transaction back.
        self._members = {
            "editor": newer.author,
            "version": newer.version,
            "digest": newer.digest,
        }

    @property
    def members(self) -> Mapping[str, Any]:
        """Who was before, and where what they wrote is found."""
        return self._members


async def require_base(session: AsyncSession, code: str, base: int | None) -> None:
    """Refuse what was begun from another version than the one it would replace.

    Raises:
        OvertakenError: Names the version in force.
    """
    live = await in_force(session, code)
    if live is None or live.version == base:
        return
    next_one = await in_state(session, code, ("scheduled",))
    if next_one is not None and next_one.version == base:
        return
    begun = f"version {base}" if base else "nothing"
    raise OvertakenError(
        f"{code} version {live.version} is in force, and this was begun from {begun}. "
        f"Take its changes over and save the draft on base {live.version}.",
        live,
    )
