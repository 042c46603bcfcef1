"""The embedded stack: what it starts is ready, stays alive, and ends with it."""

import asyncio
import signal
import socket
from pathlib import Path

import pytest

from openccm.errors import ConflictError, NotFoundError
from openccm.platform.ports import Listener, free_ports, require_free
from openccm.platform.settings import Settings
from openccm.platform.supervisor import Stack, StackError
from tests.platform.stand_ins import clinger, crasher, gone, server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(data_dir=tmp_path)


async def test_parts_start_after_what_they_need_and_stop_in_reverse(
    settings: Settings, tmp_path: Path
) -> None:
    first, second = free_ports(2)
    parts = (
        server(tmp_path, "first", first),
        server(tmp_path, "second", second, needs=("first", "absent")),
    )
    async with Stack(settings, parts) as stack:
        assert stack.pid("first")
        assert stack.pid("second")
        for port in (first, second):
            socket.create_connection(("127.0.0.1", port)).close()

    assert (tmp_path / "diary").read_text().split() == ["second", "first"]
    assert gone(tmp_path)


async def test_a_part_that_died_is_started_again(settings: Settings, tmp_path: Path) -> None:
    told: list[str] = []
    part = server(tmp_path, "api", *free_ports(1))
    async with Stack(settings, [part], tell=told.append) as stack:
        before = stack.pid("api")
        await stack.kill("api")
        await stack.wait_ready("api")

        assert stack.pid("api") not in (None, before)
        assert told == ["api was ended by SIGKILL; starting it again"]


async def test_unsupervised_the_dead_stay_dead(settings: Settings, tmp_path: Path) -> None:
    part = server(tmp_path, "api", *free_ports(1))
    async with Stack(settings, [part], supervise=False) as stack:
        await stack.kill("api")
        await asyncio.sleep(0.3)
        assert stack.pid("api") is None
        with pytest.raises(StackError, match="api does not run"):
            await stack.wait_ready("api")

        await stack.start("api")
        await stack.wait_ready("api")
        assert stack.pid("api")


async def test_a_halted_part_can_be_stopped(settings: Settings, tmp_path: Path) -> None:
    part = server(tmp_path, "api", *free_ports(1))
    async with Stack(settings, [part]) as stack:
        await stack.kill("api", signal.SIGSTOP)
        await stack.restart("api")

    assert (tmp_path / "diary").read_text().split() == ["api", "api"]


async def test_a_part_that_keeps_dying_ends_the_stack(settings: Settings, tmp_path: Path) -> None:
    async with Stack(settings, [crasher(tmp_path, late=True)]) as stack:
        with pytest.raises(StackError, match="died 5 times") as caught:
            await asyncio.wait_for(stack.wait(), 15)

    assert "the cat is on the keyboard" in str(caught.value)
    assert str(settings.logs_dir / "crasher.log") in str(caught.value)


async def test_a_part_that_never_got_ready_ends_the_stack_at_once(
    settings: Settings, tmp_path: Path
) -> None:
    healthy = server(tmp_path, "healthy", *free_ports(1))
    with pytest.raises(StackError, match="ended with code 1") as caught:
        async with Stack(settings, [healthy, crasher(tmp_path, late=False)]):
            pytest.fail("the stack calls itself ready")

    assert "the cat is on the keyboard" in str(caught.value)
    assert gone(tmp_path)


async def test_a_part_without_a_program_says_so(settings: Settings, tmp_path: Path) -> None:
    part = server(tmp_path, "api", *free_ports(1))
    absent = type(part)(name="api", command=("/no/such/program",), probe=part.probe)
    with pytest.raises(StackError, match="/no/such/program: No such file"):
        async with Stack(settings, [absent]):
            pytest.fail("the stack calls itself ready")


async def test_what_does_not_listen_to_reason_is_killed(settings: Settings, tmp_path: Path) -> None:
    async with Stack(settings, [clinger(tmp_path)], stop_patience=0.2):
        assert not gone(tmp_path, patience=0)

    assert gone(tmp_path)


async def test_a_killed_part_takes_what_it_started_with_it(
    settings: Settings, tmp_path: Path
) -> None:
    async with Stack(settings, [clinger(tmp_path)], supervise=False) as stack:
        await stack.kill("clinger")

        assert gone(tmp_path)


async def test_a_taken_port_is_named_before_anything_starts(
    settings: Settings, tmp_path: Path
) -> None:
    free, taken = free_ports(2)
    stack = Stack(settings, [server(tmp_path, "lab", free), server(tmp_path, "api", taken)])
    with (
        socket.create_server(("127.0.0.1", taken)),
        pytest.raises(ConflictError, match=f"Port {taken} is in use.*OPENCCM_HTTP_PORT"),
    ):
        async with stack:
            pytest.fail("the stack calls itself ready")

    assert list(settings.logs_dir.iterdir()) == []


def test_two_settings_with_one_port_are_named() -> None:
    (port,) = free_ports(1)
    with pytest.raises(ConflictError, match="OPENCCM_LAB_HTTP_PORT and OPENCCM_HTTP_PORT are both"):
        require_free([Listener("http_port", port), Listener("lab_http_port", port)])


async def test_two_stacks_on_one_folder_are_refused(settings: Settings, tmp_path: Path) -> None:
    one, two = free_ports(2)
    async with Stack(settings, [server(tmp_path, "api", one)]) as stack:
        with pytest.raises(ConflictError, match=r"Another stack \(process \d+\).*OPENCCM_DATA_DIR"):
            async with Stack(settings, [server(tmp_path, "api", two)]):
                pytest.fail("the second stack started")
        await stack.wait_ready()

    async with Stack(settings, [server(tmp_path, "api", two)]):
        pass


async def test_a_part_the_stack_lacks_is_named(settings: Settings, tmp_path: Path) -> None:
    async with Stack(settings, []) as stack:
        with pytest.raises(NotFoundError, match="no part lab"):
            stack.pid("lab")


async def test_a_grown_log_is_put_aside_and_the_oldest_dropped(
    settings: Settings, tmp_path: Path
) -> None:
    settings.logs_dir.mkdir()
    for name, size in {"api.log": 11, "api.1.log": 1, "api.2.log": 2, "api.3.log": 3}.items():
        with (settings.logs_dir / name).open("wb") as log:
            log.truncate(size * 1_000_000)
    async with Stack(settings, [server(tmp_path, "api", *free_ports(1))]):
        pass

    sizes = {path.name: path.stat().st_size // 1_000_000 for path in settings.logs_dir.iterdir()}
    assert sizes == {"api.log": 0, "api.1.log": 11, "api.2.log": 1, "api.3.log": 2}
