"""What an editor asks while its author types."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from openccm.language.kinds import KINDS
from tests.api.house import ROOT, House
from tests.system.town import Caller

PROCESS = """
kind: process
code: REMIND
title: Remind of a bill
data:
  bill.number: {type: text, from: payload}
  bill.amount: {type: money, from: billing}
events:
  paid: {type: payment.received, match: {bill: bill.number}}
stops:
  settled: {event: paid}
steps:
  tell: {do: send, communication: BILL-READY, payload: {bill.number: bill.number}}
  hear: {do: listen, events: {paid: end}, within: 3 days, silence: again}
  again: {do: repeat, from: tell, at-most: 2}
"""


@pytest.fixture(scope="module")
async def author(house: House) -> Caller:
    return await house.caller("definition:read")


async def check(author: Caller, text: str, kind: str = "process", **more: Any) -> dict[str, Any]:
    return await author.ask("POST", "/v1/language/check", {"kind": kind, "text": text, **more})


async def test_the_schemas_are_those_of_the_documents(author: Caller) -> None:
    kinds = [each["kind"] for each in await author.ask("GET", "/v1/language/schemas")]
    schema = await author.ask("GET", "/v1/language/schemas/process")

    assert kinds == list(KINDS)
    assert schema == json.loads((ROOT / "docs/schema/process.json").read_text())


async def test_only_readers_of_definitions_may_ask(house: House) -> None:
    stranger = await house.caller("request:read")
    answer = await stranger.call("GET", "/v1/language/schemas")

    assert (answer.status, answer.body["code"]) == (403, "denied")


async def test_a_process_is_checked_among_what_is_live(author: Caller) -> None:
    good = await check(author, PROCESS)
    text = PROCESS.replace("{bill.number: bill.number}", "{bill.nummer: bill.number}")
    judged = await check(author, text)
    unknown = judged["problems"][-1]

    assert (good["code"], good["valid"], good["problems"]) == ("REMIND", True, [])
    assert judged["valid"] is False
    assert unknown == {
        "file": "REMIND/process.yaml",
        "line": 13,
        "column": text.splitlines()[12].index("bill.nummer") + 1,
        "path": "$.steps.tell.payload['bill.nummer']",
        "message": "BILL-READY takes no bill.nummer.",
        "mend": "Did you mean bill.number?",
        "severity": "error",
    }


async def test_the_picture_shows_the_ways_in_words(author: Caller) -> None:
    graph = (await check(author, PROCESS))["graph"]
    words = {(edge["source"], edge["target"]): edge["words"] for edge in graph["edges"]}

    assert [node["id"] for node in graph["nodes"]] == ["tell", "hear", "again"]
    assert words == {
        ("tell", "hear"): "",
        ("hear", "end"): "paid",
        ("hear", "again"): "silence for 3 days",
        ("again", "tell"): "again, at most 2 times",
        ("again", "end"): "then",
    }
    assert graph["stops"] == [
        {"outcome": "settled", "event": "paid", "when": None, "undoing": False}
    ]


async def test_a_step_that_is_half_written_keeps_its_place(author: Caller) -> None:
    judged = await check(
        author, PROCESS.replace("{do: repeat, from: tell, at-most: 2}", "{do: rep}")
    )
    nodes = {node["id"]: node for node in judged["graph"]["nodes"]}

    assert judged["valid"] is False
    assert nodes["again"] == {
        "id": "again", "do": "rep", "title": "Again", "line": 15,
        "home": None, "undo": False, "readable": False,
    }  # fmt: skip
    assert nodes["hear"]["readable"] is True


async def test_companions_are_checked_with_their_definition(author: Caller) -> None:
    folder = ROOT / "definitions/brightwater/customers/security-alert"
    files = {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*.*")
        if path.parent != folder
    }
    text = (folder / "communication.yaml").read_text()
    entry = next(path for path in files if path.endswith(".txt"))
    judged = await check(author, text, "communication", files={**files, entry: "{{ alrt.what }}"})

    assert ("There is no alrt.what.", f"SECURITY-ALERT/{entry}", 1) in [
        (each["message"], each["file"], each["line"]) for each in judged["problems"]
    ]


@pytest.mark.parametrize(
    "text",
    [
        "", "steps: [", "- a", "kind: process", "steps: 7", "kind: process\nsteps: {a: 1, end: {}}",
        "kind: process\ncode: [1]\ntitle: x\nsteps: {a: {do: parallel, branches: {x: a}}}",
        "code: ../../etc\nkind: process\ntitle: x\nsteps: {a: {do: listen, events: {x: a}}}",
        "\t", "a: &b [*b]", "kind: process\n" + "a: {" * 400,
        "kind: process\ncode: X\ntitle: x\nsteps:\n"
        "  a: {do: parallel, branches: {b: a, c: a}, join: a}\n",
    ],
)  # fmt: skip
async def test_whatever_is_written_is_answered_with_findings(author: Caller, text: str) -> None:
    for kind in KINDS:
        judged = await check(author, text, kind)

        assert judged["valid"] is False
        assert all(each["message"] and each["mend"] for each in judged["problems"])


async def test_a_thousand_mutilated_definitions_are_all_answered(author: Caller) -> None:
    """Every shipped definition with a line taken out, at every place."""
    texts = [
        (KINDS[kind].file, kind)
        for kind in ("process", "communication", "decision-table", "to-do-type", "event-binding")
    ]
    sources = {kind: _a_text(file) or PROCESS for file, kind in texts}
    for kind, source in sources.items():
        lines = source.splitlines()
        for gone in range(len(lines)):
            text = "\n".join([*lines[:gone], *lines[gone + 1 :]])

            assert (await check(author, text, kind)).keys() == {
                "code", "valid", "problems", "graph",
            }  # fmt: skip


def _a_text(file: str) -> str | None:
    found = next(iter(sorted(Path(ROOT / "definitions").rglob(file))), None)
    return found.read_text() if found else None


async def test_what_can_be_named_says_what_it_offers(author: Caller) -> None:
    (service,) = await author.ask("GET", "/v1/language/references?kind=data-service")
    communications = await author.ask("GET", "/v1/language/references?kind=communication")
    tasks = await author.ask("GET", "/v1/language/references?kind=to-do-type")

    assert {each["name"]: each["type"] for each in service["gives"]}["bill.amount"] == "money"
    assert {each["code"] for each in communications} >= {"BILL-READY", "OVERDUE-L1"}
    assert all(task["outcomes"][-1] == "cancelled" for task in tasks)


def shipped(folder: str) -> dict[str, Any]:
    """A communication we ship, as an editor has it."""
    (root,) = (ROOT / "definitions").rglob(folder)
    files = {
        str(path.relative_to(root)): path.read_text()
        for path in root.rglob("*.*")
        if path.parent != root
    }
    shared = ROOT / "definitions/shared/templates"
    files |= {f"templates/shared/{path.name}": path.read_text() for path in shared.iterdir()}
    text = (root / "communication.yaml").read_text()
    return {"kind": "communication", "text": text, "files": files}


async def test_a_text_is_shown_as_its_sample_would_receive_it(author: Caller) -> None:
    sample = {"person": {"name": "Zoë"}, "data": {"alert": {"what": "sign-in"}}}
    body = {**shipped("security-alert"), "sample": sample, "language": "de"}
    parts = {each["name"]: each for each in await author.ask("POST", "/v1/language/preview", body)}

    assert parts["subject"]["text"]
    assert "Guten Tag Zoë," in parts["text"]["text"]
    assert parts["html"]["media_type"] == "text/html"


async def test_a_letter_is_shown_as_pictures_of_its_pages_and_as_words(author: Caller) -> None:
    body = {**shipped("bill-ready"), "sample": "three-pages", "channel": "letter"}
    (letter,) = await author.ask("POST", "/v1/language/preview", body)
    pictures = [b64decode(each) for each in letter["pictures"]]

    assert (letter["media_type"], letter["pages"], len(pictures)) == ("application/pdf", 3, 3)
    assert all(each.startswith(b"\x89PNG") for each in pictures)
    assert len(set(pictures)) == 3
    assert "Bill number" in letter["text"]


async def test_a_new_definition_begins_with_what_passes(author: Caller) -> None:
    asked = "/v1/language/skeletons/communication?code=NEW-ONE&title=A%20%22new%22%20one"
    files = await author.ask("GET", asked)
    text = files.pop("communication.yaml")
    body = {"kind": "communication", "text": text, "files": files}
    told = await author.ask("POST", "/v1/language/check", body)

    assert (told["code"], told["valid"], told["problems"]) == ("NEW-ONE", True, [])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"channel": "pigeon"}, "It has no pigeon"),
        ({"language": "xx"}, "It is not in xx"),
        ({"sample": "nobody"}, "no sample nobody"),
        ({"kind": "process", "text": PROCESS}, "has no text to show"),
        ({"text": "kind: communication"}, "code is missing"),
    ],
)
async def test_what_cannot_be_shown_says_why(
    author: Caller, change: dict[str, Any], says: str
) -> None:
    body = {**shipped("security-alert"), **change}
    answer = await author.call("POST", "/v1/language/preview", body)

    assert (answer.status, says in str(answer.body)) == (422, True), answer.body


async def test_a_template_that_fails_is_named(author: Caller) -> None:
    body: dict[str, Any] = {**shipped("security-alert"), "language": "en"}
    body["files"]["templates/email.en.txt"] = "{{ 1 / 0 }}"
    answer = await author.call("POST", "/v1/language/preview", body)

    assert (answer.status, answer.body["code"]) == (422, "template_failed")
