"""New wording with approvals, an instant, and work under way that keeps what it began with."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import uuid4

import pytest

from tests.system.town import Caller, Town

NOTE = """
kind: communication
code: {code}
title: A note about a late fee
category: service
purpose: billing
recipient: person
languages: [en]
data:
  note.days: {{type: number, from: payload}}
eligibility:
  late: {{when: note.days > {days}, reason: not_late}}
channels:
  email:
    subject: {{en: "Your bill is late"}}
    from: {{name: Brightwater Energy, address: service@brightwater.example}}
quiet-hours: none
retry: [1 minute]
ambiguous: resend
"""
SAMPLE = "title: Late\nperson: {name: Ada}\ndata: {note.days: 20}\n"
POLICY = """
kind: approval-policy
code: approval-policy
title: Who approves what
rules:
  notes:
    kinds: [communication]
    order: parallel
    steps:
      brand: {role: brand}
      legal: {role: legal}
"""


class Desk:
    """The people of the story: two authors, brand, legal, and somebody who may do more."""

    def __init__(self, town: Town, callers: Mapping[str, Caller]) -> None:
        self.town = town
        self.author = callers["AUTHOR"]
        self.brand = callers["BRAND"]
        self.legal = callers["LEGAL"]
        self.second = callers["SECOND"]

    async def save(
        self, code: str, files: Mapping[str, Any], etag: str | None = None, **more: Any
    ) -> tuple[int, Any, str | None]:
        """A save of a draft: status, body, the new ETag."""
        headers = {"Authorization": f"Bearer {self.author.key}"}
        headers |= {"If-Match": etag} if etag else {}
        async with self.town.http.put(
            f"{self.author.base}/v1/definitions/{code}/draft",
            json={"files": dict(files), **more},
            headers=headers,
        ) as response:
            return response.status, await response.json(), response.headers.get("ETag")

    async def submit(self, code: str) -> dict[str, Any]:
        return await self.author.ask("POST", f"/v1/definitions/{code}/draft/submit", {})

    async def approve(self, code: str, number: int, **more: Any) -> dict[str, Any]:
        """Brand and legal both."""
        path = f"/v1/definitions/{code}/versions/{number}/verdicts"
        await self.brand.ask("POST", path, {"verdict": "approve", **more})
        return await self.legal.ask("POST", path, {"verdict": "approve"})


async def keyed(town: Town, code: str, scopes: list[str], *roles: str) -> Caller:
    await town.operator.ask("PUT", f"/v1/systems/{code}", {"title": code})
    body = {"scopes": scopes, "roles": list(roles)}
    made = await town.operator.ask("POST", f"/v1/systems/{code}/keys", body)
    return town.caller(made["key"])


@pytest.fixture(scope="module")
async def desk(town: Town) -> Desk:
    read, write, approve = "definition:read", "definition:write", "definition:approve"
    people = {
        # The author bears every role, and still must not approve what is theirs.
        "AUTHOR": await keyed(town, "AUTHOR", [read, write, approve], "brand", "legal"),
        "BRAND": await keyed(town, "BRAND", [read, approve], "brand"),
        "LEGAL": await keyed(town, "LEGAL", [read, approve], "legal"),
        "SECOND": await keyed(town, "SECOND", [read, "definition:manage"]),
    }
    made = Desk(town, people)
    await set_policy(town, made)
    return made


async def set_policy(town: Town, desk: Desk) -> None:
    approver = await keyed(town, "APPROVER", ["definition:approve"], "approver")
    await desk.save("approval-policy", {"policy.yaml": POLICY})
    await desk.submit("approval-policy")
    path = "/v1/definitions/approval-policy/versions/1"
    await approver.ask("POST", f"{path}/verdicts", {"verdict": "approve"})
    await desk.author.ask("POST", f"{path}/publish", {})


def written(code: str, days: int = 10, wording: str = "Pay soon.") -> dict[str, str]:
    return {
        "communication.yaml": NOTE.format(code=code, days=days),
        "templates/email.en.txt": f"Dear {{{{ person.name }}}},\n{wording}\n",
        "samples/late.yaml": SAMPLE,
    }


async def live(desk: Desk, code: str) -> None:
    """Version 1, all the way."""
    await desk.save(code, written(code))
    await desk.submit(code)
    await desk.approve(code, 1)
    await desk.author.ask("POST", f"/v1/definitions/{code}/versions/1/publish", {})


async def noted(town: Town, code: str, person: str, **more: Any) -> dict[str, Any]:
    """A request for the note, as just accepted."""
    body = {
        "definition": code,
        "idempotency_key": uuid4().hex,
        "person": person,
        "payload": {"note.days": 20},
        **more,
    }
    return await town.core.ask("POST", "/v1/requests", body)


async def body_of(town: Town, communication_id: str) -> bytes:
    """The text of the e-mail that was sent."""
    path = f"/v1/communications/{communication_id}/documents"
    documents = {each["part"]: each["id"] for each in await town.operator.ask("GET", path)}
    sent = await town.operator.call("GET", f"/v1/documents/{documents['message']}")
    content = message_from_bytes(sent.content, policy=default).get_body()
    assert content is not None
    return content.get_content().encode()


def new_code() -> str:
    return f"NOTE-{uuid4().hex[:8].upper()}"


async def test_new_wording_goes_live_at_its_instant_and_nothing_under_way_changes(
    town: Town, desk: Desk
) -> None:
    code, person = new_code(), await town.person()
    path = f"/v1/definitions/{code}"
    await live(desk, code)

    # The second version: brand approves, legal rejects. The third: both approve, never its author.
    _, _, etag = await desk.save(code, written(code, 14, "A fee is due."), base=1)
    await desk.submit(code)
    await desk.brand.ask("POST", f"{path}/versions/2/verdicts", {"verdict": "approve"})
    waiting = await desk.legal.ask("GET", "/v1/repository/reviews")
    mute = await desk.legal.call("POST", f"{path}/versions/2/verdicts", {"verdict": "reject"})
    body = {"verdict": "reject", "comment": "Name the fee."}
    rejected = await desk.legal.ask("POST", f"{path}/versions/2/verdicts", body)
    _, third, _ = await desk.save(code, written(code, 14, "A fee of 5 is due."), etag, base=1)
    await desk.submit(code)
    own = await desk.author.call("POST", f"{path}/versions/3/verdicts", {"verdict": "approve"})
    diff = await desk.author.ask("GET", f"{path}/diff?from=1&to=3")

    assert [each["yours"] for each in waiting if each["code"] == code] == [True]
    assert (mute.status, mute.body["errors"][0]["field"]) == (422, "comment")
    assert (rejected["state"], third["version"]) == ("draft", 3)
    assert (own.status, own.body["code"]) == (409, "conflict")
    assert diff["logic"] == [
        {
            "path": "$.eligibility.late.when",
            "change": "changed",
            "before": "note.days > 10",
            "after": "note.days > 14",
        }
    ]
    assert "+A fee of 5 is due." in "".join(each["diff"] for each in diff["texts"])

    instant = datetime.now(UTC) + timedelta(seconds=4)
    approved = await desk.approve(code, 3, effective_from=instant.isoformat())
    later = (instant + timedelta(seconds=1)).isoformat()
    before = [await noted(town, code, person, send_after=later) for _ in range(5)]
    await asyncio.sleep((instant - datetime.now(UTC)).total_seconds())
    after = await noted(town, code, person)

    assert approved["state"] == "scheduled"
    assert {each["version"] for each in before} == {1}
    assert after["version"] == 3
    for each, wording in [*((each, b"Pay soon.") for each in before), (after, b"fee of 5")]:
        communication = await town.delivered(each["id"])
        assert wording in await body_of(town, communication["id"])
    states = {
        each["version"]: each["state"] for each in await desk.author.ask("GET", f"{path}/versions")
    }
    assert states == {1: "superseded", 2: "superseded", 3: "live"}

    back = {"version": 1, "reason": "The fee is not decided."}
    restored = await desk.second.ask("POST", f"{path}/rollback", back)
    again = await noted(town, code, person)
    assert (restored["version"], restored["copied_from"], again["version"]) == (4, 1, 4)
    verified = await town.operator.ask("GET", "/v1/repository/verification")
    assert verified["whole"], verified


async def test_a_draft_is_refused_with_all_that_is_wrong_and_where(desk: Desk) -> None:
    code = new_code()
    files = written(code, wording="{{ nobody }}") | {
        "samples/late.yaml": SAMPLE.replace("20", "many")
    }
    status, saved, _ = await desk.save(code, files)
    refused = await desk.author.call("POST", f"/v1/definitions/{code}/draft/submit", {})
    places = [(each["file"], each["line"]) for each in refused.body["problems"]]

    assert status == 200
    assert len(saved["problems"]) == 2
    assert (refused.status, refused.body["code"]) == (422, "definition_invalid")
    assert places == [(f"{code}/samples/late.yaml", 3), (f"{code}/templates/email.en.txt", 2)]


async def test_two_editors_never_lose_work(desk: Desk) -> None:
    code = new_code()
    _, _, first = await desk.save(code, written(code))
    _, _, second = await desk.save(code, written(code, 11), first)
    status, problem, _ = await desk.save(code, written(code, 12), first)

    assert (status, problem["code"], problem["editor"]) == (409, "overtaken", "system:AUTHOR")
    assert f'"{problem["digest"]}"' == second
    read = await desk.author.call("GET", f"/v1/definitions/{code}/draft")
    assert read.headers["ETag"] == second
    gone = await desk.author.call("DELETE", f"/v1/definitions/{code}/draft")
    assert gone.status == 204


async def test_files_come_back_as_they_were_given(desk: Desk) -> None:
    code = new_code()
    picture = {"base64": "iVBORw0KGgo="}
    files = written(code) | {"assets/logo.png": picture}
    _, _, etag = await desk.save(code, files)
    read = await desk.author.ask("GET", f"/v1/definitions/{code}/versions/1/files")
    detail = await desk.author.ask("GET", f"/v1/definitions/{code}/versions/1")
    known = {each["path"]: each["sha256"] for each in detail["files"]}
    by_hash = files | {"assets/logo.png": {"sha256": known["assets/logo.png"]}}
    status, again, _ = await desk.save(code, by_hash, etag)
    odd, refusal, _ = await desk.save(code, files | {"assets/x.png": {"sha256": "0" * 64}}, etag)

    assert read == files
    assert (status, f'"{again["digest"]}"') == (200, etag)
    assert (odd, refusal["errors"][0]["field"]) == (422, "files")


async def test_without_the_role_a_verdict_is_denied_and_on_the_trail(
    town: Town, desk: Desk
) -> None:
    code = new_code()
    await desk.save(code, written(code))
    await desk.submit(code)
    finance = await keyed(town, "FINANCE", ["definition:approve"], "finance")
    path = f"/v1/definitions/{code}/versions/1/verdicts"
    denied = await finance.call("POST", path, {"verdict": "approve"})
    trail = await town.operator.ask("GET", "/v1/audit?chain=system:FINANCE&action=access.denied")

    assert (denied.status, denied.body["code"]) == (403, "denied")
    assert [each["detail"]["what"] for each in trail["items"]] == [f"POST {path}"]


async def test_a_key_for_one_definition_writes_no_other(town: Town, desk: Desk) -> None:
    await town.operator.ask("PUT", "/v1/systems/NARROW", {"title": "Narrow"})
    body = {"scopes": ["definition:write"], "definitions": ["SPRING-OFFER"]}
    made = await town.operator.ask("POST", "/v1/systems/NARROW/keys", body)
    narrow = town.caller(made["key"])
    code = new_code()
    answer = await narrow.call("PUT", f"/v1/definitions/{code}/draft", {"files": written(code)})

    assert answer.status == 403
    assert (await desk.author.call("GET", f"/v1/definitions/{code}")).status == 404


async def test_an_emergency_takes_two_and_is_reviewed(town: Town, desk: Desk) -> None:
    code = new_code()
    path = f"/v1/definitions/{code}"
    await live(desk, code)
    await desk.save(code, written(code, wording="Gas leak. Call us."), base=1)
    await town.operator.ask("POST", f"{path}/emergency", {"reason": "gas leak"})
    alone = await town.operator.call("POST", f"{path}/emergency/confirm")
    published = await desk.second.ask("POST", f"{path}/emergency/confirm")
    due = await desk.brand.ask("GET", "/v1/repository/post-reviews")
    reviewed = await desk.brand.ask("POST", f"{path}/versions/2/post-review", {"verdict": "accept"})

    assert alone.status == 409
    assert (published["version"], published["state"]) == (2, "live")
    assert [(each["version"], each["overdue"]) for each in due if each["code"] == code] == [
        (2, False)
    ]
    assert reviewed["reviewed_by"] == "system:BRAND"


async def test_a_release_goes_live_as_one(desk: Desk) -> None:
    codes = [new_code(), new_code()]
    for code in codes:
        await desk.save(code, written(code))
        await desk.submit(code)
    body = {"title": "Both", "versions": [{"code": code, "version": 1} for code in codes]}
    release = await desk.author.ask("POST", "/v1/releases", body)
    path = f"/v1/releases/{release['id']}"
    await desk.approve(codes[0], 1)
    early = await desk.author.call("POST", f"{path}/publish", {})
    await desk.approve(codes[1], 1)
    done = await desk.author.ask("POST", f"{path}/publish", {})

    assert (early.status, early.body["detail"].split(":")[0]) == (409, "Not approved")
    assert done["state"] == "released"
    assert [each["state"] for each in done["versions"]] == ["live", "live"]


async def test_what_is_used_is_told_and_not_retired(town: Town, desk: Desk) -> None:
    used = await desk.author.ask("GET", "/v1/definitions/billing/where-used")
    refused = await desk.second.call("POST", "/v1/definitions/billing/retire", {"reason": "old"})
    found = await desk.author.ask("GET", "/v1/definitions?text=bill&kind=data-service")

    assert "BILL-READY" in [each["code"] for each in used["used_by"] if each["state"] == "live"]
    assert refused.status == 409
    assert "BILL-READY version 1" in refused.body["detail"]
    assert [each["code"] for each in found] == ["billing"]


async def test_work_under_way_is_counted_by_version(town: Town, desk: Desk) -> None:
    code = new_code()
    await live(desk, code)
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    request = await noted(town, code, await town.person(), send_after=later)
    used = await desk.author.ask("GET", f"/v1/definitions/{code}/where-used")
    await town.core.ask("POST", f"/v1/requests/{request['id']}/cancel", {"reason": "done"})

    assert used == {"used_by": [], "in_flight": {"1": 1}}
