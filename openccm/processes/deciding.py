"""Steps that decide: branches, tables, variables, counted repetition."""

from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from openccm.language.steps import BranchStep, DecideStep, RepeatStep, SetStep
from openccm.processes.deeds import Left, Visit
from openccm.processes.tables import InstanceStep

AGAIN = "again"


async def branch(visit: Visit, step: BranchStep) -> Left:
    """Go on by the first case that holds."""
    for name, case in step.cases.items():
        if visit.walk.holds(case.when):
            return Left(name)
    return Left("otherwise")


async def decide(visit: Visit, step: DecideStep) -> Left:
    """Ask the table, keep what it answers, and which rows said so."""
    table = visit.walk.process.table(step.table)
    given = {name: visit.walk.value(source) for name, source in step.inputs.items()}
    answer = table.evaluate(given)
    visit.walk.keep(step.into, dict(answer.outputs))
    visit.row.detail = {"table": step.table, "rows": list(answer.rows)}
    return Left(outcome=", ".join(answer.rows)[:200] or None)


async def set_values(visit: Visit, step: SetStep) -> Left:
    """Give variables their new values; all are reckoned before the first is set."""
    found: dict[str, Any] = {name: visit.walk.value(each) for name, each in step.values.items()}
    for name, value in found.items():
        visit.walk.keep(name, value)
    return Left()


async def repeat(visit: Visit, step: RepeatStep) -> Left:
    """Go back as often as allowed since the loop was entered, then on."""
    times = await _times(visit, step)
    if times >= step.at_most:
        visit.row.detail = {"times": times}
        return Left()
    visit.row.detail = {"times": times + 1}
    return Left(AGAIN)


async def _times(visit: Visit, step: RepeatStep) -> int:
    """How often it went back since the loop was entered.

    Entered is a loop whose first step is come to by any way but a counted one. So two loops that
    begin with the same step cannot count one another anew for ever.
    """
    row, walk = visit.row, visit.walk
    before = await walk.here(row.step, row.visit - 1)
    if before is None:
        return 0
    steps = walk.process.definition.steps
    back = {
        name
        for name, each in steps.items()
        if isinstance(each, RepeatStep) and each.from_ == step.from_
    }
    since = (InstanceStep.instance_id == walk.instance.id, col(InstanceStep.id) >= before.id)
    after = col(InstanceStep.id) > before.id  # a loop may begin with its own counted step
    entries = await walk.session.scalar(
        select(func.count()).where(*since, after, InstanceStep.step == step.from_)
    )
    counted = await walk.session.scalar(
        select(func.count()).where(
            *since, col(InstanceStep.step).in_(back), InstanceStep.way == AGAIN
        )
    )
    entered = (entries or 0) > (counted or 0)
    return 0 if entered else int(before.detail.get("times", 0))
