"""What the page about persons shows is taken as it stands, and finds what it says."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from api.parties import AccountUpdate, PersonUpdate, PremiseUpdate
from api.routes.codes import DivisionUpdate
from api.routes.contact_points import ContactPointChange
from api.routes.hand_offs import HandOffCompletion, HandOffCreate
from api.routes.relationships import TiesUpdate
from api.routes.sync import SyncBatch, SyncItem
from demo.company import seed
from openccm.parties.search.finding import Wanted, find
from openccm.platform.database import Database
from openccm.platform.settings import Settings
from tests.docs.pages import blocks, text_of
from tests.support.databases import Databases

PAGE = "docs/parties.md"
BODIES: Mapping[str, type[BaseModel]] = {
    "given_name": PersonUpdate,
    "members": AccountUpdate,
    "occupants": PremiseUpdate,
    "verified": ContactPointChange,
    "relationships": TiesUpdate,
    "items": SyncBatch,
    "object": HandOffCreate,
    "key": HandOffCompletion,
    "endpoints": DivisionUpdate,
}
"""The model of an example, by a word that only it has."""

EXAMPLES = [json.loads(block.text) for block in blocks("json") if block.page == PAGE]
FOUND = re.findall(r"^\| `(.+)` \| ([A-Z]+-\d+) \|$", text_of(PAGE), re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: next(iter(example)))
def test_a_body_that_is_shown_is_taken(example: dict[str, Any]) -> None:
    (model,) = (model for word, model in BODIES.items() if word in example)
    body = model.model_validate(example)

    if isinstance(body, SyncBatch):
        assert [SyncItem.model_validate(item).kind for item in body.items] == ["person", "account"]
    if isinstance(body, PersonUpdate):
        values = {reach.channel: reach.value for reach in body.facts().contact_points}
        assert values["sms"] == "+447700900101"


@pytest.fixture(scope="module")
async def company(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Database]:
    """The demo company, which the page speaks of."""
    url, folder = await databases.fresh(), tmp_path_factory.mktemp("company")
    await seed(Settings(data_dir=Path(folder), database_url=url))
    database = Database(url)
    yield database
    await database.close()


def test_there_is_something_to_find() -> None:
    assert len(FOUND) > 10
    assert len(EXAMPLES) == len(BODIES)


@pytest.mark.parametrize(("typed", "key"), FOUND)
async def test_what_the_page_says_is_found(company: Database, typed: str, key: str) -> None:
    async with company.snapshot() as session:
        hits = await find(session, Wanted(typed))

    assert hits[0].key == key
