"""Steps that ask others, data services and hooks, before the instance is locked."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from openccm.contracts import Answer, Question
from openccm.customisation.contract import HookRequest, Keys, Settled
from openccm.data.collect import Collected, collect
from openccm.errors import DataUnavailable, HookUnavailable, OpenCCMError
from openccm.language.data_service import DataServiceDefinition
from openccm.language.fields import PAYLOAD, DataField
from openccm.language.hook import HookDefinition
from openccm.language.steps import CallStep, LookUpStep, WishesStep
from openccm.language.wishes import Wishes
from openccm.parties.tables import Person
from openccm.privacy.sayings import Saying, write_down
from openccm.processes.book import Process, Processes
from openccm.processes.deeds import Away, Left, Visit, Waiting, way_of
from openccm.processes.tables import WorkflowInstance
from openccm.processes.walk import data_of


async def fetch(
    processes: Processes,
    process: Process,
    instance: WorkflowInstance,
    step: LookUpStep | None,
    waited: timedelta,
) -> Collected | Away | OpenCCMError:
    """The values that a step looks up, at the beginning all; or why there are none."""
    wanted = _wanted(process, step)
    desk = processes.desk
    codes = {field.from_ for field in wanted.values()}
    keys: dict[str, JsonValue] = {
        **instance.payload,
        "person": instance.person_key,
        "account": instance.account_key,
    }
    services: Mapping[str, DataServiceDefinition] = {}
    try:
        async with desk.database.read() as session:
            services = await desk.repository.services(session, codes)
        return await collect(desk.data, wanted, services, {}, keys)
    except DataUnavailable as error:
        patience = min((each.patience for each in services.values()), default=0)
        return Away(error, waited, timedelta(seconds=patience))
    except OpenCCMError as error:
        return error


async def ask(
    processes: Processes,
    process: Process,
    instance: WorkflowInstance,
    person: Person | None,
    step: CallStep,
    answer: Answer | None,
    waited: timedelta,
) -> Question | Settled | Away | OpenCCMError:
    """What a hook answers; or what is to be asked on a task queue; or why there is nothing."""
    hook = process.used[step.hook]
    assert isinstance(hook, HookDefinition)
    desk = processes.desk
    patience = timedelta(seconds=hook.seconds_of_patience)
    try:
        data = data_of(process, instance, person, desk.clock())
        found = {name: process.value(each).evaluate(data) for name, each in step.values.items()}
        request = HookRequest(
            hook=hook.code,
            point=hook.point,
            keys=Keys(
                subject=str(instance.id),
                person=person.key if person else instance.person_key,
                account=instance.account_key,
            ),
            values=to_jsonable_python(
                {name: value for name, value in found.items() if value is not None}
            ),
        )
        version = instance.pins[step.hook]
        return await desk.hooks.step(
            hook, request, answer, version=version, patient=waited < patience
        )
    except HookUnavailable as error:
        return Away(error, waited, patience)
    except OpenCCMError as error:
        return error


async def call(visit: Visit, step: CallStep) -> Left | Waiting:
    """Keep what the hook answered, and go on by its outcome."""
    found = _answered(visit)
    if not isinstance(found, Settled):
        return _AGAIN
    if step.into is not None:
        visit.walk.keep(step.into, found.values)
    visit.row.reason = found.reason
    visit.row.detail = {
        "hook": step.hook,
        "version": visit.walk.instance.pins[step.hook],
        "settled_by": found.settled_by,
    }
    return way_of(step, found.outcome or "done")


def _answered(visit: Visit) -> object:
    """What was answered; the fault is raised."""
    found = visit.fetched
    if isinstance(found, Away):
        raise found.error
    if isinstance(found, OpenCCMError):
        raise found
    return found


_AGAIN = Waiting("another look", until=datetime.min.replace(tzinfo=UTC))
"""Somebody stepped in between asking and locking."""


async def look_up(visit: Visit, step: LookUpStep | None) -> Left | Waiting:
    """Keep what was fetched."""
    found = _answered(visit)
    if not isinstance(found, Collected):
        return _AGAIN
    instance = visit.walk.instance
    instance.data = {**instance.data, **found.values}
    visit.row.detail = {"fields": sorted(found.values), "digest": found.digest()}
    visit.walk.forget()
    return Left()


async def wishes(visit: Visit, step: WishesStep) -> Left:
    """Write down what the person said; without a person there is nothing."""
    walk = visit.walk
    if walk.person is None:
        return Left(outcome="nobody")
    said = Wishes.model_validate({name: getattr(step, name) for name in Wishes.model_fields})
    saying = Saying(walk.actor, f"process {walk.instance.code}", walk.now)
    await write_down(walk.session, walk.person.id, said, saying)
    return Left()


def _wanted(process: Process, step: LookUpStep | None) -> Mapping[str, DataField]:
    named = step.fields if step is not None else ()
    return {
        name: field
        for name, field in process.definition.data.items()
        if field.from_ != PAYLOAD and (not named or name in named)
    }
