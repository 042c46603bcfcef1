"""A print house behind SFTP, on a real OpenSSH server."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from openccm.channels.sftp_house import SftpHouse, SftpPlace
from openccm.errors import NeedsReauth, Retryable
from openccm.letters.following import RunWatch
from openccm.platform.database import Database
from openccm.work.tables import ToDo
from tests.counterparts.openssh import Server, new_key, openssh
from tests.counterparts.smtp import HOST, free_port
from tests.letters.printing import Printing, open_printing


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Server]:
    async with openssh() as server:
        yield server


def place(server: Server, **changes: Any) -> SftpPlace:
    facts = {
        "host": HOST,
        "port": server.port,
        "user": server.user,
        "key_file": server.key_file,
        "host_key": server.host_key,
    }
    return SftpPlace.model_validate({**facts, **changes})


def run_files(folder: Path) -> tuple[str, ...]:
    names = ("run-7-DL-001.pdf", "run-7-records.txt", "run-7-manifest.json")
    for name in names:
        (folder / name).write_bytes(name.encode() * 1000)
    return names


async def test_files_arrive_whole_and_the_manifest_last(server: Server, tmp_path: Path) -> None:
    names = run_files(tmp_path)

    assert await SftpHouse(place(server)).deliver(tmp_path, names)
    arrived = {path.name: path.read_bytes() for path in (server.house / "runs").iterdir()}
    assert arrived == {name: (tmp_path / name).read_bytes() for name in names}

    assert not await SftpHouse(place(server)).deliver(tmp_path, names)


async def test_answers_are_read_and_put_away(server: Server) -> None:
    (server.house / "answers" / "run-7.csv").write_text("sequence,status\n1,printed\n")
    (server.house / "answers" / "run-8.csv.part").write_text("sequence,sta")
    house = SftpHouse(place(server))

    found = await house.answers()
    await house.put_away("run-7.csv")
    await house.put_away("run-7.csv")

    assert [(each.name, each.content) for each in found] == [
        ("run-7.csv", b"sequence,status\n1,printed\n")
    ]
    assert await house.answers() == []


async def test_a_server_with_another_key_is_refused(server: Server, tmp_path: Path) -> None:
    await new_key(tmp_path / "other")
    pinned = " ".join((tmp_path / "other.pub").read_text().split()[:2])

    with pytest.raises(NeedsReauth, match="host key is not the pinned one") as caught:
        await SftpHouse(place(server, host_key=pinned)).check()

    assert caught.value.provider_code == "host_key_changed"


async def test_a_key_it_does_not_know_is_refused(server: Server, tmp_path: Path) -> None:
    await new_key(tmp_path / "stranger")

    with pytest.raises(NeedsReauth, match="refuses our key"):
        await SftpHouse(place(server, key_file=tmp_path / "stranger")).check()


async def test_a_server_that_is_away_may_come_back(server: Server) -> None:
    with pytest.raises(Retryable):
        await SftpHouse(place(server, port=free_port())).check()


async def test_a_run_goes_there_and_its_answer_comes_back(
    server: Server, database: Database, tmp_path: Path
) -> None:
    facts = place(server, runs="runs", answers="answers").model_dump(mode="json")
    async with open_printing(database, tmp_path, sftp=facts) as printing:
        await printing.letter()
        await printing.letter()
        await printing.extract()
        run = await printing.print_run()
        watch = RunWatch(printing.desk)
        await watch.look(run.id)
        sent = await printing.files()
        for name, content in sent.items():
            assert (server.house / "runs" / name).read_bytes() == content
        answer = server.house / "answers" / "print-house-000001-ack.csv"
        answer.write_text("sequence,status\n1,printed\n2,dispatched\n")
        await watch.look(run.id)

        assert [piece.state for piece in await printing.pieces()] == ["printed", "dispatched"]
        assert (await printing.print_run()).state == "reconciled"
        assert not answer.exists()
    for path in (server.house / "runs").iterdir():
        path.unlink()


async def test_a_changed_host_key_hands_nothing_over_and_tells_a_person(
    server: Server, database: Database, tmp_path: Path
) -> None:
    await new_key(tmp_path / "other")
    pinned = " ".join((tmp_path / "other.pub").read_text().split()[:2])
    facts = place(server, host_key=pinned).model_dump(mode="json")
    async with open_printing(database, tmp_path, sftp=facts) as printing:
        await printing.letter()
        await printing.extract()
        run = await printing.print_run()
        until = await RunWatch(printing.desk).look(run.id)
        refused = await printing.print_run()

        assert until is None
        assert (refused.state, refused.fault) == ("closed", "host_key_changed")
        assert not [*(server.house / "runs").glob("print-house-*")]
        assert await titles(printing) == ["Print run 1: host key changed"]


async def titles(printing: Printing) -> list[str]:
    async with printing.database.read() as session:
        return [todo.title for todo in await session.scalars(select(ToDo))]
