"""Hooks: what customer-supplied code is live, who answers, and how it fares."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.dependencies import Auditor, HouseDep, Reading
from openccm.customisation.book import Health, Standing, standings
from openccm.customisation.contract import ENTRY_POINTS
from openccm.language.hook import HookDefinition, Transport
from openccm.platform.installed import installed
from openccm.repository import holds

router = APIRouter(prefix="/v1/hooks", tags=["hooks"])


class HookRead(BaseModel):
    """A live hook and how it fares."""

    code: str
    title: str
    version: int
    point: str
    mode: str
    transport: Transport
    fails: str
    package: Annotated[
        str | None, Field(description="For a hook in Python: the package and its version here.")
    ]
    health: Annotated[
        Literal["not_installed"] | Health,
        Field(description="`unused`, `well`, `unwell` or `not_installed`."),
    ]
    calls: int
    failures: int
    last_called_at: datetime | None
    last_error: Annotated[str | None, Field(description="What happened, without values.")]
    last_error_at: datetime | None

    @classmethod
    def of(cls, hook: HookDefinition, version: int, standing: Standing) -> "HookRead":
        """The public face of a hook."""
        package = _package(hook)
        missing = hook.transport == "python" and package is None
        return cls(
            code=hook.code,
            title=hook.title,
            version=version,
            point=hook.point,
            mode=hook.mode,
            transport=hook.transport,
            fails=hook.fails,
            package=package,
            health="not_installed" if missing else standing.health,
            calls=standing.calls,
            failures=standing.failures,
            last_called_at=standing.last_at,
            last_error=standing.last_error,
            last_error_at=standing.last_error_at,
        )


def _package(hook: HookDefinition) -> str | None:
    if hook.python is None:
        return None
    for each in installed(ENTRY_POINTS):
        if each.name == hook.package.entry_point:
            return f"{each.package} {each.version}"
    return None


@router.get("")
async def list_hooks(house: HouseDep, session: Reading, caller: Auditor) -> list[HookRead]:
    """Every live hook."""
    fares = await standings(session)
    live = [row for row in await holds.live_versions(session) if row.kind == "hook"]
    read: list[HookRead] = []
    for row in live:
        hook = await house.desk.repository.kept(session, HookDefinition, row.code, row.version)
        read.append(HookRead.of(hook, row.version, fares.get(row.code, Standing())))
    return read
