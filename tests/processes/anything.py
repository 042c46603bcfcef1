"""Processes at random, over every kind of step: most are sound, some are spoilt on purpose."""

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

OTHERS = {
    "ask-risk": """
kind: hook
code: ASK-RISK
title: Ask for the risk
point: process.call
inputs: {amount: {type: money}}
outputs: {risk: {type: text}}
outcomes: [fine, review]
http: {url: "%s", timeout: 2 seconds}
""",
    "any-limit": """
kind: decision-table
code: ANY-LIMIT
title: Limit
policy: first
inputs: {amount: {type: money}}
outputs: {role: {type: text}, fee: {type: money}}
rows:
  small: {when: {amount: "<= 250"}, then: {role: agent, fee: 0}}
  large: {when: {amount: "> 250"}, then: {role: supervisor, fee: "12.50"}}
""",
    "any-days": """
kind: calendar
code: ANY-DAYS
title: The office
time-zone: Europe/London
hours: {mon-fri: "09:00-17:00"}
""",
    "any-call": """
kind: to-do-type
code: ANY-CALL
title: Call them
roles: [agent, lead]
context: {amount: {type: money}}
form: {promised_on: {type: date}}
outcomes:
  promised: {label: Promised, requires: [promised_on]}
  lost: {label: Not reached}
sla: {within: 1 hour}
escalate: [{after: 100 %, to: lead}]
""",
    "any-approval": """
kind: to-do-type
code: ANY-APPROVAL
title: Approve it
roles: [supervisor]
context: {amount: {type: money}}
outcomes: {approved: {label: Approve}, rejected: {label: Reject, reason: required}}
four-eyes: true
""",
    "any": "kind: contact-class\ncode: ANY\ntitle: Anything\n",
    "any-touch": """
kind: contact-type
code: ANY-TOUCH
title: Touched
class: ANY
about: [person]
characteristics: {amount: {type: money}}
reminder: {after: 1 day, to-do: ANY-CALL}
""",
    "any-note": """
kind: communication
code: ANY-NOTE
title: A note
category: service
purpose: billing
recipient: person
languages: [en]
data: {note.ref: {type: text, from: payload}}
channels:
  email:
    subject: {en: "Note {{ note.ref }}"}
    from: {name: Brightwater Energy, address: service@brightwater.example}
""",
    "any-claim": """
kind: case-type
code: ANY-CLAIM
title: A claim
parties: [claimant]
statuses:
  received: {state: new}
  assessing: {state: in_progress}
  closed: {state: closed}
""",
    "any-amount": """
kind: decision-table
code: ANY-AMOUNT
title: What they get
policy: first
inputs: {size: {type: number}}
outputs: {amount: {type: money, currency: EUR}, reason: {type: text}}
rows:
  none: {when: {size: "< 1"}, then: {amount: 0, reason: NONE}}
  some: {when: {size: ">= 1"}, then: {amount: 300, reason: SOME}}
""",
    "any-approver": """
kind: decision-table
code: ANY-APPROVER
title: Who approves it
policy: first
inputs: {amount: {type: money, currency: EUR}}
outputs: {approver: {type: text}}
rows:
  small: {when: {amount: "<= 250"}, then: {approver: automatic}}
  large: {when: {amount: "> 250"}, then: {approver: supervisor}}
""",
    "any-child": """
kind: process
code: ANY-CHILD
title: A child
data: {days: {type: number, from: payload}}
events: {paid: {type: payment.received, match: {person: person}}}
steps:
  quick: {do: branch, cases: {at-once: {when: days < 1, next: early}}}
  rest: {do: listen, events: {paid: early}, within: 3 days, silence: late}
  early: {do: end, outcome: early}
  late: {do: end, outcome: late}
""",
}
"""What the processes rely on; ``%s`` is the address of the hook."""

DATA = {
    "ref": {"type": "text", "from": "payload"},
    "amount": {"type": "money", "from": "payload"},
    "due": {"type": "date", "from": "payload"},
    "vip": {"type": "boolean", "from": "payload", "missing": "hide"},
    "people": {
        "type": "list",
        "from": "payload",
        "fields": {"person": {"type": "text"}, "size": {"type": "number"}},
    },
}
VARIABLES = {
    "n": {"type": "number", "start": "0"},
    "word": {"type": "text", "start": '"a"'},
    "day": {"type": "date"},
    "flag": {"type": "boolean", "start": "false"},
}
EVENTS = {
    "paid": {
        "type": "payment.received",
        "match": {"ref": "ref"},
        "data": {"amount": {"type": "money"}},
    },
    "wrote": {
        "type": "letter.received",
        "match": {"person": "person"},
        "data": {"about": {"type": "text"}},
    },
}
STOPS = {
    "settled": {"event": "paid", "when": "event.amount >= amount"},
    "gone": {"event": "wrote", "when": 'event.about == "gone"'},
    "any_letter": {"event": "wrote"},
}
CONDITIONS = (
    "amount > 250", "n < 3", "vip", "flag", 'word.startsWith("aa")', "due < today",
    "amount / n > 2", "day == null", "day < today", "vip != null && vip", 'person.language == "en"',
)  # fmt: skip
VALUES = {
    "n": ("n + 1", "n * n", "0", "amount / n", "n / 0"),
    "word": ('word + "b"', "ref", "key"),
    "day": ("today", "due", 'today + duration("48h")', "day"),
    "flag": ("true", "!flag", "vip", "amount > 100"),
}
MOMENTS = ("due", "today", "now", "day")
SPANS = (
    "1 second",
    "90 minutes",
    "1 day",
    "7 days",
    "2 business days",
    "3 business hours",
    "10 weeks",
)
LEAF_PARTS: dict[str, tuple[dict[str, str], dict[str, tuple[Any, ...]]]] = {
    "send": (
        {"communication": "ANY-NOTE"},
        {"payload/note.ref": ("ref", "word"), "wait": (True, True, False)},
    ),
    "look-up": ({}, {}),
    "decide": (
        {"table": "ANY-LIMIT"},
        {"inputs/amount": ("amount", "n", "amount / n"), "into": ("limit", "limit2")},
    ),
    "set": ({}, {}),
    "wait": ({}, {}),
    "call": ({"hook": "ASK-RISK", "into": "risk"}, {"values/amount": ("amount", "n")}),
    "wishes": (
        {},
        {
            "consents": ({"billing": "granted"}, {"offers": "withdrawn"}),
            "preferences": ({"email": "refuse"}, {"SPRING-OFFER": "prefer"}),
            "suppressions": ({"all": "do_not_contact"}, {"all": "lifted"}),
        },
    ),
    "contact": ({"type": "ANY-TOUCH"}, {"characteristics/amount": ("amount", "n")}),
    "start": ({"process": "ANY-CHILD"}, {"payload/days": ("n", "1"), "wait": (True, False)}),
    "task": ({"to-do": "ANY-CALL", "into": "call"}, {"context/amount": ("amount",)}),
}
"""What steps that only do something say: always, and one of."""

LEAVES = tuple(LEAF_PARTS)
WAYS = ("branch", "listen", "approve", "error", "parallel", "repeat", "undo", "undo", "case")


@dataclass(slots=True, repr=False)
class Draft:
    """A process in the making."""

    chance: Random
    remote: bool = False
    steps: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    undo: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    _names: int = 0

    def name(self, kind: str) -> str:
        self._names += 1
        return f"{kind}-{self._names}"

    def written(self, code: str) -> str:
        """The text of the whole."""
        parts: dict[str, Any] = {
            "kind": "process",
            "title": "Anything",
            "calendar": "ANY-DAYS",
            "data": dict(DATA),
            "variables": VARIABLES,
            "events": EVENTS,
            "steps": self.steps,
        }
        if self.remote:
            parts["data"]["bill.amount"] = {"type": "money", "from": "billing"}
        names = [name for name in STOPS if self.chance.random() < 0.4]
        if names:
            undoing = {"undoing": self.chance.random() < 0.5}
            parts["stops"] = {name: STOPS[name] | undoing for name in names}
        if self.undo:
            parts["undo"] = self.undo
        lines = [f"{name}: {json.dumps(part)}" for name, part in parts.items()]
        return "\n".join([f"code: {code}", *lines, ""])

    def some(self, then: str, *, depth: int, inside: bool) -> str:
        """Some steps after one another, the last leading to ``then``; answers the first."""
        count = self.chance.randint(1, 3)
        kinds = [self.chance.choice(LEAVES + WAYS if depth else LEAVES) for _ in range(count)]
        names = [self.name(kind) for kind in kinds]
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True)):
            last = place == count - 1
            following = then if last else names[place + 1]
            if last and not inside and self.chance.random() < 0.3:
                following = self.end()
            self.one(name, kind, following, names[0], depth=depth, inside=inside)
        return names[0]

    def end(self) -> str:
        name = self.name("stop-here")
        outcome = self.chance.choice(("paid", "given_up"))
        self.steps[name] = {
            "do": "end",
            "outcome": outcome,
            "undoing": self.chance.random() < 0.4,
        }
        return name

    def one(self, name: str, kind: str, then: str, first: str, *, depth: int, inside: bool) -> None:
        """One step, with all that it leads to."""
        place: dict[str, Any] = self.steps.setdefault(name, {})

        def way(within: bool = inside) -> str:
            if self.chance.random() < 0.3:
                return then
            return self.some(then, depth=depth - 1, inside=within)

        match kind:
            case "branch":
                cases = {
                    f"case-{n}": {"when": self.pick(CONDITIONS), "next": way()} for n in (1, 2)
                }
                place |= {"do": "branch", "cases": cases, "otherwise": then}
            case "listen":
                heard = {event: way() for event in EVENTS if self.chance.random() < 0.7}
                place |= {"do": "listen", "events": heard or {"paid": then}}
                place |= {"within": self.pick(SPANS), "silence": then}
            case "approve":
                role = {"role": 'amount > 250 ? "supervisor" : ""'}
                place |= {"do": "approve", "to-do": "ANY-APPROVAL", "rejected": way()}
                place |= {"context": {"amount": "amount"}, "next": then}
                place |= role if self.chance.random() < 0.5 else {}
            case "parallel":
                join = self.name("meet")
                self.one(join, "set", then, join, depth=0, inside=inside)
                branches = {
                    f"side-{n}": self.some(join, depth=depth - 1, inside=True) for n in (1, 2)
                }
                place |= {"do": "parallel", "branches": branches, "join": join}
            case "repeat":
                at_most = self.chance.randint(1, 3)
                place |= {"do": "repeat", "from": first, "at-most": at_most, "next": then}
            case "case":
                place |= {"do": "case", "case": "ANY-CLAIM", "status": "assessing"}
                place["next"] = self.claim(then)
            case "error":
                self.one(name, self.pick(("set", "call", "decide", "send")), then, first,
                         depth=0, inside=inside)  # fmt: skip
                place["error"] = way()
            case "undo":
                back = self.name("back")
                kind = self.pick(("set", "send", "call", "wishes", "task"))
                self.undo[back] = self.leaf(kind)
                place |= self.leaf(self.pick(("set", "send", "wishes", "task", "start")))
                place |= {"undo": back, "next": then}
            case _:
                place |= self.leaf(kind) | {"next": then}
                if kind in ("send", "task", "start", "call") and self.chance.random() < 0.5:
                    named = {
                        "send": "failed", "task": "promised", "start": "late", "call": "review"
                    }  # fmt: skip
                    place["outcomes"] = {named[kind]: way() if depth else then}

    def claim(self, then: str) -> str:
        """Offers to some people, decided and settled; answers the first step."""
        offer, settle = self.name("offer"), self.name("settle")
        amount = {"amount": "offer.amount"}
        approval = {"table": "ANY-APPROVER", "inputs": amount}
        approval |= {"to-do": "ANY-APPROVAL", "context": amount}
        self.steps[offer] = {
            "do": "offer",
            "for-each": "people",
            "person": "each.person",
            "cause": "ref",
            "table": "ANY-AMOUNT",
            "inputs": {"size": "each.size"},
            "approval": approval,
            "outcomes": {"rejected": then},
            "next": settle,
        } | self.pick(({}, {"within": self.pick(SPANS)}))
        self.steps[settle] = {"do": "settle", "within": self.pick(SPANS), "next": then}
        return offer

    def leaf(self, kind: str) -> dict[str, Any]:
        """A step that only does something."""
        self.remote |= kind == "look-up"
        partner, parts = LEAF_PARTS[kind]
        step: dict[str, Any] = {"do": kind, **partner}
        for name, choices in parts.items():
            group, _, key = name.partition("/")
            chosen = self.pick(choices)
            step |= {group: {key: chosen}} if key else {group: chosen}
        if kind == "set":
            names = self.chance.sample(list(VALUES), self.chance.randint(1, 2))
            step["values"] = {name: self.pick(VALUES[name]) for name in names}
        return step | (self.pause() if kind == "wait" else {})

    def pause(self) -> dict[str, Any]:
        if self.chance.random() < 0.5:
            return {"for": self.pick(SPANS)}
        side = self.pick(({}, {"before": self.pick(SPANS)}, {"after": self.pick(SPANS)}))
        at = self.pick(({}, {"at": "09:00"}))
        return {"until": self.pick(MOMENTS), **side, **at}

    def pick(self, among: Any) -> Any:
        return self.chance.choice(among)

    def spoil(self) -> None:
        """One mistake or oddity, as authors make them."""
        step = self.steps[self.pick(list(self.steps))]
        match self.pick(("next", "next", "next", "gone", "value", "code", "word", "error")):
            case "next":
                step["next"] = self.pick([*self.steps, "end"])
            case "gone" if len(self.steps) > 1:
                self.steps.pop(self.pick(list(self.steps)))
            case "value":
                step["values"] = {
                    "n": self.pick(("word", "nobody", "n +", "limit.fee", "risk.risk"))
                }
            case "code":
                step[self.pick(("table", "hook", "communication", "to-do"))] = "NOT-THERE"
            case "error":
                step["error"] = self.pick([*self.steps, "end"])
            case _:
                step["outcomes"] = {self.pick(("lost", "stopped", "odd")): "end"}


def draft(chance: Random) -> Draft:
    """A process at random."""
    found = Draft(chance)
    found.some("end", depth=chance.choice((0, 1, 1, 2, 2, 3)), inside=False)
    if chance.random() < 0.2:
        found.spoil()
    return found
