"""The life cycle of a job's run, as data.

What has ended can go on: a failed run where it stopped, one with errors over the items that failed,
a completed one to make the same files anew. A cancelled one cannot.
"""

from openccm.platform.lifecycle import LifeCycle, ways

JOB_RUN = LifeCycle(
    kind="job run",
    initial=frozenset({"waiting"}),
    ways=ways("""
        waiting: running paused cancelled failed
        running: waiting paused completed completed_with_errors failed cancelled
        paused: running cancelled
        failed: running cancelled
        completed: running
        completed_with_errors: running
        cancelled:
    """),
)

ACTIVE = frozenset({"waiting", "running", "paused"})
"""States of a run that keeps its job from beginning another."""

FINISHED = frozenset({"completed", "completed_with_errors"})
"""States of a run that did what it was to do; jobs that wait for it go on."""
