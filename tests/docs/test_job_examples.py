"""The examples of the page about jobs are taken as they stand."""

import json

from pydantic import BaseModel

from api.routes.jobs import RunCommand, RunCreate
from openccm.jobs.timetables import Timetable
from tests.docs.pages import blocks

BODIES: list[type[BaseModel]] = [RunCreate, RunCommand, Timetable]


def test_every_body_is_one_that_the_api_takes() -> None:
    shown = [block for block in blocks("json") if block.page == "docs/jobs.md"]

    assert len(shown) == len(BODIES)
    for block, model in zip(shown, BODIES, strict=True):
        model.model_validate(json.loads(block.text))
