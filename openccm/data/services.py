"""Data services: one contract, answered by a Python entry point or by a signed HTTP endpoint."""

import asyncio
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from typing import Protocol

import aiohttp
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from openccm.errors import DataError, DataUnavailable, NotFoundError
from openccm.language.data_service import DataServiceDefinition
from openccm.platform.clock import Clock
from openccm.platform.signed import Endpoint, EndpointError, EndpointUnavailable, ask

ENTRY_POINTS = "openccm.data_services"
CONTRACT = 1
_PYTHON_TIMEOUT = 10.0


class DataRequest(BaseModel):
    """What a data service is asked: exactly the fields one communication needs, in one call."""

    model_config = ConfigDict(frozen=True)

    contract: int = CONTRACT
    service: str
    fields: tuple[str, ...]
    keys: dict[str, JsonValue]
    """Business keys: ``person``, ``account`` and the payload's fields."""


class DataReply(BaseModel):
    """What a data service answers. A field it has no value for is left out or null."""

    model_config = ConfigDict(frozen=True)

    values: dict[str, JsonValue]


class DataService(Protocol):
    """What a package offers under the entry point ``openccm.data_services``."""

    async def fetch(self, request: DataRequest) -> DataReply:
        """The values of the fields that are asked for.

        Raises:
            DataUnavailable: Not now; ask again later.
        """
        ...


class DataDesk:
    """Asks data services, each with its own time-out; opened and closed with the worker."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._http: aiohttp.ClientSession | None = None
        self._installed: dict[str, DataService] = {}

    async def open(self) -> None:
        """Get ready."""
        self._http = aiohttp.ClientSession()

    async def close(self) -> None:
        """Give the connections back."""
        if self._http is not None:
            await self._http.close()

    async def fetch(
        self,
        services: Mapping[str, DataServiceDefinition],
        wanted: Mapping[str, Sequence[str]],
        keys: dict[str, JsonValue],
    ) -> dict[str, dict[str, JsonValue]]:
        """Ask every service for its fields, side by side, one call each; answers by service.

        Raises:
            DataUnavailable: A service is unwell.
            DataError: A service is not set up here, or answers something that is no answer.
        """
        calls = [self._ask(services[code], tuple(fields), keys) for code, fields in wanted.items()]
        replies = await asyncio.gather(*calls)
        return {
            code: {name: reply.values[name] for name in fields if name in reply.values}
            for (code, fields), reply in zip(wanted.items(), replies, strict=True)
        }

    async def _ask(
        self, service: DataServiceDefinition, fields: tuple[str, ...], keys: dict[str, JsonValue]
    ) -> DataReply:
        request = DataRequest(service=service.code, fields=fields, keys=keys)
        timeout = service.http.timeout if service.http else _PYTHON_TIMEOUT
        try:
            async with asyncio.timeout(timeout):
                if service.http is not None:
                    return await self._post(service, request)
                return await self._call(service, request)
        except NotFoundError as error:
            raise DataError(f"The data service {service.code} is not set up: {error}") from None
        except TimeoutError:
            raise DataUnavailable(
                f"The data service {service.code} did not answer within {timeout:g} seconds."
            ) from None

    async def _call(self, service: DataServiceDefinition, request: DataRequest) -> DataReply:
        reply = await self._provider(service).fetch(request)
        try:
            return DataReply.model_validate(reply, from_attributes=True)
        except ValidationError as error:
            raise _unusable(service, error) from None

    def _provider(self, service: DataServiceDefinition) -> DataService:
        name = service.python
        assert name is not None
        if name not in self._installed:
            found = [point for point in entry_points(group=ENTRY_POINTS) if point.name == name]
            if not found:
                raise NotFoundError("installed data service", name)
            self._installed[name] = found[0].load()()
        return self._installed[name]

    async def _post(self, service: DataServiceDefinition, request: DataRequest) -> DataReply:
        assert self._http is not None
        assert service.http is not None
        endpoint = Endpoint(service.http.url, service.http.secret)
        try:
            content = await ask(self._http, endpoint, request.model_dump_json(), clock=self._clock)
        except EndpointUnavailable as error:
            raise DataUnavailable(f"The data service {service.code} {error}.") from None
        except EndpointError as error:
            raise DataError(f"The data service {service.code} {error}.") from None
        try:
            return DataReply.model_validate_json(content)
        except ValidationError as error:
            raise _unusable(service, error) from None


def _unusable(service: DataServiceDefinition, error: Exception) -> DataError:
    """The reply is no DataReply; say where, without repeating its values."""
    where = ""
    if isinstance(error, ValidationError):
        fault = error.errors(include_input=False, include_url=False)[0]
        where = f" at {'.'.join(map(str, fault['loc']))}: {fault['msg']}"
    return DataError(f"The data service {service.code} answered something unusable{where}.")
