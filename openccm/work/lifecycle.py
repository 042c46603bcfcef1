"""The life cycle of to-dos (requirements D5), as data.

Two ways go beyond the requirements' table: work whose cause has gone is cancelled wherever it
stands, in progress and deferred as well. Its state ``routed_external`` is left out, because no
other tool takes to-dos yet.
"""

from openccm.platform.lifecycle import LifeCycle, ways

TO_DO = LifeCycle(
    kind="to-do",
    initial=frozenset({"open"}),
    ways=ways("""
        open: assigned deferred completed cancelled
        assigned: in_progress open deferred completed cancelled
        in_progress: open deferred completed cancelled
        deferred: open cancelled
        completed:
        cancelled:
    """),
)

HELD = frozenset({"assigned", "in_progress"})
"""States in which somebody has it, for as long as the lease runs."""
