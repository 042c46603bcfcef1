"""Steps that decide: branches, tables, variables, counted repetition."""

from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from openccm.language.steps import BranchStep, DecideStep, RepeatStep, SetStep
from openccm.processes.deeds import Left, Visit
from openccm.processes.tables import InstanceStep


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
    """Go back as often as allowed, then on."""
    times = await visit.walk.session.scalar(
        select(func.count()).where(
            InstanceStep.instance_id == visit.walk.instance.id,
            InstanceStep.step == visit.row.step,
            col(InstanceStep.way) == "again",
        )
    )
    return Left("again") if (times or 0) < step.at_most else Left()
