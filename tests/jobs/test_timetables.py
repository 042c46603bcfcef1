"""When jobs run: by Temporal's schedules, in their hours, after other jobs, never in a circle."""

from datetime import UTC, datetime

import pytest

from openccm.errors import InvalidError
from openccm.jobs import queries
from openccm.jobs.tables import JobRun
from openccm.jobs.timetables import Timing, Window
from tests.jobs.yard import Yard, eventually, keys


@pytest.fixture
async def planned(yard: Yard) -> Yard:
    """A yard where people are registered only after they were counted."""
    await yard.plan("register", after=[{"job": "count", "within": 12}])
    yard.street.due = keys(2)
    return yard


async def test_a_run_waits_for_the_job_it_comes_after(planned: Yard) -> None:
    run = await planned.start()

    async def waits() -> JobRun | None:
        found = await planned.run(run)
        return found if found.waiting_for else None

    waiting = await eventually(waits, "the run to wait")
    people = await planned.people()
    await planned.start("count")
    await planned.until(run, "completed")

    assert (waiting.state, waiting.waiting_for) == ("waiting", "count, which has not run yet")
    assert people == set()
    assert await planned.people() == set(keys(2))


async def test_what_finished_too_long_ago_does_not_count(planned: Yard) -> None:
    await planned.until(await planned.start("count"), "completed")
    planned.station.clock.go(13 * 3600)
    run = await planned.start()

    async def waits() -> bool:
        return "last finished" in ((await planned.run(run)).waiting_for or "")

    assert await eventually(waits, "the run to wait")


async def test_an_operator_may_let_it_go_on_without_waiting(planned: Yard) -> None:
    run = await planned.start()
    await planned.command("resume", run, "counted by hand")

    run = await planned.until(run, "completed")

    assert run.overrides


async def test_jobs_cannot_wait_for_each_other_in_a_circle(planned: Yard) -> None:
    with pytest.raises(InvalidError, match="count → register → count") as caught:
        await planned.plan("count", after=[{"job": "register"}])

    assert caught.value.field == "after"


async def test_nothing_comes_after_a_job_that_does_not_exist(yard: Yard) -> None:
    with pytest.raises(InvalidError, match="There is no job nightly"):
        await yard.plan("count", after=[{"job": "nightly"}])


async def test_outside_its_hours_a_run_waits_for_them(yard: Yard) -> None:
    # The clock stands at 09:00 in London.
    await yard.plan("register", window={"from": "22:00", "until": "06:00"})
    yard.street.due = keys(1)
    run = await yard.start()

    async def waits() -> JobRun | None:
        found = await yard.run(run)
        return found if found.waiting_for else None

    waiting = await eventually(waits, "the run to wait")

    assert waiting.waiting_for == "its hours, from 2026-05-01 21:00 UTC"


async def test_a_schedule_of_temporal_begins_runs(yard: Yard) -> None:
    yard.street.due = keys(3)
    await yard.plan("register", timing={"every": 60}, parameters={"language": "de"})
    next_at = await eventually(lambda: yard.engine.next_time("register"), "a schedule")
    handle = yard.engine.client.get_schedule_handle("job-due/register")

    # The hour is not waited for: the schedule is told that its time has come.
    await handle.trigger()

    async def finished() -> JobRun | None:
        async with yard.database.read() as session:
            found = await queries.runs(session, job="register", state="completed")
        return found[0] if found else None

    run = await eventually(finished, "the run")
    await yard.plan("register", timing=None)

    async def unplanned() -> bool:
        return await yard.engine.next_time("register") is None

    assert next_at > datetime.now(UTC)
    assert (run.number, run.processed, run.parameters) == (1, 3, {"language": "de"})
    assert run.opened_by == "engine"
    assert await eventually(unplanned, "the schedule to go")


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-05-01T20:59:59+00:00", "2026-05-01T21:00:00+00:00"),
        ("2026-05-01T21:00:00+00:00", None),
        ("2026-05-02T04:59:59+00:00", None),
        ("2026-05-02T05:00:00+00:00", "2026-05-02T21:00:00+00:00"),
    ],
)
def test_a_window_may_cross_midnight(now: str, opens: str | None) -> None:
    window = Window.model_validate({"from": "22:00", "until": "06:00", "zone": "Europe/London"})

    opening = window.opening(datetime.fromisoformat(now))

    assert opening == (datetime.fromisoformat(opens) if opens else None)


def test_times_mean_the_same_to_temporal() -> None:
    spec = Timing.model_validate({"at": ["22:00"], "on": ["mon", "sun"]}).spec

    (calendar,) = spec.calendars
    assert [each.start for each in calendar.hour] == [22]
    assert [each.start for each in calendar.day_of_week] == [1, 0]
    assert spec.time_zone_name == "Europe/London"


def test_a_plan_names_times_or_minutes_not_both() -> None:
    with pytest.raises(ValueError, match="Name times"):
        Timing.model_validate({"at": ["22:00"], "every": 5})
