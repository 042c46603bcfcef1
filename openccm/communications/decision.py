"""The send decision: pure rules over facts, each with a verdict that can be read back.

Steps carry the numbers of the decision order (``STEPS``). Used when a request is gathered, once
more right before hand-over, and for dry runs; so what a dry run says is what will happen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from openccm.communications.dossier import Verdict
from openccm.communications.facts import Facts
from openccm.language.categories import CATEGORIES
from openccm.language.media import medium
from openccm.parties.contact_points import may_be_used
from openccm.parties.tables import ContactPoint

Ending = Literal["opted_out", "suppressed", "not_sent"]


@dataclass(slots=True)
class Route:
    """The way a communication takes: one channel, one contact point, one language."""

    channel: str
    contact_point: ContactPoint
    language: str


@dataclass(slots=True)
class Decision:
    """What the steps found, in order, and how it ended if it did."""

    verdicts: list[Verdict] = field(default_factory=list[Verdict])
    ending: Ending | None = None
    reason: str | None = None
    route: Route | None = None

    def note(self, step: int, verdict: str, reason: str | None = None, **inputs: object) -> None:
        """Keep one step's verdict."""
        self.verdicts.append(Verdict(step, verdict, reason, inputs))

    def stop(self, step: int, ending: Ending, reason: str, **inputs: object) -> None:
        """End here."""
        self.note(step, "stop", reason, **inputs)
        self.ending, self.reason = ending, reason


def check_recipient(facts: Facts, decision: Decision) -> None:
    """Steps 5 and 6: whom it is for, and whether that person may be processed at all."""
    person, account = facts.person, facts.account
    if person is None:
        decision.stop(5, "not_sent", "recipient_unknown")
        return
    via = "account holder" if account is not None and person.id == account.holder_id else "person"
    decision.note(5, "choose", None, person=str(person.id), via=via)
    if not CATEGORIES[facts.definition.category].honours_suppression:
        decision.note(6, "pass", "mandatory_category")
    elif person.deceased:
        decision.stop(6, "suppressed", "deceased")
    elif person.restricted:
        decision.stop(6, "suppressed", "restricted")
    else:
        decision.note(6, "pass")


def check_permission(facts: Facts, decision: Decision) -> None:
    """Steps 8 and 9: consent for the purpose, then hard stops on all channels."""
    _check_consent(facts, decision)
    if decision.ending is None:
        _check_suppressions(facts, decision)


def _check_consent(facts: Facts, decision: Decision) -> None:
    definition = facts.definition
    category = CATEGORIES[definition.category]
    state = facts.consent.state if facts.consent else "never_asked"
    inputs = {"category": definition.category, "purpose": definition.purpose, "consent": state}
    refused = [
        wish
        for wish in facts.preferences
        if wish.wish == "refuse" and not wish.channel and wish.definition in ("", definition.code)
    ]
    if not category.honours_opt_out:
        decision.note(8, "pass", "mandatory_category", **inputs)
    elif state == "withdrawn":
        decision.stop(8, "opted_out", "consent_withdrawn", **inputs)
    elif refused:
        decision.stop(8, "opted_out", "preference_refused", **inputs)
    elif category.needs_consent and state != "granted":
        decision.stop(8, "opted_out", "consent_missing", **inputs)
    else:
        decision.note(8, "pass", None, **inputs)


def _check_suppressions(facts: Facts, decision: Decision) -> None:
    category = CATEGORIES[facts.definition.category]
    total = [stop for stop in facts.suppressions if not stop.channel]
    if not category.honours_do_not_contact:
        decision.note(9, "pass", "mandatory_category", stops=len(total))
    elif total:
        decision.stop(9, "suppressed", total[0].reason, source=total[0].source)
    else:
        decision.note(9, "pass")


def check_channel(facts: Facts, channel: str, decision: Decision) -> None:
    """The recipient's word on this one channel, for the last check before hand-over."""
    reason = _closed(facts, channel)
    if reason is not None:
        decision.stop(9, "suppressed", reason, channel=channel)


def choose_route(
    facts: Facts,
    decision: Decision,
    *,
    after: str | None,
    tried: Sequence[str],
    today: date | None = None,
) -> None:
    """Step 10: the first channel that may be used and has a contact point; 11: the language.

    Args:
        facts: The recipient as it stands.
        decision: Where the verdicts go.
        after: For a fallback, how the communication before it ended; None for the first choice.
        tried: Channels that were used already.
        today: The day on which a contact point must hold; None where that is not asked.
    """
    candidates: dict[str, str] = {}
    for channel in _ordered(facts):
        if channel in tried:
            candidates[channel] = "already_tried"
            continue
        rejection, point = _candidate(facts, channel, after=after, rejected=candidates, today=today)
        candidates[channel] = rejection or "chosen"
        if point is not None:
            language = choose_language(facts)
            decision.route = Route(channel, point, language)
            decision.note(10, "choose", channel, candidates=candidates, contact_point=str(point.id))
            decision.note(11, "choose", None, language=language, version=facts.version)
            return
    ending, reason = _dead_end(candidates)
    decision.stop(10, ending, reason, candidates=candidates)


def choose_device(facts: Facts, decision: Decision, channel: str, today: date) -> bool:
    """Step 10 after a device that is gone: the recipient's next one, where there is one.

    The one that is gone is no active contact point any more, so none is tried twice.
    """
    if not medium(channel).devices:
        return False
    _, point = _candidate(facts, channel, after=None, rejected={}, today=today)
    if point is None:
        return False
    language = choose_language(facts)
    decision.route = Route(channel, point, language)
    candidates = {channel: "next_device"}
    decision.note(10, "choose", channel, candidates=candidates, contact_point=str(point.id))
    decision.note(11, "choose", None, language=language, version=facts.version)
    return True


def choose_language(facts: Facts) -> str:
    """The person's language where the definition speaks it, else the definition's first."""
    wanted = facts.person.language if facts.person else ""
    spoken = facts.definition.languages
    for language in (wanted, wanted.partition("-")[0]):
        if language in spoken:
            return language
    return spoken[0]


def _ordered(facts: Facts) -> list[str]:
    """Candidates: the override alone; else what the person prefers, then the definition's order."""
    declared = list(facts.definition.channels)
    if facts.override is not None:
        return [facts.override]
    preferred = [
        wish.channel
        for wish in facts.preferences
        if wish.wish == "prefer"
        and wish.channel in declared
        and wish.definition in ("", facts.definition.code)
    ]
    return preferred + [channel for channel in declared if channel not in preferred]


def _candidate(
    facts: Facts,
    channel: str,
    *,
    after: str | None,
    rejected: dict[str, str],
    today: date | None,
) -> tuple[str | None, ContactPoint | None]:
    """Why a channel cannot be used, or the contact point it will use."""
    use = facts.definition.channels.get(channel)
    if use is None:
        return "not_permitted", None
    if facts.override is None and not _falls_back(use.after, after, rejected):
        return "not_a_fallback_for_this", None
    closed = _closed(facts, channel)
    if closed is not None:
        return closed, None
    points = [point for point in facts.contact_points if point.channel == channel]
    usable = [point for point in points if may_be_used(point, today)]
    if not usable:
        return ("invalid_contact_point" if points else "no_contact_point"), None
    if not CATEGORIES[facts.definition.category].mandatory:
        usable = [point for point in usable if not point.do_not_disturb]
    return (None, usable[0]) if usable else ("do_not_disturb", None)


def _falls_back(declared: Sequence[str], after: str | None, rejected: dict[str, str]) -> bool:
    """Whether what happened to the channels before is among what this one is declared for."""
    happened = {reason for reason in rejected.values() if reason != "already_tried"}
    if happened & {"invalid_contact_point", "do_not_disturb"}:
        happened.add("no_contact_point")
    if after is not None:
        happened.add(after)
    return not declared or not happened or bool(happened & set(declared))


def _closed(facts: Facts, channel: str) -> str | None:
    """Why the recipient does not want, or must not get, anything on this channel."""
    category = CATEGORIES[facts.definition.category]
    if category.honours_opt_out and _refused(facts, channel):
        return "refused"
    stopped = any(stop.channel == channel for stop in facts.suppressions)
    return "do_not_contact" if stopped and category.honours_do_not_contact else None


def _refused(facts: Facts, channel: str) -> bool:
    return any(
        wish.wish == "refuse"
        and wish.channel == channel
        and wish.definition in ("", facts.definition.code)
        for wish in facts.preferences
    )


def _dead_end(candidates: dict[str, str]) -> tuple[Ending, str]:
    """No channel is left: name the ending after what closed them, wishes before hard stops."""
    beside = {"not_a_fallback_for_this", "already_tried"}
    reasons = set(candidates.values()) - beside or set(candidates.values())
    if reasons and reasons <= {"refused"}:
        return "opted_out", "preference_refused"
    if reasons and reasons <= {"do_not_contact", "refused"}:
        return "suppressed", "do_not_contact"
    if len(reasons) == 1:
        return "not_sent", reasons.pop()
    return "not_sent", "no_route"
