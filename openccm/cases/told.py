"""What core systems are told of offers: their own keys and our ids, no personal data."""

from openccm.cases.lifecycles import OFFER
from openccm.cases.tables import Case, CompensationOffer
from openccm.publishing.callbacks import Notice

TELLS = "tells"
"""The mark on an entry of the trail that is told as an event."""

_EVENTS = {"auto_approved": "approved"}
"""States that others need not tell apart."""


def event_of(state: str) -> str:
    """What an offer's state is told as."""
    return f"compensation.{_EVENTS.get(state, state)}"


EVENTS = frozenset(event_of(state) for state in OFFER.states)
"""Everything that core systems can be told of offers."""
OUTCOMES = frozenset(event_of(state) for state in {"approved", *OFFER.terminal})
"""What they are told unless they ask for more."""


def told_of(case: Case, offer: CompensationOffer) -> Notice:
    """The event about an offer's new state, in order within its case."""
    data = {
        "case_id": str(case.id),
        "case": case.number,
        "offer": str(offer.id),
        "cause": offer.cause,
        "person": offer.person_key,
        "addressee": offer.addressee_key,
        "amount": offer.amount,
        "currency": offer.currency,
        "why": offer.reason,
        "rows": offer.decided_rows,
        "state": offer.state,
        "definition": offer.process,
    }
    return Notice(event=event_of(offer.state), lane=case.id, definition=offer.process, data=data)
