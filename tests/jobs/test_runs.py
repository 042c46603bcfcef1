"""Runs of jobs on a real Temporal server: counted, stopped, gone on with, and never done twice."""

import pytest

from openccm.errors import ConflictError, IllegalTransitionError, InvalidError
from openccm.jobs.sheet import chain_of
from openccm.platform import audit
from tests.jobs.yard import Yard, keys


async def test_three_bad_items_in_a_thousand_are_named_and_the_others_are_done(yard: Yard) -> None:
    yard.street.due = keys(1000)
    yard.street.bad = {"P-00000", "P-00499", "P-00999"}

    run = await yard.until(await yard.start(), "completed", "completed_with_errors", "failed")
    failed = await yard.items(run, "failed")

    assert run.state == "completed_with_errors"
    assert (run.read, run.processed, run.failed, run.skipped) == (1000, 997, 3, 0)
    assert await yard.people() == set(keys(1000)) - yard.street.bad
    assert [(each.key, each.code, each.reason) for each in failed] == [
        (key, "invalid", f"There is no house for {key}.") for key in sorted(yard.street.bad)
    ]


async def test_an_unforeseen_fault_in_an_item_stops_nothing_and_quotes_nobody(yard: Yard) -> None:
    yard.street.due, yard.street.broken, yard.street.gone = keys(4), {"P-00001"}, {"P-00002"}

    run = await yard.until(await yard.start(), "completed_with_errors")

    assert (run.read, run.processed, run.failed, run.skipped) == (4, 2, 1, 1)
    assert [(each.state, each.reason) for each in await yard.items(run)] == [
        ("failed", "A fault: ZeroDivisionError."),
        ("skipped", "Moved away."),
    ]


async def test_a_rerun_goes_through_the_failed_items_alone(yard: Yard) -> None:
    yard.street.due, yard.street.bad = keys(6), {"P-00001", "P-00003"}
    run = await yard.until(await yard.start(), "completed_with_errors")
    yard.street.bad = {"P-00003"}
    await yard.command("rerun", run)
    run = await yard.until(run, "completed_with_errors")
    yard.street.bad = set()
    await yard.command("rerun", run)
    run = await yard.until(run, "completed")

    assert (run.read, run.processed, run.failed) == (6, 6, 0)
    assert [(each.key, each.state, each.tries) for each in await yard.items(run)] == [
        ("P-00001", "done", 2),
        ("P-00003", "done", 3),
    ]
    assert yard.street.finished == ["due", "failed", "failed"]


async def test_a_pause_takes_effect_between_two_items(yard: Yard) -> None:
    yard.street.due, yard.street.halt_at = keys(120), "P-00060"
    run = await yard.start()
    await yard.street.reached.wait()
    # The item under work holds the run, or on SQLite the database: the gate has to open first.
    yard.street.gate.set()
    await yard.command("pause", run)
    paused = await yard.run(run)
    stood_at = len(await yard.people())
    await yard.command("resume", run)
    run = await yard.until(run, "completed")

    assert paused.state == "paused"
    assert stood_at == paused.processed
    assert (run.read, run.processed) == (120, 120)
    assert await yard.people() == set(keys(120))


async def test_a_cancelled_run_keeps_what_it_did_and_cannot_go_on(yard: Yard) -> None:
    yard.street.due, yard.street.closed = keys(3), True
    run = await yard.start()

    await yard.until(run, "running")
    await yard.command("cancel", run, "wrong evening")

    with pytest.raises(IllegalTransitionError, match="cancelled"):
        await yard.command("resume", run)
    assert (await yard.run(run)).reason == "wrong evening"
    assert yard.street.finished == []


async def test_a_job_has_one_run_at_a_time_and_the_same_ask_is_one_run(yard: Yard) -> None:
    yard.street.due, yard.street.closed = keys(1), True
    run = await yard.start()

    with pytest.raises(ConflictError, match="Run 1 of register is"):
        await yard.start()

    yard.street.closed = False
    await yard.until(run, "completed")
    assert (await yard.start()).number == 2


async def test_a_wrong_parameter_is_named(yard: Yard) -> None:
    with pytest.raises(InvalidError) as caught:
        await yard.start(language="English")

    assert caught.value.field == "parameters.language"


async def test_a_job_that_makes_no_files_makes_none_anew(yard: Yard) -> None:
    run = await yard.until(await yard.start("count"), "completed")

    with pytest.raises(ConflictError, match="nothing that could be made anew"):
        await yard.command("reprocess", run)


async def test_every_change_of_a_run_stands_on_its_trail(yard: Yard) -> None:
    yard.street.due = keys(1)
    run = await yard.until(await yard.start(), "completed")

    async with yard.database.read() as session:
        entries = await audit.entries(session, chain=chain_of(run.id))
        head = audit.Head(run.trail_sequence, run.trail_hash)
        fault = await audit.first_fault(session, chain_of(run.id), head)
    assert [(each.actor, each.to_state) for each in entries] == [
        ("user:op1", "waiting"),
        ("engine", "running"),
        ("engine", "completed"),
    ]
    assert fault is None
