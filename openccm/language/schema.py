"""JSON Schemas for editors and the reference, generated from the models."""

import json
from typing import Any

from openccm.language.kinds import KINDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(kind: str) -> dict[str, Any]:
    """The schema of one kind of definition."""
    model = KINDS[kind]
    return {"$schema": DIALECT, "title": f"{kind} ({model.file})"} | {
        key: value for key, value in model.model_json_schema().items() if key != "title"
    }


def schema_text(kind: str) -> str:
    """The schema as it is kept in ``docs/schema/{kind}.json``."""
    return json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"
