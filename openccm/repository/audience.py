"""Security levels: definitions that users see and use only if they bear one of some roles.

What is in force says who; before that, the newest version. Core systems have their keys, which
name the definitions they may use.
"""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.caller import Caller
from openccm.errors import HiddenError
from openccm.repository.lifecycles import IN_FORCE
from openccm.repository.tables import DefinitionVersion


async def permit(session: AsyncSession, caller: Caller, code: str) -> None:
    """Let a caller use a definition, be it there or not.

    Raises:
        DeniedError: Their key is for others.
        HiddenError: It is for bearers of other roles.
    """
    caller.require_definition(code)
    await require_visible(session, caller, code)


async def require_visible(session: AsyncSession, caller: Caller, code: str) -> None:
    """Let a caller look at a definition, be it there or not.

    Raises:
        HiddenError: It is for bearers of other roles.
    """
    roles = (await _audiences(session, code)).get(code, frozenset()) if _is_asked(caller) else None
    if roles and not roles & caller.roles:
        why = f"It is for bearers of {' or '.join(sorted(roles))}."
        raise HiddenError("definition", code, why)


async def hidden_from(session: AsyncSession, caller: Caller) -> frozenset[str]:
    """The codes of the definitions that a caller does not see."""
    if not _is_asked(caller):
        return frozenset()
    found = await _audiences(session)
    return frozenset(code for code, roles in found.items() if roles and not roles & caller.roles)


def _is_asked(caller: Caller) -> bool:
    return caller.kind == "user"


async def _audiences(session: AsyncSession, code: str | None = None) -> dict[str, frozenset[str]]:
    """For whom each definition is that is, or was, not for everybody."""
    row = DefinitionVersion
    marked = select(row.code).where(col(row.visible_to) != "")
    if code is not None:
        marked = marked.where(row.code == code)
    statement = (
        select(row.code, row.state, row.visible_to)
        .where(col(row.code).in_(marked))
        .order_by(col(row.version))
    )
    found: dict[str, frozenset[str]] = {}
    standing = set[str]()
    for each, state, roles in await session.execute(statement):
        if each not in standing:
            found[each] = frozenset(roles.split())
        if state in IN_FORCE:
            standing.add(each)
    return found
