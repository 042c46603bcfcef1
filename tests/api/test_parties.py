"""Persons, accounts and premises over HTTP: made known, changed, told of by core systems, found."""

from typing import Any
from uuid import uuid4

import pytest

from tests.api.house import House
from tests.system.town import Caller


@pytest.fixture(scope="module")
async def agent(house: House) -> Caller:
    return await house.caller("party:read", "party:write", "system:manage", "audit:read")


def key(prefix: str = "P") -> str:
    return f"{prefix}-{uuid4().hex[:10]}"


def number() -> str:
    """A telephone number of nobody else."""
    return f"+4477009{uuid4().int % 100_000:05d}"


async def person(agent: Caller, **facts: Any) -> dict[str, Any]:
    return await agent.ask("PUT", f"/v1/persons/{key()}", {"name": "Zoe Quill", **facts})


async def trail(agent: Caller, object_id: str) -> list[dict[str, Any]]:
    found = await agent.ask("GET", f"/v1/audit?object_id={object_id}&limit=500")
    return found["items"]


async def test_a_person_is_shown_with_all_that_hangs_on_them(agent: Caller) -> None:
    ben = await person(agent, name="Ben Quill")
    ana = await person(
        agent,
        name="Ana Quill",
        vip=True,
        needs=["large-print"],
        identifiers=[{"kind": "loyalty", "value": key("GA")}],
        contact_points=[{"channel": "email", "value": "ana@BÜCHER.example", "verified": True}],
    )
    account, premise = key("A"), key("PR")
    await agent.ask(
        "PUT",
        f"/v1/accounts/{account}",
        {"holder": ana["key"], "members": [{"person": ben["key"], "role": "payer"}]},
    )
    await agent.ask(
        "PUT",
        f"/v1/premises/{premise}",
        {"lines": ["9 Elm Row"], "occupants": [{"account": account, "valid_from": "2020-01-01"}]},
    )
    await agent.ask(
        "PUT",
        f"/v1/persons/{ana['key']}/relationships",
        {"relationships": [{"other": ben["key"], "relation": "authorised", "scope": "billing"}]},
    )

    seen = await agent.ask("GET", f"/v1/persons/{ana['key']}")
    payer = await agent.ask("GET", f"/v1/persons/{ben['key']}")
    assert (seen["vip"], seen["needs"]) == (True, ["large-print"])
    assert seen["contact_points"][0]["value"] == "ana@xn--bcher-kva.example"
    assert seen["contact_points"][0]["original"] == "ana@BÜCHER.example"
    assert seen["contact_points"][0]["verified_at"]
    assert [(each["account"], each["role"]) for each in seen["accounts"]] == [(account, "holder")]
    assert [each["premise"] for each in seen["premises"]] == [premise]
    assert [each["scope"] for each in seen["relationships"]] == ["billing"]
    assert [(each["account"], each["role"]) for each in payer["accounts"]] == [(account, "payer")]


@pytest.mark.parametrize(
    ("told", "language", "kept", "line"),
    [
        ("07700 900101", "en-GB", "+447700900101", ""),
        ("0171 3920042", "de-DE", "+491713920042", "mobile"),
        ("0044 (0)7700 900-101", "de-DE", "+447700900101", ""),
        ("tel:+33-6-39-98-01-03", "en", "+33639980103", ""),
    ],
)
async def test_a_number_has_one_spelling_and_its_first_is_kept(
    agent: Caller, told: str, language: str, kept: str, line: str
) -> None:
    points = [{"channel": "sms", "value": told}]
    (point,) = (await person(agent, language=language, contact_points=points))["contact_points"]

    assert (point["value"], point["original"], point["line"]) == (kept, told, line)


@pytest.mark.parametrize("told", ["07700 900101", "12", "+44", "call me"])
async def test_a_number_nobody_can_dial_is_refused_by_its_place(agent: Caller, told: str) -> None:
    points = [{"channel": "email", "value": "a@b.example"}, {"channel": "sms", "value": told}]
    answer = await agent.call(
        "PUT", f"/v1/persons/{key()}", {"name": "Zoe", "contact_points": points}
    )

    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == "contact_points.1.value"
    assert told not in str(answer.body)


async def test_contact_points_are_kept_one_by_one(agent: Caller) -> None:
    zoe = await person(agent)
    place = f"/v1/persons/{zoe['key']}/contact-points"
    told = {"channel": "voice", "value": "+441632960102", "line": "landline"}
    point = await agent.ask("POST", place, told)
    again = await agent.call("POST", place, told)
    quiet = await agent.ask(
        "PATCH",
        f"{place}/{point['id']}",
        {"do_not_disturb": True, "verified": True, "valid_until": "2030-12-31"},
    )
    gone = await agent.ask("DELETE", f"{place}/{point['id']}")
    back = await agent.ask("POST", place, told)
    other = await agent.call("PATCH", f"{place}/{uuid4()}", {"rank": 1})

    assert (point["line"], again.status, other.status) == ("landline", 409, 404)
    assert (quiet["do_not_disturb"], quiet["valid_until"]) == (True, "2030-12-31")
    assert quiet["verified_at"]
    assert (gone["state"], gone["reason"], back["state"]) == ("invalid", "removed", "active")
    assert back["id"] == point["id"]
    actions = [entry["action"] for entry in await trail(agent, zoe["id"])]
    assert actions == [
        "person.created",
        *(f"person.contact-point-{what}" for what in ("added", "changed", "removed", "added")),
    ]


async def test_a_new_person_gets_a_key_and_somebody_alike_is_told_first(agent: Caller) -> None:
    name, phone = f"Zebedee {uuid4().hex[:6]}", number()
    body = {"name": name, "contact_points": [{"channel": "sms", "value": phone}]}
    made = await agent.call("POST", "/v1/persons", {**body, "origin": "contact-form"})
    typed = await agent.ask("POST", "/v1/persons/duplicates", body)
    refused = await agent.call("POST", "/v1/persons", body)
    accepted = await agent.call("POST", "/v1/persons", {**body, "accept_duplicates": True})

    assert (made.status, refused.status, accepted.status) == (201, 409, 201)
    assert made.body["key"].startswith("P-")
    assert accepted.body["key"] != made.body["key"]
    assert refused.body["code"] == "possible_duplicate"
    assert refused.body["matches"] == typed
    (match,) = typed
    assert (match["key"], match["shared"]) == (made.body["key"], ["name", "phone"])
    assert 0.7 <= match["score"] < 1
    assert name not in str(refused.body)
    (entry,) = await trail(agent, made.body["id"])
    assert entry["detail"] == {"origin": "contact-form"}


async def test_a_household_is_no_duplicate(agent: Caller) -> None:
    points = [{"channel": "voice", "value": number()}]
    await person(agent, name="Ingeborg Quill", contact_points=points)
    answer = await agent.call("POST", "/v1/persons", {"name": "Max Adam", "contact_points": points})

    assert answer.status == 201


async def test_accounts_and_premises_get_keys_too(agent: Caller) -> None:
    zoe = await person(agent)
    account = await agent.ask("POST", "/v1/accounts", {"holder": zoe["key"]})
    premise = await agent.ask("POST", "/v1/premises", {"lines": ["1 Elm Row", "Hull HU1 1AA"]})
    unheld = await agent.call("POST", "/v1/accounts", {"holder": "P-nobody"})

    assert account["key"].startswith("A-")
    assert premise["key"].startswith("PR-")
    assert (await agent.ask("GET", f"/v1/premises/{premise['key']}"))["lines"][0] == "1 Elm Row"
    assert unheld.status == 404


async def test_an_identifier_belongs_to_one(agent: Caller) -> None:
    names = [{"kind": "loyalty", "value": key("GA")}]
    ana = await person(agent, identifiers=names)
    taken = await agent.call("PUT", f"/v1/persons/{key()}", {"name": "B", "identifiers": names})
    left = await agent.ask("PUT", f"/v1/persons/{ana['key']}", {"name": "Ana"})
    freed = await agent.ask("PUT", f"/v1/persons/{ana['key']}", {"name": "Ana", "identifiers": []})

    assert taken.status == 409
    assert left["identifiers"] == names
    assert freed["identifiers"] == []


async def test_a_closed_code_is_for_old_objects_only(agent: Caller) -> None:
    north, household = f"N{uuid4().hex[:8]}", f"C{uuid4().hex[:8]}"
    where = f"/v1/divisions/{north}"
    made = await agent.ask("PUT", where, {"title": "North", "calendar": "UK-OFFICE"})
    await agent.ask("PUT", f"/v1/customer-classes/{household}", {"title": "Households"})
    ana = await person(agent, division=north)
    account = f"/v1/accounts/{key('A')}"
    await agent.ask("PUT", account, {"holder": ana["key"], "account_class": household})
    closed = await agent.ask("PUT", where, {"title": "North", "closed": True})
    await agent.ask(
        "PUT", f"/v1/customer-classes/{household}", {"title": "Households", "closed": True}
    )

    refused = [
        await agent.call("PUT", f"/v1/persons/{key()}", {"name": "New", "division": north}),
        await agent.call("POST", "/v1/premises", {"lines": ["1 Elm Row"], "division": north}),
        await agent.call(
            "PUT", f"/v1/accounts/{key('A')}", {"holder": ana["key"], "account_class": household}
        ),
    ]
    old = await agent.call(
        "PUT", f"/v1/persons/{ana['key']}", {"name": "Ana Newly", "division": north}
    )
    listed = await agent.ask("GET", "/v1/divisions")
    assert made["closed_at"] is None
    assert closed["closed_at"]
    assert [answer.status for answer in refused] == [422, 422, 422]
    assert refused[2].body["errors"][0]["field"] == "account_class"
    assert old.status == 200
    assert north in [each["code"] for each in listed]
    actions = [entry["action"] for entry in await trail(agent, north)]
    assert actions == ["division.created", "division.closed"]


async def test_a_core_system_tells_in_any_order_and_the_newest_counts(agent: Caller) -> None:
    zoe, account = key(), key("A")

    async def tell(*items: dict[str, Any]) -> dict[str, Any]:
        return await agent.ask("POST", "/v1/sync", {"items": list(items)})

    def named(name: str, version: int) -> dict[str, Any]:
        return {"external_key": zoe, "version": version, "person": {"name": name}}

    first = await tell(
        named("Zoe Five", 5),
        {"external_key": "bad", "version": 1},
        {"external_key": account, "version": 1, "account": {"holder": zoe}},
        {"external_key": key("A"), "version": 1, "account": {"holder": "P-nobody"}},
        {"external_key": zoe, "version": 6, "person": {"name": "Zoe", "langauge": "de"}},
    )
    second = await tell(named("Zoe Five", 5), named("Zoe Four", 4), named("Zoe Six", 6))

    assert [item["status"] for item in first["items"]] == [201, 422, 201, 404, 422]
    assert (first["created"], first["refused"]) == (2, 3)
    assert first["items"][4]["problem"]["errors"][0]["field"] == "person.langauge"
    assert [item["verdict"] for item in second["items"]] == ["unchanged", "ignored", "updated"]
    known = await agent.ask("GET", f"/v1/persons/{zoe}")
    assert known["name"] == "Zoe Six"
    (ignored,) = [
        entry for entry in await trail(agent, known["id"]) if "ignored" in entry["action"]
    ]
    assert (ignored["reason"], ignored["detail"]["version"]) == ("older_version", 4)


async def test_what_a_core_system_calls_it_finds_it(agent: Caller) -> None:
    known, theirs = await person(agent), key("CRM")
    item = {
        "external_key": theirs,
        "key": known["key"],
        "version": 1,
        "person": {"name": "Zoe Quill"},
    }
    told = await agent.ask("POST", "/v1/sync", {"items": [item]})
    later = {"external_key": theirs, "version": 2, "person": {"name": "Zoe Newly"}}
    again = await agent.ask("POST", "/v1/sync", {"items": [later, item | {"key": key()}]})
    found = await agent.ask("GET", f"/v1/search?q={theirs}")

    assert told["items"][0]["verdict"] == "updated"
    assert (again["items"][0]["key"], again["items"][1]["status"]) == (known["key"], 409)
    assert (found["items"][0]["key"], found["items"][0]["matched"]) == (
        known["key"],
        ["identifier"],
    )


async def test_what_was_typed_goes_with_a_hand_off_and_the_key_comes_back(agent: Caller) -> None:
    typed = {"address": "14 mill ln ls1"}
    asked = await agent.ask("POST", "/v1/hand-offs", {"object": "premise", "typed": typed})
    place = f"/v1/hand-offs/{asked['id']}"
    fetched = await agent.ask("GET", place)
    unknown = await agent.call("POST", f"{place}/complete", {"key": "PR-nowhere"})
    premise = await agent.ask("POST", "/v1/premises", {"lines": ["14 Mill Lane", "Leeds LS1 4AB"]})
    await agent.ask("POST", f"{place}/complete", {"key": premise["key"]})
    done = await agent.ask("GET", place)
    late = await agent.call("POST", f"{place}/cancel")

    assert (fetched["state"], fetched["typed"]) == ("open", typed)
    assert unknown.status == 404
    assert (done["state"], done["key"], done["typed"]) == ("completed", premise["key"], {})
    assert (late.status, late.body["state"]) == (409, "completed")
    actions = [entry["action"] for entry in await trail(agent, asked["id"])]
    assert actions == ["hand-off.opened", "hand-off.completed"]


async def test_the_search_box_leads_from_a_number_to_account_and_premise(agent: Caller) -> None:
    phone = number()
    zoe = await person(
        agent,
        name="Zenobia Quill",
        vip=True,
        contact_points=[{"channel": "sms", "value": phone}],
    )
    account, premise = key("A"), key("PR")
    await agent.ask("PUT", f"/v1/accounts/{account}", {"holder": zoe["key"]})
    body = {"lines": ["77 Zinc Lane", "Zell ZE7 7AA"], "occupants": [{"account": account}]}
    await agent.ask("PUT", f"/v1/premises/{premise}", body)

    called = await agent.ask("GET", f"/v1/search?q=zenobia%20{phone[3:]}")
    posted = await agent.ask("POST", "/v1/search", {"q": f"zenobia {phone[3:]}"})
    place = await agent.ask("GET", "/v1/search?q=77%20zinc%20ln%20ze7&kinds=premise")
    top = called["items"][0]
    assert called == posted
    assert (top["key"], top["vip"], set(top["matched"])) == (zoe["key"], True, {"name", "phone"})
    assert {(near["kind"], near["key"]) for near in top["near"]} == {
        ("account", account),
        ("premise", premise),
    }
    assert place["items"][0]["title"] == "77 Zinc Lane, Zell ZE7 7AA"
    assert {near["key"] for near in place["items"][0]["near"]} == {account, zoe["key"]}


async def test_hits_come_in_pages_and_by_kind(agent: Caller) -> None:
    family = f"Xu{uuid4().hex[:6]}"
    keys = [(await person(agent, name=f"Person {family}"))["key"] for _ in range(5)]
    pages = [
        await agent.ask("GET", f"/v1/search?q={family}&limit=2&offset={start}")
        for start in (0, 2, 4)
    ]
    none = await agent.ask("GET", f"/v1/search?q={family}&kinds=premise&kinds=account")

    assert [item["key"] for page in pages for item in page["items"]] == sorted(keys)
    assert {(page["total"], page["more"]) for page in pages} == {(5, False)}
    assert (none["items"], none["total"]) == ([], 0)


async def test_reading_and_writing_need_their_scopes(house: House) -> None:
    reader, writer = await house.caller("party:read"), await house.caller("party:write")
    put = await reader.call("PUT", f"/v1/persons/{key()}", {"name": "Zoe"})
    found = await writer.call("GET", "/v1/search?q=zoe")

    assert (put.status, found.status) == (403, 403)
