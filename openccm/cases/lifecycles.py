"""The life cycles of cases and of compensation offers (requirements D7), as data.

Some ways go beyond the requirements': work may wait before it begins, and a case that turns out to
need nothing is resolved as it stands. What was approved by itself goes the same way as what a
person approved. An offer whose cause has gone is withdrawn as long as nobody was asked to pay it;
one that is paid stays paid, and is marked for review.
"""

from openccm.platform.lifecycle import LifeCycle, ways

CASE = LifeCycle(
    kind="case",
    initial=frozenset({"new"}),
    ways=ways("""
        new: in_progress waiting resolved
        in_progress: waiting resolved
        waiting: in_progress resolved
        resolved: in_progress closed
        closed:
    """),
)

OFFER = LifeCycle(
    kind="compensation offer",
    initial=frozenset({"proposed"}),
    ways=ways("""
        proposed: auto_approved awaiting_approval rejected withdrawn
        auto_approved: issued withdrawn expired
        awaiting_approval: approved rejected withdrawn expired
        approved: issued withdrawn expired
        issued: settled expired
        settled:
        rejected:
        withdrawn:
        expired:
    """),
)

GRANTED = frozenset({"auto_approved", "approved", "issued", "settled"})
"""States in which a person has been promised the money."""

STANDING = GRANTED | {"proposed", "awaiting_approval"}
"""States in which nobody else may offer the same person something for the same cause."""

UNDECIDED = frozenset({"proposed", "awaiting_approval"})
