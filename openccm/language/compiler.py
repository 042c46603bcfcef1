"""From a definition to the plan that runs it."""

from collections.abc import Mapping

from openccm.contracts import COMPOSE, FALL_BACK, FOLLOW, GATHER, HAND_OVER
from openccm.errors import DefinitionError
from openccm.language.bundle import Bundle
from openccm.language.communication import CommunicationDefinition
from openccm.language.data_service import DataServiceDefinition
from openccm.language.fields import PAYLOAD
from openccm.plan import AnyInstruction, Call, Each, End, Plan

HAND_OVER_TIMEOUT = 300.0
"""More than all the time-outs of a provider's client together."""
HAND_OVER_HEARTBEAT = 15.0
_GATHER_TIMEOUT = 30.0
_HOOK_TIMEOUT = 60.0
"""More than a hook may take, and may wait for a process to run in."""


def compile_communication(
    bundle: Bundle, services: Mapping[str, DataServiceDefinition], version: int
) -> Plan:
    """The plan of one version. The same bundle and services always give the same plan.

    Raises:
        DefinitionError: The bundle is no communication, or uses a data service that is not there.
    """
    definition = bundle.definition
    if not isinstance(definition, CommunicationDefinition):
        raise DefinitionError(f"{definition.code} is a {definition.kind} and has no plan.")
    instructions = [_gather(definition, services), *_delivery(), *_ends()]
    return Plan(
        code=definition.code,
        version=version,
        digest=bundle.digest,
        start=instructions[0].step,
        instructions={instruction.step: instruction for instruction in instructions},
    )


def _gather(
    definition: CommunicationDefinition, services: Mapping[str, DataServiceDefinition]
) -> Call:
    """Local, unless it waits for another's answer; then longer than all answers may take."""
    used = {field.from_ for field in definition.data.values()} - {PAYLOAD}
    unknown = sorted(used - services.keys())
    if unknown:
        raise DefinitionError(f"{definition.code} uses {', '.join(unknown)}, which is not there.")
    hooks = sum(rule.hook is not None for rule in definition.eligibility.values())
    remote = [service.http for code in used if (service := services[code]).http is not None]
    return Call(
        step="gather",
        title="Decide and gather data",
        activity=GATHER,
        local=not remote and not hooks,
        timeout=_GATHER_TIMEOUT
        + sum(endpoint.timeout for endpoint in remote)
        + hooks * _HOOK_TIMEOUT,
        next={"prepared": "deliver", "ended": "end"},
    )


def _delivery() -> list[AnyInstruction]:
    """What happens to each communication, from composing to its fate."""
    return [
        Each(step="deliver", title="Deliver each communication", start="compose", next="end"),
        Call(
            step="compose",
            title="Compose and store the documents",
            activity=COMPOSE,
            local=True,
            next={"rendered": "hand-over", "ended": "done", "fall-back": "fall-back"},
        ),
        Call(
            step="hand-over",
            title="Hand over to the provider",
            activity=HAND_OVER,
            timeout=HAND_OVER_TIMEOUT,
            heartbeat=HAND_OVER_HEARTBEAT,
            next={"sent": "follow", "ended": "done", "fall-back": "fall-back"},
        ),
        Call(
            step="follow",
            title="Follow its fate",
            activity=FOLLOW,
            local=True,
            next={"fall-back": "fall-back", "ended": "done"},
        ),
        Call(
            step="fall-back",
            title="Choose the next channel",
            activity=FALL_BACK,
            local=True,
            next={"composing": "compose", "ended": "done"},
        ),
    ]


def _ends() -> list[AnyInstruction]:
    return [
        End(step="done", title="This communication is done"),
        End(step="end", title="The request is done"),
    ]
