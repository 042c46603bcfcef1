"""Simulations over HTTP, and saved cases that a submission must pass; nothing is kept of either."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from openccm.parties.people import PersonFacts, Reach, put_person
from openccm.platform.clock import utc_now
from openccm.privacy.tables import Suppression
from tests.api.house import House
from tests.system.town import Caller

PROCESS = """
kind: process
code: WARN
title: Warn of a sign-in
data:
  alert.what: {type: text, from: payload}
  alert.when: {type: datetime, from: payload}
  alert.device: {type: text, from: payload}
events:
  denied: {type: alert.denied, match: {person: person}}
steps:
  warn:
    do: send
    communication: SECURITY-ALERT
    payload: {alert.what: alert.what, alert.when: alert.when, alert.device: alert.device}
  hear: {do: listen, events: {denied: call}, within: 2 days, silence: fine}
  call: {do: end, outcome: called}
  fine: {do: end, outcome: nothing_said}
"""
SAMPLE = """
person: {name: Ada}
data:
  alert: {what: sign-in, when: "2026-04-30T08:00:00Z", device: Firefox}
"""
CASE = "sample: ada\nevents: [{event: denied, after: 1 day}]\nexpect: {outcome: called}\n"
FILES = {"process.yaml": PROCESS, "samples/ada.yaml": SAMPLE, "cases/denied.yaml": CASE}


@pytest.fixture(scope="module")
async def author(house: House) -> Caller:
    return await house.caller("definition:read", "definition:write", "request:create")


async def rows(house: House) -> dict[str, int]:
    """How many rows there are in each table of the house."""
    found: dict[str, int] = {}
    async with house.database.read() as session:
        for table in SQLModel.metadata.sorted_tables:
            found[table.name] = await session.scalar(select(func.count()).select_from(table)) or 0
    return found


def written(**more: Any) -> dict[str, Any]:
    return {
        "code": "WARN",
        "start": "2026-05-01 09:00",
        "written": {"kind": "process", "text": PROCESS, "files": {"samples/ada.yaml": SAMPLE}},
        **more,
    }


async def test_a_text_in_an_editor_is_played(house: House, author: Caller) -> None:
    before = await rows(house)
    told = await author.ask("POST", "/v1/simulations", written(
        events=[{"event": "denied", "at": "2026-05-02 10:00"}]
    ))  # fmt: skip

    assert [(each["step"], each["left_at"][:16]) for each in told["path"]] == [
        ("warn", "2026-05-01T08:00"), ("hear", "2026-05-02T09:00"), ("call", "2026-05-02T09:00"),
    ]  # fmt: skip
    assert (told["outcome"], told["sends"][0]["outcome"]) == ("called", "reached")
    assert "Ada" in "".join(part["text"] or "" for part in told["sends"][0]["parts"])
    assert await rows(house) == before


async def test_a_real_person_is_played_as_they_are(house: House, author: Caller) -> None:
    now = utc_now()
    for key in ("P-ZOE", "P-STOP"):
        points = (Reach("email", f"{key.lower()}@canary.example"),)
        facts = PersonFacts("Zoë", language="de", contact_points=points)
        async with house.database.begin() as session:
            person = await put_person(session, key, facts, actor="test", now=now)
            if key == "P-STOP":
                why = {"reason": "do_not_contact", "source": "test", "at": now}
                session.add(Suppression(person_id=person.id, **why))
    before = await rows(house)
    ask = {"code": "SECURITY-ALERT", "person": "P-ZOE"}
    told = await author.ask("POST", "/v1/simulations", ask)
    stopped = await author.ask("POST", "/v1/simulations", {**ask, "person": "P-STOP"})

    assert (told["outcome"], told["sends"][0]["language"]) == ("reached", "de")
    assert any("Zoë" in (part["text"] or "") for part in told["sends"][0]["parts"])
    assert (stopped["outcome"], stopped["sends"][0]["parts"]) == ("suppressed", [])
    assert await rows(house) == before


async def test_real_persons_need_the_right_to_ask_for_communications(house: House) -> None:
    reader = await house.caller("definition:read")
    answer = await reader.call("POST", "/v1/simulations", {"code": "SECURITY-ALERT", "person": "P"})
    nobody = await house.caller("definition:read", "request:create")
    missing = await nobody.call(
        "POST", "/v1/simulations", {"code": "SECURITY-ALERT", "person": "P"}
    )

    assert (answer.status, missing.status) == (403, 404)


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"code": "NOWHERE"}, 404, "NOWHERE"),
        ({"sample": "nobody"}, 422, "nobody"),
        ({"start": "2026-13-45 09:00"}, 422, "no moment"),
        ({"events": [{"event": "denied", "at": "2026-02-31 09:00"}]}, 422, "no moment"),
        ({"answers": {"warn": [{"outcome": "reached", "after": "soon"}]}}, 422, "length of time"),
        ({"written": {"kind": "process", "text": "code: WARN"}}, 422, "kind is missing"),
        ({"written": {"kind": "process", "text": PROCESS.replace("SECURITY-ALERT", "NO")}}, 422,
         "There is no communication NO"),
        ({"written": {"kind": "process", "text": PROCESS.replace("code: WARN", "code: OTHER")}},
         422, "OTHER"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_named(
    author: Caller, change: dict[str, Any], status: int, says: str
) -> None:
    body = {"code": "SECURITY-ALERT"} if "sample" in change else written()
    answer = await author.call("POST", "/v1/simulations", {**body, **change} if "code" not in change
                               else change)  # fmt: skip

    assert answer.status == status, answer.body
    assert says in str(answer.body)


async def test_twelve_cases_of_which_one_differs_cannot_be_submitted(author: Caller) -> None:
    cases = {f"cases/c{number}.yaml": CASE for number in range(11)}
    wrong = CASE.replace("outcome: called", "outcome: nothing_said")
    path = "/v1/definitions/WARN/draft"
    await author.ask("PUT", path, {"files": {**FILES, **cases, "cases/wrong.yaml": wrong}})
    played = await author.ask("POST", f"{path}/cases", {})
    one = await author.ask("POST", f"{path}/cases?name=wrong", {})
    nowhere = await author.call("POST", f"{path}/cases?name=nowhere", {})
    refused = await author.call("POST", f"{path}/submit", {})
    await author.ask("DELETE", path)
    await author.ask("PUT", path, {"files": {**FILES, **cases}})
    submitted = await author.ask("POST", f"{path}/submit", {})

    assert [each["name"] for each in played if not each["passed"]] == ["wrong"]
    assert len(played) == 13
    assert [each["name"] for each in one] == ["wrong"]
    assert nowhere.status == 404
    assert (refused.status, refused.body["code"]) == (422, "definition_invalid")
    (problem,) = refused.body["problems"]
    assert problem["message"] == "Case wrong: It ends with called, not nothing_said."
    assert (problem["file"], problem["path"]) == ("WARN/cases/wrong.yaml", "$.expect.outcome")
    assert submitted["state"] == "in_review"


async def test_an_emergency_says_why_it_goes_live_though_a_case_differs(
    house: House, author: Caller
) -> None:
    manager = await house.caller("definition:manage", "definition:read", "audit:read")
    wrong = CASE.replace("outcome: called", "outcome: nothing_said")
    urgent = {
        "process.yaml": PROCESS.replace("code: WARN", "code: WARN-NOW"),
        "samples/ada.yaml": SAMPLE,
        "cases/wrong.yaml": wrong,
    }
    path = "/v1/definitions/WARN-NOW"
    await author.ask("PUT", f"{path}/draft", {"files": urgent})
    refused = await manager.call("POST", f"{path}/emergency", {"reason": "gas leak"})
    body = {"reason": "gas leak", "despite_cases": "the case is outdated"}
    asked = await manager.ask("POST", f"{path}/emergency", body)
    trail = await manager.ask("GET", "/v1/audit?action=definition.emergency_asked&limit=10")

    assert refused.status == 422
    assert asked["reason"] == "gas leak"
    (entry,) = trail["items"]
    assert entry["detail"]["despite_cases"] == "the case is outdated"
    assert entry["detail"]["cases"] == ["wrong"]
