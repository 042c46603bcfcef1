"""Print runs: every letter that waits goes into exactly one, and its files are always the same."""

import io
import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pikepdf
import pytest

from openccm.communications.dossier import opened
from openccm.communications.hand_over import hand_over
from openccm.jobs.commands import Order, command
from openccm.letters.building import folder_of
from openccm.letters.sheet import chain_of
from openccm.platform import audit
from tests.core.station import step
from tests.letters.printing import Printing, pdf


async def test_a_letter_waits_for_the_next_run_and_is_in_it_once(printing: Printing) -> None:
    letter = await printing.letter()
    waiting = await printing.communication(letter)

    first = await printing.extract()
    second = await printing.extract()
    extracted = await printing.communication(letter)

    assert (waiting.state, waiting.reason, waiting.attempts) == ("scheduled", "batch_window", 0)
    assert (extracted.state, extracted.attempts) == ("extracted", 1)
    assert extracted.provider_reference == "print run 1"
    assert [piece.communication_id for piece in await printing.every_piece()] == [letter]
    assert (first.state, first.processed, second.read) == ("completed", 1, 0)
    assert (await printing.print_run()).state == "closed"


async def test_looking_again_at_a_letter_that_waits_changes_nothing(printing: Printing) -> None:
    letter = await printing.letter()
    request = await printing.request(letter)
    before = await printing.communication(letter)

    result = await hand_over(printing.desk, step(request, letter))

    assert (result.outcome, result.waiting_for) == ("wait", "the next run of letters")
    assert await printing.communication(letter) == before


async def test_a_run_has_print_files_records_and_a_manifest_that_agree(printing: Printing) -> None:
    letters = [await printing.letter(pages=pages) for pages in (1, 3, 13)]
    await printing.extract()
    files, run = await printing.files(), await printing.print_run()
    manifest = json.loads(files["print-house-000001-manifest.json"])

    assert sorted(files) == [
        "print-house-000001-C4-001.pdf",
        "print-house-000001-DL-001.pdf",
        "print-house-000001-manifest.json",
        "print-house-000001-records.txt",
    ]
    for told in manifest["files"]:
        assert told["sha256"] == sha256(files[told["name"]]).hexdigest()
        assert told["size"] == len(files[told["name"]])
    assert {piece["communication"] for piece in manifest["pieces"]} == set(map(str, letters))
    assert [piece["sequence"] for piece in manifest["pieces"]] == [1, 2, 3]
    assert (run.letters, run.sheets, run.pages) == (3, 1 + 2 + 7, 17)
    assert b"Moreno" not in files["print-house-000001-manifest.json"]


async def test_seven_sheets_go_into_a_larger_envelope(printing: Printing) -> None:
    await printing.letter(pages=13)
    await printing.letter(pages=8)
    await printing.extract()

    assert [(each.sheets, each.envelope) for each in await printing.pieces()] == [
        (4, "DL"),
        (7, "C4"),
    ]


async def test_each_letter_begins_on_the_front_of_a_sheet(printing: Printing) -> None:
    await printing.letter("A", "1 Mill Lane", "A1 1AA", pages=3)
    await printing.letter("B", "1 Mill Lane", "B1 1BB", pages=2)
    await printing.extract()
    pieces, files = await printing.pieces(), await printing.files()

    with pikepdf.open(io.BytesIO(files["print-house-000001-DL-001.pdf"])) as made:
        assert len(made.pages) == 6
    assert [(each.sequence, each.first_page) for each in pieces] == [(1, 1), (2, 5)]


async def test_records_stand_in_order_of_their_kinds_with_a_trailer_that_counts(
    printing: Printing,
) -> None:
    letter = await printing.letter("Zoë Ångström", "1 High Street", "York YO1 9TT")
    await printing.extract()

    records = await printing.records()

    assert [record[0] for record in records] == ["F", "H", "A", "A", "A", "D", "COL", "T"]
    assert records[0][1:] == ["1", "2026-05-01", "PRINT-HOUSE"]
    assert records[1][1:6] == ["1", str(letter), "NOTICE", "en", "2026-05-01"]
    assert [record[2] for record in records[2:5]] == [
        "Zoë Ångström",
        "1 High Street",
        "York YO1 9TT",
    ]
    assert records[6][1:5] == ["1", "B-417", "186.40", "2026-03-02"]
    assert records[7][1:] == ["1", "1", "1", "6"]


async def test_letters_are_sorted_by_postcode_within_their_envelope(printing: Printing) -> None:
    for postcode in ("YO1 9TT", "LS1 4AP", "M1 2CD"):
        await printing.letter("Ana", "1 Mill Lane", postcode)
    await printing.extract()

    assert [piece.postcode for piece in await printing.pieces()] == ["LS1 4AP", "M1 2CD", "YO1 9TT"]


async def test_one_letter_that_cannot_be_printed_keeps_none_of_the_others(
    printing: Printing,
) -> None:
    good = [await printing.letter() for _ in range(2)]
    bad = await printing.letter(content=b"no pdf")

    run = await printing.extract()

    assert (run.state, run.processed, run.failed) == ("completed_with_errors", 2, 1)
    assert [(item.key, item.reason) for item in await printing.items(run)] == [
        (f"letter/{bad}", "The stored document is no PDF that can be printed.")
    ]
    assert {piece.communication_id for piece in await printing.pieces()} == set(good)
    assert (await printing.communication(bad)).state == "scheduled"


async def test_a_letter_cancelled_after_it_was_extracted_leaves_the_run(printing: Printing) -> None:
    stays, leaves = await printing.letter(), await printing.letter()
    run = await printing.start()
    await printing.foreman._enter(printing.jobs.get(run.job), run.id)  # pyright: ignore[reportPrivateUsage]
    for letter in (stays, leaves):
        async with printing.database.begin() as session:
            await printing.jobs.get(run.job).work(session, run, f"letter/{letter}")
    request = await printing.request(leaves)
    async with (
        printing.database.begin() as session,
        opened(session, request.id, actor="user:ag1", now=printing.station.clock()) as dossier,
    ):
        dossier.move(dossier.communications[leaves], "cancelled", reason="wrong bill")
    await printing.extract(run)

    states = {piece.communication_id: piece.state for piece in await printing.every_piece()}
    assert states == {stays: "extracted", leaves: "cancelled"}
    assert (await printing.print_run()).letters == 1


async def test_the_files_of_a_run_come_out_the_same_again(printing: Printing) -> None:
    for pages in (1, 2, 3, 14):
        await printing.letter(pages=pages)
    run = await printing.extract()
    before = await printing.files()
    shutil.rmtree(folder_of(printing.desk, await printing.print_run()))
    printing.station.clock.go(86_400)
    order = Order(run.job, run.number, "lost", "user:op1", printing.station.clock())
    async with printing.database.begin() as session:
        await command(session, printing.jobs, "reprocess", order)

    run = await printing.extract(run)

    assert run.state == "completed"
    assert await printing.files() == before


async def test_a_run_that_stopped_halfway_is_gone_on_with_under_its_number(
    printing: Printing,
) -> None:
    letters = [await printing.letter() for _ in range(3)]
    first = await printing.start()
    await printing.foreman._enter(printing.jobs.get(first.job), first.id)  # pyright: ignore[reportPrivateUsage]
    async with printing.database.begin() as session:
        await printing.jobs.get(first.job).work(session, first, f"letter/{letters[0]}")
    order = Order(first.job, first.number, "wrong evening", "user:op1", printing.station.clock())
    async with printing.database.begin() as session:
        await command(session, printing.jobs, "cancel", order)

    second = await printing.extract()

    assert second.number == 2
    assert {piece.communication_id for piece in await printing.pieces(1)} == set(letters)
    assert (await printing.print_run(1)).job_run_id == second.id


async def test_what_was_done_with_a_run_stands_on_its_trail(printing: Printing) -> None:
    await printing.letter()
    await printing.extract()
    run = await printing.print_run()

    async with printing.database.read() as session:
        entries = await audit.entries(session, chain=chain_of(run.id))
    assert [entry.to_state for entry in entries] == ["open", "extracting", "closed"]


@pytest.mark.skipif(shutil.which("dmtxread") is None, reason="dmtxread is not installed")
@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not installed")
async def test_a_machine_reads_the_marks(printing: Printing, tmp_path: Path) -> None:
    await printing.letter(pages=3)
    await printing.extract()
    files = await printing.files()
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(files["print-house-000001-DL-001.pdf"])

    subprocess.run(["pdftoppm", "-r", "300", "-png", paper, tmp_path / "page"], check=True)
    read = [
        subprocess.run(
            ["dmtxread", "-N1", "-m60000", page], capture_output=True, check=True
        ).stdout.decode()
        for page in sorted(tmp_path.glob("page-*.png"))[:3]
    ]

    assert read == ["000001|000001|1/3|1/2|1", "000001|000001|2/3|1/2|1", "000001|000001|3/3|2/2|1"]


def test_a_document_is_the_same_whenever_it_is_made() -> None:
    assert pdf("once", 2) == pdf.__wrapped__("once", 2)
