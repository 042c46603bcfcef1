"""From a process to the plan that runs it: each step one call, each way one entry of ``next``."""

from collections.abc import Iterator, Mapping

from openccm.contracts import TAKE_STEP
from openccm.language.bundle import Bundle
from openccm.language.data_service import DataServiceDefinition
from openccm.language.fields import PAYLOAD
from openccm.language.flow import NEXT, STOPPED, Flow, flow_of, title_of
from openccm.language.process import ProcessDefinition
from openccm.language.steps import END, ERROR, CallStep, EndStep, LookUpStep, ParallelStep, StepBase
from openccm.plan import OVER, AnyInstruction, Call, End, Fork, Plan

BEGIN, FINISH, STOP, UNWIND = ":begin", ":finish", ":stop", ":unwind"
"""The steps that no author wrote: fetch the data, end well, end early, take back."""

ENDED = "ended"
"""The outcome of a step after which nothing comes."""

_TIMEOUT = 30.0
_CALL_TIMEOUT = 120.0
_HEARTBEAT = 15.0


def compile_process(
    bundle: Bundle, services: Mapping[str, DataServiceDefinition], version: int
) -> Plan:
    """The plan of one version of a process that was checked. The same text gives the same plan."""
    definition = bundle.definition
    assert isinstance(definition, ProcessDefinition)
    first = next(iter(definition.steps))
    remote = any(
        service.http is not None
        for code, service in services.items()
        if code in {field.from_ for field in definition.data.values()}
    )
    opening = {NEXT: first, STOPPED: STOP}
    begins = any(field.from_ != PAYLOAD for field in definition.data.values())
    instructions = [
        *([_call(BEGIN, "Look up the data", opening, local=not remote)] if begins else ()),
        *_steps(definition, flow_of(definition), remote=remote),
        *_undo(definition),
        *_ends(definition),
    ]
    return Plan(
        code=definition.code,
        version=version,
        digest=bundle.digest,
        start=instructions[0].step,
        instructions={instruction.step: instruction for instruction in instructions},
    )


def _steps(definition: ProcessDefinition, flow: Flow, *, remote: bool) -> Iterator[AnyInstruction]:
    for name, step in definition.steps.items():
        home = flow.home.get(name)
        meeting = flow.ways[home]["join"] if home else None
        ends = {END: FINISH} | ({meeting: OVER} if meeting else {})
        title = title_of(name, step)
        ways = {way: ends.get(target, target) for way, target in flow.ways[name].items()}
        if isinstance(step, EndStep):
            ways = _after(definition)
        if isinstance(step, ParallelStep):
            starts = tuple(ways[branch] for branch in step.branches)
            yield Fork(step=name, title=title, starts=starts, next=ways["join"])
        else:
            ways[STOPPED] = OVER if home else STOP
            yield _call(name, title, ways, local=_is_local(step, remote=remote))


def _is_local(step: StepBase, *, remote: bool) -> bool:
    """Whether a step needs no answer from another system."""
    return not (isinstance(step, CallStep) or (remote and isinstance(step, LookUpStep)))


def _undo(definition: ProcessDefinition) -> Iterator[AnyInstruction]:
    for name, step in definition.undo.items():
        title = title_of(name, step)
        ways = dict.fromkeys((*step.ways(), NEXT, ERROR), UNWIND)
        yield _call(name, title, ways, local=_is_local(step, remote=True))


def _ends(definition: ProcessDefinition) -> Iterator[AnyInstruction]:
    yield _call(FINISH, "The end", {ENDED: OVER, STOPPED: STOP})
    yield _call(STOP, "End early", _after(definition))
    if definition.undo:
        back = {name: name for name in definition.undo}
        yield _call(UNWIND, "Take back what was done", {ENDED: OVER} | back)
    yield End(step=OVER, title="Over")


def _after(definition: ProcessDefinition) -> dict[str, str]:
    """What comes after an end that may have to take back what was done."""
    return {ENDED: OVER} | ({UNWIND: UNWIND} if definition.undo else {})


def _call(step: str, title: str, ways: Mapping[str, str], *, local: bool = True) -> Call:
    return Call(
        step=step,
        title=title,
        activity=TAKE_STEP,
        local=local,
        timeout=_TIMEOUT if local else _CALL_TIMEOUT,
        heartbeat=None if local else _HEARTBEAT,
        next=dict(ways),
    )
