"""The life cycles of events, of their triggers, and of what they lead to, as data."""

from openccm.platform.lifecycle import LifeCycle, ways

EVENT = LifeCycle(
    kind="event",
    initial=frozenset({"received"}),
    ways=ways("""
        received: bound ignored_disabled ignored_no_binding error
        bound: error
        ignored_disabled: received
        ignored_no_binding: received
        error: received
    """),
)
"""Back to ``received`` leads a retry: after a binding was mended, switched on or published."""

TRIGGER = LifeCycle(
    kind="trigger",
    initial=frozenset({"open"}),
    ways=ways("""
        open: resolved cancelled
        resolved:
        cancelled:
    """),
)
"""Whether what an event tells of is settled; requests may wait for that."""

_DECIDED = "done awaiting_resolution ignored_disabled not_matched repeated error"

EFFECT = LifeCycle(
    kind="effect",
    initial=frozenset({"waiting", *_DECIDED.split()}),
    ways=ways(f"""
        waiting: {_DECIDED}
        error: waiting {_DECIDED}
        ignored_disabled: waiting {_DECIDED}
        not_matched: waiting {_DECIDED}
        repeated: waiting {_DECIDED}
        awaiting_resolution: done cancelled error
        done: cancelled
        cancelled:
    """),
)
"""``waiting`` is for a binding with a lower sequence that failed. What was not done can be decided
anew when the event is retried; what is done, once, stays, unless its source cancels the event and
the binding wants it withdrawn."""

STANDING = frozenset({"done", "cancelled", "awaiting_resolution"})
"""Effects that a retry leaves alone."""
