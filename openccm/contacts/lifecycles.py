"""The life cycles of customer contacts and of reminders (requirements D4), as data."""

from openccm.platform.lifecycle import LifeCycle, ways

CONTACT = LifeCycle(
    kind="customer contact",
    initial=frozenset({"open", "closed"}),
    ways=ways("""
        open: closed
        closed: open
    """),
)

REMINDER = LifeCycle(
    kind="reminder",
    initial=frozenset({"pending"}),
    ways=ways("""
        pending: due snoozed resolved cancelled
        snoozed: pending cancelled
        due: todo_created resolved cancelled
        todo_created: resolved cancelled
        resolved:
        cancelled:
    """),
)
"""``due`` lasts only where the to-do could not be raised; that is tried again."""
