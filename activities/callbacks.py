"""The activity that tells core systems what became of their requests."""

from temporalio import activity

from activities.alive import beating
from openccm.contracts import DELIVER_CALLBACKS, CallbacksInput, CallbacksResult
from openccm.publishing.delivery import CallbackSender


class CallbackActivities:
    """Callbacks to core systems."""

    def __init__(self, sender: CallbackSender) -> None:
        self._sender = sender

    @activity.defn(name=DELIVER_CALLBACKS)
    async def deliver_callbacks(self, order: CallbacksInput) -> CallbacksResult:
        """Deliver all that is due to one subscription."""
        with beating():
            until = await self._sender.deliver(order.subscription_id)
        return CallbacksResult(until=until)
