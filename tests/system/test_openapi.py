"""Every endpoint, attacked with what its own description generates: nothing makes it break."""

import asyncio
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from tests.system.town import Town

_EXAMPLES = 20


async def test_no_endpoint_answers_with_a_server_error(town: Town) -> None:
    document = await town.nobody.ask("GET", "/openapi.json")
    attacked, faults = await asyncio.to_thread(
        attack, document, town.operator.base, town.operator.key
    )

    assert attacked > 30
    assert faults == []


def attack(document: dict[str, Any], base: str, key: str) -> tuple[int, list[str]]:
    """How many operations there are, and what went wrong with which."""
    schema = schemathesis.openapi.from_dict(document)
    operations = [result.ok() for result in schema.get_all_operations()]
    faults: list[str] = []
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _attack_one(operation, mode, base, key, faults)
    return len(operations), faults


def _attack_one(
    operation: Any, mode: GenerationMode, base: str, key: str, faults: list[str]
) -> None:
    @settings(
        max_examples=_EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def attacked(case: Any) -> None:
        response = case.call(base_url=base, headers={"Authorization": f"Bearer {key}"})
        if response.status_code >= 500:
            faults.append(f"{operation.label}: {response.status_code} {response.text[:300]}")

    try:
        attacked()
    except Unsatisfiable:
        # An operation without parameters has nothing to be wrong about.
        assert mode is GenerationMode.NEGATIVE, operation.label
