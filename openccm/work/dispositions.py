"""What follows from how a piece of work came out: counted, written down, tried again."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.errors import InvalidError
from openccm.language.disposition import DispositionDefinition
from openccm.language.todo_type import Outcome
from openccm.privacy.sayings import Saying, write_down
from openccm.repository.versions import Repository
from openccm.work.worksheet import Worksheet


async def dispose(
    session: AsyncSession,
    repository: Repository,
    sheet: Worksheet,
    outcome: Outcome,
    *,
    on: date | None,
) -> None:
    """Keep what the outcome is counted as and its day; write the person's wishes down.

    Raises:
        NotFoundError: The disposition is not live.
        InvalidError: A day is missing, or has no place.
    """
    todo = sheet.todo
    todo.disposition, todo.outcome_on = outcome.disposition, on
    wants = await day_of(session, repository, outcome)
    if wants == "required" and on is None:
        raise InvalidError("on", f"Say on which day: {outcome.label} needs one.")
    if wants == "none" and on is not None:
        raise InvalidError("on", f"{outcome.label} takes no day.")
    if outcome.wishes is not None and todo.person_id is not None:
        saying = Saying(sheet.actor, f"to-do {todo.type}", sheet.now)
        await write_down(session, todo.person_id, outcome.wishes, saying)


async def day_of(
    session: AsyncSession, repository: Repository, outcome: Outcome
) -> Literal["none", "optional", "required"]:
    """Whether a day belongs to an outcome, as its disposition says.

    Raises:
        NotFoundError: The disposition is not live.
    """
    if outcome.disposition is None:
        return "none"
    found, _ = await repository.newest(session, DispositionDefinition, outcome.disposition)
    return found.date


def tried_again(sheet: Worksheet, name: str, outcome: Outcome, reason: str | None) -> bool:
    """Put the work off where a try is left; answers whether one was."""
    todo, again = sheet.todo, outcome.again
    if again is None:
        return False
    tries = todo.tries.get(name, 0) + 1
    todo.tries = {**todo.tries, name: tries}
    if tries >= again.at_most:
        return False
    later = sheet.now + timedelta(seconds=again.after)
    if todo.outcome_on is not None:
        later = max(datetime.combine(todo.outcome_on, time(), UTC), sheet.now)
    detail = {"outcome": name, "disposition": outcome.disposition, "try": tries}
    sheet.move("deferred", reason, detail={**detail, "follow_up_at": later.isoformat()})
    todo.follow_up_at, todo.reason = later, reason
    return True
