"""The JSON Schemas for editors are fresh, complete and accept what the models accept."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from openccm.language.kinds import KINDS
from openccm.language.schema import json_schema, schema_text
from openccm.language.yaml12 import read_document
from tests.language.desk import Desk

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"


@pytest.mark.parametrize("kind", KINDS)
def test_the_kept_schema_is_fresh(kind: str) -> None:
    kept = (SCHEMAS / f"{kind}.json").read_text(encoding="utf-8")

    assert kept == schema_text(kind), (
        'To renew it: python -c "from pathlib import Path; from openccm.language.schema import'
        f" schema_text; Path('docs/schema/{kind}.json').write_text(schema_text('{kind}'))\""
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_an_author_can_write_is_described(kind: str) -> None:
    schema = json_schema(kind)

    for place in (schema, *schema.get("$defs", {}).values()):
        for name, described in place.get("properties", {}).items():
            assert described.get("description"), f"{place.get('title')}.{name}"


@pytest.mark.parametrize(
    ("kind", "file"),
    [("communication", "bill-ready/communication.yaml"), ("data-service", "billing/service.yaml")],
)
def test_the_schema_accepts_what_the_models_accept(desk: Desk, kind: str, file: str) -> None:
    data = read_document((desk.root / file).read_bytes(), file).data
    validator = jsonschema_rs.validator_for(json_schema(kind))
    spoilt: dict[str, Any] = {**(data or {}), "titel": "x"}

    assert validator.is_valid(data)
    assert not validator.is_valid(spoilt)
