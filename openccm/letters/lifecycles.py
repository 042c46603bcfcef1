"""The life cycles of print runs (requirements D7) and of the pieces in them, as data."""

from openccm.platform.lifecycle import LifeCycle, ways

PRINT_RUN = LifeCycle(
    kind="print run",
    initial=frozenset({"open"}),
    ways=ways("""
        open: extracting
        extracting: closed
        closed: extracting transferred
        transferred: extracting acknowledged
        acknowledged: reconciled
        reconciled:
    """),
)
"""Back to ``extracting`` leads making its files anew, under the same number."""

PIECE = LifeCycle(
    kind="piece",
    initial=frozenset({"waiting", "extracted"}),
    ways=ways("""
        waiting: extracted cancelled
        extracted: printed dispatched spoiled held returned cancelled
        printed: dispatched spoiled held returned
        held: printed dispatched spoiled cancelled
        dispatched: returned
        returned:
        spoiled:
        cancelled:
    """),
)
"""``extracted`` pieces are in the print house's queue until somebody says what became of them."""

ANSWERED = frozenset({"printed", "dispatched", "spoiled", "held", "returned", "cancelled"})
"""States of a piece whose fate is known; a run is acknowledged once all of its pieces are there."""
