"""A core system's data service at the far end of the wire, and what it is asked for."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from openccm.data.collect import Collected, collect
from openccm.data.services import DataDesk
from openccm.language.data_service import DataServiceDefinition
from tests.core.making import definition

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DATA = {
    "bill.number": {"type": "text", "from": "payload"},
    "bill.amount": {"type": "money", "from": "billing"},
    "bill.due_date": {"type": "date", "from": "billing"},
}
VALUES = {"bill.amount": "186.40", "bill.due_date": "2026-06-01"}
KEYS: dict[str, Any] = {"person": "P-1001", "account": "A-5001", "bill.number": "B-417"}


@dataclass(slots=True)
class Billing:
    """A core system's data service, answering over HTTP as it is told."""

    url: str = ""
    asked: list[tuple[dict[str, str], bytes]] = field(
        default_factory=list[tuple[dict[str, str], bytes]]
    )
    answer: Callable[[], web.Response] = lambda: web.json_response({"values": VALUES})
    pause: float = 0

    def says(self, body: Any, status: int = 200) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answer = lambda: web.Response(body=content, status=status)

    async def take(self, http: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in http.headers.items()}
        self.asked.append((headers, await http.read()))
        await asyncio.sleep(self.pause)
        return self.answer()


def service(url: str, code: str = "billing", **more: Any) -> DataServiceDefinition:
    facts: dict[str, Any] = {
        "kind": "data-service",
        "code": code,
        "title": "Billing system",
        "http": {"url": url, "timeout": "1 second"},
        "fields": {"bill.amount": {"type": "money"}},
    }
    return DataServiceDefinition.model_validate(facts | more)


async def gather(
    desk: DataDesk, offered: DataServiceDefinition, data: dict[str, Any] | None = None
) -> Collected:
    declared = definition(data=DATA if data is None else data)
    payload = {"bill": {"number": "B-417"}}
    return await collect(desk, declared.data, {offered.code: offered}, payload, dict(KEYS))
