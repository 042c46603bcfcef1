"""A hook: how much risk there is in an open bill."""

from decimal import Decimal

from openccm.customisation.contract import HookReply, HookRequest

HIGH = Decimal(1000)


class Risk:
    """Rates by the amount; made once for each process, asked once at a time."""

    async def call(self, request: HookRequest) -> HookReply:
        """The rating, and where the process goes on."""
        amount = Decimal(str(request.values["bill.amount"]))
        if amount >= HIGH:
            return HookReply(values={"risk": "high"}, outcome="review", reason="large_amount")
        return HookReply(values={"risk": "low"}, outcome="ok")
