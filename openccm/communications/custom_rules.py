"""Custom rules: hooks that decide on eligibility beside the conditions of a definition."""

from dataclasses import dataclass
from typing import Any

from openccm.communications.desk import Desk
from openccm.communications.facts import Facts
from openccm.communications.tables import CommunicationRequest
from openccm.customisation.contract import HookRequest, Keys, Settled
from openccm.customisation.settling import picked
from openccm.data.collect import Collected
from openccm.language.hook import HookDefinition
from openccm.language.points import REFUSED


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a custom rule found, and what the explanation says of it."""

    eligible: bool
    told: dict[str, Any]


async def ask_rule(
    desk: Desk, request: CommunicationRequest, facts: Facts, collected: Collected, code: str
) -> Ruling:
    """Ask the live version of a hook; one that is skipped lets everybody pass.

    Raises:
        HookError: It gave no usable answer, and its policy is to stop.
    """
    async with desk.database.read() as session:
        hook, version = await desk.repository.newest(session, HookDefinition, code)
    question = HookRequest(
        hook=code,
        point=hook.point,
        keys=Keys(
            subject=str(request.id),
            person=facts.person.key if facts.person else None,
            account=facts.account.key if facts.account else None,
        ),
        values=picked(hook, collected.values),
    )
    settled = await desk.hooks.call(hook, question, version=version)
    return Ruling(settled.outcome != REFUSED, _told(code, version, settled))


def _told(code: str, version: int, settled: Settled) -> dict[str, Any]:
    told: dict[str, Any] = {"hook": code, "version": version, "settled_by": settled.settled_by}
    if settled.reason is not None:
        told["hook_reason"] = settled.reason
    if settled.fault is not None:
        told["says"] = settled.fault
    return told | {"when": f"hook {code} version {version}"}
