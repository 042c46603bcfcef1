"""The life cycles of requests and communications (requirements D1 and D2), as data.

Some ways go beyond the requirements' table, each because a person would otherwise be stuck. A
scheduled request can be held, and released before its time it goes back to its schedule. A request
that waits in ``gathering`` for a data service can be cancelled. And evidence counts wherever it
meets a communication: one in ``error`` or about to be retried becomes sent, delivered or bounced
once somebody knows that it did.
"""

from openccm.platform.lifecycle import LifeCycle, ways

REQUEST = LifeCycle(
    kind="request",
    initial=frozenset({"accepted", "awaiting_resolution", "scheduled"}),
    ways=ways("""
        accepted: gathering held cancelled duplicate rejected
        awaiting_resolution: accepted cancelled
        scheduled: accepted held cancelled
        held: accepted scheduled cancelled
        gathering: prepared opted_out suppressed not_sent error cancelled
        prepared: completed
        completed:
        opted_out:
        suppressed:
        not_sent:
        duplicate:
        rejected:
        cancelled:
        error: gathering cancelled
    """),
)

COMMUNICATION = LifeCycle(
    kind="communication",
    initial=frozenset({"pending"}),
    ways=ways("""
        pending: composed error cancelled suppressed
        composed: in_editing rendered error cancelled suppressed
        in_editing: in_approval composed cancelled suppressed
        in_approval: in_editing rendered cancelled suppressed
        rendered: scheduled queued published error cancelled suppressed
        scheduled: queued published error cancelled suppressed
        queued: sending scheduled error cancelled suppressed
        sending: sent retry_wait handed_over extracted published bounced undelivered failed expired
                 error
        retry_wait: queued scheduled failed cancelled suppressed sent delivered bounced undelivered
        handed_over: sent dispatched delivered read bounced undelivered failed expired returned
        sent: delivered read bounced undelivered failed expired
        published: read expired cancelled
        extracted: printed dispatched delivered returned failed cancelled
        printed: dispatched delivered returned failed
        dispatched: delivered returned
        delivered: read
        read:
        bounced:
        undelivered:
        failed:
        expired:
        returned:
        suppressed:
        cancelled:
        error: pending queued sent delivered bounced undelivered failed cancelled suppressed
    """),
)

REQUEST_OUTCOMES = REQUEST.terminal | {"error"}
"""What a core system is told of a request unless it asks for more."""

COMMUNICATION_OUTCOMES = COMMUNICATION.terminal | {"sent", "dispatched", "delivered", "error"}
"""What a core system is told of a communication unless it asks for more."""

UNDELIVERED = frozenset({"bounced", "undelivered", "failed", "expired", "returned"})
"""Ends after which a fallback channel may be tried."""

RANK = {
    "handed_over": 0,
    "sent": 1,
    "extracted": 1,
    "printed": 2,
    "dispatched": 3,
    "bounced": 4,
    "undelivered": 4,
    "failed": 4,
    "expired": 4,
    "returned": 4,
    "delivered": 5,
    "read": 6,
}
"""How much a reported status proves. A lower one that comes later never replaces a higher one;
``returned`` alone outranks ``dispatched`` without outranking ``delivered``."""
