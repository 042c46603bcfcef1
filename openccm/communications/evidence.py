"""Graded evidence: how sure we are that a communication arrived."""

from openccm.communications.tables import Communication


def evidence(communication: Communication) -> None:
    """How sure we are that it arrived, by its state; and whether more is to be expected."""
    if communication.state in ("delivered", "read"):
        communication.evidence, communication.final = "proved", True
    elif communication.state == "dispatched":
        communication.evidence, communication.final = "assumed", True
