"""Telling a verdict: one plain sentence for each, whatever stands in it."""

import re
from pathlib import Path

import pytest

from openccm.communications import explanation
from openccm.communications.dossier import STEPS, Verdict
from openccm.communications.explanation import SENTENCES, sentence

ROOM = Path(explanation.__file__).parent


def noted() -> set[tuple[int, str]]:
    """Every step and verdict that the code of the room writes down."""
    pattern = re.compile(r'(?:Verdict|note)\(\s*(\d+),\s*"(\w+)"')
    stops = re.compile(r"\.stop\(\s*(\d+),")
    found: set[tuple[int, str]] = set()
    for path in ROOM.glob("*.py"):
        text = path.read_text()
        found |= {(int(step), verdict) for step, verdict in pattern.findall(text)}
        found |= {(int(step), "stop") for step in stops.findall(text)}
    return found


def test_every_verdict_that_is_written_has_a_sentence() -> None:
    assert len(noted()) > 20
    assert noted() - SENTENCES.keys() == set()


@pytest.mark.parametrize(("step", "verdict"), SENTENCES)
def test_a_sentence_is_one_whatever_is_missing(step: int, verdict: str) -> None:
    told = sentence(Verdict(step, verdict, "quiet_hours"))

    assert step in STEPS
    assert told[0].isupper() or told[0] == "n"
    assert "{" not in told


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (
            Verdict(8, "stop", "consent_withdrawn", {"purpose": "billing"}),
            "The recipient does not want this: consent was withdrawn (purpose billing).",
        ),
        (
            Verdict(4, "pass", None, {"by": ["bill.number"], "within_seconds": 2_592_000}),
            "No other request had the same bill.number within 30 days.",
        ),
        (
            Verdict(4, "pass", None, {"by": ["bill.number"], "within_seconds": 5_400.0}),
            "No other request had the same bill.number within 90 minutes.",
        ),
        (
            Verdict(10, "stop", "no_contact_point", {"candidates": {"email": "refused"}}),
            "No channel can be used: there is no contact point. Candidates: email: refused.",
        ),
    ],
)
def test_a_verdict_is_told_in_plain_words(verdict: Verdict, told: str) -> None:
    assert sentence(verdict) == told


@pytest.mark.parametrize("value", ["{reason}", "{0.real}", "{says!r:>99}", "{{", "}", "%s", "{}"])
def test_what_stands_in_a_verdict_is_said_and_never_obeyed(value: str) -> None:
    assert sentence(Verdict(12, "error", "data_failed", {"says": value})) == value
