"""The language of definitions, for editors: schemas, checks while one types, what can be named."""

import asyncio
from base64 import b64encode
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from api.definitions import Files, contents, hashes_in
from api.dependencies import DefinitionReader, HouseDep, Reading
from openccm.content.port import Rendered
from openccm.content.reading import PDF, page_image, read
from openccm.language.bundle import Bundle
from openccm.language.fields import FieldShape
from openccm.language.folder import bundle_of
from openccm.language.graph import Graph
from openccm.language.kinds import KINDS
from openccm.language.problems import InvalidDefinition, Problem
from openccm.language.sample import NOTHING, Sample
from openccm.language.schema import json_schema
from openccm.language.skeletons import skeleton
from openccm.repository.audience import hidden_from
from openccm.repository.drafts import known_contents
from openccm.repository.editing import UNNAMED, Reference, Written, judge, references
from openccm.simulation.casting import sample_of
from openccm.simulation.preview import fragments_of, preview

router = APIRouter(prefix="/v1/language", tags=["language"])

MOST_PICTURES = 12


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"There is no kind {kind}. Use one of: {', '.join(KINDS)}.")
    return kind


Kind = Annotated[
    str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(KINDS)})
]
"""A kind of definition."""


class SchemaRead(BaseModel):
    """A kind of definition."""

    kind: str
    file: Annotated[str, Field(description="The file of a folder it stands in.")]
    about: str


class CheckCreate(BaseModel):
    """A definition as it stands in an editor."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    text: Annotated[str, Field(max_length=1_000_000, description="The YAML.")]
    files: Annotated[
        Files,
        Field(
            max_length=500,
            description="What lies beside it, by path: `templates/…`, `samples/…`, `assets/…`.",
        ),
    ] = {}
    code: Annotated[
        str | None,
        Field(max_length=60, description="Whose contents `{sha256: …}` in `files` names."),
    ] = None


class CheckRead(BaseModel):
    """Everything there is to say about it."""

    code: Annotated[str | None, Field(description="Its code, where one is written.")]
    valid: Annotated[bool, Field(description="Whether it could be submitted.")]
    problems: Annotated[list[Problem], Field(description="In reading order.")]
    graph: Annotated[
        Graph | None, Field(description="The flow of a process; null for all other kinds.")
    ]


class ValueRead(BaseModel):
    """A value that is taken or given."""

    name: str
    type: str
    label: str | None
    currency: str | None
    parts: list["ValueRead"]

    @classmethod
    def of(cls, name: str, shape: FieldShape) -> "ValueRead":
        """The public face of a field."""
        parts = [cls.of(part, each) for part, each in (shape.fields or {}).items()]
        return cls(
            name=name, type=shape.type, label=shape.label, currency=shape.currency, parts=parts
        )


class ReferenceRead(BaseModel):
    """A definition that another can name."""

    code: str
    title: str
    kind: str
    version: int
    state: str
    takes: Annotated[list[ValueRead], Field(description="What it is handed.")]
    gives: Annotated[list[ValueRead], Field(description="What it answers; a service: its fields.")]
    outcomes: Annotated[list[str], Field(description="What a process can branch on.")]

    @classmethod
    def of(cls, found: Reference) -> "ReferenceRead":
        """The public face of a reference."""
        return cls(
            **found.version.model_dump(include={"code", "title", "kind", "version", "state"}),
            takes=[ValueRead.of(name, shape) for name, shape in found.takes.items()],
            gives=[ValueRead.of(name, shape) for name, shape in found.gives.items()],
            outcomes=list(found.outcomes),
        )


@router.get("/schemas")
async def list_schemas(caller: DefinitionReader) -> list[SchemaRead]:
    """Every kind of definition, in the order in which they may rely on one another."""
    return [
        SchemaRead(kind=kind, file=model.file, about=(model.__doc__ or "").partition("\n")[0])
        for kind, model in KINDS.items()
    ]


@router.get("/schemas/{kind}")
async def read_schema(kind: Kind, caller: DefinitionReader) -> dict[str, Any]:
    """The JSON Schema of one kind."""
    return json_schema(kind)


@router.post("/check")
async def check_text(body: CheckCreate, session: Reading, caller: DefinitionReader) -> CheckRead:
    """Check a text among what is live, without keeping it."""
    known = await known_contents(session, body.code or "", hashes_in(body.files))
    written = Written(body.kind, body.text, contents(body.files, known))
    judged = await judge(session, written)
    valid = not any(problem.severity == "error" for problem in judged.problems)
    return CheckRead(code=judged.code, valid=valid, problems=judged.problems, graph=judged.graph)


class PreviewCreate(CheckCreate):
    """A communication as it stands in an editor, and whom to show it to."""

    sample: Annotated[
        str | Sample | None, Field(description="A sample's name or a sample; else the first.")
    ] = None
    channel: Annotated[str | None, Field(max_length=60)] = None
    language: Annotated[str | None, Field(max_length=20)] = None


class PartRead(BaseModel):
    """One rendered part of a message."""

    name: str
    media_type: str
    text: Annotated[str | None, Field(description="Of a PDF: what can be read on its pages.")]
    base64: Annotated[str | None, Field(description="Of what is not text: a letter is a PDF.")]
    pages: int | None
    pictures: Annotated[
        list[str], Field(description="Of a PDF: its first pages as PNG, in base64.")
    ]
    warnings: list[str]

    @classmethod
    def of(cls, part: Rendered) -> "PartRead":
        """The public face of a part."""
        is_text = part.media_type.startswith("text/")
        is_pdf = part.media_type == PDF
        text = part.content.decode() if is_text else None
        shown = range(1, min(part.pages or 0, MOST_PICTURES) + 1) if is_pdf else ()
        pictures = [page_image(part.content, number) for number in shown]
        return cls(
            name=part.name,
            media_type=part.media_type,
            text=read(PDF, part.content).text if is_pdf else text,
            base64=None if is_text else b64encode(part.content).decode(),
            pages=part.pages,
            pictures=[b64encode(each).decode() for each in pictures],
            warnings=list(part.warnings),
        )


@router.post("/preview")
async def preview_text(
    body: PreviewCreate, house: HouseDep, session: Reading, caller: DefinitionReader
) -> list[PartRead]:
    """Render a communication for a sample: subject, texts, documents."""
    known = await known_contents(session, body.code or "", hashes_in(body.files))
    written = Written(body.kind, body.text, contents(body.files, known))
    bundle = bundle_of(body.code or UNNAMED, written.folder())
    if not isinstance(bundle, Bundle):
        raise InvalidDefinition(bundle)
    sample = body.sample
    if not isinstance(sample, Sample):
        sample = sample_of(bundle, sample) or NOTHING
    made = await preview(
        house.desk.renderer,
        bundle,
        sample,
        words=await house.desk.repository.words(session, fragments_of(bundle)),
        channel=body.channel,
        language=body.language,
        now=house.desk.clock(),
    )
    return [await asyncio.to_thread(PartRead.of, part) for part in made]


@router.get("/references")
async def list_references(
    session: Reading,
    caller: DefinitionReader,
    kind: Annotated[Kind, Query(description="The kind of definition that is to be named.")],
) -> list[ReferenceRead]:
    """What could be named: everything in force, and for what is not, what is on its way."""
    hidden = await hidden_from(session, caller)
    return [ReferenceRead.of(found) for found in await references(session, kind, hidden)]


@router.get("/skeletons/{kind}")
async def read_skeleton(
    kind: Kind,
    caller: DefinitionReader,
    code: Annotated[str, Query(max_length=60, pattern=r"^[A-Za-z][A-Za-z0-9-]*$")],
    title: Annotated[str, Query(min_length=1, max_length=120)],
) -> dict[str, str]:
    """The files that a new definition begins with, by path."""
    return skeleton(kind, code, title)
