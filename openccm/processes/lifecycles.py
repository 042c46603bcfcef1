"""The life cycle of a workflow instance (requirements D7), as data."""

from openccm.platform.lifecycle import LifeCycle, ways

INSTANCE = LifeCycle(
    kind="workflow instance",
    initial=frozenset({"running"}),
    ways=ways("""
        running: waiting error completed cancelled
        waiting: running error completed cancelled
        error: running waiting completed cancelled
        completed:
        cancelled:
    """),
)
