"""Putting questions to activities on task queues of the customer's own, in any language."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError, TimeoutError, is_cancelled_exception  # noqa: A004

with workflow.unsafe.imports_passed_through():
    from openccm.contracts import Answer, Question

# Until the time is up: a worker that was not there yet, or failed for once, may still answer.
_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))


async def put(question: Question, title: str, priority: int) -> Answer:
    """Ask, and bring back whatever came of it; judging it is for the step that asked."""
    timeout = timedelta(seconds=question.timeout)
    try:
        body = await workflow.execute_activity(
            question.activity,
            question.body,
            task_queue=question.queue,
            schedule_to_close_timeout=timeout,
            start_to_close_timeout=timeout,
            retry_policy=_RETRY,
            summary=title,
            priority=Priority(priority_key=priority),
        )
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        return Answer(fault="timeout" if isinstance(error.cause, TimeoutError) else "failed")
    return Answer(body=body)
