"""A communication as its sample would receive it, whether or not it would be sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic_core import to_jsonable_python

from openccm.communications.composing import Draft, compose
from openccm.communications.facts import Facts
from openccm.content.port import Rendered, Renderer
from openccm.data.collect import typed_values
from openccm.errors import InvalidError
from openccm.language.bundle import Bundle
from openccm.language.communication import CommunicationDefinition
from openccm.language.sample import Sample
from openccm.language.values import read_values
from openccm.parties.tables import Account, ContactPoint, Person
from openccm.plan import Plan
from openccm.repository.versions import Published, Words
from openccm.simulation.casting import address_of
from openccm.simulation.outside import LINK, Recorder

_NOBODY = UUID(int=0)
_PDF = "application/pdf"


async def preview(
    renderer: Renderer,
    bundle: Bundle,
    sample: Sample,
    *,
    words: Sequence[Words] = (),
    channel: str | None,
    language: str | None,
    now: datetime,
) -> Sequence[Rendered]:
    """Every part of the message on one channel, in one language; the first ones where not named.

    Raises:
        InvalidError: It is no communication, or has no such channel or language.
        TemplateError: A template cannot be rendered with this sample.
    """
    definition = bundle.definition
    if not isinstance(definition, CommunicationDefinition):
        raise InvalidError("kind", f"A {definition.kind} has no text to show.")
    chosen = channel or next(iter(definition.channels))
    spoken = language or sample.language or definition.languages[0]
    if chosen not in definition.channels:
        raise InvalidError("channel", f"It has no {chosen}: {', '.join(definition.channels)}.")
    if spoken not in definition.languages:
        raise InvalidError("language", f"It is not in {spoken}: {', '.join(definition.languages)}.")
    values = to_jsonable_python(read_values(definition.data, sample.data).values)
    facts = _facts(definition, sample, chosen, spoken, now)
    draft = Draft(_NOBODY, chosen, spoken, facts.contact_points[0], now, LINK, "openccm.example")
    plan = Plan(code=definition.code, version=1, digest=bundle.digest, start="", instructions={})
    published = Published(definition, 1, bundle.digest, bundle.files, plan, {})
    data = typed_values(definition.data, values)
    composed = await compose(Recorder(renderer), published, facts, draft, data, words)
    documents = [composed.message] if composed.message.media_type == _PDF else []
    return [*composed.parts, *documents]


def fragments_of(bundle: Bundle) -> Sequence[str]:
    """The fragments that its templates use."""
    definition = bundle.definition
    return definition.fragments if isinstance(definition, CommunicationDefinition) else ()


def _facts(
    definition: CommunicationDefinition, sample: Sample, channel: str, language: str, now: datetime
) -> Facts:
    value, lines = address_of(sample, channel)
    told = {name: str(each) for name, each in sample.person.items() if each}
    person = Person(
        key="P-SIMULATED",
        name=told.get("name", "Sample Person"),
        given_name=told.get("given_name", ""),
        family_name=told.get("family_name", ""),
        salutation=told.get("salutation", ""),
        language=language,
        time_zone=sample.time_zone or "Europe/London",
        created_at=now,
        updated_at=now,
    )
    point = ContactPoint(
        person_id=person.id,
        channel=channel,
        value=value,
        address={"lines": lines} if channel == "letter" else {},
        updated_at=now,
    )
    key = str(sample.account.get("key") or "A-SIMULATED")
    account = Account(key=key, holder_id=person.id, created_at=now)
    return Facts(definition, 1, person=person, account=account, contact_points=[point])
