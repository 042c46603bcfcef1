"""Telling the send decision to a person: one plain sentence for every verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from openccm.communications.dossier import STEPS, Verdict
from openccm.communications.tables import DecisionVerdict


@dataclass(frozen=True, slots=True)
class Told:
    """One step of the story."""

    verdict: Verdict
    name: str
    sentence: str
    communication_id: UUID | None
    at: datetime


SENTENCES: Mapping[tuple[int, str], str] = {
    (1, "pass"): "The core system {system} is known and may ask for this.",
    (2, "pass"): "The idempotency key {key} was not used before.",
    (3, "pass"): "{definition} version {version} is live and is used for this request.",
    (3, "wait"): "All communications of this definition are held by {by}.",
    (4, "pass"): "No other request had the same {by} within {within}.",
    (4, "skip"): "Duplicates are not looked for: {reason}.",
    (4, "stop"): "Request {of} already had the same {by}, so this one is a duplicate.",
    (5, "choose"): "It is for one recipient, found as the {via}.",
    (5, "stop"): "Nobody is known under the person or account that was named.",
    (6, "pass"): "The recipient's data may be processed.",
    (6, "stop"): "The recipient's data may not be processed: {reason}.",
    (7, "pass"): "All eligibility rules are fulfilled: {rules}.",
    (7, "skip"): "The definition has no eligibility rules.",
    (7, "stop"): "The rule {rule} ({when}) is not fulfilled: {reason}.",
    (7, "error"): "The rule {rule} could not be evaluated: {reason}. {says}",
    (8, "pass"): "Consent: category {category}, purpose {purpose}, answer {consent}.",
    (8, "stop"): "The recipient does not want this: {reason} (purpose {purpose}).",
    (9, "pass"): "No do-not-contact stands against it.",
    (9, "stop"): "The recipient must not be contacted: {reason}.",
    (10, "choose"): "The channel is {reason}. Candidates: {candidates}.",
    (10, "stop"): "No channel can be used: {reason}. Candidates: {candidates}.",
    (11, "choose"): "The content is version {version} in {language}.",
    (12, "pass"): "All data is there: {sources}.",
    (12, "wait"): "{says} It is asked again.",
    (12, "error"): "{says}",
    (13, "skip"): "The definition has no frequency cap.",
    (14, "skip"): "The definition needs no editing and no approval.",
    (15, "pass"): "Composed and stored: {bytes} bytes, hash {document}. Fragments: {fragments}.",
    (15, "error"): "It could not be composed: {says}",
    (16, "pass"): "It may leave now ({reason}).",
    (16, "wait"): "It must not leave before {until} ({reason}, set by {rule}).",
    (17, "skip"): "The definition has no sending rate.",
    (18, "pass"): "Restriction, consent and do-not-contact were checked again.",
    (18, "stop"): "Stopped at the last moment: {reason}.",
    (19, "pass"): "Attempt {attempt} was accepted: {answer}",
    (19, "wait"): "Attempt {attempt} did not go through ({reason}). It is tried again.",
    (19, "stop"): "Attempt {attempt} was the last ({reason}): {says}",
    (19, "error"): "Attempt {attempt} waits for a person ({reason}): {says}",
    (20, "choose"): "{source} reports: {status}.",
}
"""A sentence for each step and verdict; ``{names}`` are the verdict's reason and inputs."""

_REASONS = {
    "none_declared": "none is declared",
    "copy": "this is a copy that was asked for",
    "mandatory_category": "the category is mandatory",
    "consent_withdrawn": "consent was withdrawn",
    "consent_missing": "consent was never given",
    "preference_refused": "a preference refuses it",
    "recipient_unknown": "nobody is known under that key",
    "restricted": "processing is restricted",
    "do_not_contact": "do not contact",
    "do_not_disturb": "the person is not to be disturbed there",
    "no_contact_point": "there is no contact point",
    "invalid_contact_point": "the contact point is known to be dead, or does not hold now",
    "not_a_fallback_for_this": "it is not declared for this case",
    "not_permitted": "the definition does not permit it",
    "already_tried": "it was tried already",
    "no_route": "none has a usable contact point",
    "quiet_hours": "quiet hours",
    "definition_held": "the definition is held",
    "provider_unwell": "the provider is unwell",
    "interrupted": "nobody knows whether it left",
    "data_unavailable": "a data service is unwell",
    "hook_failed": "a hook gave no usable answer",
    "hook_unavailable": "a hook is unwell",
    "data_missing": "a data service has no value",
    "bad_recipient": "the address does not exist",
    "ambiguous": "nobody knows whether it left",
    "retries_exhausted": "all retries are used up",
    "needs_reauth": "our credentials are refused",
    "quiet_hours_of_definition": "the definition's quiet hours",
    "own_quiet_hours": "the person's own quiet hours",
}


class _Words(dict[str, str]):
    """What a sentence does not find is said as such, never an error while explaining."""

    def __missing__(self, name: str) -> str:
        return "not said"


def tell(row: DecisionVerdict) -> Told:
    """A stored verdict as a step of the story."""
    verdict = Verdict(row.step, row.verdict, row.reason, row.inputs)
    return Told(verdict, row.name, sentence(verdict), row.communication_id, row.at)


def tell_now(verdict: Verdict, at: datetime) -> Told:
    """A verdict that is stored nowhere."""
    return Told(verdict, STEPS[verdict.step], sentence(verdict), None, at)


def sentence(verdict: Verdict) -> str:
    """The verdict in plain words."""
    words = _Words({name: _said(value) for name, value in verdict.inputs.items()})
    if "within_seconds" in verdict.inputs:
        words["within"] = _span(verdict.inputs["within_seconds"])
    if verdict.reason is not None:
        words["reason"] = _word(verdict.reason)
    pattern = SENTENCES.get((verdict.step, verdict.verdict), "{reason}")
    return pattern.format_map(words)


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_word(str(each))}" for name, each in value.items())  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return _word(str(value))


def _span(seconds: float) -> str:
    """A duration in the largest unit that divides it, as its author may have written it."""
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds:g} seconds"


def _word(code: str) -> str:
    return _REASONS.get(code, code.replace("_", " ") if code.islower() else code)
