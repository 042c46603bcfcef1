"""An SmtpChannel at one of the counterparts, and a message for it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from openccm.channels.port import Outbound
from openccm.channels.smtp import SmtpChannel, SmtpConfig
from openccm.errors import ChannelError
from tests.counterparts.smtp import HOST

MESSAGE = b"Subject: Your bill\r\n\r\n.\r\n..\r\nDear Jane,\r\n.dotted\r\nthe end\r\n"


def outbound(number: int = 1, **changes: Any) -> Outbound:
    given = {
        "key": f"0190a7d2-7f3e-7c11-8d0a-3a0c5f9e2b11/{number}",
        "communication_id": "0190a7d2-7f3e-7c11-8d0a-3a0c5f9e2b11",
        "recipient": "jane.doe@home.example",
        "sender": "b+token@in.brightwater.example",
        "media_type": "message/rfc822",
        "content": MESSAGE,
    }
    return Outbound.model_validate(given | changes)


@asynccontextmanager
async def connected(port: int, **changes: Any) -> AsyncGenerator[SmtpChannel]:
    given = {"host": HOST, "port": port, "tls": "none", "timeout": 5, "helo": "client.example"}
    channel = SmtpChannel(SmtpConfig.model_validate(given | changes))
    await channel.open()
    try:
        yield channel
    finally:
        await channel.close()


async def refusal_of(port: int, message: Outbound | None = None, **config: Any) -> ChannelError:
    async with connected(port, **config) as channel:
        with pytest.raises(ChannelError) as refused:
            await channel.send(message or outbound())
    assert "jane" not in str(refused.value).lower()
    return refused.value
