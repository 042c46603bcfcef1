"""A letter extract as its author writes it: what a print house gets with the letters of a run."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from openccm.language.definition import Definition, Use
from openccm.language.fields import Spelled
from openccm.language.scalars import Code, Duration, Kebab, Line, misfit

SOURCE = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,6}$"
MARK = r"^[A-Z][A-Z0-9]{0,7}$"
HOUR = 3600

Source = Annotated[str, StringConstraints(pattern=SOURCE, max_length=200)]
RecordMark = Annotated[str, StringConstraints(pattern=MARK)]


class ExtractField(Spelled):
    """One value of a record, and how it is written."""

    text: Line | None = Field(None, description="Words that are always the same.")
    from_: Source | None = Field(
        None, description="Or where the value comes from, for example `data.bill.number`."
    )
    required: bool = Field(
        False, description="Without a value the letter is not extracted; else it stays empty."
    )
    width: int | None = Field(
        None, ge=1, le=2000, description="For fixed records: how many characters it takes."
    )
    align: Literal["left", "right"] = Field("left", description="Where it stands in its width.")
    fill: Annotated[str, StringConstraints(min_length=1, max_length=1)] = Field(
        " ", description="What fills up the width."
    )
    decimals: int | None = Field(
        None, ge=0, le=6, description="For amounts: the digits after the point."
    )
    cut: bool = Field(
        False, description="A value that is too long is cut; else the letter is not extracted."
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.text is None) == (self.from_ is None):
            raise misfit("A field has one source.", "Write either text: or from:.")
        return self


class ExtractRecord(Spelled):
    """One line of the file, or one for each entry of a list."""

    record: RecordMark = Field(description="What the line begins with, for example `H`.")
    each: Source | None = Field(
        None, description="A list, for example `data.bills`: a line for each entry, read as `item`."
    )
    fields: tuple[ExtractField, ...] = Field((), max_length=200, description="What follows.")


Records = Annotated[tuple[ExtractRecord, ...], Field(min_length=1, max_length=50)]


class Envelope(Spelled):
    """An envelope, and how many sheets fit into it."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,9}$")] = Field(
        description="Its name at the print house, for example `C4`."
    )
    up_to: int = Field(ge=1, le=500, description="The most sheets it takes.")


class Acknowledgement(Spelled):
    """When the print house is to say what it printed, and who is told where it does not."""

    within: Duration = Field(4 * HOUR, description="After the transfer.")
    to_do: Code | None = Field(
        None, description="The type of the to-do that is raised when nothing has come by then."
    )


class Returns(Spelled):
    """What becomes of letters that the post brings back."""

    to_do: Code | None = Field(
        None,
        description="The type of the to-do that is raised where the communication declares no"
        " other channel after `returned`.",
    )


class LetterExtractDefinition(Definition):
    """What leaves with every print run: envelopes, marks, and the records beside the letters."""

    file: ClassVar[str] = "extract.yaml"

    kind: Literal["letter-extract"] = Field(description="What this file defines.")
    code: Code = Field(description="Its name; the letter channel's configuration names it.")
    format: Literal["delimited", "fixed"] = Field(
        "delimited", description="Values between delimiters, or each in its width."
    )
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = Field(
        "|", description="For delimited records: what stands between values."
    )
    encoding: Literal["utf-8", "iso-8859-1", "cp1252"] = Field(
        "utf-8", description="How characters are written."
    )
    line_end: Literal["lf", "crlf"] = Field("lf", description="How lines end.")
    sides: Literal[1, 2] = Field(2, description="Printed sides of a sheet.")
    envelopes: tuple[Envelope, ...] = Field(
        min_length=1,
        max_length=20,
        description="From the smallest on; a letter goes into the first that takes its sheets.",
    )
    letters_in_file: int = Field(
        1000, ge=1, le=5000, description="Letters of one print file; more make another one."
    )
    marks: tuple[Literal["datamatrix", "omr"], ...] = Field(
        ("datamatrix", "omr"),
        max_length=2,
        description="What inserting machines read on each sheet.",
    )
    head: tuple[ExtractRecord, ...] = Field(
        (), max_length=10, description="Records before all letters; they know the `run` alone."
    )
    records: dict[Kebab, Records] = Field(
        min_length=1,
        max_length=50,
        description="The records of a letter, by kind: a communication says which kinds it has.",
    )
    trailer: Records = Field(
        description="Records after all letters; they know the `run` with its counts."
    )
    acknowledgement: Acknowledgement = Field(
        default_factory=lambda: Acknowledgement.model_validate({}),
        description="When the print house answers.",
    )
    returns: Returns = Field(
        default_factory=lambda: Returns.model_validate({}), description="Letters that come back."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        sizes = [envelope.up_to for envelope in self.envelopes]
        if sizes != sorted(set(sizes)):
            raise misfit("The envelopes do not grow.", "Order them by up-to:, each once.")
        if self.format == "fixed":
            for record in self.every_record():
                if any(field.width is None for field in record.fields):
                    raise misfit(
                        f"Record {record.record} has a field without a width.",
                        "Give each field of fixed records its width:.",
                    )
        return self

    def every_record(self) -> Iterator[ExtractRecord]:
        """All records, in the order of the file."""
        yield from self.head
        for records in self.records.values():
            yield from records
        yield from self.trailer

    def envelope(self, sheets: int) -> Envelope | None:
        """The smallest envelope that takes so many sheets; None where none does."""
        return next((each for each in self.envelopes if sheets <= each.up_to), None)

    def uses(self) -> Iterator[Use]:
        """The types of the to-dos that it raises."""
        for code in (self.acknowledgement.to_do, self.returns.to_do):
            if code is not None:
                yield Use("to-do-type", code)
