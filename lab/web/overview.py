"""The lab as a whole: counts, what it still owes, whether something changed, starting afresh."""

import sqlite3

from fastapi import APIRouter
from pydantic import BaseModel

from lab.billing import calls
from lab.errands import pending_counts
from lab.hooks import deliveries
from lab.letters import book
from lab.mail import find
from lab.push import phones
from lab.web.dependencies import Here

router = APIRouter(prefix="/lab", tags=["lab"])


class Counts(BaseModel):
    """How much arrived, and what is still owed."""

    mail: find.MailCounts
    letters: book.LetterCounts
    hooks: dict[str, deliveries.HookRead]
    billing_calls: int
    push: phones.PushCounts
    receipts_pending: int
    reports_pending: int


class Revision(BaseModel):
    """A number that grows whenever something changed."""

    revision: int


@router.get("/counts")
async def read_counts(world: Here) -> Counts:
    """How much arrived, and what is still owed."""
    return await world.store.read(_counts)


@router.get("/revision")
async def read_revision(world: Here) -> Revision:
    """Whether something changed since you last looked; also says that the lab is alive."""
    return Revision(revision=world.store.revision)


@router.post("/reset")
async def reset(world: Here) -> Counts:
    """Forget everything that arrived and let every counterpart behave; secrets stay."""
    await world.reset()
    return await world.store.read(_counts)


def _counts(connection: sqlite3.Connection) -> Counts:
    pending = pending_counts(connection)
    return Counts(
        mail=find.counts(connection),
        letters=book.counts(connection),
        hooks={hook.name: hook for hook in deliveries.hooks(connection)},
        billing_calls=calls.count(connection),
        push=phones.counts(connection),
        receipts_pending=pending["receipt"],
        reports_pending=pending["report"],
    )
