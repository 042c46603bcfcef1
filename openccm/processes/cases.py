"""Steps that keep a case: open and advance it, offer compensations in it, see them paid."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from pydantic_core import to_jsonable_python
from sqlmodel import col, select

from openccm.cases import offers, queries
from openccm.cases.case_file import CaseFile, opened
from openccm.cases.lifecycles import GRANTED, UNDECIDED
from openccm.cases.offers import Proposal
from openccm.cases.opening import NewCase, advance, open_case
from openccm.cases.tables import Case, CompensationOffer
from openccm.errors import ConflictError
from openccm.language.decision_table import DecisionTableDefinition
from openccm.language.process_context import currency_of
from openccm.language.steps import ApprovalLimit, CaseStep, OfferStep, SettleStep
from openccm.parties.relationships import guardian_of
from openccm.parties.tables import Person
from openccm.processes.deeds import Left, Visit, Waiting, way_of
from openccm.processes.waiting import later
from openccm.processes.walk import Walk
from openccm.rules.context import value_at
from openccm.work.escalation import escalate_due
from openccm.work.raising import NewToDo, cancel_todos_of, raise_todo
from openccm.work.tables import ToDo

AUTOMATIC = "automatic"
"""What an approval table answers where nobody need approve."""


async def case(visit: Visit, step: CaseStep) -> Left:
    """Open the case where there is none yet; then bring it to its status, and note what is said."""
    walk, instance = visit.walk, visit.walk.instance
    repository = visit.processes.desk.repository
    found = await queries.case_of(walk.session, instance.id)
    if found is None:
        found = await open_case(
            walk.session,
            repository,
            NewCase(
                type=step.case,
                version=instance.pins[step.case],
                raised_as=f"instance:{instance.id}",
                system_code=instance.system_code,
                subject=str(walk.value(step.subject) or "") if step.subject else "",
                person_id=walk.person.id if walk.person else None,
                person_key=walk.person.key if walk.person else instance.person_key,
                account_key=instance.account_key,
                instance_id=instance.id,
            ),
            actor=instance.started_by,
            now=walk.now,
        )
    visit.row.subject = found.id
    if step.note:
        async with _open(visit, found) as file:
            file.write_note(str(walk.value(step.note)))
    found = await advance(
        walk.session,
        repository,
        found.id,
        step.status,
        actor=walk.actor,
        now=walk.now,
        by_instance=True,
    )
    walk.keep(step.into, {"number": found.number, "status": found.status, "state": found.state})
    return Left(outcome=found.status)


async def offer(visit: Visit, step: OfferStep) -> Left | Waiting:
    """Offer to each of them what the table says; go on when somebody has decided on all of it."""
    walk = visit.walk
    kept = await _case(walk)
    first = visit.row.subject is None
    proposals = [await _addressed(walk, each) for each in _proposals(visit, step)] if first else []
    until = later(walk, visit.row.entered_at, step.within) if step.within else None
    async with _open(visit, kept) as file:
        for proposal in proposals:
            made = await offers.propose(file, proposal)
            if made is not None and made.state == "awaiting_approval" and made.todo_id is None:
                made.todo_id = await _ask(visit, step, made, proposal.context)
        visit.row.subject = kept.id
        own = [each for each in file.offers.values() if each.decided_table == step.table]
        looks = [await _look(visit, file, each, until) for each in own]
        waiting = sum(each.state in UNDECIDED for each in own)
        walk.keep(step.into, await _kept(walk, own))
    if waiting:
        moments = [each for each in (*looks, until) if each is not None]
        return Waiting(f"{waiting} offers to be approved", until=min(moments, default=None))
    visit.row.detail = {"offers": {str(each.id): each.state for each in own}}
    return way_of(step, _decided(own))


async def settle(visit: Visit, step: SettleStep) -> Left | Waiting:
    """Have what is approved paid, and wait until the core system has settled all of it."""
    walk = visit.walk
    kept = await _case(walk)
    until = later(walk, visit.row.entered_at, step.within) if step.within else None
    async with _open(visit, kept) as file:
        visit.row.subject = kept.id
        own = list(file.offers.values())
        offers.issue(file, own)
        unpaid = sum(each.state == "issued" for each in own)
        walk.keep(step.offers, await _kept(walk, own))
    if unpaid and (until is None or walk.now < until):
        return Waiting(f"{unpaid} offers to be settled", until=until)
    if unpaid:
        return way_of(step, "overdue")
    return way_of(step, "settled" if any(each.state == "settled" for each in own) else "withdrawn")


@asynccontextmanager
async def _open(visit: Visit, kept: Case) -> AsyncGenerator[CaseFile]:
    """The case's file; the instance is not woken, because it is the one who acts."""
    walk, repository = visit.walk, visit.processes.desk.repository
    async with opened(walk.session, repository, kept.id, actor=walk.actor, now=walk.now) as file:
        file.wakes_instance = False
        yield file


async def _case(walk: Walk) -> Case:
    found = await queries.case_of(walk.session, walk.instance.id)
    if found is None:
        raise ConflictError("There is no case to do this in.")
    return found


def _proposals(visit: Visit, step: OfferStep) -> list[Proposal]:
    """What the tables say for each of them; all is reckoned before anything is offered."""
    people = cast(list[Mapping[str, Any]], value_at(visit.walk.data, step.for_each) or [])
    return [_proposal(visit, step, entry) for entry in people]


async def _addressed(walk: Walk, proposal: Proposal) -> Proposal:
    """To whom it is addressed: whom the step names, else the person's guardian, else the person."""
    if proposal.addressee:
        return proposal
    person = await walk.session.scalar(select(Person).where(Person.key == proposal.person))
    guardian = await guardian_of(walk.session, person, walk.now.date()) if person else None
    return replace(proposal, addressee=guardian.key if guardian else proposal.person)


def _proposal(visit: Visit, step: OfferStep, entry: Mapping[str, Any]) -> Proposal:
    walk, process = visit.walk, visit.walk.process
    data = walk.data | {"each": entry}

    def value(source: str) -> Any:
        return process.value(source, visit.row.step).evaluate(data)

    answer = process.table(step.table).evaluate(
        {name: value(source) for name, source in step.inputs.items()}
    )
    person = str(value(step.person))
    rule = _rule(process.used[step.table], answer.rows)
    reason = str(answer.outputs.get("reason") or "")
    made = {"amount": answer.outputs["amount"], "reason": reason, "rule": rule}
    data["offer"] = made
    recommendation = str(value(step.recommendation)) if step.recommendation else ""
    data["offer"] = made | {"recommendation": recommendation}
    approver = _approver(visit, step.approval, value) if step.approval else None
    context = step.approval.context if step.approval else {}
    return Proposal(
        person=person,
        addressee=str(value(step.addressed_to) or "") if step.addressed_to else "",
        party=step.party,
        cause=str(value(step.cause)),
        amount=Decimal(answer.outputs["amount"]),
        currency=currency_of(step, process.used) or "",
        reason=reason,
        table=step.table,
        table_version=walk.instance.pins[step.table],
        rows=answer.rows,
        rule=rule,
        recommendation=recommendation,
        approver=approver,
        context={name: value(source) for name, source in context.items()} if approver else {},
        system_code=step.system or walk.instance.system_code,
        process=walk.instance.code,
    )


def _approver(visit: Visit, approval: ApprovalLimit, value: Any) -> str | None:
    given = {name: value(source) for name, source in approval.inputs.items()}
    answer = visit.walk.process.table(approval.table).evaluate(given)
    approver = answer.outputs.get("approver")
    return str(approver) if approver and approver != AUTOMATIC else None


def _rule(table: object, rows: Sequence[str]) -> str:
    """The rows that decided, with what their author notes about them."""
    assert isinstance(table, DecisionTableDefinition)
    told = [
        f"{name} ({table.rows[name].note})"
        if name in table.rows and table.rows[name].note
        else name
        for name in rows
    ]
    return f"{table.code}: {', '.join(told)}"


async def _ask(
    visit: Visit, step: OfferStep, made: CompensationOffer, context: Mapping[str, object]
) -> Any:
    """Raise the to-do that asks whoever must approve."""
    assert step.approval is not None
    walk, instance = visit.walk, visit.walk.instance
    new = NewToDo(
        type=step.approval.to_do,
        version=instance.pins[step.approval.to_do],
        owner_kind="instance",
        owner_id=instance.id,
        owner_step=offers.owner_step(visit.row.step, visit.row.visit, made.id),
        raised_by=instance.started_by,
        role=made.approver,
        context=to_jsonable_python(
            {name: each for name, each in context.items() if each is not None}
        ),
        not_by=frozenset({instance.started_by}),
        person_key=made.person_key,
        account_key=instance.account_key,
    )
    todo = await raise_todo(walk.session, visit.processes.desk.repository, new, walk.now)
    return todo.id


async def _look(
    visit: Visit, file: CaseFile, each: CompensationOffer, until: datetime | None
) -> datetime | None:
    """What became of one offer's approval; when to look again by itself."""
    if each.todo_id is None:
        return None
    walk, repository = visit.walk, visit.processes.desk.repository
    todo = await walk.session.get_one(ToDo, each.todo_id, populate_existing=True)
    offers.decide(file, each, todo)
    if each.state in UNDECIDED and until is not None and walk.now >= until:
        offers.expire(file, each)
    if each.state in UNDECIDED:
        return await escalate_due(walk.session, repository, todo.id, walk.now)
    await cancel_todos_of(
        walk.session,
        repository,
        "instance",
        walk.instance.id,
        each.state_reason or each.state,
        walk.now,
        step=offers.owner_step(visit.row.step, visit.row.visit, each.id),
    )
    return None


def _decided(own: Sequence[CompensationOffer]) -> str:
    """What all the decisions come to, in one word."""
    states = {each.state for each in own}
    if states & GRANTED:
        return "approved"
    if any(each.state == "rejected" and each.approver for each in own):
        return "rejected"
    return "withdrawn" if states & {"withdrawn", "expired"} else "nothing"


async def _kept(walk: Walk, own: Sequence[CompensationOffer]) -> dict[str, Any]:
    """The offers as the process reads them, people by name where they are known."""
    keys = [each.person_key for each in own]
    known = await walk.session.execute(
        select(Person.key, Person.name).where(col(Person.key).in_(keys))
    )
    names = {row.key: row.name for row in known}
    entries = [
        {
            "person": each.person_key,
            "name": names.get(each.person_key, each.person_key),
            "amount": each.amount,
            "reason": each.reason,
            "state": each.state,
            "granted": each.state in GRANTED,
            "refused": each.state == "rejected" and each.approver is not None,
        }
        for each in own
    ]
    total = sum((each.value for each in own if each.state in GRANTED), Decimal(0))
    return {
        "offers": entries,
        "total": f"{total:.2f}",
        "granted": sum(bool(entry["granted"]) for entry in entries),
        "refused": sum(bool(entry["refused"]) for entry in entries),
    }
