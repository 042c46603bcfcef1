"""What core systems are told of offers: their own keys and our ids, no personal data."""

from openccm.cases.tables import Case, CompensationOffer
from openccm.publishing.callbacks import Notice

TELLS = "tells"
"""The mark on an entry of the trail that is told as an event."""

_EVENTS = {"auto_approved": "approved"}
"""States that others need not tell apart."""


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
    event = f"compensation.{_EVENTS.get(offer.state, offer.state)}"
    return Notice(event=event, lane=case.id, definition=offer.process, data=data)
