"""Finishing a to-do: who may, how it may end, and what is told to whom it is refused."""

from typing import Any

import pytest

from openccm.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from openccm.platform.columns import new_id
from openccm.work import commands
from openccm.work.commands import Done
from tests.work.office import Office

PROMISED = Done("promised", {"promised_on": "2026-03-31", "note": "by bank"})


async def test_what_the_agent_filled_in_is_kept_as_declared(office: Office) -> None:
    todo = await office.raised()

    await office.do(commands.complete, office.agent(), todo, PROMISED)

    row = await office.todo(todo)
    assert (row.state, row.outcome, row.closed_by) == ("completed", "promised", "system:AG1")
    assert row.form == {"promised_on": "2026-03-31", "note": "by bank"}
    assert (row.free_at, row.lease_until, row.closed_at) == (None, None, office.clock())


async def test_what_the_agent_filled_in_is_not_on_the_trail(office: Office) -> None:
    todo = await office.raised()
    await office.do(commands.complete, office.agent(), todo, PROMISED)

    assert "by bank" not in str([each.model_dump() for each in await office.trail(todo)])


@pytest.mark.parametrize(
    ("done", "field", "told"),
    [
        (Done("vanished"), "outcome", "promised, refused, not-reached only"),
        (Done("promised"), "form.promised_on", "must be filled in"),
        (Done("promised", {"promised_on": "soon"}), "form.promised_on", "not a date"),
        (Done("promised", {"promised_at": "2026-03-31"}), "form.promised_at", "promised_on"),
        (Done("refused"), "reason", "Say why"),
        (Done("refused", reason="  "), "reason", "Say why"),
    ],
)
async def test_a_wrong_ending_is_refused_by_the_name_of_what_is_wrong(
    office: Office, done: Done, field: str, told: str
) -> None:
    todo = await office.raised()

    with pytest.raises(InvalidError, match=told) as refused:
        await office.do(commands.complete, office.agent(), todo, done)

    assert refused.value.field == field
    assert (await office.todo(todo)).state == "open"


@pytest.mark.parametrize("ending", ["completed", "cancelled"])
async def test_who_comes_too_late_is_told_by_whom_and_when(office: Office, ending: str) -> None:
    todo = await office.raised()
    if ending == "completed":
        await office.do(commands.complete, office.agent("AG2"), todo, PROMISED)
    else:
        await office.do(commands.cancel, office.agent("AG2", supervises=True), todo, "paid")

    with pytest.raises(ConflictError, match=f"{ending} by system:AG2 at 2026-03-19 06:00:00"):
        await office.do(commands.complete, office.agent(), todo, PROMISED)


async def test_without_the_role_nobody_finishes_it(office: Office) -> None:
    todo = await office.raised()

    with pytest.raises(DeniedError, match="role collections"):
        await office.do(commands.complete, office.agent("AG1", "printers"), todo, PROMISED)


async def test_what_somebody_has_nobody_else_finishes(office: Office) -> None:
    todo = await office.raised()
    await office.do(commands.claim, office.agent("AG2"), todo)

    with pytest.raises(ConflictError, match="system:AG2 has this to-do until 2026-03-19 06:30:00"):
        await office.do(commands.complete, office.agent(), todo, PROMISED)


async def test_whoever_asked_for_it_does_not_approve_it(office: Office) -> None:
    todo = await office.approval()
    asker = office.agent("FLIGHTS", "supervisor")

    for command, words in ((commands.claim, ()), (commands.complete, (Done("approved"),))):
        with pytest.raises(DeniedError, match="other eyes"):
            await office.do(command, asker, todo, *words)
    su = office.agent("SU1", "supervisor", supervises=True)
    with pytest.raises(InvalidError, match="other eyes"):
        await office.do(commands.forward, su, todo, agent="system:FLIGHTS")

    await office.do(commands.complete, office.agent("SU1", "supervisor"), todo, Done("approved"))
    assert (await office.todo(todo)).outcome == "approved"


async def test_of_two_who_finish_it_at_once_one_is_told_about_the_other(office: Office) -> None:
    owner = new_id()
    todo = await office.raised(owner_id=owner)
    await office.do(commands.complete, office.agent("AG2"), todo, PROMISED)

    with pytest.raises(ConflictError):
        await office.do(commands.complete, office.agent("AG1"), todo, PROMISED)

    assert await office.owed(owner) == ["wake-instance"], "the owner is woken once"


async def test_only_a_supervisor_takes_work_away(office: Office) -> None:
    todo = await office.raised()

    with pytest.raises(DeniedError, match="todo:manage"):
        await office.do(commands.cancel, office.agent(), todo, "no wish")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (commands.claim, ()),
        (commands.start, ()),
        (commands.release, ("why",)),
        (commands.complete, (PROMISED,)),
        (commands.cancel, ("why",)),
    ],
)
async def test_what_is_not_there_is_not_found(
    office: Office, command: Any, words: tuple[Any, ...]
) -> None:
    with pytest.raises(NotFoundError):
        await office.do(command, office.agent(supervises=True), new_id(), *words)
