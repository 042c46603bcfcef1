"""A definition compiles to a plan that stays the same for as long as its text does."""

import json
from pathlib import Path

import pytest

from openccm.errors import DefinitionError
from openccm.language.compiler import compile_communication
from openccm.language.data_service import DataServiceDefinition
from openccm.language.loader import load_definitions
from openccm.plan import Call, Each, End, Plan
from tests.language.desk import Desk

GOLDEN = Path(__file__).parent / "bill-ready.plan.json"


def compiled(root: Path, version: int = 3) -> Plan:
    library = load_definitions(root)
    return compile_communication(
        library.bundle("BILL-READY"), library.of(DataServiceDefinition), version=version
    )


def test_the_plan_is_the_one_in_the_histories(desk: Desk) -> None:
    plan = compiled(desk.root)

    assert json.loads(plan.model_dump_json()) == json.loads(GOLDEN.read_text())
    assert list(plan.instructions) == list(json.loads(GOLDEN.read_text())["instructions"])
    assert plan.start == "gather"


def test_every_outcome_leads_to_a_step(desk: Desk) -> None:
    instructions = compiled(desk.root).instructions

    for step, instruction in instructions.items():
        assert instruction.step == step
        match instruction:
            case Call():
                assert instruction.next
                assert set(instruction.next.values()) <= instructions.keys()
            case Each():
                assert {instruction.start, instruction.next} <= instructions.keys()
            case End():
                pass


def test_data_from_within_is_gathered_without_a_round_trip(desk: Desk) -> None:
    desk.replace("http: {url", "python: brightwater-billing\n# http: {url", desk.service)

    gather = compiled(desk.root).instructions["gather"]

    assert isinstance(gather, Call)
    assert gather.local


def test_gathering_outlasts_the_services_it_asks(desk: Desk) -> None:
    desk.replace("timeout: 5 seconds", "timeout: 2 minutes", desk.service)

    gather = compiled(desk.root).instructions["gather"]

    assert isinstance(gather, Call)
    assert not gather.local
    assert gather.timeout > 120


def test_a_plan_is_small(desk: Desk) -> None:
    assert len(compiled(desk.root).model_dump_json()) < 3_000


def test_what_has_no_plan_is_refused(desk: Desk) -> None:
    library = load_definitions(desk.root)
    communication = library.bundle("BILL-READY")
    service = next(bundle for bundle in library.bundles if bundle is not communication)

    with pytest.raises(DefinitionError, match="has no plan"):
        compile_communication(service, library.of(DataServiceDefinition), 1)
    with pytest.raises(DefinitionError, match="uses billing"):
        compile_communication(communication, {}, 1)
