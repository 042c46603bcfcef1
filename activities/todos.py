"""The activity that marks and escalates what nobody does in time."""

from temporalio import activity

from openccm.contracts import LOOK_AFTER_TODO, ToDoInput, ToDoResult
from openccm.work.escalation import Watch


class ToDoActivities:
    """To-dos that nothing waits for."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    @activity.defn(name=LOOK_AFTER_TODO)
    async def look_after_todo(self, order: ToDoInput) -> ToDoResult:
        """Do what is due with one to-do."""
        return ToDoResult(until=await self._watch.look(order.todo_id))
