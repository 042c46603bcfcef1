"""Publishing definitions, and finding the version that work is pinned to."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import NotFoundError
from openccm.language.bundle import Bundle, Kind, Library
from openccm.language.communication import CommunicationDefinition
from openccm.language.compiler import compile_communication
from openccm.language.context import conditions_of
from openccm.language.data_service import DataServiceDefinition
from openccm.language.definition import Definition
from openccm.language.folder import read_bundle
from openccm.language.kinds import KINDS
from openccm.language.problems import InvalidDefinition, errors_of
from openccm.language.process import ProcessDefinition
from openccm.language.process_compiler import compile_process
from openccm.plan import Plan
from openccm.platform.audit import Fact, record
from openccm.platform.database import Database
from openccm.repository.tables import ContentBlob, DefinitionVersion
from openccm.rules.expressions import Expression

_KIND_OF = {model: kind for kind, model in KINDS.items()}

_LIVE = select(DefinitionVersion.version).where(
    DefinitionVersion.code == bindparam("code"),
    DefinitionVersion.kind == bindparam("kind"),
    col(DefinitionVersion.live),
)


@dataclass(frozen=True, slots=True)
class Published:
    """One version of a communication with everything it needs. Immutable, so kept in memory."""

    definition: CommunicationDefinition
    version: int
    digest: str
    files: Mapping[str, bytes]
    plan: Plan
    conditions: Mapping[str, Expression]
    """The eligibility rules, compiled."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of any kind."""

    definition: Definition
    plan: Plan | None
    """For what runs: a communication or a process."""


class Repository:
    """Finds published versions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._communications: dict[tuple[str, int], Published] = {}
        self._stored: dict[tuple[str, int], Stored] = {}
        self._services: dict[tuple[str, int], DataServiceDefinition] = {}

    async def live(self, session: AsyncSession, code: str) -> Published:
        """The version new requests are pinned to.

        Raises:
            NotFoundError: No communication of this code is published.
        """
        version = await session.scalar(_LIVE, {"code": code, "kind": "communication"})
        if version is None:
            raise NotFoundError("communication definition", code)
        return await self.pinned(session, code, version)

    async def pinned(self, session: AsyncSession, code: str, version: int) -> Published:
        """The version that in-flight work began with.

        Raises:
            NotFoundError: There never was such a version.
        """
        known = self._communications.get((code, version))
        if known is not None:
            return known
        return await self._published(session, await _row(session, code, version))

    async def services(
        self, session: AsyncSession, codes: Iterable[str]
    ) -> dict[str, DataServiceDefinition]:
        """The live data services of these codes.

        Raises:
            NotFoundError: One of them is not published.
        """
        found: dict[str, DataServiceDefinition] = {}
        for code in codes:
            version = await session.scalar(_LIVE, {"code": code, "kind": "data-service"})
            if version is None:
                raise NotFoundError("data service", code)
            key = (code, version)
            if key not in self._services:
                definition = await _definition(session, await _row(session, code, version))
                assert isinstance(definition, DataServiceDefinition)
                self._services[key] = definition
            found[code] = self._services[key]
        return found

    async def live_versions(self, session: AsyncSession, codes: Iterable[str]) -> dict[str, int]:
        """The live version of each of these codes; those that have none are left out."""
        statement = select(DefinitionVersion.code, DefinitionVersion.version).where(
            col(DefinitionVersion.code).in_(list(codes)), col(DefinitionVersion.live)
        )
        return {row.code: row.version for row in await session.execute(statement)}

    async def stored(self, session: AsyncSession, code: str, version: int) -> Stored:
        """A version of any kind.

        Raises:
            NotFoundError: There never was such a version.
        """
        if (code, version) not in self._stored:
            row = await _row(session, code, version)
            plan = Plan.model_validate(row.plan) if row.plan is not None else None
            self._stored[code, version] = Stored(await _definition(session, row), plan)
        return self._stored[code, version]

    async def newest(self, session: AsyncSession, model: type[Kind], code: str) -> tuple[Kind, int]:
        """The live version of a definition of one kind, and its number.

        Raises:
            NotFoundError: None of this code and kind is published.
        """
        version = (await self.live_versions(session, [code])).get(code)
        if version is None:
            raise NotFoundError(_KIND_OF[model], code)
        return await self.kept(session, model, code, version), version

    async def kept(self, session: AsyncSession, model: type[Kind], code: str, version: int) -> Kind:
        """A version of a definition of one kind, as in-flight work is pinned to it.

        Raises:
            NotFoundError: There never was such a version of this kind.
        """
        definition = (await self.stored(session, code, version)).definition
        if not isinstance(definition, model):
            raise NotFoundError(_KIND_OF[model], code)
        return definition

    async def _published(self, session: AsyncSession, row: DefinitionVersion) -> Published:
        key = (row.code, row.version)
        if key not in self._communications:
            files = await _files(session, row)
            definition = read_bundle(files)
            assert isinstance(definition, CommunicationDefinition)
            self._communications[key] = Published(
                definition,
                row.version,
                row.digest,
                files,
                Plan.model_validate(row.plan),
                conditions_of(definition),
            )
        return self._communications[key]


async def publish(
    session: AsyncSession, library: Library, *, actor: str, now: datetime
) -> list[DefinitionVersion]:
    """Make a library live: a new version for everything whose content changed, all or none.

    Raises:
        InvalidDefinition: The library has errors; says each.
    """
    errors = errors_of(library.problems)
    if errors:
        raise InvalidDefinition(errors)
    published = [
        await _publish_one(session, bundle, library.of(DataServiceDefinition), actor=actor, now=now)
        for bundle in library.bundles
    ]
    return [version for version in published if version is not None]


async def _publish_one(
    session: AsyncSession,
    bundle: Bundle,
    services: Mapping[str, DataServiceDefinition],
    *,
    actor: str,
    now: datetime,
) -> DefinitionVersion | None:
    definition = bundle.definition
    code = definition.code
    number = 1 + (
        await session.scalar(
            select(func.coalesce(func.max(DefinitionVersion.version), 0)).where(
                DefinitionVersion.code == code
            )
        )
        or 0
    )
    plan = compiled(bundle, services, number)
    live = await _live(session, code, definition.kind)
    if live is not None and live.digest == bundle.digest:
        return None
    await session.execute(
        update(DefinitionVersion).where(col(DefinitionVersion.code) == code).values(live=False)
    )
    version = DefinitionVersion(
        code=code,
        kind=definition.kind,
        title=definition.title,
        version=number,
        digest=bundle.digest,
        files=await _keep(session, bundle.files),
        plan=None if plan is None else plan.model_dump(mode="json"),
        published_at=now,
        published_by=actor,
    )
    session.add(version)
    await session.flush()
    await record(session, [_fact(version, actor, now)])
    return version


def compiled(
    bundle: Bundle, services: Mapping[str, DataServiceDefinition], version: int
) -> Plan | None:
    """The plan of what runs; None for what is only asked."""
    match bundle.definition:
        case CommunicationDefinition():
            return compile_communication(bundle, services, version)
        case ProcessDefinition():
            return compile_process(bundle, services, version)
        case _:
            return None


async def _keep(session: AsyncSession, files: Mapping[str, bytes]) -> dict[str, str]:
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    contents = {hashes[path]: content for path, content in files.items()}
    known = await session.scalars(
        select(ContentBlob.hash).where(col(ContentBlob.hash).in_(contents))
    )
    missing: Sequence[str] = sorted(contents.keys() - set(known))
    if missing:
        rows = [{"hash": digest, "content": contents[digest]} for digest in missing]
        await session.execute(insert(ContentBlob), rows)
    return hashes


async def _files(session: AsyncSession, row: DefinitionVersion) -> dict[str, bytes]:
    blobs = await session.scalars(
        select(ContentBlob).where(col(ContentBlob.hash).in_(row.files.values()))
    )
    contents = {blob.hash: blob.content for blob in blobs}
    return {path: contents[digest] for path, digest in row.files.items()}


async def read_version(session: AsyncSession, code: str, version: int) -> Definition:
    """The definition of a version, of whatever kind, read anew; keep it, it never changes.

    Raises:
        NotFoundError: There never was such a version.
    """
    return await _definition(session, await _row(session, code, version))


async def _definition(session: AsyncSession, row: DefinitionVersion) -> Definition:
    return read_bundle(await _files(session, row))


async def _row(session: AsyncSession, code: str, version: int) -> DefinitionVersion:
    row = await session.scalar(
        select(DefinitionVersion).where(
            DefinitionVersion.code == code, DefinitionVersion.version == version
        )
    )
    if row is None:
        raise NotFoundError("version", f"{code} {version}")
    return row


async def _live(session: AsyncSession, code: str, kind: str) -> DefinitionVersion | None:
    return await session.scalar(
        select(DefinitionVersion).where(
            DefinitionVersion.code == code,
            DefinitionVersion.kind == kind,
            col(DefinitionVersion.live),
        )
    )


def _fact(version: DefinitionVersion, actor: str, now: datetime) -> Fact:
    return Fact(
        chain=f"definition:{version.code}",
        at=now,
        actor=actor,
        action="definition.published",
        object_kind="definition",
        object_id=version.code,
        detail={"version": version.version, "digest": version.digest},
    )
