"""What an editor asks while somebody types: what is wrong, how it looks, what could be named."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.language.bundle import Bundle
from openccm.language.data_service import DataServiceDefinition
from openccm.language.definition import Definition
from openccm.language.fields import FieldShape
from openccm.language.folder import bundle_of
from openccm.language.graph import Graph, graph_of
from openccm.language.kinds import KINDS
from openccm.language.problems import Problem, in_reading_order
from openccm.language.yaml12 import read_document
from openccm.repository.lifecycles import IN_FORCE, ON_THE_WAY
from openccm.repository.surroundings import bundle_from, findings
from openccm.repository.tables import DefinitionVersion

UNNAMED = "draft"
"""The folder that findings name where the text has no code yet."""


class Written(NamedTuple):
    """A definition as it stands in an editor."""

    kind: str
    text: str
    files: Mapping[str, bytes] = {}
    """What lies beside it: templates, samples, assets."""

    def folder(self) -> dict[str, bytes]:
        """All its files by path."""
        return {**self.files, KINDS[self.kind].file: self.text.encode()}


class Judged(NamedTuple):
    """What there is to say about a text."""

    code: str | None
    problems: list[Problem]
    graph: Graph | None


class Reference(NamedTuple):
    """A definition that another can name, and what it offers."""

    version: DefinitionVersion
    takes: Mapping[str, FieldShape]
    gives: Mapping[str, FieldShape]
    outcomes: Sequence[str]


async def judge(session: AsyncSession, written: Written) -> Judged:
    """Every finding about a text among what is live, and its picture where it has one."""
    files = written.folder()
    name = KINDS[written.kind].file
    document = read_document(files[name], name)
    code = _code(document.data)
    loaded = bundle_of(code or UNNAMED, files)
    found = await findings(session, loaded) if isinstance(loaded, Bundle) else loaded
    graph = graph_of(document) if written.kind == "process" else None
    return Judged(code, in_reading_order(found), graph)


async def references(session: AsyncSession, kind: str, hidden: Collection[str]) -> list[Reference]:
    """Every definition of a kind that could be named: what is in force, else what is on its way."""
    statement = (
        select(DefinitionVersion)
        .where(
            DefinitionVersion.kind == kind,
            col(DefinitionVersion.state).in_((*IN_FORCE, *ON_THE_WAY)),
            col(DefinitionVersion.code).not_in(hidden),
        )
        .order_by(col(DefinitionVersion.code), col(DefinitionVersion.version))
    )
    chosen: dict[str, DefinitionVersion] = {}
    for row in await session.scalars(statement):
        standing = chosen.get(row.code)
        if standing is None or standing.state not in IN_FORCE:
            chosen[row.code] = row
    return [await _reference(session, row) for row in chosen.values()]


async def _reference(session: AsyncSession, row: DefinitionVersion) -> Reference:
    bundle = await bundle_from(session, row)
    if not isinstance(bundle, Bundle):  # a draft that cannot be read yet can be named all the same
        return Reference(row, {}, {}, ())
    definition = bundle.definition
    return Reference(row, definition.takes(), _gives(definition), definition.outcomes_given())


def _gives(definition: Definition) -> Mapping[str, FieldShape]:
    if isinstance(definition, DataServiceDefinition):
        return definition.fields
    return definition.gives()


def _code(data: Mapping[str, object] | None) -> str | None:
    """The code, where it can stand in a file's name."""
    code = (data or {}).get("code")
    return code if isinstance(code, str) and code.replace("-", "").isalnum() else None
