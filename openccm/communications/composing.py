"""Composing: what a communication says, as the bytes that will be handed over.

Knows how each channel is made up: an e-mail from subject, text, HTML and attachments; a letter
from one document. Pure but for the renderer, so dry runs compose the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from openccm.channels.email import Attachment, EmailMessageParts, compose_email
from openccm.channels.notification import MEDIA_TYPE, Notification, compose_notification
from openccm.communications.facts import Facts
from openccm.content.port import Part, Rendered, Renderer, RenderJob
from openccm.language.categories import CATEGORIES
from openccm.language.fragment import text_of
from openccm.language.media import medium
from openccm.parties.tables import ContactPoint, Person
from openccm.repository.versions import Published, Words

MESSAGE = "message/rfc822"


@dataclass(frozen=True, slots=True)
class Draft:
    """A communication about to be composed."""

    id: UUID
    channel: str
    language: str
    contact_point: ContactPoint
    created_at: datetime
    unsubscribe_url: str
    message_domain: str


@dataclass(frozen=True, slots=True)
class Composed:
    """The message itself, and the parts it was made of by name."""

    message: Rendered
    parts: tuple[Rendered, ...]

    @property
    def warnings(self) -> list[str]:
        """What the renderer would have had better."""
        return [warning for part in (self.message, *self.parts) for warning in part.warnings]


async def compose(
    renderer: Renderer,
    published: Published,
    facts: Facts,
    draft: Draft,
    data: Mapping[str, Any],
    words: Sequence[Words] = (),
) -> Composed:
    """Render all parts and put them together; ``words`` are the fragments that they use.

    Raises:
        TemplateError: A template cannot be rendered with this data.
        InvalidError: A rendered part cannot be said on this channel; names the part.
    """
    job = RenderJob(
        digest=_digest(published, words, draft.language),
        files={**published.files, **_texts(words, draft.language)} if words else published.files,
        parts=tuple(_parts(published, draft)),
        context=context(published, facts, draft, data),
        locale=_locale(facts, draft.language),
        seed=str(draft.id),
        created=draft.created_at.timestamp(),
    )
    rendered = {part.name: part for part in await renderer.render(job)}
    if draft.channel == "push":
        content = compose_notification(_notification(published, draft, rendered))
        return Composed(Rendered(name="message", media_type=MEDIA_TYPE, content=content), ())
    if draft.channel != "email":
        return Composed(rendered.pop(draft.channel), tuple(rendered.values()))
    content = compose_email(_email(published, facts, draft, rendered))
    message = Rendered(name="message", media_type=MESSAGE, content=content)
    return Composed(message, tuple(rendered.values()))


def _digest(published: Published, words: Sequence[Words], language: str) -> str:
    """What the renderer knows these files by."""
    if not words:
        return published.digest
    named = [published.digest, language, *(each.digest for each in words)]
    return sha256("\n".join(named).encode()).hexdigest()


def _texts(words: Sequence[Words], language: str) -> dict[str, bytes]:
    """The texts of fragments in one language, where templates find them."""
    return {
        f"templates/fragments/{each.code}.{suffix}": each.files[text_of(language, suffix)]
        for each in words
        for suffix in ("html", "txt")
        if text_of(language, suffix) in each.files
    }


def _parts(published: Published, draft: Draft) -> list[Part]:
    use = published.definition.channels[draft.channel]
    if not medium(draft.channel).subject:
        return [_template(published, draft.channel, draft.language, "html", "pdf", draft.channel)]
    parts = [Part(name="subject", kind="text", source=use.subject[draft.language])]
    if draft.channel == "push":
        text = _template(published, draft.channel, draft.language, "txt", "text", "text")
        return [*parts, text]
    parts += [
        _template(published, "email", draft.language, suffix, kind, kind)
        for suffix, kind in (("txt", "text"), ("html", "html"))
        if f"templates/email.{draft.language}.{suffix}" in published.files
    ]
    parts += [
        _template(published, channel, draft.language, "html", "pdf", channel)
        for channel in use.attach
    ]
    return parts


def _template(
    published: Published, channel: str, language: str, suffix: str, kind: Any, name: str
) -> Part:
    return Part(name=name, kind=kind, entry=f"templates/{channel}.{language}.{suffix}")


def context(
    published: Published, facts: Facts, draft: Draft, data: Mapping[str, Any]
) -> dict[str, Any]:
    """What templates read: the declared data, and who it is for."""
    person = facts.person
    assert person is not None
    today = draft.created_at.astimezone(ZoneInfo(person.time_zone)).date()
    return {
        **_local(data, ZoneInfo(person.time_zone)),
        "person": _person(person, draft.language),
        "account": {"key": facts.account.key if facts.account else ""},
        "address": {"lines": draft.contact_point.address.get("lines") or _postal(facts)},
        "reference": reference(draft.id),
        "today": today,
        "sender": _sender(published, draft.channel),
        "unsubscribe_url": draft.unsubscribe_url,
    }


def _local(data: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Moments as the recipient's clock shows them."""
    return {name: _moment(value, zone) for name, value in data.items()}


def _moment(value: Any, zone: ZoneInfo) -> Any:
    match value:
        case datetime():
            return value.astimezone(zone)
        case dict():
            return _local(cast(dict[str, Any], value), zone)
        case list():
            return [_moment(entry, zone) for entry in cast(list[Any], value)]
        case _:
            return value


def _locale(facts: Facts, language: str) -> str:
    """The recipient's own variant of the language where it is one: en-GB for en."""
    own = facts.person.language if facts.person else ""
    return own if own.partition("-")[0] == language else language


def _person(person: Person, language: str) -> dict[str, Any]:
    return {
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "salutation": person.salutation,
        "language": language,
    }


def _sender(published: Published, channel: str) -> dict[str, str]:
    """Who writes: this channel's sender, or that of the first channel that names one."""
    uses = published.definition.channels
    named = [use.from_ for use in (uses[channel], *uses.values()) if use.from_ is not None]
    return {"name": named[0].name, "address": named[0].address} if named else {}


def _postal(facts: Facts) -> list[str]:
    """The postal address for a document that travels on another channel."""
    for point in facts.contact_points:
        if point.channel == "letter" and point.state == "active":
            return list(point.address.get("lines", []))
    return []


def reference(communication_id: UUID) -> str:
    """The short reference that stands in letters and that agents can search by."""
    return communication_id.hex[-12:].upper()


def _notification(
    published: Published, draft: Draft, rendered: Mapping[str, Rendered]
) -> Notification:
    use = published.definition.channels[draft.channel]
    return Notification(
        communication_id=str(draft.id),
        created_at=draft.created_at,
        title=_text(rendered["subject"]),
        text=_text(rendered["text"]),
        ttl=use.ttl,
        collapse_key=use.collapse_key,
    )


def _email(
    published: Published, facts: Facts, draft: Draft, rendered: Mapping[str, Rendered]
) -> EmailMessageParts:
    use = published.definition.channels["email"]
    category = CATEGORIES[published.definition.category]
    assert facts.person is not None
    assert use.from_ is not None
    attachments = tuple(
        Attachment(
            f"{channel}-{reference(draft.id)}.pdf", "application/pdf", rendered[channel].content
        )
        for channel in use.attach
    )
    return EmailMessageParts(
        communication_id=str(draft.id),
        message_id=f"{draft.id}@{draft.message_domain}",
        date=draft.created_at,
        from_name=use.from_.name,
        from_address=use.from_.address,
        to_name=facts.person.name,
        to_address=draft.contact_point.value,
        subject=_text(rendered["subject"]),
        text=_text(rendered.get("text")),
        html=_text(rendered.get("html")),
        attachments=attachments,
        unsubscribe_url=draft.unsubscribe_url if category.one_click_unsubscribe else "",
    )


def _text(part: Rendered | None) -> str:
    return part.content.decode() if part is not None else ""
