"""Rendering in processes: whatever a template does, it ends, and it ends alone."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from benchmarks.letters import bundle, context
from openccm.content.pool import RenderPool
from openccm.content.port import Part, RenderJob
from openccm.content.processes import RenderingUnavailable
from openccm.errors import TemplateError

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

SLOW = "<table>" + "<tr><td>a</td></tr>" * 30_000 + "</table>"
"""Takes xhtml2pdf the better part of a minute."""


def text(source: str, digest: str = "", **values: Any) -> RenderJob:
    parts = (Part(name="text", kind="text", source=source),)
    return RenderJob(digest=digest, files={}, parts=parts, context=values)


def document(source: str) -> RenderJob:
    parts = (Part(name="letter", kind="pdf", source=source),)
    return RenderJob(digest="", files={}, parts=parts, context={})


async def test_all_parts_come_back_in_order(pool: RenderPool) -> None:
    job = RenderJob(
        digest="bundle",
        files=bundle(),
        parts=(
            Part(name="subject", kind="text", source="Bill {{ bill.number }}"),
            Part(name="letter", kind="pdf", entry="templates/letter.html"),
            Part(name="html", kind="html", source="<b>{{ person.name }}</b>"),
        ),
        context=context(45),
        locale="de-DE",
        seed="C-1",
        created=1_700_000_000.0,
    )

    first, second = await pool.render(job), await pool.render(job)

    assert [part.name for part in first] == ["subject", "letter", "html"]
    assert [part.media_type for part in first] == ["text/plain", "application/pdf", "text/html"]
    assert first[0].content == b"Bill B-1042"
    assert (first[1].pages, first[1].warnings) == (3, ())
    assert first == second


async def test_every_process_makes_the_same_bytes() -> None:
    job = document("<h1>a</h1><h2>b</h2><p>c <pdf:pagecount></p>")
    made: set[bytes] = set()
    for _ in range(2):
        async with RenderPool(processes=1) as pool:
            made |= {(await pool.render(job))[0].content for _ in range(2)}

    assert len(made) == 1


async def test_an_error_says_where(pool: RenderPool) -> None:
    with pytest.raises(TemplateError) as caught:
        await pool.render(text("a\n{{ nothing }}"))

    assert (caught.value.template, caught.value.line) == ("text", 2)


async def test_another_bundle_is_another_bundle(pool: RenderPool) -> None:
    part = Part(name="t", kind="text", entry="a.txt")
    jobs = [
        RenderJob(digest=digest, files={"a.txt": content}, parts=(part,), context={})
        for digest, content in [("1", b"one"), ("2", b"two"), ("", b"draft"), ("", b"better")]
    ]

    made = [(await pool.render(job))[0].content for job in [*jobs, *jobs]]

    assert made == [b"one", b"two", b"draft", b"better"] * 2


async def test_more_bundles_than_a_process_keeps_are_no_trouble(pool: RenderPool) -> None:
    part = Part(name="t", kind="text", entry="a.txt")

    for turn in range(2):
        for number in range(40):
            files = {"a.txt": str(number).encode()}
            job = RenderJob(digest=f"many-{number}", files=files, parts=(part,), context={})

            assert (await pool.render(job))[0].content == files["a.txt"], turn


async def test_what_takes_too_long_is_stopped_and_others_go_on() -> None:
    async with RenderPool(processes=2, deadline=2) as pool:
        started = time.monotonic()
        endless = asyncio.create_task(pool.render(document(SLOW)))
        await asyncio.sleep(0.1)
        for _ in range(20):
            assert (await pool.render(text("hello")))[0].content == b"hello"
        others = time.monotonic() - started

        with pytest.raises(TemplateError, match="more than 2 seconds"):
            await endless
        assert others < time.monotonic() - started
        assert (await asyncio.gather(*(pool.render(text("hello")) for _ in range(4))))[3]


async def test_what_takes_too_much_memory_is_stopped() -> None:
    async with RenderPool(processes=1, deadline=90, memory=240 << 20) as pool:
        with pytest.raises(TemplateError, match="memory"):
            await pool.render(document(SLOW))

        assert (await pool.render(text("hello")))[0].content == b"hello"


async def test_a_job_whose_process_is_killed_is_tried_again() -> None:
    async with RenderPool(processes=1, deadline=20) as pool:
        job = asyncio.create_task(pool.render(document("<p>a</p>" * 1500)))
        await asyncio.sleep(0.2)
        os.kill(pool.process_ids[0], signal.SIGKILL)

        assert (await job)[0].pages


async def test_a_job_that_always_kills_its_process_fails() -> None:
    async with RenderPool(processes=1, deadline=20) as pool:
        job = asyncio.create_task(pool.render(document(SLOW)))
        while not job.done():
            await asyncio.sleep(0.1)
            for number in pool.process_ids:
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)

        with pytest.raises(TemplateError, match="ended the process twice"):
            await job
        assert (await pool.render(text("hello")))[0].content == b"hello"


async def test_a_cancelled_job_frees_its_seat() -> None:
    async with RenderPool(processes=1, deadline=20) as pool:
        running = asyncio.create_task(pool.render(document(SLOW)))
        waiting = asyncio.create_task(pool.render(document(SLOW)))
        await asyncio.sleep(0.1)
        for job in (waiting, running):
            job.cancel()
            with pytest.raises(asyncio.CancelledError):
                await job

        assert (await asyncio.wait_for(pool.render(text("hello")), 5))[0].content == b"hello"


async def test_texts_do_not_wait_behind_documents() -> None:
    order: list[str] = []

    async def render(name: str, job: RenderJob) -> None:
        await pool.render(job)
        order.append(name)

    async with RenderPool(processes=1) as pool:
        jobs = [render(f"document {n}", document("<p>a</p>" * 200)) for n in range(3)]
        await asyncio.gather(*jobs, render("text", text("hello")))

    assert order == ["document 0", "text", "document 1", "document 2"]


async def test_a_full_queue_makes_jobs_wait_and_loses_none() -> None:
    async with RenderPool(processes=1, queue=2) as pool:
        made = await asyncio.gather(*(pool.render(text(str(n))) for n in range(50)))

    assert [parts[0].content for parts in made] == [str(n).encode() for n in range(50)]


async def test_processes_are_renewed_after_so_many_jobs() -> None:
    async with RenderPool(processes=1, jobs_per_process=2) as pool:
        seen: list[int] = []
        for _ in range(4):
            await pool.render(text("hello"))
            seen += pool.process_ids

    assert len(seen) == 2
    assert len(set(seen)) == 2


@linux
async def test_the_pool_survives_its_fork_server() -> None:
    async with RenderPool(processes=1) as pool:
        status = Path(f"/proc/{pool.process_ids[0]}/stat").read_text()
        server = int(status.rpartition(")")[2].split()[1])
        os.kill(server, signal.SIGKILL)

        assert (await pool.render(text("hello")))[0].content == b"hello"


async def test_a_closed_pool_starts_nothing() -> None:
    async with RenderPool(processes=1) as pool:
        numbers = pool.process_ids

    with pytest.raises(RenderingUnavailable):
        await pool.render(text("hello"))
    assert await gone(numbers)


@linux
async def test_processes_know_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCCM_SECRET", "s3cret")

    async with RenderPool(processes=1) as pool:
        environment = Path(f"/proc/{pool.process_ids[0]}/environ").read_text()

    assert "PYTHONHASHSEED" in environment
    assert "s3cret" not in environment


async def test_objects_never_leave_for_a_process(pool: RenderPool) -> None:
    with pytest.raises(TemplateError, match="not plain data"):
        await pool.render(text("", thing=object()))


async def test_a_text_costs_less_than_a_millisecond(pool: RenderPool) -> None:
    job = text("Hello {{ name }}", digest="fast", name="Ann")
    await pool.render(job)
    took: list[float] = []
    for _ in range(200):
        started = time.perf_counter()
        await pool.render(job)
        took.append(time.perf_counter() - started)

    assert sorted(took)[20] < 0.001


SCRIPT = """
import asyncio
from openccm.content.pool import RenderPool
from openccm.content.port import Part, RenderJob

async def main():
    async with RenderPool(processes=2, deadline=60) as pool:
        print(*pool.process_ids, flush=True)
        part = Part(name="p", kind="pdf", source="<table>" + "<tr><td>a</td></tr>" * 30_000)
        await pool.render(RenderJob(digest="", files={}, parts=(part,), context={}))

asyncio.run(main())
"""


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_processes_die_with_their_parent(sign: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert parent.stdout is not None
    line = await asyncio.to_thread(parent.stdout.readline)
    numbers = [int(number) for number in line.split()]
    await asyncio.sleep(0.2)

    parent.send_signal(sign)

    assert len(numbers) == 2
    assert await gone(numbers)
    await asyncio.to_thread(parent.wait)
    parent.stdout.close()


async def gone(numbers: list[int]) -> bool:
    """Whether none of the processes is left, shortly."""
    for _ in range(100):
        if not any(alive(number) for number in numbers):
            return True
        await asyncio.sleep(0.05)
    return False


def alive(number: int) -> bool:
    try:
        os.kill(number, 0)
        status = Path(f"/proc/{number}/stat").read_text()
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return sys.platform != "linux"
    return status.rpartition(")")[2].split()[0] != "Z"
