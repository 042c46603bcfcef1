"""A package of a customer's own: built, installed, and asked through its entry points alone."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from openccm.customisation.contract import HookRequest, Keys
from openccm.customisation.desk import HookDesk
from openccm.data.services import DataDesk
from openccm.language.data_service import DataServiceDefinition
from openccm.language.hook import HookDefinition
from openccm.language.loader import load_definitions
from openccm.platform.clock import utc_now

EXAMPLE = Path(__file__).parents[2] / "examples" / "brightwater-plugin"
DEFINITIONS = EXAMPLE / "definitions"
UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The package as a wheel, in a folder that is on the path."""
    folder = tmp_path_factory.mktemp("plugin")
    done = subprocess.run(
        [UV, "build", "--wheel", "--out-dir", folder / "dist", EXAMPLE],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    target = folder / "site"
    done = subprocess.run(
        [UV, "pip", "install", "--python", sys.executable, "--no-deps", "--target", target, wheel],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    sys.path.insert(0, str(target))
    yield target
    sys.path.remove(str(target))
    for name in [name for name in sys.modules if name.startswith("brightwater_plugin")]:
        del sys.modules[name]


async def openccm(installed: Path, *words: str) -> tuple[int, str]:
    """The command line, with the package installed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from openccm.cli import main; main()",
        *words,
        env={**os.environ, "PYTHONPATH": str(installed)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


def hook(code: str) -> HookDefinition:
    return load_definitions(DEFINITIONS).of(HookDefinition)[code]


@pytest.mark.usefixtures("installed")
async def test_its_hook_is_asked_in_a_process_of_its_own() -> None:
    desk = HookDesk()
    request = HookRequest(hook="", point="process.call", values={"bill.amount": "1860.40"})
    settled = await desk.call(hook("METER-RISK"), request)
    await desk.close()

    assert (settled.values, settled.outcome) == ({"risk": "high"}, "review")
    assert settled.reason == "large_amount"
    assert "brightwater_plugin.risk" not in sys.modules


@pytest.mark.usefixtures("installed")
async def test_its_rule_decides() -> None:
    desk = HookDesk()
    keys = [Keys(account="A-5001"), Keys(account="A-5002")]
    settled = [
        await desk.call(hook("VIP-CHECK"), HookRequest(hook="", point="eligibility", keys=each))
        for each in keys
    ]
    await desk.close()

    assert [each.outcome for each in settled] == ["refused", "eligible"]


@pytest.mark.usefixtures("installed")
async def test_its_data_service_answers() -> None:
    meters = load_definitions(DEFINITIONS).of(DataServiceDefinition)["meters"]
    desk = DataDesk(utc_now)
    await desk.open()
    found = await desk.fetch(
        {"meters": meters}, {"meters": ["meter.kind"]}, {"reading.meter": "M-00417"}
    )
    await desk.close()

    assert found == {"meters": {"meter.kind": "smart"}}
    assert entry_points(group="openccm.hooks", name="brightwater_risk")


async def test_what_is_installed_is_listed_with_its_version_and_health(installed: Path) -> None:
    code, said = await openccm(installed, "plugin", "list")

    assert code == 0
    lines = [line.split() for line in said.splitlines()]
    assert ["hook", "brightwater_risk", "brightwater-plugin", "1.0.0:", "well"] in lines
    assert [
        "data",
        "service",
        "brightwater_meters",
        "brightwater-plugin",
        "1.0.0:",
        "well",
    ] in lines


@pytest.mark.parametrize("code", ["METER-RISK", "VIP-CHECK", "meters"])
async def test_it_passes_the_contract_test(installed: Path, code: str) -> None:
    ended, said = await openccm(installed, "plugin", "test", code, "--folder", str(DEFINITIONS))

    assert ended == 0, said
    assert "FAIL" not in said
    assert "0 failed" in said


async def test_an_answer_of_the_wrong_type_is_named_by_field_and_type(
    installed: Path, tmp_path: Path
) -> None:
    for code, file, old, new in (
        ("meter-risk", "hook.yaml", "risk: {type: text", "risk: {type: number"),
        ("meters", "service.yaml", "meter.kind: {type: text", "meter.kind: {type: date"),
    ):
        text = (DEFINITIONS / code / file).read_text()
        (tmp_path / code).mkdir()
        changed = text.replace(old, new).replace("default: {risk: unknown}", "default: {risk: 0}")
        (tmp_path / code / file).write_text(changed)
    (tmp_path / "meters" / "samples").mkdir()
    (tmp_path / "meters" / "samples" / "one.yaml").write_text("keys: {reading.meter: M-00417}\n")
    ended, said = await openccm(
        installed, "plugin", "test", "METER-RISK", "--folder", str(tmp_path)
    )
    ended_too, said_too = await openccm(
        installed, "plugin", "test", "meters", "--folder", str(tmp_path)
    )

    assert (ended, ended_too) == (1, 1)
    assert "$.risk: This is not a number. Declared is number." in said
    assert "$['meter.kind']: This is not a date. Declared is date." in said_too


async def test_what_does_not_exist_cannot_be_tested(installed: Path) -> None:
    ended, said = await openccm(
        installed, "plugin", "test", "NO-SUCH", "--folder", str(DEFINITIONS)
    )

    assert ended == 1
    assert "There is no hook or data service NO-SUCH." in said
