"""Hooks in Python: whatever a package does, it harms its own call alone, and tells nothing."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from openccm.customisation.desk import HookDesk
from openccm.errors import HookError, HookUnavailable
from tests.customisation.hooks import NAME, hook, python, request


async def test_a_package_answers_with_typed_values(desk: HookDesk) -> None:
    settled = await desk.call(python("good"), request())

    assert settled.values == {"risk": "low", "limit": Decimal(500)}
    assert (settled.outcome, settled.settled_by) == ("ok", "hook")


async def test_a_plain_function_and_a_plain_dictionary_will_do(desk: HookDesk) -> None:
    settled = await desk.call(python("plain"), request())

    assert settled.values == {"risk": "186.40"}


async def test_a_process_serves_many_calls(desk: HookDesk) -> None:
    pids = {(await desk.call(python("pid"), request())).values["risk"] for _ in range(5)}

    assert len(pids) == 1


async def test_a_package_sees_its_own_settings_and_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, desk: HookDesk
) -> None:
    monkeypatch.setenv("OPENCCM_MASTER_KEY", "ours")
    monkeypatch.setenv("BRIGHTWATER_REGION", "north")
    own = HookDesk(processes=1)
    settled = await own.call(python("environment"), request())
    await own.close()

    assert settled.values["risk"] == "none north"


async def test_a_hanging_package_is_stopped(desk: HookDesk) -> None:
    clock = asyncio.get_running_loop().time
    started = clock()
    with pytest.raises(HookUnavailable, match="RISK-CHECK did not answer within 2 seconds"):
        await desk.call(python("hangs"), request())

    assert clock() - started < 20


async def test_what_a_stopped_package_started_ends_with_it(desk: HookDesk, tmp_path: Path) -> None:
    note = tmp_path / "pids"
    with pytest.raises(HookUnavailable):
        await desk.call(python("sleeps"), request(note=str(note)))

    own, started = note.read_text().split()
    for _ in range(100):
        if not (_running(own) or _running(started)):
            break
        await asyncio.sleep(0.05)
    assert not _running(own)
    assert not _running(started)


async def test_a_hanging_call_harms_no_other(desk: HookDesk) -> None:
    calls = [desk.call(python("hangs"), request()), desk.call(python("good"), request())]
    hanging, good = await asyncio.gather(*calls, return_exceptions=True)

    assert isinstance(hanging, HookUnavailable)
    assert not isinstance(good, BaseException)


@pytest.mark.parametrize("name", ["exits", "quits", "crashes"])
async def test_a_package_that_ends_its_process_fails_alone(desk: HookDesk, name: str) -> None:
    with pytest.raises(HookError, match="ended its process"):
        await desk.call(python(name), request())
    assert (await desk.call(python("good"), request())).outcome == "ok"


async def test_after_a_crash_the_same_hook_is_asked_again(desk: HookDesk) -> None:
    with pytest.raises(HookError):
        await desk.call(python("exits"), request())
    settled = await desk.call(python("exits"), request(note="behave"))

    assert settled.outcome == "ok"


async def test_a_package_that_eats_memory_is_stopped(desk: HookDesk) -> None:
    with pytest.raises(HookError, match="more memory than it may have"):
        await desk.call(hook(python={"entry-point": "eats", "timeout": "30 seconds"}), request())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("wrongtype", r"limit: This is not a number. Declared is number."),
        ("lacks", "answered no risk, which is declared as text"),
        ("toomuch", r"iban: iban is not declared"),
        ("noreply", "unusable"),
        ("notjson", "raised TypeError"),
        ("huge", "more than it may"),
        ("oddoutcome", "not declared. Declared are: ok, refused"),
        ("talks", "unusable at reason"),
        ("raises", r"raised ValueError at [\w.-]+/brightwater_odd.py:\d+"),
        ("nocall", "raised AttributeError"),
        ("unbuildable", "raised RuntimeError"),
        ("unimportable", "raised ModuleNotFoundError"),
        ("nobody-brought-this", "is not installed"),
    ],
)
async def test_a_bad_answer_is_told_without_its_values(
    desk: HookDesk, name: str, said: str
) -> None:
    with pytest.raises(HookError, match=said) as told:
        await desk.call(python(name), request(note=NAME))

    assert not isinstance(told.value, HookUnavailable)
    assert "Moreno" not in f"{told.value!r} {told.value.__cause__!r} {told.value.__context__!r}"


async def test_a_package_may_say_that_it_is_unwell(desk: HookDesk) -> None:
    with pytest.raises(HookUnavailable) as told:
        await desk.call(python("ill"), request(note=NAME))

    assert "Moreno" not in str(told.value)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"bill.amount": "much"}, r"\['bill.amount'\]: This is not an amount of money."),
        ({"bill.amount": None}, "given no bill.amount, which is declared as money"),
        ({"iban": "DE02"}, "iban is not declared"),
    ],
)
async def test_a_question_that_does_not_fit_is_not_asked(
    desk: HookDesk, values: dict[str, object], said: str
) -> None:
    with pytest.raises(HookError, match=said):
        await desk.call(hook(), request(**values))


def _running(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
