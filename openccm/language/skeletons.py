"""What a new definition of each kind begins with: as little as passes, for its author to fill."""

import json
from collections.abc import Mapping

from openccm.language.kinds import KINDS

_BODIES: Mapping[str, str] = {
    "approval-policy": """
rules:
  all:
    steps:
      review: {role: approver}
""",
    "data-service": """
http:
  url: "env:OPENCCM_SERVICE_URL"
  secret: "env:OPENCCM_SERVICE_SECRET"
fields:
  value: {type: text}
""",
    "calendar": """
time-zone: Europe/London
hours: {mon-fri: "09:00-17:00"}
""",
    "decision-table": """
policy: first
inputs:
  amount: {type: number, values: ">= 0"}
outputs:
  answer: {type: text, values: [low, high]}
rows:
  low:
    when: {amount: "< 100"}
    then: {answer: low}
  high:
    when: {amount: ">= 100"}
    then: {answer: high}
cases:
  at-the-limit: {given: {amount: 100}, expect: {answer: high}}
""",
    "hook": """
point: process.call
http:
  url: "env:OPENCCM_HOOK_URL"
  secret: "env:OPENCCM_HOOK_SECRET"
inputs:
  question: {type: text}
outputs:
  answer: {type: text}
outcomes: [answered]
fails: stop
""",
    "fragment": """
languages: [en]
""",
    "communication": """
category: service
purpose: service
recipient: person
languages: [en]
channels:
  email:
    subject: {en: TITLE}
    from: {name: Our company, address: service@company.example}
""",
    "to-do-type": """
roles: [agent]
outcomes:
  done: {label: Done}
""",
    "disposition": """
description: When an agent chooses it.
""",
    "contact-class": "",
    "contact-type": """
class: CLASS
about: [person]
direction: inbound
methods: [phone]
""",
    "alert": """
severity: warning
mark: open-to-dos
""",
    "process": """
recipient: person

steps:
  done:
    do: end
    outcome: done
""",
    "case-type": """
parties: [contact]
statuses:
  received: {state: new}
  working: {state: in_progress}
  answered: {state: resolved}
  closed: {state: closed}
""",
    "letter-extract": """
format: delimited
delimiter: "|"
sides: 2
envelopes:
  - {name: DL, up-to: 4}
  - {name: C4, up-to: 80}
records:
  generic:
    - record: L
      fields:
        - {from: letter.sequence}
        - {from: letter.communication}
trailer:
  - {record: T, fields: [{from: run.letters}]}
""",
    "event-binding": """
type: something.happened
data:
  text: {type: text}
process:
  process: PROCESS
  key: text
""",
}

_BESIDE: Mapping[str, Mapping[str, str]] = {
    "communication": {
        "templates/email.en.txt": "Dear {{ person.name }},\n\n\n",
        "templates/email.en.html": "<p>Dear {{ person.name }},</p>\n",
        "samples/ordinary.yaml": "title: An ordinary customer\nperson: {name: Ada Lovelace}\n",
    },
    "fragment": {"templates/en.txt": "\n", "templates/en.html": "<p></p>\n"},
    "process": {"samples/ordinary.yaml": "title: An ordinary customer\nperson: {name: Ada}\n"},
}


def skeleton(kind: str, code: str, title: str) -> dict[str, str]:
    """The files of a new definition, by path."""
    # JSON writes a text so that YAML reads the same one.
    spoken = json.dumps(title, ensure_ascii=False)
    head = f"kind: {kind}\ncode: {code}\ntitle: {spoken}\n"
    body = (
        _BODIES[kind].lstrip("\n").replace("TITLE", spoken).replace("CLASS", code.partition("-")[0])
    )
    return {KINDS[kind].file: head + body, **_BESIDE.get(kind, {})}
