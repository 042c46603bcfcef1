"""Steps that ask others: data services. They are asked before the instance is locked."""

from collections.abc import Mapping

from pydantic import JsonValue

from openccm.data.collect import Collected, collect
from openccm.errors import OpenCCMError
from openccm.language.fields import PAYLOAD, DataField
from openccm.language.steps import ConsentStep, LookUpStep
from openccm.privacy.consents import set_consent
from openccm.processes.book import Process, Processes
from openccm.processes.deeds import Left, Visit
from openccm.processes.tables import WorkflowInstance


async def fetch(
    processes: Processes, process: Process, instance: WorkflowInstance, step: LookUpStep | None
) -> Collected | OpenCCMError:
    """The values that a step looks up, at the beginning all; or why there are none."""
    wanted = _wanted(process, step)
    desk = processes.desk
    codes = {field.from_ for field in wanted.values()}
    keys: dict[str, JsonValue] = {
        **instance.payload,
        "person": instance.person_key,
        "account": instance.account_key,
    }
    try:
        async with desk.database.read() as session:
            services = await desk.repository.services(session, codes)
        return await collect(desk.data, wanted, services, {}, keys)
    except OpenCCMError as error:
        return error


async def look_up(visit: Visit, step: LookUpStep | None) -> Left:
    """Keep what was fetched."""
    found = visit.fetched
    if isinstance(found, OpenCCMError):
        raise found
    assert isinstance(found, Collected)
    instance = visit.walk.instance
    instance.data = {**instance.data, **found.values}
    visit.row.detail = {"fields": sorted(found.values), "digest": found.digest()}
    visit.walk.forget()
    return Left()


async def consent(visit: Visit, step: ConsentStep) -> Left:
    """Write the person's word down; without a person there is none."""
    walk = visit.walk
    if walk.person is None:
        return Left(outcome="nobody")
    await set_consent(
        walk.session,
        walk.person.id,
        step.purpose,
        step.state,
        source=f"process {walk.instance.code}",
        actor=walk.actor,
        now=walk.now,
    )
    return Left()


def _wanted(process: Process, step: LookUpStep | None) -> Mapping[str, DataField]:
    named = step.fields if step is not None else ()
    return {
        name: field
        for name, field in process.definition.data.items()
        if field.from_ != PAYLOAD and (not named or name in named)
    }
