"""Cancelling what has not gone out."""

from openccm.communications.dossier import Dossier
from openccm.communications.lifecycles import COMMUNICATION
from openccm.errors import IllegalTransitionError


def cancel(dossier: Dossier, reason: str) -> None:
    """Cancel a request with all its communications that have not gone out.

    Raises:
        IllegalTransitionError: Nothing of it can be cancelled; names the state.
    """
    request = dossier.request
    if request.state != "prepared":
        dossier.move_request("cancelled", reason)
        return
    open_ones = [
        communication
        for communication in dossier.communications.values()
        if COMMUNICATION.allows(communication.state, "cancelled")
    ]
    if not open_ones:
        raise IllegalTransitionError("request", children(dossier), "cancelled")
    for communication in open_ones:
        dossier.move(communication, "cancelled", reason=reason)
    dossier.complete()


def give_up(dossier: Dossier, reason: str) -> bool:
    """Cancel a request if it can still be; answers whether anything was cancelled."""
    try:
        cancel(dossier, reason)
    except IllegalTransitionError:
        return False
    return True


def children(dossier: Dossier) -> str:
    """The state to name in a refusal: the request's, or its communications' where they decide."""
    if dossier.request.state != "prepared":
        return dossier.request.state
    return ", ".join(sorted({each.state for each in dossier.communications.values()}))
