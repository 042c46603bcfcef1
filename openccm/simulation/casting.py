"""Who plays: a person made of a sample or taken over from the house, and the data they have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import JsonValue
from pydantic_core import to_jsonable_python
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.data.services import DataDesk
from openccm.errors import InvalidError
from openccm.language.bundle import Bundle, Library
from openccm.language.checks.cases import SAMPLES, files_in, name_of, read_sample
from openccm.language.communication import CommunicationDefinition
from openccm.language.definition import Definition
from openccm.language.fields import PAYLOAD, DataFields
from openccm.language.problems import InvalidDefinition
from openccm.language.process import ProcessDefinition
from openccm.language.sample import NOTHING, Sample
from openccm.language.values import read_values
from openccm.parties.people import PersonFacts, Reach, put_account, put_person
from openccm.parties.tables import Account, Person
from openccm.platform.clock import Clock
from openccm.privacy.consents import set_consent
from openccm.simulation.outside import SampleData
from openccm.simulation.private import copy_person
from openccm.simulation.scenario import House, Scenario

PERSON, ACCOUNT = "P-SIMULATED", "A-SIMULATED"

_NAME = "Sample Person"
_LINES = ("1 Sample Street", "Sampletown")
_VALUES = {"email": "sample@customer.example", "letter": ", ".join(_LINES)}
_NUMBER = "+442079460000"
"""Of the range that is kept for fiction."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Whom it is about."""

    person: Person
    account: str | None


def sample_of(bundle: Bundle, name: str | None) -> Sample | None:
    """A sample of a definition; its only or first one where none is named.

    Raises:
        InvalidError: It has none of this name.
        InvalidDefinition: It cannot be read.
    """
    paths = {name_of(path): path for path in files_in(bundle, SAMPLES)}
    if name is None and not paths:
        return None
    chosen = name or next(iter(paths))
    if chosen not in paths:
        known = ", ".join(paths) or "none"
        raise InvalidError("sample", f"{bundle.definition.code} has no sample {chosen}; {known}.")
    sample = read_sample(bundle, paths[chosen])
    if isinstance(sample, list):
        raise InvalidDefinition(sample)
    return sample


async def cast(
    session: AsyncSession, house: House, library: Library, scenario: Scenario, now: datetime
) -> Cast:
    """Put the person of a scenario on the stage.

    Raises:
        NotFoundError: Nobody bears the key.
        InvalidError: The house has no persons to take over.
    """
    if scenario.person is not None:
        return await _real(session, house, scenario.person, scenario.account)
    sample = scenario.sample or NOTHING
    named = {"name": _NAME, **_plain(sample.person)}
    facts = PersonFacts(
        name=named["name"],
        given_name=named.get("given_name", ""),
        family_name=named.get("family_name", ""),
        salutation=named.get("salutation", ""),
        language=sample.language or _language(library, scenario.code),
        time_zone=sample.time_zone or "Europe/London",
        contact_points=tuple(_reach(sample, library)),
    )
    person = await put_person(session, PERSON, facts, actor="simulation", now=now)
    account = str(sample.account.get("key") or ACCOUNT)
    await put_account(session, account, PERSON, "", now=now)
    for purpose, word in sample.consents.items():
        await set_consent(
            session, person.id, purpose, word, source="sample", actor="simulation", now=now
        )
    return Cast(person, account)


async def _real(session: AsyncSession, house: House, key: str, account: str | None) -> Cast:
    if house.database is None:
        raise InvalidError("person", "Nobody is known here. Use a sample.")
    async with house.database.read() as source:
        person = await copy_person(source, session, key)
    held = await session.scalars(
        select(Account.key).where(Account.holder_id == person.id).order_by(Account.key)
    )
    return Cast(person, account or next(iter(held), None))


def payload_of(definition: Definition, scenario: Scenario) -> dict[str, Any]:
    """What a core system would send along."""
    if scenario.payload is not None:
        return dict(scenario.payload)
    if not isinstance(definition, ProcessDefinition | CommunicationDefinition):
        return {}
    values = _values(definition.data, scenario.sample or NOTHING)
    taken = {name for name, field in definition.data.items() if field.from_ == PAYLOAD}
    return {name: value for name, value in values.items() if name in taken}


def data_desk(house: House, library: Library, scenario: Scenario, clock: Clock) -> DataDesk:
    """Who answers for data services: those of the house for a real person, else samples.

    What the sample of the definition that is played does not have, the first samples of the
    communications it sends have.
    """
    if scenario.person is not None and house.data is not None:
        return house.data
    values: dict[str, JsonValue] = {}
    for bundle in library.bundles:
        definition = bundle.definition
        if isinstance(definition, ProcessDefinition | CommunicationDefinition):
            values |= _values(definition.data, sample_of(bundle, None) or NOTHING)
    played = library.bundle(scenario.code).definition
    if isinstance(played, ProcessDefinition | CommunicationDefinition) and scenario.sample:
        values |= _values(played.data, scenario.sample)
    return SampleData(clock, values)


def channels_of(library: Library) -> set[str]:
    """Every channel that a communication of the library may use."""
    return {
        channel
        for definition in library.of(CommunicationDefinition).values()
        for channel in definition.channels
    }


def _values(fields: DataFields, sample: Sample) -> dict[str, JsonValue]:
    return to_jsonable_python(read_values(fields, sample.data).values)


def _plain(person: Mapping[str, Any]) -> dict[str, str]:
    known = ("name", "given_name", "family_name", "salutation")
    return {name: str(person[name]) for name in known if person.get(name)}


def _language(library: Library, code: str) -> str:
    definition = library.bundle(code).definition
    if isinstance(definition, CommunicationDefinition):
        return definition.languages[0]
    found = list(library.of(CommunicationDefinition).values())
    return found[0].languages[0] if found else "en"


def address_of(sample: Sample, channel: str) -> tuple[str, list[str]]:
    """Where a sample can be reached on a channel, and the lines of its postal address."""
    return (sample.reach or {}).get(channel) or _VALUES.get(channel, _NUMBER), [
        *(sample.address or _LINES)
    ]


def _reach(sample: Sample, library: Library) -> Iterator[Reach]:
    for channel in sorted(channels_of(library)) if sample.reach is None else sample.reach:
        value, lines = address_of(sample, channel)
        yield Reach(channel, value, tuple(lines) if channel == "letter" else (), verified=True)
