"""hook.yaml: what its author is told."""

from pathlib import Path

import pytest

from openccm.language.definition import Use
from openccm.language.hook import HookDefinition
from openccm.language.loader import load_definitions
from openccm.language.points import ASKED, POINTS
from tests.language.desk import Desk

HOOK = """\
kind: hook
code: RISK-CHECK
title: Rate the risk
point: process.call
inputs:
  bill.amount: {type: money}
outputs:
  risk: {type: text}
outcomes: [ok, refused]
python: brightwater_risk
fails: stop
"""
RULE = """\
kind: hook
code: VIP-CHECK
title: Leave key accounts alone
point: eligibility
inputs:
  bill.amount: {type: money}
python: brightwater_vip
"""


@pytest.fixture
def hook(desk: Desk) -> Path:
    file = desk.root / "risk-check" / "hook.yaml"
    file.parent.mkdir()
    file.write_text(HOOK)
    return file


@pytest.fixture
def rule(desk: Desk) -> Path:
    file = desk.root / "vip-check" / "hook.yaml"
    file.parent.mkdir()
    file.write_text(RULE)
    desk.replace("eligibility:\n", "eligibility:\n  vip: {hook: VIP-CHECK, reason: not_for_vips}\n")
    return file


def test_a_hook_that_is_well_written_has_no_problems(desk: Desk, hook: Path, rule: Path) -> None:
    assert desk.told() == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("python: brightwater_risk", "", "A hook is asked in one way."),
        ("fails: stop", "http: {url: 'env:X'}", "A hook is asked in one way."),
        ("process.call", "channel.select", "No hooks are asked at channel.select yet. Use one of"),
        ("process.call", "process.cal", "process.cal"),
        ("fails: stop", "mode: before", "At process.call a hook does not come before."),
        ("process.call", "eligibility", "The outcomes at eligibility are eligible and refused."),
        ("fails: stop", "default: {risk: low}", "Nothing uses the default."),
        ("fails: stop", "fails: default\ndefault: {risk: low}", "Add default-outcome: with one of"),
        (
            "fails: stop",
            "fails: default\ndefault: {risk: low}\ndefault-outcome: oh",
            "oh is none of its outcomes. Use one of: ok, refused.",
        ),
        (
            "fails: stop",
            "fails: default\ndefault: {risk: 5}\ndefault-outcome: ok",
            "hook.yaml:12:17: This is not a text.",
        ),
        ("fails: stop", "fails: default\ndefault-outcome: ok", "The default has no risk."),
        ("[ok, refused]", "[ok, ok]", "hook.yaml:9:16: ok is named twice."),
        (
            "python: brightwater_risk",
            "python: {entry-point: brightwater_risk, timeout: 2 minutes}",
            "Nobody waits longer than 40 seconds for python.",
        ),
        (
            "python: brightwater_risk",
            "queue: {task-queue: risk, activity: rate}",
            "hook.yaml:6:3: bill.amount would stand in the history of the run",
        ),
        ("  bill.amount: {type: money}", "  today: {type: date}", "today is always there"),
    ],
)
def test_an_author_is_told_what_to_mend(
    desk: Desk, hook: Path, old: str, new: str, told: str
) -> None:
    desk.replace(old, new, hook)

    assert [each for each in desk.told() if told in each], desk.told()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("code: VIP-CHECK", "code: VIP-TEST", "There is no hook VIP-CHECK. Known are: VIP-TEST."),
        ("point: eligibility", "point: process.call", "is asked at process.call, not for"),
        ("bill.amount: {type: money}", "bill.amount: {type: text}", "takes bill.amount as text"),
        ("bill.amount: {type: money}", "region: {type: text}", "The hook needs region, which"),
    ],
)
def test_a_rule_and_its_hook_must_fit(
    desk: Desk, rule: Path, old: str, new: str, told: str
) -> None:
    desk.replace(old, new, rule)

    assert [each for each in desk.told() if told in each], desk.told()


def test_an_optional_input_need_not_be_declared(desk: Desk, rule: Path) -> None:
    desk.replace("inputs:\n", "inputs:\n  region: {type: text, optional: true}\n", rule)

    assert desk.told() == []


@pytest.mark.parametrize("rule", ["{reason: no}", "{when: 1 > 0, hook: VIP-CHECK, reason: no}"])
def test_a_rule_decides_in_one_way(desk: Desk, rule: str) -> None:
    desk.replace("eligibility:\n", f"eligibility:\n  odd: {rule}\n")

    assert [each for each in desk.told() if "Write either when: or hook:." in each]


def test_a_hook_may_be_asked_through_a_queue_by_processes_alone(desk: Desk, rule: Path) -> None:
    desk.replace("{type: money}", "{type: money, sensitivity: public}", rule)
    desk.replace("python: brightwater_vip", "queue: {task-queue: vip, activity: rate}", rule)

    assert [each for each in desk.told() if "which only processes can do" in each]


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        ("values: {bill.amount: much}\n", "ordinary.yaml:1:23: This is not an amount of money."),
        ("values: {iban: DE02}\n", "iban is not declared"),
        ("outcome: perhaps\n", "perhaps is none of the hook's outcomes."),
        ("answer: {risk: 7}\n", "This is not a text."),
        ("value: {}\n", "value is not known here."),
    ],
)
def test_a_sample_must_fit_its_hook(desk: Desk, hook: Path, sample: str, told: str) -> None:
    (hook.parent / "samples").mkdir()
    (hook.parent / "samples" / "ordinary.yaml").write_text(sample)

    assert [each for each in desk.told() if told in each], desk.told()


def test_a_communication_names_the_hooks_it_uses(desk: Desk, rule: Path) -> None:
    library = load_definitions(desk.root)
    bill = library.bundle("BILL-READY").definition

    assert Use("hook", "VIP-CHECK") in list(bill.uses())
    assert library.of(HookDefinition)["VIP-CHECK"].answers == ("eligible", "refused")


def test_a_point_at_which_hooks_are_asked_says_how() -> None:
    assert ASKED.keys() == {"eligibility", "process.call"}
    assert all(point.question and point.unbound for point in POINTS.values())
