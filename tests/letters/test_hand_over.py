"""From the files of a run to its reckoning: handed over, answered, printed anew."""

from datetime import timedelta

import pytest
from sqlmodel import select

from openccm.errors import ConflictError
from openccm.letters.answers import keep_answer
from openccm.letters.building import files_of, folder_of
from openccm.letters.following import RunWatch, try_again
from openccm.letters.queries import answers_of
from openccm.letters.reconciling import confirm, reconcile
from openccm.letters.tables import PrintAnswer, PrintRun
from openccm.work.tables import ToDo
from tests.letters.printing import Printing


async def transferred(printing: Printing, letters: int = 3) -> PrintRun:
    for _ in range(letters):
        await printing.letter()
    await printing.extract()
    await look(printing)
    run = await printing.print_run()
    assert run.state == "transferred"
    return run


async def look(printing: Printing, number: int = 1) -> None:
    """Rounds until nothing is due now."""
    watch, run = RunWatch(printing.desk), await printing.print_run(number)
    while (until := await watch.look(run.id)) is not None and until <= printing.station.clock():
        pass


async def answered(printing: Printing, run: PrintRun, *lines: str) -> PrintAnswer:
    """What the print house's acknowledgement came to."""
    content = "\n".join(("sequence,status,reason", *lines, "")).encode()
    async with printing.database.begin() as session:
        kept = await keep_answer(
            session, run.id, "ack.csv", content, actor="user:op1", now=printing.station.clock()
        )
    await look(printing, run.number)
    async with printing.database.read() as session:
        return await session.get_one(PrintAnswer, kept.id)


def house_runs(printing: Printing) -> dict[str, bytes]:
    folder = printing.channel.config.folder
    assert folder is not None
    return {path.name: path.read_bytes() for path in folder.runs.iterdir()}


async def test_the_print_house_gets_the_files_as_they_were_made(printing: Printing) -> None:
    await transferred(printing)

    assert house_runs(printing) == await printing.files()


async def test_a_hand_over_made_twice_is_one(printing: Printing) -> None:
    run = await transferred(printing)
    before = house_runs(printing)
    names = [name for name in before if not name.endswith("manifest.json")]
    folder = printing.channel.config.folder
    assert folder is not None
    (folder.runs / names[0]).unlink()  # collected, as a print house does
    async with printing.database.read() as session:
        files = await files_of(session, run.id)
    ordered = [each.name for each in files]

    assert not await printing.channel.house.deliver(folder_of(printing.desk, run), ordered)
    assert names[0] not in house_runs(printing)


async def test_two_of_250_spoiled_are_printed_anew(printing: Printing) -> None:
    run = await transferred(printing, 25)
    lines = [f"{number},printed," for number in range(1, 24)]

    await answered(printing, run, *lines, "24,spoiled,jam", "25,spoiled,jam")
    reconciled = await printing.print_run()
    second = await printing.extract()
    pieces, anew = await printing.pieces(1), await printing.pieces(2)

    assert reconciled.state == "reconciled"
    assert second.processed == 2
    assert [piece.kind for piece in anew] == ["replacement", "replacement"]
    assert {piece.document_hash for piece in anew} == {p.document_hash for p in pieces[23:]}
    printed = [await printing.communication(piece.communication_id) for piece in pieces]
    assert [each.state for each in printed] == ["printed"] * 23 + ["extracted"] * 2


async def test_unknown_lines_are_listed_and_keep_none_of_the_others(printing: Printing) -> None:
    run = await transferred(printing, 3)

    answer = await answered(printing, run, "1,printed,", "9,printed,", "2,burnt,", "3,dispatched,")

    assert (answer.lines, answer.applied) == (4, 2)
    assert answer.unknown == [
        {"number": 3, "why": "The run has no letter 9."},
        {
            "number": 4,
            "why": "The status is none of: printed, dispatched, spoiled, held, returned.",
        },
    ]
    assert [piece.state for piece in await printing.pieces()] == [
        "printed",
        "extracted",
        "dispatched",
    ]


async def test_the_same_acknowledgement_twice_is_applied_once(printing: Printing) -> None:
    run = await transferred(printing, 2)
    await answered(printing, run, "1,spoiled,jam")
    await answered(printing, run, "1,spoiled,jam")
    async with printing.database.read() as session:
        answers = await answers_of(session, run.id)

    await answered(printing, run, "2,printed,")

    assert len(answers) == 1
    kinds = sorted(piece.kind for piece in await printing.every_piece())
    assert kinds == ["original", "original", "replacement"]


async def test_an_acknowledgement_is_read_from_the_print_house(printing: Printing) -> None:
    await transferred(printing, 1)
    folder = printing.channel.config.folder
    assert folder is not None
    file = folder.answers / "print-house-000001.csv"
    file.write_text("sequence,status\n1,dispatched\n")

    await look(printing)

    assert not file.exists()
    assert (await printing.print_run()).state == "reconciled"
    (piece,) = await printing.pieces()
    assert (await printing.communication(piece.communication_id)).state == "dispatched"


async def test_no_acknowledgement_in_four_hours_raises_one_to_do(printing: Printing) -> None:
    await transferred(printing, 1)
    printing.station.clock.go(timedelta(hours=3, minutes=59).total_seconds())
    await look(printing)
    early = (await printing.print_run()).alerted_at
    printing.station.clock.go(61)
    await look(printing)
    await look(printing)

    async with printing.database.read() as session:
        todos = (await session.scalars(select(ToDo))).all()
    assert early is None
    assert [todo.title for todo in todos] == ["Print run 1: no acknowledgement"]


async def test_what_is_not_confirmed_stays_in_the_queue(printing: Printing) -> None:
    run = await transferred(printing, 3)
    async with printing.database.begin() as session:
        await confirm(session, run.id, [2], actor="user:op1", now=printing.station.clock())
    await look(printing)

    states = [piece.state for piece in await printing.pieces()]
    assert states == ["printed", "extracted", "printed"]
    assert (await printing.print_run()).state == "transferred"


async def test_what_nobody_answered_for_is_reckoned_as_spoiled(printing: Printing) -> None:
    run = await transferred(printing, 3)
    await answered(printing, run, "1,printed,")
    async with printing.database.begin() as session:
        await reconcile(
            session, run.id, "lost at the house", actor="user:op1", now=printing.station.clock()
        )

    states = [piece.state for piece in await printing.pieces()]
    assert states == ["printed", "spoiled", "spoiled"]
    assert len(await printing.every_piece()) == 5


async def test_a_print_house_out_of_reach_is_tried_again(printing: Printing) -> None:
    folder = printing.channel.config.folder
    assert folder is not None
    folder.runs.parent.mkdir(parents=True)
    folder.runs.write_text("a file in the way")
    await printing.letter()
    await printing.extract()
    await look(printing)
    waiting = await printing.print_run()
    folder.runs.unlink()
    printing.station.clock.go(60)
    await look(printing)

    assert (waiting.state, waiting.fault, waiting.tries) == ("closed", "provider_unwell", 1)
    assert waiting.try_at is not None
    assert (await printing.print_run()).state == "transferred"


async def test_another_run_under_the_same_number_waits_for_a_person(printing: Printing) -> None:
    folder = printing.channel.config.folder
    assert folder is not None
    folder.runs.mkdir(parents=True)
    other = folder.runs / "print-house-000001-manifest.json"
    other.write_text("{}")
    await printing.letter()
    await printing.extract()
    await look(printing)
    refused = await printing.print_run()
    other.unlink()
    async with printing.database.begin() as session:
        await try_again(
            session, refused.id, "moved away", actor="user:op1", now=printing.station.clock()
        )
    await look(printing)

    assert (refused.state, refused.fault, refused.try_at) == ("closed", "refused", None)
    assert refused.alerted_at is not None
    assert (await printing.print_run()).state == "transferred"


async def test_a_run_that_was_not_handed_over_cannot_be_confirmed(printing: Printing) -> None:
    await printing.letter()
    await printing.extract()
    run = await printing.print_run()

    with pytest.raises(ConflictError, match="Print run 1 is closed"):
        async with printing.database.begin() as session:
            await confirm(session, run.id, [], actor="user:op1", now=printing.station.clock())
