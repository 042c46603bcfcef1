"""Saved cases: what differs is named where it stands, and what is written is compared."""

from typing import Any

import pytest

from openccm.language.bundle import Bundle
from openccm.language.folder import bundle_of
from openccm.language.problems import Problem
from openccm.repository.checking import problems_of
from openccm.simulation.cases import CaseResult, accepted_at, run_cases
from openccm.simulation.playing import needed, open_theatre
from openccm.simulation.scenario import House
from tests.simulation.plays import HEAD, NOTE, company
from tests.simulation.test_playing import CHASE, WORK

CASE = """
sample: ada
start: 2026-05-01 22:15
events:
  - {event: paid, after: 1 day, data: {amount: "12.50"}}
expect:
  outcome: settled
  reason: paid
  path: [tell, hear]
  sends:
    - {communication: NOTE, outcome: reached, channel: email, language: en,
       subject: "A note of 12.50", leaves: 2026-05-02 08:00}
"""
SAMPLE = "person: {name: Ada}\ndata: {bill: B-1, balance: '12.50'}\n"


def play_folder(case: str, **more: str) -> dict[str, str]:
    files = {"process.yaml": HEAD + CHASE, "samples/ada.yaml": SAMPLE, "cases/paid.yaml": case}
    return files | more


async def results(house: House, files: dict[str, str], code: str = "PLAY") -> list[CaseResult]:
    library = needed(company(play=files) if code == "PLAY" else company(note=files), code)
    async with open_theatre(house, library) as theatre:
        return await run_cases(theatre, library.bundle(code))


async def differences(house: House, case: str) -> list[tuple[str, str]]:
    (result,) = await results(house, play_folder(case))
    return [(each.path, each.message) for each in result.problems]


async def test_a_case_that_comes_out_as_it_says_has_no_differences(house: House) -> None:
    assert await differences(house, CASE) == []


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ("outcome: settled", "outcome: gave_up", "$.expect.outcome",
         "It ends with settled, not gave_up."),
        ("reason: paid", "reason: bored", "$.expect.reason", "The reason is paid, not bored."),
        ("[tell, hear]", "[tell, again]", "$.expect.path[1]", "Step 2 is hear, not again."),
        ("[tell, hear]", "[tell]", "$.expect.path", "After that it takes hear."),
        ("[tell, hear]", "[tell, hear, last]", "$.expect.path[2]", "It does not come to last."),
        ("channel: email", "channel: letter", "$.expect.sends[0].channel",
         "The channel is email, not letter."),
        ("A note of 12.50", "A note", "$.expect.sends[0].subject",
         "The subject is A note of 12.50, not A note."),
        ("08:00}", "09:00}", "$.expect.sends[0].leaves",
         "It leaves 2026-05-02 08:00, not 2026-05-02 09:00."),
        ("outcome: settled", "stands: hear", "$.expect.stands",
         "It does not wait at hear: it has ended with settled."),
        ("data: {amount", "data: {mount", "$.expect.outcome",
         "It ends with done, not settled."),
    ],
)  # fmt: skip
async def test_what_differs_is_named_where_it_stands(
    house: House, old: str, new: str, path: str, message: str
) -> None:
    assert old in CASE
    found = await differences(house, CASE.replace(old, new, 1))

    assert found[0][0] == path
    assert found[0][1] == message


async def test_of_twelve_cases_the_one_that_differs_is_named(house: House) -> None:
    more = {f"cases/c{number}.yaml": CASE for number in range(11)}
    wrong = CASE.replace("outcome: settled", "outcome: gave_up")
    found = await results(house, play_folder(wrong, **more))

    assert [each.name for each in found if not each.passed] == ["paid"]
    assert len(found) == 12
    assert found[-1].problems[0].file == "play/cases/paid.yaml"
    assert found[-1].problems[0].line == wrong.splitlines().index("  outcome: gave_up") + 1


async def test_a_changed_template_lists_what_is_written_otherwise(house: House) -> None:
    case = "sample: ada\nexpect: {outcome: reached}\n"
    files: dict[str, Any] = {**NOTE, "cases/plain.yaml": case}
    (before,) = await results(house, files, "NOTE")
    files[accepted_at("cases/plain.yaml")] = before.written
    (same,) = await results(house, files, "NOTE")
    files["templates/email.en.txt"] = "Dear {{ person.name }},\n{{ text }}!\n"
    (after,) = await results(house, files, "NOTE")

    assert same.passed
    assert "---- text\nDear Ada, hello\n" in before.written
    assert [line for line in after.differences if line[0] in "+-"][2:] == [
        "-Dear Ada, hello", "+Dear Ada,", "+hello!",
    ]  # fmt: skip
    assert after.problems[0].file == "note/cases/plain.txt"
    assert "3 lines" in after.problems[0].message


async def test_a_case_that_cannot_be_played_says_where(house: House) -> None:
    files = {
        "process.yaml": HEAD + WORK,
        "samples/ada.yaml": SAMPLE,
        "cases/wrong.yaml": "sample: ada\nanswers:\n  check: wrong\nexpect: {outcome: bad}\n",
    }
    (result,) = await results(house, files)
    (problem,) = result.problems

    assert (problem.path, problem.line) == ("$.answers.check.form.remark", 3)
    assert "remark" in problem.message


def checked(old: str, new: str) -> list[Problem]:
    files = play_folder(CASE.replace(old, new, 1))
    loaded = bundle_of("play", {name: text.encode() for name, text in files.items()})
    assert isinstance(loaded, Bundle)
    library = company()
    return problems_of(loaded, type(library)((*library.bundles, loaded)))


@pytest.mark.parametrize(
    ("old", "new", "path", "message", "mend"),
    [
        ("sample: ada", "sample: adda", "$.sample", "There is no sample adda.",
         "Did you mean ada?"),
        ("[tell, hear]", "[tell, heer]", "$.expect.path[1]", "There is no step heer.",
         "Did you mean hear?"),
        ("expect:", "answers: {tel: failed}\nexpect:", "$.answers.tel", "There is no step tel.",
         "Did you mean tell?"),
        ("  outcome: settled", "  outcom: settled", "$.expect.outcom", "outcom is not known here.",
         "Did you mean outcome?"),
        ("after: 1 day", "after: soon", "$.events[0].after", "This is no length of time.",
         "Write a number and a unit, like 15 minutes, 30 days or 2 business days."),
    ],
)  # fmt: skip
def test_a_case_is_checked_as_it_is_written(
    old: str, new: str, path: str, message: str, mend: str
) -> None:
    (found,) = checked(old, new)

    assert (found.path, found.message, found.mend) == (path, message, mend)
    assert found.file == "play/cases/paid.yaml"


def test_a_sample_of_a_process_is_an_example_of_its_data() -> None:
    files = play_folder(CASE) | {"samples/ada.yaml": "data: {bil: B-1, balance: many}\n"}
    loaded = bundle_of("play", {name: text.encode() for name, text in files.items()})
    assert isinstance(loaded, Bundle)
    library = company()
    found = problems_of(loaded, type(library)((*library.bundles, loaded)))

    assert [each.path for each in found] == ["$.data.bil", "$.data.balance"]
