"""The life cycle of a definition's version (requirements D3), as data.

Some ways go beyond the requirements' picture. A schedule can be taken back, a version that is held
can be replaced or retired as one that is live, and what was rejected and then rewritten, or
approved and then overtaken, is superseded: nobody can publish it any more, everybody can read it.
"""

from openccm.platform.lifecycle import LifeCycle, ways

VERSION = LifeCycle(
    kind="version",
    # One that was reviewed elsewhere, or restores what was live before, begins its life live.
    initial=frozenset({"draft", "live"}),
    ways=ways("""
        draft: in_review live superseded
        in_review: draft approved
        approved: scheduled live superseded
        scheduled: approved live
        live: suspended superseded retired
        suspended: live superseded retired
        superseded:
        retired:
    """),
)

IN_FORCE = ("live", "suspended")
"""At most one version of a code is so; new work is pinned to it."""

OPEN = ("draft", "in_review")
"""At most one version of a code is so: what its authors work at."""

ON_THE_WAY = (*OPEN, "approved", "scheduled")
"""Not in force yet."""
