"""The records beside the letters: values after a layout, delimited or in their widths. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from openccm.errors import InvalidError
from openccm.language.letter_extract import (
    ExtractField,
    ExtractRecord,
    LetterExtractDefinition,
)

Facts = Mapping[str, Any]


def records_of(
    layout: LetterExtractDefinition, kinds: Sequence[str], facts: Facts
) -> Iterator[str]:
    """The lines of one letter, kind after kind.

    Raises:
        InvalidError: A kind is not declared, a required value is missing, or one is too long.
    """
    for kind in kinds:
        declared = layout.records.get(kind)
        if declared is None:
            raise InvalidError("records", f"{layout.code} has no records of the kind {kind}.")
        for record in declared:
            yield from _lines(layout, record, facts, kind)


def run_records(
    layout: LetterExtractDefinition, records: Sequence[ExtractRecord], facts: Facts
) -> Iterator[str]:
    """The lines of a head or a trailer."""
    for record in records:
        yield from _lines(layout, record, facts, "run")


def encoded(layout: LetterExtractDefinition, lines: Sequence[str]) -> bytes:
    """Lines as bytes; what the encoding does not know becomes a question mark."""
    end = "\r\n" if layout.line_end == "crlf" else "\n"
    return "".join(f"{line}{end}" for line in lines).encode(layout.encoding, errors="replace")


def _lines(
    layout: LetterExtractDefinition, record: ExtractRecord, facts: Facts, kind: str
) -> Iterator[str]:
    if record.each is None:
        yield _line(layout, record, facts, kind)
        return
    found: Any = _value(facts, record.each)
    entries = cast(list[Any], found) if isinstance(found, list) else []
    for entry in entries:
        yield _line(layout, record, {**facts, "item": entry}, kind)


def _line(layout: LetterExtractDefinition, record: ExtractRecord, facts: Facts, kind: str) -> str:
    values = [_written(field, facts, f"{kind}.{record.record}") for field in record.fields]
    if layout.format == "delimited":
        return _delimited(layout.delimiter, [record.record, *values])
    return record.record + "".join(
        _fitted(field, value, f"{kind}.{record.record}")
        for field, value in zip(record.fields, values, strict=True)
    )


def _written(field: ExtractField, facts: Facts, place: str) -> str:
    if field.text is not None:
        return field.text
    assert field.from_ is not None
    value = _value(facts, field.from_)
    if value is None or value == "":
        if field.required:
            raise InvalidError(f"records.{place}", f"The letter has no {field.from_}.")
        return ""
    if field.decimals is not None:
        return _amount(value, field, place)
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, list | dict):
        raise InvalidError(f"records.{place}", f"{field.from_} is not one value.")
    # A line break in a value would end the record.
    return " ".join(str(value).split())


def _amount(value: object, field: ExtractField, place: str) -> str:
    assert field.decimals is not None
    try:
        return f"{Decimal(str(value)):.{field.decimals}f}"
    except InvalidOperation:
        raise InvalidError(f"records.{place}", f"{field.from_} is no amount.") from None


def _fitted(field: ExtractField, value: str, place: str) -> str:
    assert field.width is not None
    if len(value) > field.width:
        if not field.cut:
            what = field.from_ or "its text"
            raise InvalidError(
                f"records.{place}", f"{what} is longer than {field.width} characters."
            )
        value = value[: field.width]
    if field.align == "right":
        return value.rjust(field.width, field.fill)
    return value.ljust(field.width, field.fill)


def _delimited(delimiter: str, values: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="").writerow(values)
    return line.getvalue()


def _value(facts: Facts, path: str) -> Any:
    """What stands at a path; None where there is nothing."""
    found: Any = facts
    for part in path.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]  # pyright: ignore[reportUnknownVariableType]
    return found  # pyright: ignore[reportUnknownVariableType]
