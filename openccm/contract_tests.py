"""Contract tests from the command line: the definition, its samples, and who is to answer."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, JsonValue
from temporalio.client import ActivityFailureError, Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError

from openccm.customisation.conformance import check_hook
from openccm.customisation.contract import ENTRY_POINTS as HOOKS
from openccm.customisation.contract import HookRequest, Settled
from openccm.customisation.desk import HookDesk
from openccm.customisation.settling import check_request, read_reply
from openccm.data.conformance import check_service
from openccm.data.services import ENTRY_POINTS as DATA_SERVICES
from openccm.data.services import DataDesk, DataReply, DataRequest
from openccm.errors import DataError, DefinitionError, HookError, HookUnavailable, NotFoundError
from openccm.language.bundle import Bundle
from openccm.language.call_sample import HookSample, ServiceSample
from openccm.language.data_service import DataServiceDefinition
from openccm.language.hook import HookDefinition
from openccm.language.loader import load_definitions
from openccm.language.problems import InvalidDefinition
from openccm.language.validation import validated
from openccm.language.yaml12 import read_document
from openccm.platform.cases import Report
from openccm.platform.clock import utc_now
from openccm.platform.columns import new_id
from openccm.platform.installed import installed
from openccm.platform.plugin_process import EntryPoint
from openccm.platform.plugins import PluginError, PluginPool
from openccm.platform.settings import Settings

Sample = TypeVar("Sample", bound=BaseModel)

GROUPS: Mapping[str, tuple[str, str, str]] = {
    HOOKS: ("hook", "call", "openccm.customisation.contract:HookRequest"),
    DATA_SERVICES: ("data service", "fetch", "openccm.data.services:DataRequest"),
}
"""What packages may offer: the kind, the method that is called, and what it takes."""

_DEADLINE = 10.0


async def run_contract_test(settings: Settings, code: str, folder: Path) -> Report:
    """Ask whoever answers a definition of a folder, and judge the answers.

    Raises:
        NotFoundError: No hook and no data service bears this code.
        DefinitionError: Its samples cannot be read.
    """
    try:
        bundle = load_definitions(folder).bundle(code)
    except KeyError:
        raise NotFoundError("hook or data service", code) from None
    match bundle.definition:
        case HookDefinition() as hook if hook.queue is not None:
            client = await _client(settings)
            return await check_hook(hook, partial(_put, client, hook), _samples(bundle, HookSample))
        case HookDefinition() as hook:
            desk = HookDesk()
            try:
                return await check_hook(hook, partial(desk.ask, hook), _samples(bundle, HookSample))
            finally:
                await desk.close()
        case DataServiceDefinition() as service:
            async with _fetching(service) as fetch:
                return await check_service(service, fetch, _samples(bundle, ServiceSample))
        case definition:
            raise DefinitionError(f"{code} is a {definition.kind}: nobody is asked.")


async def plugin_lines() -> list[str]:
    """Every entry point that packages offer, and whether it can be loaded."""
    pool = PluginPool(processes=1)
    lines: list[str] = []
    try:
        for group, (kind, method, takes) in GROUPS.items():
            for found in installed(group):
                health = await _health(pool, EntryPoint(group, found.name, method, takes))
                lines.append(f"{kind:13}{found.name:30}{found.package} {found.version}: {health}")
    finally:
        await pool.close()
    return lines


async def _health(pool: PluginPool, point: EntryPoint) -> str:
    try:
        await pool.load(point)
    except PluginError as error:
        return f"it {error}"
    return "well"


def _samples(bundle: Bundle, model: type[Sample]) -> dict[str, Sample]:
    return dict(_read_samples(bundle, model))


def _read_samples(bundle: Bundle, model: type[Sample]) -> Iterator[tuple[str, Sample]]:
    for path in sorted(bundle.files):
        if path.startswith("samples/") and path.endswith(".yaml"):
            document = read_document(bundle.files[path], f"{bundle.folder}/{path}")
            found = validated(model, document) if document.data else list(document.problems)
            if isinstance(found, list):
                raise InvalidDefinition(found)
            yield path, found


@asynccontextmanager
async def _fetching(service: DataServiceDefinition) -> AsyncGenerator["_Fetch"]:
    desk, pool = DataDesk(utc_now), PluginPool(processes=1)
    await desk.open()
    try:
        yield _Fetch(service, desk, pool)
    finally:
        await desk.close()
        await pool.close()


class _Fetch:
    """Asks a data service; one in Python in a process of its own, which can be stopped."""

    def __init__(self, service: DataServiceDefinition, desk: DataDesk, pool: PluginPool) -> None:
        self._service = service
        self._desk = desk
        self._pool = pool

    async def __call__(
        self, fields: Sequence[str], keys: dict[str, JsonValue]
    ) -> Mapping[str, JsonValue]:
        """The values of these fields under these keys."""
        code = self._service.code
        if self._service.python is None:
            return (await self._desk.fetch({code: self._service}, {code: fields}, keys))[code]
        _, method, takes = GROUPS[DATA_SERVICES]
        point = EntryPoint(DATA_SERVICES, self._service.python, method, takes)
        asked = DataRequest(service=code, fields=tuple(fields), keys=keys)
        try:
            reply = await self._pool.ask(point, asked.model_dump(mode="json"), deadline=_DEADLINE)
            return DataReply.model_validate(reply).values
        except PluginError as error:
            raise DataError(f"The data service {code} {error}.") from None
        except ValueError:
            raise DataError(f"The data service {code} answered something unusable.") from None


async def _client(settings: Settings) -> Client:
    try:
        return await Client.connect(
            settings.temporal_address,
            namespace=settings.temporal_namespace,
            data_converter=pydantic_data_converter,
        )
    except RuntimeError:
        message = f"Temporal does not answer at {settings.temporal_address}."
        raise HookUnavailable(message) from None


async def _put(client: Client, hook: HookDefinition, request: HookRequest) -> Settled:
    """Ask an activity by itself, without a workflow around it."""
    assert hook.queue is not None
    timeout = timedelta(seconds=hook.timeout)
    asked = check_request(hook, request).model_dump(mode="json")
    try:
        answer = await client.execute_activity(
            hook.queue.activity,
            asked,
            id=f"contract-test/{new_id()}",
            task_queue=hook.queue.task_queue,
            schedule_to_close_timeout=timeout,
            start_to_close_timeout=timeout,
        )
    except ActivityFailureError as error:
        said = type(error.cause).__name__ if error.cause else "failed"
        raise HookError(f"The hook {hook.code} failed in its worker ({said}).") from None
    except RPCError as error:
        raise HookUnavailable(f"Temporal does not take the question: {error.message}") from None
    return read_reply(hook, answer)
