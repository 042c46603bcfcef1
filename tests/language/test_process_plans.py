"""A process compiles to a plan that stays the same for as long as its text does."""

import json
from pathlib import Path
from typing import get_args

import pytest

from openccm.language.bundle import Bundle, Library
from openccm.language.checker import check_bundle
from openccm.language.checks.inspecting import TemplateFindings
from openccm.language.data_service import DataServiceDefinition
from openccm.language.folder import bundle_of
from openccm.language.kinds import KINDS
from openccm.language.problems import errors_of
from openccm.language.process import ProcessDefinition
from openccm.language.process_compiler import compile_process
from openccm.language.steps import Step
from openccm.plan import Call, End, Fork, Plan
from tests.core.station import SERVICE
from tests.processes.anything import OTHERS

TEXT = Path(__file__).parent / "every-step" / "process.yaml"
GOLDEN = TEXT.with_name("plan.json")


def library(old: str = "", new: str = "") -> Library:
    written = TEXT.read_text()
    assert old in written, old
    texts = {**OTHERS, "billing": SERVICE, "every-step": written.replace(old, new, 1)}
    bundles: list[Bundle] = []
    for folder, text in texts.items():
        kind = next(line[6:] for line in text.splitlines() if line.startswith("kind: "))
        address = f"env:FAR_{folder.replace('-', '_').upper()}"
        bundle = bundle_of(folder, {KINDS[kind].file: text.replace("%s", address).encode()})
        assert isinstance(bundle, Bundle), [str(each) for each in bundle]
        bundles.append(bundle)
    return Library(tuple(bundles))


def found_in(library: Library) -> dict[str, str]:
    problems = check_bundle(
        library.bundle("EVERY-STEP"),
        library,
        channels=("email",),
        inspect_template=lambda *_: TemplateFindings(),
    )
    return {each.path: f"{each.message} {each.mend}" for each in errors_of(problems)}


@pytest.fixture(scope="module")
def plan() -> Plan:
    found = library()
    return compile_process(found.bundle("EVERY-STEP"), found.of(DataServiceDefinition), version=3)


def test_the_text_passes_the_checker_and_names_every_kind_of_step() -> None:
    definition = library().bundle("EVERY-STEP").definition
    assert isinstance(definition, ProcessDefinition)

    assert found_in(library()) == {}
    assert {type(step) for step in definition.steps.values()} == set(get_args(get_args(Step)[0]))


def test_the_plan_is_the_one_in_the_histories(plan: Plan) -> None:
    written = json.loads(GOLDEN.read_text())

    assert json.loads(plan.model_dump_json(exclude={"digest"})) == written
    assert list(plan.instructions) == list(written["instructions"])


def test_every_way_leads_to_an_instruction_and_every_step_can_give_way(plan: Plan) -> None:
    for name, instruction in plan.instructions.items():
        assert instruction.step == name
        match instruction:
            case Call(next=ways):
                assert set(ways.values()) <= plan.instructions.keys()
                assert "stopped" in ways or name in (":stop", ":unwind", "grant")
            case Fork(starts=starts, next=following):
                assert {*starts, following} <= plan.instructions.keys()
            case End():
                assert name == ":over"
            case _:
                pytest.fail(f"A process compiles to no {instruction.kind}.")


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ("do: task, to-do: ANY-CALL", "do: task, to-do: ANY-APPROVAL",
         "$.steps['call-them']['to-do']", "needs four eyes"),
        ("do: task, to-do", "do: task, role: sales, to-do",
         "$.steps['call-them'].role", "not for sales. Known are: agent"),
        ("do: approve, to-do: ANY-APPROVAL", "do: approve, to-do: ANY-CALL",
         "$.steps.ask['to-do']", "cannot end as approved or rejected"),
    ],
)  # fmt: skip
def test_people_must_be_able_to_answer(old: str, new: str, path: str, message: str) -> None:
    assert message in found_in(library(old, new))[path]
