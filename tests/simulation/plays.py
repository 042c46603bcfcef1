"""A small company of definitions, and plays put on with them."""

from pathlib import Path
from typing import Any

from openccm.language.bundle import Bundle, Library
from openccm.language.case import Answer, Telling
from openccm.language.folder import bundle_of
from openccm.language.sample import Sample
from openccm.repository.checking import problems_of
from openccm.simulation.playing import needed, open_theatre
from openccm.simulation.scenario import House, Scenario
from openccm.simulation.story import Simulation

ROOT = Path(__file__).parents[2]

NOTE = {
    "communication.yaml": """
kind: communication
code: NOTE
title: A note
category: service
purpose: notes
recipient: person
languages: [en, de]
data:
  text: {type: text, from: payload, missing: hide}
  balance: {type: money, currency: EUR, from: ledger}
channels:
  email:
    subject: {en: "A note of {{ balance }}", de: "Notiz über {{ balance }}"}
    from: {name: Brightwater Energy, address: service@brightwater.example}
  letter: {after: [bounced, failed, no_contact_point]}
quiet-hours: {from: "21:00", until: "08:00"}
retry: [1 minute, 1 hour]
""",
    "templates/email.en.txt": "Dear {{ person.name }}, {{ text }}\n",
    "templates/email.de.txt": "Guten Tag {{ person.name }}, {{ text }}\n",
    "templates/letter.en.html": "<p>Dear {{ person.name }}</p>",
    "templates/letter.de.html": "<p>Guten Tag {{ person.name }}</p>",
    "samples/ada.yaml": "person: {name: Ada}\ndata: {text: hello, balance: '12.50'}\n",
}
LEDGER = """
kind: data-service
code: ledger
title: The ledger
http: {url: "https://ledger.invalid/data"}
fields: {balance: {type: money, currency: EUR}}
"""
JUDGE = """
kind: hook
code: JUDGE
title: Judges
point: process.call
http: {url: "https://judge.invalid"}
inputs: {balance: {type: number}}
outputs: {score: {type: number}}
outcomes: [good, bad]
fails: stop
"""
REVIEW = """
kind: to-do-type
code: REVIEW
title: Review it
roles: [clerks, chiefs]
context: {balance: {type: number}}
form: {remark: {type: text}}
outcomes:
  fine: {label: Fine}
  wrong: {label: Wrong, requires: [remark]}
escalate: [{after: 2 hours, to: chiefs}]
"""
CHILD = """
kind: process
code: CHILD
title: A child
data: {size: {type: number, from: payload}}
steps:
  sleep: {do: wait, for: 1 day}
  choose: {do: branch, cases: {big: {when: size > 10, next: grown}}}
  small: {do: end, outcome: small}
  grown: {do: end, outcome: grown}
"""
BINDING = """
kind: event-binding
code: ON-COMPLAINT
title: A process for every complaint
source: DESK
type: complaint.made
data: {size: {type: number}}
when: size > 1
process: {process: CHILD, payload: {size: size}}
enabled: false
"""
COMPANY = {
    "note": NOTE,
    "ledger": {"service.yaml": LEDGER},
    "judge": {"hook.yaml": JUDGE},
    "review": {"todo.yaml": REVIEW},
    "child": {"process.yaml": CHILD},
    "on-complaint": {"binding.yaml": BINDING},
}

HEAD = """
kind: process
code: PLAY
title: A play
data:
  bill: {type: text, from: payload}
  balance: {type: money, currency: EUR, from: ledger}
"""
SAMPLE: dict[str, Any] = {
    "person": {"name": "Ada"},
    "data": {"bill": "B-1", "balance": "12.50"},
}


def company(**more: dict[str, str]) -> Library:
    """The company, and others beside it by folder."""
    bundles: list[Bundle] = []
    for folder, files in {**COMPANY, **more}.items():
        loaded = bundle_of(folder, {name: text.encode() for name, text in files.items()})
        assert isinstance(loaded, Bundle), [str(problem) for problem in loaded]
        bundles.append(loaded)
    library = Library(tuple(bundles))
    for bundle in bundles:
        assert problems_of(bundle, library) == [] or folder_is_lenient(bundle), [
            str(problem) for problem in problems_of(bundle, library)
        ]
    return library


def folder_is_lenient(bundle: Bundle) -> bool:
    """Plays may have warnings: they are about how they go, not about how they should."""
    return bundle.folder == "play"


async def play(
    house: House,
    steps: str = "",
    *,
    code: str = "PLAY",
    start: str = "2026-05-01 09:00",
    sample: dict[str, Any] | None = None,
    events: list[dict[str, Any]] | None = None,
    answers: dict[str, list[dict[str, Any]]] | None = None,
    **more: Any,
) -> Simulation:
    """Put a play on."""
    texts = {"play": {"process.yaml": HEAD + steps}} if steps else {}
    told = [Telling.model_validate(each) for each in events or []]
    library = needed(company(**texts), code, [each.event for each in told])
    scenario = Scenario(
        code,
        start,
        sample=Sample.model_validate(SAMPLE if sample is None else sample),
        events=told,
        answers={
            step: [Answer.model_validate(each) for each in said]
            for step, said in (answers or {}).items()
        },
        **more,
    )
    async with open_theatre(house, library) as theatre:
        return await theatre.play(scenario)


def local(told: Simulation) -> list[tuple[str, str]]:
    """Each step that was left, and when."""
    return [
        (each.step, f"{each.left_at:%d %H:%M}")
        for each in told.path
        if each.left_at and each.process == told.code
    ]
