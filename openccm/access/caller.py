"""Who is asking, and what they may: a person who signed in, or a core system with a key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from openccm.errors import DeniedError

OPENCCM = "OPENCCM"
"""The source of events that OpenCCM tells itself; no core system bears this code."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking, and what they may."""

    name: str
    """A core system's code, or a user's name."""
    scopes: frozenset[str]
    """What they may do; ``SCOPES`` lists all."""
    definitions: frozenset[str] | None
    """The definitions they may use; None for all."""
    key_id: UUID
    """What they signed in with: a key, or a session."""
    expires_at: datetime | None = None
    roles: frozenset[str] = frozenset()
    """What they may decide and work on: approval steps and to-dos name roles."""
    divisions: frozenset[str] | None = None
    """The divisions whose persons they may see; None for all."""
    kind: Literal["system", "user"] = "system"
    lent: frozenset[tuple[str, str]] = frozenset()
    """Those of ``roles`` that are borne for others who are away, each with the other's actor."""
    cleared: frozenset[UUID] = frozenset()
    """The persons with the VIP flag whom somebody lets them see for a while."""

    @property
    def actor(self) -> str:
        """How the trail names them: ``system:BILLING``, ``user:ag1``."""
        return f"{self.kind}:{self.name}"

    @property
    def system_code(self) -> str:
        """Under which code stands what they ask for and tell of: a user's is their actor."""
        return self.name if self.kind == "system" else self.actor

    def acts_for(self, role: str) -> dict[str, str]:
        """For the trail: in whose place they act, where they bear a role for somebody else."""
        owners = self.owners_of(role)
        return {"for": ", ".join(sorted(owners))} if owners else {}

    def owners_of(self, role: str) -> set[str]:
        """The others for whom they bear a role that is not their own."""
        return {owner for lent, owner in self.lent if lent == role}

    def require(self, scope: str) -> None:
        """Refuse a caller without a scope.

        Raises:
            DeniedError: Names the scope that is missing.
        """
        if scope not in self.scopes:
            raise DeniedError(f"{self._who} not carry the scope {scope}.")

    def require_definition(self, code: str) -> None:
        """Refuse a caller who may not use a definition.

        Raises:
            DeniedError: Names the definition.
        """
        if self.definitions is not None and code not in self.definitions:
            raise DeniedError(f"{self._may} not use the definition {code}.")

    def require_role(self, role: str) -> None:
        """Refuse a caller who may not decide for a role.

        Raises:
            DeniedError: Names the role that is missing.
        """
        if role not in self.roles:
            raise DeniedError(f"{self._who} not carry the role {role}.")

    def sees(self, system_code: str) -> bool:
        """Whether the objects of a core system are this caller's to see."""
        return system_code == self.system_code or "request:all" in self.scopes

    def sees_division(self, division: str) -> bool:
        """Whether persons of a division are this caller's to see."""
        return self.divisions is None or division in self.divisions

    @property
    def _who(self) -> str:
        return "This key does" if self.kind == "system" else "You do"

    @property
    def _may(self) -> str:
        return "This key may" if self.kind == "system" else "You may"
