"""The print house: each letter once, each report until it is taken."""

import asyncio
import json
from uuid import uuid4

import pytest

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "print"
    folder.mkdir()
    return folder


def put_letter(folder, communication: str, *, facts: dict | None = None) -> None:
    part = folder / f".{communication}.part"
    part.write_bytes(PDF)
    part.rename(folder / f"{communication}.pdf")
    sidecar = {"communication": communication, "pages": 1} if facts is None else facts
    (folder / f"{communication}.json").write_text(json.dumps(sidecar))


async def letters(outside) -> list[dict]:
    return await outside.get("/lab/letters")


async def test_a_letter_is_collected_and_reported_as_dispatched(
    bench, folder, status_desk, tmp_path, eventually
):
    (tmp_path / "key").write_text("ccm_key\n")
    put_letter(folder, "c-1")

    outside = await bench.start(
        print_folder=folder, openccm_url=status_desk.url, status_key_file=tmp_path / "key"
    )
    await eventually(lambda: status_desk.told)

    (communication, report, key) = status_desk.told[0]
    (letter,) = await letters(outside)
    assert (communication, key) == ("c-1", "Bearer ccm_key")
    assert (report["status"], report["source"]) == ("dispatched", "print-house")
    assert report["event_id"] == f"{letter['id']}-dispatched"
    assert report["occurred_at"]
    assert letter["sidecar"]["pages"] == 1
    assert [left.name for left in folder.iterdir()] == ["c-1.json"]
    async with outside.http.get(f"{outside.lab.url}/lab/letters/{letter['id']}/pdf") as answer:
        assert await answer.read() == PDF


async def test_reports_are_tried_until_they_are_taken(bench, folder, status_desk, eventually):
    status_desk.answers = [503, 404]
    put_letter(folder, "c-1")

    await bench.start(print_folder=folder, openccm_url=status_desk.url)
    await eventually(lambda: len(status_desk.told) == 3)

    assert len({report["event_id"] for _, report, _ in status_desk.told}) == 1


async def test_a_report_outlives_a_restart(bench, folder, status_desk, eventually):
    put_letter(folder, "c-1")
    first = await bench.start(print_folder=folder, openccm_url="http://127.0.0.1:9")
    await eventually(lambda: letters(first))
    await bench.stop()

    await bench.start(print_folder=folder, openccm_url=status_desk.url)
    await eventually(lambda: status_desk.told)

    assert status_desk.told[0][0] == "c-1"


async def test_a_report_waits_for_its_key(bench, folder, status_desk, tmp_path, eventually):
    key = tmp_path / "key"
    put_letter(folder, "c-1")
    await bench.start(print_folder=folder, openccm_url=status_desk.url, status_key_file=key)
    await eventually(lambda: not list(folder.glob("*.pdf")))
    assert status_desk.told == []

    key.write_text("late")

    await eventually(lambda: status_desk.told)
    assert status_desk.told[0][2] == "Bearer late"


async def test_by_hand_nothing_is_reported_before_the_click(bench, folder, status_desk, eventually):
    outside = await bench.start(print_folder=folder, openccm_url=status_desk.url)
    await outside.put("/lab/print-house", behaviour="manual")
    put_letter(folder, "c-1")
    await eventually(lambda: letters(outside))
    (letter,) = await letters(outside)
    assert status_desk.told == []

    for status in ("dispatched", "dispatched", "returned"):
        await outside.post(f"/lab/letters/{letter['id']}/reports", status=status)
    await eventually(lambda: len(status_desk.told) == 2)

    assert [report["status"] for _, report, _ in status_desk.told] == ["dispatched", "returned"]


async def test_a_later_report_waits_for_the_earlier(bench, folder, status_desk, eventually):
    outside = await bench.start(print_folder=folder, openccm_url=status_desk.url)
    await outside.put("/lab/print-house", behaviour="manual")
    put_letter(folder, "c-1")
    await eventually(lambda: letters(outside))
    (letter,) = await letters(outside)
    status_desk.answers = [409]

    await outside.post(f"/lab/letters/{letter['id']}/reports", status="dispatched")
    await outside.post(f"/lab/letters/{letter['id']}/reports", status="returned")
    await eventually(lambda: len(status_desk.told) == 3)

    told = [report["status"] for _, report, _ in status_desk.told]
    assert told == ["dispatched", "dispatched", "returned"]


async def test_the_same_letter_again_is_kept_but_not_posted_again(
    bench, folder, status_desk, eventually
):
    outside = await bench.start(print_folder=folder, openccm_url=status_desk.url)
    put_letter(folder, "c-1")
    await eventually(lambda: status_desk.told)

    put_letter(folder, "c-1")
    put_letter(folder, "c-2")
    await eventually(lambda: len(status_desk.told) == 2)

    assert sorted(told[0] for told in status_desk.told) == ["c-1", "c-2"]
    assert sum(letter["repeated"] for letter in await letters(outside)) == 1
    assert len(await letters(outside)) == 3


async def test_what_a_crash_left_half_taken_is_finished(bench, folder, status_desk, eventually):
    put_letter(folder, "c-1")
    taken = bench.data / "letters" / uuid4().hex
    taken.mkdir(parents=True)
    (folder / "c-1.pdf").rename(taken / "c-1.pdf")

    outside = await bench.start(print_folder=folder, openccm_url=status_desk.url)
    await eventually(lambda: status_desk.told)

    assert status_desk.told[0][0] == "c-1"
    assert len(await letters(outside)) == 1


async def test_a_letter_whose_sidecar_names_nothing_is_known_by_its_name(
    bench, folder, status_desk, eventually
):
    communication = str(uuid4())
    put_letter(folder, communication, facts={})

    await bench.start(print_folder=folder, openccm_url=status_desk.url)
    await eventually(lambda: status_desk.told)

    assert status_desk.told[0][0] == communication


async def test_a_letter_that_names_no_communication_is_kept(bench, folder, eventually):
    (folder / "poster.json").write_text("not json")
    (folder / "poster.pdf").write_bytes(PDF)

    outside = await bench.start(print_folder=folder)
    await eventually(lambda: letters(outside))

    (letter,) = await letters(outside)
    assert letter["communication"] is None
    assert (await outside.get(f"/lab/letters/{letter['id']}"))["reports"] == []


async def test_a_letter_waits_for_its_sidecar(bench, folder, eventually):
    (folder / "c-1.pdf").write_bytes(PDF)
    outside = await bench.start(print_folder=folder)
    await asyncio.sleep(0.7)
    assert await letters(outside) == []

    (folder / "c-1.json").write_text('{"communication": "c-1"}')

    await eventually(lambda: letters(outside))
