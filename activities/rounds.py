"""The activities of the workflows that go their round: do what is due, say when to look again."""

from temporalio import activity

from activities.alive import beating
from openccm.communications.desk import Desk
from openccm.contacts.keeping import Keeper
from openccm.contracts import (
    DELIVER_CALLBACKS,
    HANDLE_EVENTS,
    KEEP_REMINDER,
    LOOK_AFTER_PRINT_RUN,
    LOOK_AFTER_TODO,
    OPEN_JOB,
    PUBLISH_DUE,
    WORK_ON_JOB,
    RoundInput,
    RoundResult,
)
from openccm.events.handling import Handler
from openccm.jobs.commands import start_due
from openccm.jobs.job import Jobs
from openccm.jobs.timetables import timetable_by_id
from openccm.jobs.working import Foreman
from openccm.letters.following import RunWatch
from openccm.publishing.delivery import CallbackSender
from openccm.repository.schedule import see_to
from openccm.work.escalation import Watch


class RoundActivities:
    """One round each, for one subject."""

    def __init__(self, desk: Desk, jobs: Jobs) -> None:
        self._desk = desk
        self._jobs = jobs
        self._sender = CallbackSender(
            desk.database, desk.vault, desk.clock, timeout=desk.settings.callback_timeout
        )
        self._events = Handler(desk)
        self._todos = Watch(desk.database, desk.repository, desk.clock)
        self._print_runs = RunWatch(desk)
        self._foreman = Foreman(desk.database, jobs, desk.clock)
        self._reminders = Keeper(desk.database, desk.repository, desk.clock)

    @activity.defn(name=DELIVER_CALLBACKS)
    async def deliver_callbacks(self, order: RoundInput) -> RoundResult:
        """Deliver all that is due to one subscription."""
        with beating():
            return RoundResult(until=await self._sender.deliver(order.subject))

    @activity.defn(name=HANDLE_EVENTS)
    async def handle_events(self, order: RoundInput) -> RoundResult:
        """Work on all events that are due."""
        with beating():
            return RoundResult(until=await self._events.round())

    @activity.defn(name=LOOK_AFTER_TODO)
    async def look_after_todo(self, order: RoundInput) -> RoundResult:
        """Mark and escalate what nobody does in time."""
        return RoundResult(until=await self._todos.look(order.subject))

    @activity.defn(name=KEEP_REMINDER)
    async def keep_reminder(self, order: RoundInput) -> RoundResult:
        """Turn a reminder into its to-do when it is due."""
        return RoundResult(until=await self._reminders.look(order.subject))

    @activity.defn(name=PUBLISH_DUE)
    async def publish_due(self, order: RoundInput) -> RoundResult:
        """Bring a scheduled version into force."""
        async with self._desk.database.begin() as session:
            return RoundResult(until=await see_to(session, order.subject, self._desk.clock()))

    @activity.defn(name=WORK_ON_JOB)
    async def work_on_job(self, order: RoundInput) -> RoundResult:
        """Work on a run's next items."""
        with beating():
            return RoundResult(until=await self._foreman.turn(order.subject))

    @activity.defn(name=OPEN_JOB)
    async def open_job(self, order: RoundInput) -> RoundResult:
        """Open the run that a timetable's time has come for."""
        opened_as = activity.info().workflow_id
        assert opened_as is not None
        async with self._desk.database.begin() as session:
            timetable = await timetable_by_id(session, order.subject)
            await start_due(
                session, self._jobs, timetable.job, opened_as=opened_as, now=self._desk.clock()
            )
        return RoundResult()

    @activity.defn(name=LOOK_AFTER_PRINT_RUN)
    async def look_after_print_run(self, order: RoundInput) -> RoundResult:
        """Hand over a print run, or listen to its print house."""
        with beating():
            return RoundResult(until=await self._print_runs.look(order.subject))
