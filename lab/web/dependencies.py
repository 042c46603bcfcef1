"""What every route is handed, and how it says that something is not there."""

from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, Field

from lab.signatures import check_secret
from lab.switchboard import Kind, Switch
from lab.world import World

T = TypeVar("T")


class NotThere(LookupError):
    """Nothing bears this name."""


class SwitchRead(BaseModel):
    """How a counterpart behaves; its secret is never shown."""

    behaviour: str
    seconds: float
    secret_set: bool


class SwitchUpdate(BaseModel):
    """How a counterpart shall behave; what is left out stays as it is."""

    behaviour: str | None = None
    seconds: float | None = Field(default=None, ge=0, le=600)
    secret: str | None = Field(default=None, repr=False)
    """``whsec_`` and base64; empty or null: calls need no signature."""


def _world(request: Request) -> World:
    return request.app.state.world


Here = Annotated[World, Depends(_world)]


def there(found: T | None, kind: str, name: object) -> T:
    """What was found.

    Raises:
        NotThere: It was not.
    """
    if found is None:
        raise NotThere(f"There is no {kind} {name}.")
    return found


def read_switch(world: World, kind: Kind, name: str) -> SwitchRead:
    """How this counterpart behaves."""
    switch = world.switchboard.of(kind, name)
    return SwitchRead(
        behaviour=switch.behaviour,
        seconds=switch.seconds,
        secret_set=switch.secret is not None,
    )


async def move_switch(world: World, kind: Kind, name: str, update: SwitchUpdate) -> SwitchRead:
    """Let this counterpart behave as asked."""
    switch = world.switchboard.of(kind, name)
    secret = switch.secret
    if "secret" in update.model_fields_set:
        secret = check_secret(update.secret) if update.secret else None
    asked = Switch(
        behaviour=update.behaviour or switch.behaviour,
        seconds=switch.seconds if update.seconds is None else update.seconds,
        secret=secret,
    )
    await world.switchboard.move(kind, name, asked)
    return read_switch(world, kind, name)
