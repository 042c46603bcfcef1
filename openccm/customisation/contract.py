"""What OpenCCM asks hooks and what they answer: one contract for every way of asking."""

from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, JsonValue

ENTRY_POINTS = "openccm.hooks"
CONTRACT = 1


class Keys(BaseModel):
    """Whom and what a question is about."""

    model_config = ConfigDict(frozen=True)

    subject: str | None = None
    """The id of the communication request or process instance it is asked for."""
    person: str | None = None
    """The person's key; left out where a hook is asked through a task queue."""
    account: str | None = None
    """The account's key; likewise."""


class HookRequest(BaseModel):
    """What a hook is asked: the declared inputs, and whom and what it is about."""

    model_config = ConfigDict(frozen=True)

    contract: Literal[1] = CONTRACT
    hook: str
    """The hook's code."""
    point: str
    """Where it is asked, e.g. ``process.call``."""
    keys: Keys = Keys()
    values: dict[str, JsonValue] = {}
    """By name as declared; decimals, dates and times as texts."""


class HookReply(BaseModel):
    """What a hook answers."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    values: dict[str, JsonValue] = {}
    """The declared outputs; an optional one is left out or null."""
    outcome: str | None = None
    """One of the declared outcomes, or of those of the point."""
    reason: Annotated[str | None, Field(max_length=60, pattern="^[a-z][a-z0-9_]*$")] = None
    """Why, as a word for the record, e.g. ``key_account``: never a person's data."""


class Settled(HookReply):
    """An answer that can be relied on: of the declared types, whoever gave it."""

    values: dict[str, Any] = {}
    """Typed as rules read them: numbers are decimals, dates are dates."""
    settled_by: Literal["hook", "default", "skip"] = "hook"
    """``default`` and ``skip``: the hook did not answer, and its definition says so."""
    fault: str | None = None
    """Then: what was wrong."""


class Hook(Protocol):
    """What a package offers under the entry point ``openccm.hooks``."""

    async def call(self, request: HookRequest) -> HookReply:
        """The answer. The same question may come more than once and must be harmless.

        Raises:
            HookUnavailable: Not now; ask again later.
        """
        ...
