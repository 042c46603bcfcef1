"""Publishing definitions, and finding the version that work is pinned to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import NotFoundError
from openccm.language.bundle import Bundle, Kind, Library
from openccm.language.communication import CommunicationDefinition
from openccm.language.context import conditions_of
from openccm.language.data_service import DataServiceDefinition
from openccm.language.definition import Definition
from openccm.language.folder import read_bundle
from openccm.language.kinds import KINDS
from openccm.language.problems import InvalidDefinition, errors_of
from openccm.plan import Plan
from openccm.platform.clock import Clock, utc_now
from openccm.platform.database import Database
from openccm.repository.contents import files_of, keep, note_uses
from openccm.repository.lifecycles import IN_FORCE
from openccm.repository.moves import By, Deed, go_live
from openccm.repository.plans import plan_of
from openccm.repository.shelf import in_force, lock, next_number, version_of
from openccm.repository.tables import DefinitionVersion
from openccm.rules.expressions import Expression

_KIND_OF = {model: kind for kind, model in KINDS.items()}

# A scheduled version is in force from its instant on, however late whoever switches it comes.
_SCHEDULED = col(DefinitionVersion.state) == "scheduled"
_STANDING = and_(
    col(DefinitionVersion.state).in_((*IN_FORCE, "scheduled")),
    or_(~_SCHEDULED, col(DefinitionVersion.effective_from) <= bindparam("now")),
)
_LIVE = (
    select(DefinitionVersion.version)
    .where(
        DefinitionVersion.code == bindparam("code"),
        DefinitionVersion.kind == bindparam("kind"),
        _STANDING,
    )
    .order_by(case((_SCHEDULED, 0), else_=1))
    .limit(1)
)
_ALL_LIVE: Any = (
    select(DefinitionVersion.code, DefinitionVersion.version)
    .where(_STANDING)
    .order_by(case((_SCHEDULED, 1), else_=0))
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


@dataclass(frozen=True, slots=True)
class Words:
    """One version of a fragment. Immutable, so kept in memory."""

    code: str
    version: int
    digest: str
    files: Mapping[str, bytes]


class Repository:
    """Finds published versions."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._communications: dict[tuple[str, int], Published] = {}
        self._stored: dict[tuple[str, int], Stored] = {}
        self._words: dict[tuple[str, int], Words] = {}
        self._services: dict[tuple[str, int], DataServiceDefinition] = {}

    async def live(self, session: AsyncSession, code: str) -> Published:
        """The version new requests are pinned to.

        Raises:
            NotFoundError: No communication of this code is published.
        """
        version = await self._live(session, code, "communication")
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
        return await self._published(session, await version_of(session, code, version))

    async def services(
        self, session: AsyncSession, codes: Iterable[str]
    ) -> dict[str, DataServiceDefinition]:
        """The live data services of these codes.

        Raises:
            NotFoundError: One of them is not published.
        """
        found: dict[str, DataServiceDefinition] = {}
        for code in codes:
            version = await self._live(session, code, "data-service")
            if version is None:
                raise NotFoundError("data service", code)
            key = (code, version)
            if key not in self._services:
                definition = await _definition(session, await version_of(session, code, version))
                assert isinstance(definition, DataServiceDefinition)
                self._services[key] = definition
            found[code] = self._services[key]
        return found

    async def words(self, session: AsyncSession, codes: Sequence[str]) -> tuple[Words, ...]:
        """The live fragments of these codes.

        Raises:
            NotFoundError: One of them is not live any more.
        """
        if not codes:
            return ()
        live = await self.live_versions(session, codes)
        missing = next((code for code in codes if code not in live), None)
        if missing is not None:
            raise NotFoundError("live fragment", missing)
        for key in live.items():
            if key not in self._words:
                row = await version_of(session, *key)
                self._words[key] = Words(*key, row.digest, await files_of(session, row))
        return tuple(self._words[code, live[code]] for code in codes)

    async def live_versions(self, session: AsyncSession, codes: Iterable[str]) -> dict[str, int]:
        """The live version of each of these codes; those that have none are left out."""
        statement = _ALL_LIVE.where(col(DefinitionVersion.code).in_(list(codes)))
        rows = await session.execute(statement, {"now": self._clock()})
        return {row.code: row.version for row in rows}

    async def live_of(self, session: AsyncSession, model: type[Kind]) -> list[tuple[Kind, int]]:
        """Everything of one kind that is live, with its version."""
        statement = _ALL_LIVE.where(DefinitionVersion.kind == _KIND_OF[model])
        rows = await session.execute(statement, {"now": self._clock()})
        live: dict[str, int] = {row.code: row.version for row in rows}
        return [
            (await self.kept(session, model, code, version), version)
            for code, version in sorted(live.items())
        ]

    async def stored(self, session: AsyncSession, code: str, version: int) -> Stored:
        """A version of any kind.

        Raises:
            NotFoundError: There never was such a version.
        """
        if (code, version) not in self._stored:
            row = await version_of(session, code, version)
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

    async def _live(self, session: AsyncSession, code: str, kind: str) -> int | None:
        asked = {"code": code, "kind": kind, "now": self._clock()}
        return await session.scalar(_LIVE, asked)

    async def _published(self, session: AsyncSession, row: DefinitionVersion) -> Published:
        key = (row.code, row.version)
        if key not in self._communications:
            files = await files_of(session, row)
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
    session: AsyncSession,
    library: Library,
    *,
    actor: str,
    now: datetime,
    around: Library | None = None,
    afresh: bool = False,
) -> list[DefinitionVersion]:
    """Make a library live: a new version for everything whose content changed, all or none.

    ``around`` is the library with what it relies on besides itself. With ``afresh`` what this
    actor published before, as it is now, is left as others made it since.

    Raises:
        InvalidDefinition: The library has errors; says each.
    """
    errors = errors_of(library.problems)
    if errors:
        raise InvalidDefinition(errors)
    await lock(session, (bundle.definition.code for bundle in library.bundles))
    by = By(actor, now)
    bundles = [
        bundle
        for bundle in library.bundles
        if not (afresh and await _was_published(session, bundle, actor))
    ]
    published = [await _publish_one(session, bundle, around or library, by) for bundle in bundles]
    return [version for version in published if version is not None]


async def _was_published(session: AsyncSession, bundle: Bundle, actor: str) -> bool:
    """Whether this very content is what the actor published last under its code."""
    last = (
        select(DefinitionVersion.digest)
        .where(
            DefinitionVersion.code == bundle.definition.code,
            DefinitionVersion.published_by == actor,
        )
        .order_by(col(DefinitionVersion.version).desc())
        .limit(1)
    )
    return await session.scalar(last) == bundle.digest


async def _publish_one(
    session: AsyncSession, bundle: Bundle, library: Library, by: By
) -> DefinitionVersion | None:
    definition = bundle.definition
    standing = await in_force(session, definition.code)
    if standing is not None and (standing.digest, standing.kind) == (
        bundle.digest,
        definition.kind,
    ):
        return None
    version = await new_version(session, bundle, by, base=standing.version if standing else None)
    version.plan = plan_of(bundle, library, version.version)
    await go_live(session, version, Deed("definition.published"), by)
    await note_uses(session, version, definition.uses())
    return version


async def new_version(
    session: AsyncSession, bundle: Bundle, by: By, *, base: int | None
) -> DefinitionVersion:
    """A version under the next number, in no state yet that anybody sees."""
    definition = bundle.definition
    return DefinitionVersion(
        code=definition.code,
        kind=definition.kind,
        title=definition.title,
        visible_to=" ".join(definition.visible_to),
        version=await next_number(session, definition.code),
        digest=bundle.digest,
        files=await keep(session, bundle.files),
        state="live",
        author=by.actor,
        editors=[by.actor],
        base=base,
        created_at=by.now,
        changed_at=by.now,
    )


async def _definition(session: AsyncSession, row: DefinitionVersion) -> Definition:
    return read_bundle(await files_of(session, row))
