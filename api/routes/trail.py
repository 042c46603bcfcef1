"""The audit trail."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from api.dependencies import Auditor, Reading
from api.models import Listed, Page
from openccm.communications.queries import first_fault
from openccm.platform import audit

router = APIRouter(prefix="/v1/audit", tags=["audit"])


class AuditRead(Listed):
    """One fact on the trail."""

    chain: str
    sequence: int
    at: datetime
    actor: str
    action: str
    object_kind: str
    object_id: str
    from_state: str | None
    to_state: str | None
    reason: str | None
    detail: dict[str, Any]
    hash: str


class ChainRead(BaseModel):
    """Whether a chain is whole."""

    chain: str
    whole: bool
    first_fault: int | None


@router.get("")
async def list_audit(
    session: Reading,
    caller: Auditor,
    chain: Annotated[str | None, Query(max_length=120, description="e.g. request:0192…")] = None,
    object_kind: Annotated[str | None, Query(max_length=60, description="`request`")] = None,
    object_id: Annotated[str | None, Query(max_length=120)] = None,
    action: Annotated[str | None, Query(max_length=60)] = None,
    actor: Annotated[str | None, Query(max_length=80)] = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    newest_first: bool = False,
    after: Annotated[UUID | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Page[AuditRead]:
    """Who did what, when and why, oldest first unless asked otherwise."""
    rows = await audit.entries(
        session,
        chain=chain,
        object_kind=object_kind,
        object_id=object_id,
        action=action,
        actor=actor,
        since=since,
        until=until,
        newest_first=newest_first,
        after=after,
        limit=limit,
    )
    items = [AuditRead.model_validate(row, from_attributes=True) for row in rows]
    return Page[AuditRead].of(items, limit)


@router.get("/chains/{chain}")
async def verify_chain(chain: str, session: Reading, caller: Auditor) -> ChainRead:
    """Whether every entry of a chain is there and unaltered."""
    fault = await first_fault(session, chain)
    return ChainRead(chain=chain, whole=fault is None, first_fault=fault)
