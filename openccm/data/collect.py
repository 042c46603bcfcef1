"""Collecting the declared data of one communication, by each field's policy for missing values."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as part
from typing import Any

from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from openccm.data.services import DataDesk
from openccm.errors import DataError, DataMissing, DataUnavailable, InvalidError
from openccm.language.data_service import DataServiceDefinition
from openccm.language.fields import PAYLOAD, DataField, DefaultValue
from openccm.language.problems import json_path
from openccm.language.values import Misfit, nested, read_values


@dataclass(slots=True)
class Collected:
    """Values by dotted field, as JSON, and how each came to be."""

    values: dict[str, JsonValue] = part(default_factory=dict[str, JsonValue])
    sources: dict[str, str] = part(default_factory=dict[str, str])
    """Field to ``payload``, a service's code, ``default`` or ``hidden``."""

    def digest(self) -> str:
        """SHA-256 of the values in one fixed spelling."""
        return hashlib.sha256(json.dumps(self.values, sort_keys=True).encode()).hexdigest()

    def take(self, source: str, values: Mapping[str, Any]) -> None:
        """Keep typed values as JSON: decimals and dates as text, exactly."""
        self.values |= to_jsonable_python(values)
        self.sources |= dict.fromkeys(values, source)


async def collect(
    desk: DataDesk,
    fields: Mapping[str, DataField],
    services: Mapping[str, DataServiceDefinition],
    payload: Mapping[str, JsonValue],
    keys: dict[str, JsonValue],
) -> Collected:
    """Everything the definition declares, from the payload and from data services.

    Raises:
        DataUnavailable: A service is unwell, or a field whose policy is to wait is not there yet.
        DataMissing: A field is missing that the communication cannot do without.
        DataError: A service gave a value of the wrong type.
    """
    collected = Collected()
    wanted: dict[str, dict[str, DataField]] = {}
    for name, declared in fields.items():
        wanted.setdefault(declared.from_, {})[name] = declared
    collected.take(PAYLOAD, read_values(wanted.pop(PAYLOAD, {}), payload).values)
    asked = {code: tuple(expected) for code, expected in wanted.items()}
    replies = await desk.fetch(services, asked, keys)
    for code, expected in wanted.items():
        read = read_values(expected, replies[code])
        if read.misfits:
            raise DataError(f"The data service {code} gave a wrong value: {_said(read.misfits)}")
        collected.take(code, read.values)
    _apply_policies(fields, collected)
    return collected


def _apply_policies(fields: Mapping[str, DataField], collected: Collected) -> None:
    for name, declared in fields.items():
        if name in collected.values:
            continue
        if isinstance(declared.missing, DefaultValue):
            collected.values[name], collected.sources[name] = declared.missing.default, "default"
        elif declared.missing == "hide":
            collected.values[name], collected.sources[name] = None, "hidden"
        elif declared.missing == "wait":
            raise DataUnavailable(f"{declared.from_} has no value for {name} yet.")
        else:
            raise DataMissing(name, declared.from_)


def typed_values(
    fields: Mapping[str, DataField], values: Mapping[str, JsonValue]
) -> dict[str, Any]:
    """Collected values as templates and rules read them: typed and nested; hidden ones are None."""
    typed = read_values(fields, values).values
    return nested({name: typed.get(name) for name in fields})


def check_payload(declared: Mapping[str, DataField], payload: Mapping[str, Any]) -> None:
    """Refuse a payload that does not fit, before anything is accepted.

    Raises:
        InvalidError: A field is missing, unknown or of the wrong type; names it.
    """
    fields = {name: field for name, field in declared.items() if field.from_ == PAYLOAD}
    read = read_values(fields, payload)
    if read.misfits:
        path = ".".join(str(part) for part in read.misfits[0].path)
        raise InvalidError(f"payload.{path}", _said(read.misfits))
    for name, field in fields.items():
        if name not in read.values and field.missing == "fail":
            raise InvalidError(f"payload.{name}", f"payload.{name} is missing.")


def payload_of(declared: Mapping[str, DataField], payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload's declared values by dotted name, as JSON; defaults where nothing was given."""
    collected = Collected()
    fields = {name: field for name, field in declared.items() if field.from_ == PAYLOAD}
    collected.take(PAYLOAD, read_values(fields, payload).values)
    _apply_policies(fields, collected)
    return collected.values


def _said(misfits: list[Misfit]) -> str:
    return " ".join(f"{json_path(each.path)}: {each.message} {each.mend}" for each in misfits[:5])
