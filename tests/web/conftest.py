"""The built web app in a real browser, against a whole installation."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser, async_playwright, expect

from api.web import BUILT
from demo.company import key_file
from openccm.platform.database import Database
from tests.support.databases import Databases
from tests.system.town import Town
from tests.system.town import town as open_town
from tests.web.visitor import PATIENCE, Visitor

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=PATIENCE)

Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """One installation for all of them; what a screen shows does not depend on the database."""
    assert (BUILT / "index.html").is_file(), "The web app is not built: make web"
    folder = tmp_path_factory.mktemp("web")
    databases = Databases("sqlite", folder, None)
    await databases.prepare()
    async with open_town(folder, await databases.fresh()) as opened:
        yield opened


def password_of(house: Town, name: str) -> str:
    """The password that was made up for somebody of the demo company."""
    return key_file(house.settings, f"{name}.password").read_text().strip()


@pytest.fixture(scope="session")
async def books(house: Town) -> AsyncIterator[Database]:
    """Our own look into the installation's database."""
    database = Database(house.settings.database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path is not None, "These tests need Chromium: apt install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def visit(house: Town, chromium: Browser) -> AsyncIterator[Visit]:
    """Open the app as somebody; at the end no page may have complained."""
    visitors: list[Visitor] = []

    async def open_as(name: str | None = None, width: int = 1440) -> Visitor:
        visitor = await Visitor.arrive(chromium, house.core.base, width)
        visitors.append(visitor)
        if name is not None:
            await visitor.sign_in(name, password_of(house, name))
        return visitor

    yield open_as
    for visitor in visitors:
        await visitor.leave()
    assert [line for visitor in visitors for line in visitor.complaints] == []
