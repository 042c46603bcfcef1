"""What the boards show: requests of every kind, made over the same API as in production."""

from typing import Any
from uuid import uuid4

from tests.system.town import Town

FAR = "2099-01-01T00:00:00Z"


async def sent(house: Town) -> dict[str, Any]:
    """A request that is completed, its message delivered."""
    request = await house.alert(await house.person())
    return await house.until(request["id"], "completed")


async def waiting(house: Town) -> dict[str, Any]:
    """A request that waits for its day."""
    return await house.alert(await house.person(), send_after=FAR)


async def unreachable(house: Town) -> dict[str, Any]:
    """A request that could not be sent, because nobody knows where to."""
    request = await house.alert(await house.person(contact_points=[]))
    return await house.until(request["id"], "not_sent")


async def stuck(house: Town, count: int) -> list[str]:
    """Bills whose records are incomplete: their requests stand in error. Answers their numbers."""
    numbers = [f"B-{uuid4().hex[:8]}" for _ in range(count)]
    requests: list[dict[str, Any]] = []
    for number in numbers:
        await house.lab.ask("PUT", f"/lab/billing/bills/{number}", {"complete": False})
        requests.append(await house.core.ask("POST", "/v1/requests", bill(number)))
    for request in requests:
        await house.until(request["id"], "error")
    return numbers


def bill(number: str, **more: Any) -> dict[str, Any]:
    """The ask for a bill's communication."""
    return {
        "definition": "BILL-READY",
        "idempotency_key": number,
        "account": "A-5001",
        "payload": {"bill.number": number},
        **more,
    }
