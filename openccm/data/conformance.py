"""The contract test for data services, however they are asked."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from openccm.language.call_sample import ServiceSample
from openccm.language.data_service import DataServiceDefinition
from openccm.language.problems import json_path
from openccm.language.values import read_values
from openccm.platform.cases import Report

Fetch = Callable[[Sequence[str], dict[str, JsonValue]], Awaitable[Mapping[str, JsonValue]]]
"""The values of these fields under these keys; raises DataError."""

_KEYS: dict[str, JsonValue] = {"person": "P-1001", "account": "A-5001"}
_NOBODY: dict[str, JsonValue] = {"person": "P-UNKNOWN", "account": None}


async def check_service(
    service: DataServiceDefinition, fetch: Fetch, samples: Mapping[str, ServiceSample]
) -> Report:
    """Ask as OpenCCM would, and as it would only on a bad day."""
    way = "http" if service.http is not None else "python"
    report = Report(f"{service.code}, asked by {way}")
    asked = dict(samples) or {"an example": ServiceSample.model_validate({"keys": _KEYS})}
    for name, sample in asked.items():
        deed = _fits(service, fetch, sample.keys, sample.answer)
        await report.run(f"{name} is answered as declared", deed)
        await report.run(f"{name} may be asked twice", _twice(service, fetch, sample.keys))
    for name in service.fields:
        deed = _fits(service, fetch, next(iter(asked.values())).keys, {}, (name,))
        await report.run(f"{name} can be asked for alone", deed)
    await report.run("nobody's data is no fault", _fits(service, fetch, _NOBODY, {}))
    return report


def _fits(
    service: DataServiceDefinition,
    fetch: Fetch,
    keys: dict[str, Any],
    expected: Mapping[str, Any],
    fields: Sequence[str] = (),
) -> Callable[[], Awaitable[str | None]]:
    async def deed() -> str | None:
        read = read_values(service.fields, await fetch(fields or list(service.fields), keys))
        if read.misfits:
            path, message, *_ = read.misfits[0]
            name = ".".join(str(part) for part in path)
            wanted = f" Declared is {service.fields[name].type}." if name in service.fields else ""
            return f"{json_path(path)}: {message}{wanted}"
        wanted_values = read_values(service.fields, expected).values
        wrong = [name for name, value in wanted_values.items() if read.values.get(name) != value]
        return f"Not as expected: {', '.join(wrong)}." if wrong else None

    return deed


def _twice(
    service: DataServiceDefinition, fetch: Fetch, keys: dict[str, Any]
) -> Callable[[], Awaitable[str | None]]:
    async def deed() -> str | None:
        fields = list(service.fields)
        same = await fetch(fields, keys) == await fetch(fields, keys)
        return None if same else "The same question got another answer the second time."

    return deed
