"""Channels: known, reachable, with the texts they need."""

from collections.abc import Collection, Iterator

from openccm.language.communication import ChannelUse, CommunicationDefinition
from openccm.language.document import Document
from openccm.language.media import MEDIA, medium
from openccm.language.problems import Path, Problem
from openccm.rules.findings import suggestion


def check_channels(
    definition: CommunicationDefinition, document: Document, channels: Collection[str]
) -> Iterator[Problem]:
    """Findings about ``channels:``; ``channels`` are the ones that are installed."""
    before: str | None = None
    for name, use in definition.channels.items():
        path: Path = ("channels", name)
        if name not in channels:
            mend = suggestion(name, channels)
            yield document.problem(path, f"There is no channel {name}.", mend, key=True)
        yield from _check_order(name, use, before, document)
        yield from _check_sender(name, use, document)
        yield from _check_head(name, use, definition, document)
        yield from _check_attachments(name, use, definition, document)
        before = name


def _check_order(
    name: str, use: ChannelUse, before: str | None, document: Document
) -> Iterator[Problem]:
    """A channel is used after the one before it, so that must be able to end as it says."""
    path: Path = ("channels", name)
    if before is None:
        if use.after:
            message = f"{name} is the first channel and comes after nothing."
            yield document.problem((*path, "after"), message, "Take after: out.", key=True)
        return
    possible = medium(before).outcomes
    if not use.after:
        message = f"{name} is never used: it does not say after what."
        mend = f"Add after: with outcomes of {before}: {', '.join(sorted(possible))}."
        yield document.problem(path, message, mend, key=True)
    for index, outcome in enumerate(use.after):
        if outcome not in possible:
            message = f"{before} never ends as {outcome}."
            mend = f"Possible are: {', '.join(sorted(possible))}."
            yield document.problem((*path, "after", index), message, mend)


def _check_sender(name: str, use: ChannelUse, document: Document) -> Iterator[Problem]:
    if medium(name).sender and use.from_ is None:
        message, mend = f"{name} does not say who writes.", "Add from: {name: …, address: …}."
        yield document.problem(("channels", name), message, mend, key=True)


def _check_head(
    name: str, use: ChannelUse, definition: CommunicationDefinition, document: Document
) -> Iterator[Problem]:
    path: Path = ("channels", name)
    facts = medium(name)
    told = (
        ("subject", use.subject, facts.subject),
        ("from", use.from_, facts.sender),
        ("ttl", use.ttl, facts.devices),
        ("collapse-key", use.collapse_key, facts.devices),
    )
    for key, given, possible in told:
        if given and not possible and name in MEDIA:
            message = f"{name} has no {key}."
            yield document.problem((*path, key), message, "Take it out.", key=True)
    if not facts.subject:
        return
    for language in definition.languages:
        if language not in use.subject:
            message = f"The subject is missing in {language}."
            mend = f'Add {language}: "…" to subject:.'
            yield document.problem((*path, "subject"), message, mend, key=True)
    for language in use.subject:
        if language not in definition.languages:
            message = f"{language} is not among the languages."
            mend = f"Declared are: {', '.join(definition.languages)}."
            yield document.problem((*path, "subject", language), message, mend, key=True)


def _check_attachments(
    name: str, use: ChannelUse, definition: CommunicationDefinition, document: Document
) -> Iterator[Problem]:
    for index, attached in enumerate(use.attach):
        path: Path = ("channels", name, "attach", index)
        if not medium(name).attachments:
            yield document.problem(path, f"{name} carries no attachments.", "Take attach: out.")
        elif attached not in definition.channels:
            mend = f"Add it to channels:. {suggestion(attached, definition.channels)}"
            yield document.problem(path, f"{attached} is not among the channels.", mend)
        elif attached in use.attach[:index]:
            yield document.problem(path, f"{attached} is attached twice.", "Keep one.")
        elif name in _attached_by(attached, definition):
            message = f"{attached} leads back to {name}."
            yield document.problem(path, message, "Attach only channels that attach nothing.")
        elif "html" not in medium(attached).formats:
            message = f"{attached} has no pages that could be attached."
            yield document.problem(path, message, "Attach a channel with html templates.")


def _attached_by(channel: str, definition: CommunicationDefinition) -> set[str]:
    """The channel and all it attaches, directly or not."""
    found: set[str] = set()
    waiting = [channel]
    while waiting:
        name = waiting.pop()
        if name not in found and name in definition.channels:
            found.add(name)
            waiting.extend(definition.channels[name].attach)
    return found
