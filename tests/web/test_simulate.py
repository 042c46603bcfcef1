"""Simulating what is written: the path, what happens from outside, and the cases kept of it."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.system.town import Town
from tests.web.conftest import Visit
from tests.web.test_story import node, pick
from tests.web.visitor import Visitor

WARN = """kind: process
code: CODE
title: Warn of a sign-in
data:
  alert.what: {type: text, from: payload}
  alert.when: {type: datetime, from: payload}
  alert.device: {type: text, from: payload}
  bill.number: {type: text, from: payload}
  bill.amount: {type: money, from: payload}
  bill.due_date: {type: date, from: payload}
events:
  denied: {type: alert.denied, match: {person: person}, data: {device: {type: text}}}
steps:
  warn:
    do: send
    communication: SECURITY-ALERT
    payload: {alert.what: alert.what, alert.when: alert.when, alert.device: alert.device}
  hear: {do: listen, events: {denied: call}, within: 2 days, silence: fine}
  call:
    do: task
    to-do: COLL-FOLLOWUP
    role: collections
    context: {bill.number: bill.number, bill.amount: bill.amount, bill.due_date: bill.due_date}
    next: called
  called: {do: end, outcome: called}
  fine: {do: end, outcome: nothing_said}
"""
ADA = """person: {name: Ada Lovelace}
data:
  alert: {what: sign-in, when: "2026-04-30T08:00:00Z", device: Firefox}
  bill: {number: B-1, amount: 90, due_date: 2026-04-01}
"""
BEA = ADA.replace("Ada Lovelace", "Bea") + "consents: {account-security: withdrawn}\nreach: {}\n"
CASE = "title: Nothing is said\nsample: ada\nexpect: {outcome: nothing_said}\n"


async def begin(visit: Visit, house: Town, code: str, search: str = "", width: int = 1440):
    """A draft of its own, open where it is simulated."""
    files = {
        "process.yaml": WARN.replace("CODE", code),
        "samples/ada.yaml": ADA,
        "samples/bea.yaml": BEA,
        "cases/silence.yaml": CASE,
    }
    await house.operator.ask("PUT", f"/v1/definitions/{code}/draft", {"files": files})
    somebody: Visitor = await visit("bu1", width=width)
    await somebody.go(f"/definitions/{code}/draft{search or '?side=simulate'}")
    await expect(somebody.page.get_by_role("heading", name="Warn of a sign-in")).to_be_visible()
    return somebody


async def play(page: Page) -> None:
    await page.get_by_role("button", name="Begin", exact=True).click()
    await expect(page.get_by_role("group", name="Clock")).to_be_visible()


async def test_the_path_lights_up_as_the_clock_goes_on(visit: Visit, house: Town) -> None:
    page = (await begin(visit, house, "SIM-PATH")).page
    await play(page)
    await expect(node(page, "Hear").get_by_role("img", name="stands here")).to_be_visible()
    await expect(page.get_by_role("region", name="Waits at Hear")).to_contain_text("Silence")
    sent = page.get_by_role("article", name="SECURITY-ALERT")
    await sent.get_by_role("button", name="Show the message").click()
    await expect(sent).to_contain_text("Ada Lovelace")
    await page.get_by_role("button", name="One step on").click()

    await expect(page.get_by_text("It is over: nothing_said")).to_be_visible()
    await expect(node(page, "Fine").get_by_role("img", name="passed")).to_be_visible()
    await expect(node(page, "Call").get_by_role("img", name="passed")).to_have_count(0)
    await page.get_by_text("Outline", exact=True).click()
    line = page.get_by_role("list", name="Outline").get_by_role("button", name=re.compile("^Hear"))
    await expect(line.get_by_text("passed")).to_be_visible()


async def test_events_and_answers_lead_elsewhere_and_become_a_case(
    visit: Visit, house: Town
) -> None:
    page = (await begin(visit, house, "SIM-CASE")).page
    await play(page)
    await page.get_by_role("button", name="+ 1 day").click()
    await pick(page, "Tell an event", "Denied")
    await page.get_by_role("textbox", name="device").fill("Telephone")
    await page.get_by_role("button", name="Tell it").click()
    task = page.get_by_role("region", name="Waits at Call")
    await task.get_by_role("button", name="Promised to pay").click()
    await task.get_by_role("textbox", name="Payment promised for").fill("2026-03-10")
    await task.get_by_role("button", name="Answer so").click()
    await expect(page.get_by_text("It is over: called")).to_be_visible()
    await expect(page.get_by_role("button", name="Take back: Denied after 1 day")).to_be_visible()

    await page.get_by_role("button", name="Save as a test case").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="What it shows").fill("Somebody denies it")
    await dialog.get_by_role("textbox", name="Name").fill("denied")
    await dialog.get_by_role("button", name="Save the case").click()
    await page.get_by_role("tab", name="Test cases").click()
    await page.get_by_role("button", name="Run all").click()
    await expect(page.get_by_text("2 of 2 come out as they say")).to_be_visible()
    files = await house.operator.ask("GET", "/v1/definitions/SIM-CASE/versions/1/files")
    assert "{event: denied, after: 1 day, data: {device: Telephone}}" in files["cases/denied.yaml"]


async def test_a_skipped_message_says_why(visit: Visit, house: Town) -> None:
    page = (await begin(visit, house, "SIM-SKIP")).page
    await pick(page, "A sample", "bea")
    await play(page)

    sent = page.get_by_role("article", name="SECURITY-ALERT")
    await expect(sent).to_contain_text("The send decision")
    await expect(sent.get_by_role("button", name="Show the message")).to_have_count(0)


async def test_what_is_typed_is_played_without_saving_it(visit: Visit, house: Town) -> None:
    page = (await begin(visit, house, "SIM-TYPED")).page
    await play(page)
    await node(page, "Fine").click()
    await page.get_by_role("tab", name="Step").click()
    await page.get_by_role("textbox", name="Outcome").fill("quiet")
    await page.get_by_role("textbox", name="Outcome").press("Enter")
    await page.get_by_role("tab", name="Simulate").click()
    await page.get_by_role("button", name="Play it again").click()
    await page.get_by_role("button", name="To the end").click()

    await expect(page.get_by_text("It is over: quiet")).to_be_visible()
    await expect(page.get_by_text("Not saved yet")).to_be_visible()


async def test_a_case_that_differs_says_how_and_is_mended_here(visit: Visit, house: Town) -> None:
    page = (await begin(visit, house, "SIM-DIFFERS", "?side=cases")).page
    await page.get_by_role("button", name="Edit silence").click()
    await page.get_by_role("dialog").get_by_role("textbox", name="silence").click()
    await page.keyboard.press("Control+a")
    await page.keyboard.press("Delete")
    await page.keyboard.insert_text(CASE.replace("nothing_said", "called"))
    await page.get_by_role("button", name="Done").click()
    await page.get_by_role("button", name="Run silence").click()
    case = page.get_by_role("article", name="silence")
    await expect(case).to_contain_text("It ends with nothing_said, not called.")
    await case.get_by_role("button", name="Delete silence").click()

    await expect(page.get_by_text("No test cases yet")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_simulation_and_cases_are_accessible(visit: Visit, house: Town, scheme: str) -> None:
    somebody = await begin(visit, house, f"SIM-AXE-{scheme.upper()}")
    page = somebody.page
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await play(page)
    await page.get_by_role("button", name="Show the message").click()
    simulated = await somebody.violations()
    await page.get_by_role("tab", name="Test cases").click()
    await page.get_by_role("button", name="Run all").click()
    await expect(page.get_by_text("1 of 1 come out as they say")).to_be_visible()

    assert simulated == []
    assert await somebody.violations() == []
