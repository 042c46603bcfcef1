"""A custom rule: customers of the key account desk get no standard letters."""

from openccm.customisation.contract import HookReply, HookRequest

KEY_ACCOUNTS = frozenset(("A-5001", "A-5007"))


class Vip:
    """Decides on eligibility, like a condition of the definition."""

    async def call(self, request: HookRequest) -> HookReply:
        """Whether the recipient gets the communication."""
        if request.keys.account in KEY_ACCOUNTS:
            return HookReply(outcome="refused", reason="key_account")
        return HookReply(outcome="eligible")
