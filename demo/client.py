"""A core system's view of the API, and a hand on the lab's switches."""

from types import TracebackType
from typing import Any, Self

import aiohttp


class ApiError(Exception):
    """The API refused."""


class Client:
    """JSON over HTTP with one key."""

    def __init__(self, base: str, key: str = "") -> None:
        self.base = base
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(headers=self._headers)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._http is not None
        await self._http.close()

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON.

        Raises:
            ApiError: The status is not 2xx; says what the API said.
        """
        assert self._http is not None
        async with self._http.request(method, self.base + path, json=body) as response:
            text = await response.text()
            if response.status >= 300:
                raise ApiError(f"{method} {path}: {response.status} {text}")
            return await response.json() if text else None
