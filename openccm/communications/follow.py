"""Follow: wait for what became of a communication after hand-over; fall back where it failed."""

from openccm.communications.decision import Decision, choose_device, choose_route
from openccm.communications.desk import Desk
from openccm.communications.dossier import opened
from openccm.communications.facts import read_facts
from openccm.communications.outcome import RECEIPT_PATIENCE, standing
from openccm.communications.tables import Communication
from openccm.contracts import WAIT, StepInput, StepResult
from openccm.platform.columns import new_id


async def follow(desk: Desk, step: StepInput) -> StepResult:
    """Wait for a receipt as long as one can be expected, then take the hand-over as the end."""
    assert step.communication_id is not None
    async with (
        desk.database.begin() as session,
        opened(session, step.subject, actor="engine", now=desk.clock()) as dossier,
    ):
        communication = dossier.communications[step.communication_id]
        published = await desk.repository.pinned(
            session, communication.definition, communication.version
        )
        result = standing(dossier, communication, published.definition)
        if result.outcome != "sent":
            return result
        assert communication.sent_at is not None
        until = communication.sent_at + RECEIPT_PATIENCE
        if dossier.now < until:
            return result.model_copy(
                update={"outcome": WAIT, "until": until, "waiting_for": "a receipt"}
            )
        communication.final = True
        communication.evidence = "assumed"
        return standing(dossier, communication, published.definition)


async def fall_back(desk: Desk, step: StepInput) -> StepResult:
    """Open a communication on the next channel that is declared for how the last one ended."""
    assert step.communication_id is not None
    async with (
        desk.database.begin() as session,
        opened(session, step.subject, actor="engine", now=desk.clock()) as dossier,
    ):
        failed = dossier.communications[step.communication_id]
        successor = [
            each for each in dossier.communications.values() if each.fallback_of == failed.id
        ]
        if successor:
            return StepResult(outcome="composing", communications=(successor[0].id,))
        published = await desk.repository.pinned(session, failed.definition, failed.version)
        facts = await read_facts(session, dossier.request, published.definition)
        decision = Decision()
        tried = [each.channel for each in dossier.communications.values()]
        today = desk.clock().date()
        if failed.state != "bounced" or not choose_device(facts, decision, failed.channel, today):
            choose_route(facts, decision, after=failed.state, tried=tried, today=today)
        for verdict in decision.verdicts:
            dossier.explain(verdict, failed.id)
        route = decision.route
        if route is None:
            dossier.complete()
            return StepResult(outcome="ended", marks={"status": failed.state})
        communication = Communication(
            id=new_id(),
            request_id=failed.request_id,
            person_id=failed.person_id,
            definition=failed.definition,
            version=failed.version,
            channel=route.channel,
            contact_point_id=route.contact_point.id,
            language=route.language,
            fallback_of=failed.id,
            created_at=dossier.now,
            updated_at=dossier.now,
        )
        dossier.add(communication)
        return StepResult(
            outcome="composing",
            communications=(communication.id,),
            marks={"channel": communication.channel},
        )
