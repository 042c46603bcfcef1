"""An office that compensates: its tables, to-dos, types of case, and the process that pays."""

from collections.abc import Sequence
from typing import Any

from openccm.access.caller import Caller
from openccm.cases import hearing, queries
from openccm.cases.tables import Case, CompensationOffer
from openccm.language.kinds import KINDS
from openccm.platform.columns import new_id
from openccm.work import commands as work
from tests.processes.stage import Play, Stage

LIMIT = """
kind: decision-table
code: LIMIT
title: Who approves
policy: unique
inputs: {amount: {type: money, currency: EUR, values: ">= 0"}}
outputs: {approver: {type: text}}
rows:
  small: {when: {amount: "<= 250"}, then: {approver: automatic}}
  large: {when: {amount: "> 250"}, then: {approver: supervisor}}
"""

WORTH = """
kind: decision-table
code: WORTH
title: What a delay is worth
policy: first
inputs: {boarded: {type: boolean}, hours: {type: number, values: ">= 0"}}
outputs: {amount: {type: money, currency: EUR}, reason: {type: text}}
rows:
  absent: {when: {boarded: false}, then: {amount: 0, reason: NOT_BOARDED}, note: Article 3}
  short: {when: {hours: "< 4"}, then: {amount: 250, reason: SHORT}}
otherwise: {amount: 400, reason: LONG}
"""

ASK = """
kind: to-do-type
code: ASK-SU
title: Approve it
roles: [supervisor]
context: {offer.amount: {type: money}, offer.rule: {type: text}, case.number: {type: text}}
form: {amount: {type: money, currency: EUR}}
outcomes: {approved: {label: Approve}, rejected: {label: Reject, reason: required}}
four-eyes: true
"""

CHECK = """
kind: to-do-type
code: CHECK-IT
title: Check the bag
roles: [agents]
context: {case.number: {type: text}}
outcomes: {done: {label: Done}}
"""

CLAIM = """
kind: case-type
code: CLAIM
title: A claim
parties: [contact, claimant]
statuses:
  received: {state: new}
  assessing: {state: in_progress}
  paying: {state: waiting}
  answered: {state: resolved, tells: true}
  closed: {state: closed}
sla: {within: 2 days}
reopen-within: 14 days
"""

BAG = """
kind: case-type
code: BAG
title: A bag
statuses:
  received: {state: new}
  searching: {state: in_progress}
  found: {state: resolved}
  closed: {state: closed}
tasks:
  check: {to-do: CHECK-IT, at: searching}
"""

PAYS = """
kind: process
code: PAYS-CLAIM
title: Pays a claim
recipient: nobody
data:
  flight: {type: text, from: payload}
  people:
    type: list
    from: payload
    fields:
      person: {type: text}
      guardian: {type: text}
      boarded: {type: boolean}
      hours: {type: number}
steps:
  open: {do: case, case: CLAIM, status: assessing, subject: '"Flight " + flight', note: flight}
  offer:
    do: offer
    for-each: people
    person: each.person
    addressed-to: each.guardian
    cause: flight
    table: WORTH
    inputs: {boarded: each.boarded, hours: each.hours}
    recommendation: '"Pay: " + offer.reason'
    approval:
      table: LIMIT
      inputs: {amount: offer.amount}
      to-do: ASK-SU
      context: {offer.amount: offer.amount, offer.rule: offer.rule, case.number: case.number}
    within: 30 days
    outcomes: {rejected: sorry, nothing: none, withdrawn: gone}
  pay: {do: case, case: CLAIM, status: paying}
  settle: {do: settle, within: 10 days, outcomes: {overdue: late, withdrawn: gone}}
  answer: {do: case, case: CLAIM, status: answered}
  paid: {do: end, outcome: paid}
  sorry: {do: end, outcome: sorry}
  none: {do: end, outcome: none}
  gone: {do: end, outcome: gone}
  late: {do: end, outcome: late}
"""


async def open_office(stage: Stage) -> Stage:
    """The office of a stage, with all its definitions live."""
    for text in (LIMIT, WORTH, ASK, CHECK, CLAIM, BAG):
        heads = (line for line in text.splitlines() if line[:4] in ("kind", "code"))
        facts = dict(line.split(": ", 1) for line in heads)
        folder = stage.folder / facts["code"].lower()
        folder.mkdir(exist_ok=True)
        (folder / KINDS[facts["kind"]].file).write_text(text)
    for code in ("LIMIT", "WORTH", "ASK-SU", "CHECK-IT", "CLAIM", "BAG"):
        await stage.make_live(code)
    return stage


def one(person: str, hours: int = 5, *, boarded: bool = True, guardian: str = "") -> dict[str, Any]:
    return {"person": person, "guardian": guardian, "boarded": boarded, "hours": hours}


async def claim(office: Stage, *people: dict[str, Any], flight: str | None = None) -> Play:
    payload = {"flight": flight or f"GA{new_id().hex[-6:]}", "people": list(people)}
    return await office.play(PAYS, person=None, payload=payload)


async def case_of(play: Play) -> Case:
    async with play.stage.station.database.read() as session:
        found = await queries.case_of(session, play.id)
    assert found is not None
    return found


async def offers_of(play: Play) -> Sequence[CompensationOffer]:
    async with play.stage.station.database.read() as session:
        case = await queries.case_of(session, play.id)
        assert case is not None
        return await queries.offers_of(session, case.id)


async def states(play: Play) -> dict[str, tuple[str, str]]:
    return {each.person_key: (each.amount, each.state) for each in await offers_of(play)}


def supervisor(code: str = "DESK") -> Caller:
    return Caller(code, frozenset({"todo:work"}), None, new_id(), roles=frozenset({"supervisor"}))


async def answer(
    play: Play, person: str, done: work.Done, caller: Caller | None = None
) -> CompensationOffer:
    station = play.stage.station
    (offer,) = [each for each in await offers_of(play) if each.person_key == person]
    assert offer.todo_id is not None
    hand = work.Hand(station.desk.repository, caller or supervisor(), station.clock())
    async with station.database.begin() as session:
        await work.complete(session, hand, offer.todo_id, done)
    await play.on()
    (offer,) = [each for each in await offers_of(play) if each.person_key == person]
    return offer


async def pay(play: Play, offer: CompensationOffer, system: str = "BILLING") -> None:
    station = play.stage.station
    async with station.database.begin() as session:
        await hearing.settled(
            session,
            station.desk.repository,
            str(offer.id),
            system=system,
            actor=f"system:{system}",
            now=station.clock(),
        )
    await play.on()


async def gone(play: Play, cause: str) -> None:
    station = play.stage.station
    async with station.database.begin() as session:
        await hearing.cause_gone(
            session, station.desk.repository, cause, "storm", actor="test", now=station.clock()
        )
    await play.on()
