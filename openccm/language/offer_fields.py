"""What a process can read of its case and of the offers made in it."""

from collections.abc import Mapping

from openccm.language.context import shape_of
from openccm.language.fields import FieldShape
from openccm.rules.shapes import Shape

_TEXT, _NUMBER, _BOOLEAN = (
    FieldShape.model_validate({"type": kind}) for kind in ("text", "number", "boolean")
)

CASE_FIELDS: Mapping[str, FieldShape] = {"number": _TEXT, "status": _TEXT, "state": _TEXT}
"""What is kept of a case."""


def offers_fields(currency: str | None) -> dict[str, FieldShape]:
    """What is kept of the offers of a step: each of them, and what they come to."""
    money = _money(currency)
    entry = {
        "person": _TEXT,
        "name": _TEXT,
        "amount": money,
        "reason": _TEXT,
        "state": _TEXT,
        "granted": _BOOLEAN,
        "refused": _BOOLEAN,
    }
    offers = FieldShape.model_validate({"type": "list", "fields": entry})
    return {"offers": offers, "total": money, "granted": _NUMBER, "refused": _NUMBER}


def offer_shape(currency: str | None) -> Shape:
    """The offer about to be made, as its own step's expressions see it."""
    fields = {
        "amount": _money(currency),
        **dict.fromkeys(("reason", "rule", "recommendation"), _TEXT),
    }
    return Shape("object", fields={name: shape_of(field) for name, field in fields.items()})


def _money(currency: str | None) -> FieldShape:
    return FieldShape.model_validate({"type": "money", "currency": currency})
