"""Who may do what with a to-do."""

from openccm.access.caller import Caller
from openccm.errors import ConflictError, DeniedError
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.work.lifecycle import HELD, TO_DO
from openccm.work.tables import ToDo, line_of
from openccm.work.worksheet import Worksheet

SUPERVISE = "todo:manage"
"""The scope of those who see to it that the others' work gets done."""

PURGE = "todo:purge"
"""The scope of those who may destroy what closed to-dos hold."""


def supervises(caller: Caller) -> bool:
    """Whether the caller may step in for those who have a to-do."""
    return SUPERVISE in caller.scopes


def sees(caller: Caller, todo: ToDo) -> bool:
    """Whether a to-do is this caller's to read."""
    mine = caller.actor in (todo.assigned_to, todo.raised_by, todo.closed_by)
    return supervises(caller) or mine or todo.role in caller.roles


def require_sight(caller: Caller, todo: ToDo) -> None:
    """Refuse whoever may not read a to-do.

    Raises:
        DeniedError: It is for another role.
    """
    if not sees(caller, todo):
        raise DeniedError("This to-do is for another role.")


def refuse_closed(todo: ToDo) -> None:
    """Refuse to touch what has ended.

    Raises:
        ConflictError: Says how it ended, when and by whom.
    """
    if todo.state in TO_DO.terminal:
        assert todo.closed_at is not None
        when = f"{todo.closed_at:%Y-%m-%d %H:%M:%S} UTC"
        raise ConflictError(f"This to-do was {todo.state} by {todo.closed_by} at {when}.")


def refuse_held(todo: ToDo, caller: Caller) -> None:
    """Refuse what somebody else has.

    Raises:
        ConflictError: Says who has it, and until when.
    """
    if todo.state in HELD and todo.assigned_to != caller.actor:
        assert todo.lease_until is not None
        until = f"{todo.lease_until:%Y-%m-%d %H:%M:%S} UTC"
        raise ConflictError(f"{todo.assigned_to} has this to-do until {until}.")


def require_steward(todo: ToDo, caller: Caller) -> None:
    """Refuse who neither has the to-do, nor may take it while nobody has it, nor supervises.

    Raises:
        ConflictError: Somebody else has it.
        DeniedError: The caller does not carry its role.
    """
    if supervises(caller):
        return
    refuse_held(todo, caller)
    if todo.state not in HELD:
        caller.require_role(todo.role)


def require_doer(sheet: Worksheet, caller: Caller) -> None:
    """Refuse who may not be the one who does it.

    Raises:
        ConflictError: It is closed, or somebody else has it.
        DeniedError: The caller does not carry the role, or asked for it and needs other eyes.
    """
    refuse_closed(sheet.todo)
    require_fit(sheet.todo, sheet.definition, caller)
    refuse_held(sheet.todo, caller)


def require_fit(todo: ToDo, definition: ToDoTypeDefinition, caller: Caller) -> None:
    """Refuse who may not do it, however it stands.

    Whoever has it may finish it although it has been escalated since; others need its role.

    Raises:
        DeniedError: The caller does not carry the role, or asked for it and needs other eyes.
    """
    if todo.assigned_to != caller.actor or not caller.roles & definition.all_roles:
        caller.require_role(todo.role)
    if line_of(caller.actor) in todo.not_by:
        raise DeniedError("Whoever asked for this may not do it: it needs other eyes.")
