"""The last checks before a message leaves (step 18)."""

from openccm.communications.decision import (
    Decision,
    check_channel,
    check_permission,
    check_recipient,
)
from openccm.communications.dossier import Dossier, Verdict
from openccm.communications.facts import Facts
from openccm.communications.tables import Communication
from openccm.contracts import StepResult


def check_again(dossier: Dossier, communication: Communication, facts: Facts) -> StepResult | None:
    """Restriction, consent and do-not-contact once more, at the last moment."""
    decision = Decision()
    check_recipient(facts, decision)
    if decision.ending is None:
        check_permission(facts, decision)
    if decision.ending is None:
        check_channel(facts, communication.channel, decision)
    if decision.ending is None:
        dossier.explain(Verdict(18, "pass"), communication.id)
        return None
    dossier.explain(Verdict(18, "stop", decision.reason), communication.id)
    dossier.move(communication, "suppressed", reason=decision.reason)
    dossier.complete()
    return StepResult(outcome="ended", marks={"status": "suppressed"})
