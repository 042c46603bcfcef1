"""Collecting the declared data of one communication, by each field's policy for missing values."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from openccm.data.services import DataDesk
from openccm.data.values import find, leaves, nested, typed
from openccm.errors import DataError, DataMissing, DataUnavailable, InvalidError
from openccm.language.communication import CommunicationDefinition
from openccm.language.data_service import DataServiceDefinition

PAYLOAD = "payload"


@dataclass(slots=True)
class Collected:
    """Raw values by dotted field, as JSON, and how each came to be."""

    values: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    sources: dict[str, str] = field(default_factory=dict[str, str])
    """Field to ``payload``, a service's code, ``default`` or ``hidden``."""

    def digest(self) -> str:
        """SHA-256 of the values in one fixed spelling."""
        return hashlib.sha256(json.dumps(self.values, sort_keys=True).encode()).hexdigest()


async def collect(
    desk: DataDesk,
    definition: CommunicationDefinition,
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
    wanted: dict[str, list[str]] = {}
    for name, declared in definition.data.items():
        if declared.source == PAYLOAD:
            value = find(payload, name)
            if value is not None:
                collected.values[name], collected.sources[name] = value, PAYLOAD
        else:
            wanted.setdefault(declared.source, []).append(name)
    if wanted:
        fetched = await desk.fetch(services, wanted, keys)
        collected.values |= fetched.values
        collected.sources |= fetched.sources
    _apply_policies(definition, collected)
    _check_types(definition, collected)
    return collected


def _apply_policies(definition: CommunicationDefinition, collected: Collected) -> None:
    for name, declared in definition.data.items():
        if name in collected.values:
            continue
        if declared.default is not None:
            collected.values[name], collected.sources[name] = declared.default, "default"
        elif declared.missing == "hide":
            collected.values[name], collected.sources[name] = None, "hidden"
        elif declared.missing == "wait":
            raise DataUnavailable(f"{declared.source} has no value for {name} yet.")
        else:
            raise DataMissing(name, declared.source)


def _check_types(definition: CommunicationDefinition, collected: Collected) -> None:
    try:
        typed_values(definition, collected.values)
    except InvalidError as error:
        raise DataError(f"A data service gave a wrong value: {error}") from None


def typed_values(
    definition: CommunicationDefinition, values: Mapping[str, JsonValue]
) -> dict[str, Any]:
    """Collected values as templates and rules read them: typed and nested.

    Raises:
        InvalidError: A value is not of its declared type; names the field.
    """
    flat = {
        name: None if values.get(name) is None else typed(values[name], declared, name)
        for name, declared in definition.data.items()
    }
    return nested(flat)


def check_payload(definition: CommunicationDefinition, payload: Mapping[str, Any]) -> None:
    """Refuse a payload that does not fit, before anything is accepted.

    Raises:
        InvalidError: A field is missing, unknown or of the wrong type; names it.
    """
    expected = {
        name: declared for name, declared in definition.data.items() if declared.source == PAYLOAD
    }
    for name, declared in expected.items():
        value = find(payload, name)
        if value is not None:
            typed(value, declared, f"payload.{name}")
        elif declared.missing == "fail" and declared.default is None:
            raise InvalidError(f"payload.{name}", f"payload.{name} is missing.")
    for name in leaves(payload):
        if not any(name == known or name.startswith(f"{known}.") for known in expected):
            raise InvalidError(f"payload.{name}", f"{definition.code} takes no {name}.")
