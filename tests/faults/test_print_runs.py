"""The worker is killed while it extracts letters: each is in the run once, and the trailer counts.

The story is told on both databases, because what is promised hangs on one transaction a letter.
"""

import json
from pathlib import Path
from typing import Any

from tests.support.databases import PostgresServer
from tests.support.stacks import WholeStack, eventually, whole_stack

LETTERS = 40


def channel(folder: Path) -> dict[str, Any]:
    places = {name: str(folder / "house" / name) for name in ("runs", "answers")}
    return {
        "letter": {
            "adapter": "print-run",
            "extract": "PRINT-HOUSE",
            "folder": places,
            "poll": 1,
        }
    }


async def waiting_letters(whole: WholeStack) -> set[str]:
    """Letters that wait for the next run; answers with their communications."""
    asked = [
        await whole.system.ask(
            "OVERDUE-L1",
            f"overdue-{number}",
            account="A-5005",
            payload={"debt.bill_number": f"B-{7000 + number}"},
            channel="letter",
        )
        for number in range(LETTERS)
    ]

    async def scheduled() -> set[str] | None:
        found: set[str] = set()
        for request_id in asked:
            for each in await whole.communications(request_id):
                if (each["state"], each["reason"]) == ("scheduled", "batch_window"):
                    found.add(each["id"])
        return found if len(found) == LETTERS else None

    return await eventually(scheduled, "all letters to wait")


async def job_run(whole: WholeStack) -> dict[str, Any]:
    return await whole.operator.call("GET", "/v1/jobs/letter-extract/runs/1")


async def ended(whole: WholeStack) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        found = await job_run(whole)
        return found if found["state"].startswith(("completed", "failed")) else None

    return await eventually(look, "the job run to end")


async def test_a_worker_killed_halfway_leaves_each_letter_in_the_run_once(
    breakable: PostgresServer | None, tmp_path: Path
) -> None:
    settings = {"channels": channel(tmp_path)}
    async with whole_stack(tmp_path, postgres=breakable, **settings) as whole:
        letters = await waiting_letters(whole)
        await whole.operator.call("POST", "/v1/jobs/letter-extract/runs", {})

        async def begun() -> bool:
            return (await job_run(whole))["processed"] >= LETTERS // 4

        await eventually(begun, "some letters to be extracted")
        await whole.crash("worker")
        at_the_crash = (await job_run(whole))["processed"]
        await whole.mend()
        run = await ended(whole)
        house = tmp_path / "house" / "runs"

        async def arrived() -> bool:
            return (house / "print-house-000001-manifest.json").exists()

        await eventually(arrived, "the run at the print house")
        sent = {path.name: path.read_bytes() for path in house.iterdir()}
        order = {"command": "reprocess", "reason": "is it the same?"}
        await whole.operator.call("POST", "/v1/jobs/letter-extract/runs/1/commands", order)
        again = await ended(whole)
        made = tmp_path / "print-runs" / "000001"
        same = {path.name: path.read_bytes() for path in made.iterdir()}

    manifest = json.loads(sent["print-house-000001-manifest.json"])
    trailer = sent["print-house-000001-records.txt"].decode().splitlines()[-1].split("|")
    assert LETTERS // 4 <= at_the_crash <= LETTERS
    assert (run["state"], run["processed"], run["failed"]) == ("completed", LETTERS, 0)
    assert sorted(each["communication"] for each in manifest["pieces"]) == sorted(letters)
    assert trailer[:3] == ["T", "1", str(LETTERS)]
    assert again["state"] == "completed"
    assert same == sent
