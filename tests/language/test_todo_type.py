"""To-do types: what an author can write, and what is told where it is wrong."""

from pathlib import Path

import pytest

from openccm.language.bundle import Bundle, Library
from openccm.language.checker import check_bundle
from openccm.language.definition import Use
from openccm.language.folder import bundle_of
from openccm.language.todo_type import Span, ToDoTypeDefinition
from tests.language.desk import inspect_template

DEFINITIONS = Path(__file__).parents[2] / "definitions"
CALENDAR = (DEFINITIONS / "office/uk-office/calendar.yaml").read_bytes()
FOLLOW_UP = (DEFINITIONS / "brightwater/work/coll-followup/todo.yaml").read_text()


def told(text: str) -> list[str]:
    bundle = bundle_of("coll-followup", {"todo.yaml": text.encode()})
    if not isinstance(bundle, Bundle):
        return [str(problem) for problem in bundle]
    office = bundle_of("uk-office", {"calendar.yaml": CALENDAR})
    assert isinstance(office, Bundle)
    library = Library((bundle, office))
    problems = check_bundle(bundle, library, channels=(), inspect_template=inspect_template)
    return [str(problem) for problem in problems]


def definition(text: str = FOLLOW_UP) -> ToDoTypeDefinition:
    bundle = bundle_of("coll-followup", {"todo.yaml": text.encode()})
    assert isinstance(bundle, Bundle)
    assert isinstance(bundle.definition, ToDoTypeDefinition)
    return bundle.definition


@pytest.mark.parametrize("folder", ["coll-followup", "comp-approval-task"])
def test_the_shipped_types_are_sound(folder: str) -> None:
    assert told(next(DEFINITIONS.rglob(f"{folder}/todo.yaml")).read_text()) == []


def test_a_type_says_how_soon_and_who() -> None:
    read = definition()

    assert read.sla is not None
    assert (read.sla.within, read.sla.warn) == (Span(2, "business day"), 75)
    assert read.all_roles == {"collections", "collections-lead"}
    assert [*read.uses()] == [Use("calendar", "UK-OFFICE")]
    assert read.lease == 1_800


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("2 business days", "2 working days", "$.sla.within", "no length of time"),
        ("2 business days", "400 days", "$.sla.within", "longer than a year"),
        ("UK-OFFICE", "UK-OFICE", "$.sla.calendar", "no calendar UK-OFICE"),
        ("75 %", "0.75", "$.sla.warn", "no share"),
        ("75 %", "100 %", "$.sla.warn", "comes before it is due"),
        (", calendar: UK-OFFICE", "", "$.sla.within", "when there is business"),
        ("2 business days", "3 hours", "$.sla.until", "hour of a day is for days"),
        ("100 %", "soon", "$.escalate[0].after", "no length of time"),
        ("{bill.number}", "{bill.nr}", "$.summary", "no field bill.nr in context"),
        ("bill.amount >= 1000", "bill.sum >= 1", "$['priority-when'][0].when", "no field bill.sum"),
        ("bill.amount >= 250", "bill.amount", "$['priority-when'][1].when", "true or false"),
        ("[promised_on]", "[promised_at]", "$.outcomes.promised.requires[0]", "promised_at"),
        ("reason: required", "reason: always", "$.outcomes.refused.reason", "'always'"),
        ("priority: 5", "priority: 10", "$.priority", "less than or equal to 9"),
        ("[collections]", "[collections, collections]", "$.roles", "stands twice"),
        ("[collections]", "[]", "$.roles", "At least one"),
        ("note: {", "today: {", "$.form.today", "always there"),
        ("lease: 30 minutes", "lease: never", "$.lease", "no duration"),
        ("priority: 1}\n", "priority: 1}\n  - {after: 90 %}\n", "$.escalate[1].after", "later"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, place: str, message: str) -> None:
    assert old in FOLLOW_UP
    problems = told(FOLLOW_UP.replace(old, new))

    assert any(f"({place})" in each and message in each for each in problems), problems


def test_without_a_time_there_is_no_share_of_it() -> None:
    text = "\n".join(line for line in FOLLOW_UP.splitlines() if not line.startswith("sla:"))

    assert [each for each in told(text) if "no time to take a share of" in each]
