"""The examples of the page about to-dos are taken as they stand."""

import json
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from api.routes.todo_commands import BulkCreate, CompleteBody
from api.routes.todos import NextCreate, ToDoCreate
from openccm.language.calendar import CalendarDefinition
from openccm.language.checks.todo_type import check_todo_type
from openccm.language.disposition import DispositionDefinition
from openccm.language.loader import load_definitions
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.language.validation import validated
from openccm.language.yaml12 import read_document
from openccm.work.forms import read_context, read_form, summary_of
from openccm.work.times import times_of
from tests.docs.pages import ROOT, Block, blocks

PAGE = "docs/to-dos.md"
BODIES: list[type[BaseModel]] = [NextCreate, CompleteBody, BulkCreate, ToDoCreate]


def shown(language: str) -> list[Block]:
    return [block for block in blocks(language) if block.page == PAGE]


def definition() -> ToDoTypeDefinition:
    (block,) = [each for each in shown("yaml") if "kind: to-do-type" in each.text]
    document = read_document(block.text.encode(), block.page)
    found = validated(ToDoTypeDefinition, document)
    assert isinstance(found, ToDoTypeDefinition), found
    assert [*check_todo_type(found, document, calendars())] == []
    return found


def calendars() -> dict[str, CalendarDefinition]:
    return load_definitions(ROOT / "definitions").of(CalendarDefinition)


def bodies() -> list[dict[str, Any]]:
    return [json.loads(block.text) for block in shown("json")]


def test_a_disposition_is_shown_as_it_may_be_written() -> None:
    (block,) = [each for each in shown("yaml") if "kind: disposition" in each.text]
    found = validated(DispositionDefinition, read_document(block.text.encode(), block.page))

    assert isinstance(found, DispositionDefinition), found
    assert found.date == "required"


def test_every_body_is_one_that_the_api_takes() -> None:
    assert len(bodies()) == len(BODIES)
    for body, model in zip(bodies(), BODIES, strict=True):
        model.model_validate(body)


def test_the_type_takes_what_is_raised_and_what_is_filled_in() -> None:
    shape = definition()
    _, done, _, raised = bodies()

    context = read_context(shape, raised["context"])
    form = read_form(shape, shape.outcomes[done["outcome"]], done["form"])

    assert summary_of(shape, context) == "Bill B-417: 186.40 overdue"
    assert form == done["form"]


def test_two_days_of_business_are_over_at_five_on_the_second() -> None:
    thursday = datetime(2026, 3, 19, 6, tzinfo=UTC)

    times = times_of(definition(), thursday, calendars()["UK-OFFICE"].calendar)

    assert times.due_at == datetime(2026, 3, 23, 17, tzinfo=UTC)
    assert times.escalates_at == (times.due_at,)
