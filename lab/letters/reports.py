"""Brings the print house's reports to OpenCCM's status interface."""

from pathlib import Path

import aiohttp

from lab.errands import Errand, NotTaken, Unreachable

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_CLOSED_TO_US = {401, 429}


class ReportCourier:
    """Posts reports, with the key the print house was given."""

    def __init__(self, url: str | None, key_file: Path | None) -> None:
        self._url = url.rstrip("/") if url else None
        self._key_file = key_file
        self._session: aiohttp.ClientSession | None = None

    async def bring(self, errand: Errand) -> None:
        """Post one report.

        Raises:
            Unreachable: Nobody answers, or the door is closed to the print house.
            NotTaken: This report was refused.
        """
        if self._url is None:
            raise Unreachable("The print house was not told where to report")
        url = f"{self._url}/v1/communications/{errand.target}/status"
        try:
            async with self._open().post(url, data=errand.body, headers=self._headers()) as answer:
                status, text = answer.status, await answer.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable(f"Nobody takes reports at {self._url}") from error
        if status >= 500 or status in _CLOSED_TO_US:
            raise Unreachable(f"{status} {text[:200]}")
        if status >= 300:
            raise NotTaken(f"{status} {text[:200]}")

    async def rest(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()
        self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        return self._session

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self._key_file is None:
            return headers
        try:
            key = self._key_file.read_text().strip()
        except OSError as error:
            raise Unreachable("The file with the print house's key cannot be read") from error
        return headers | {"Authorization": f"Bearer {key}"}
