"""Hooks over HTTP: what is live and how it fares, for who may read the trail."""

from pathlib import Path

import pytest

from openccm.customisation.contract import HookRequest
from openccm.customisation.desk import HookDesk
from openccm.errors import HookUnavailable
from openccm.installation import publish_folder
from openccm.language.hook import HookDefinition
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from openccm.platform.ports import free_ports
from openccm.repository.versions import Repository
from tests.system.town import Town

HOOK = """
kind: hook
code: SCORE-CHECK
title: Ask for a score
point: process.call
http: {url: "http://127.0.0.1:%d/", timeout: 1 second}
"""
PACKAGED = """
kind: hook
code: RATE-CHECK
title: Ask for a rate
point: process.call
python: nobody_brought_this
"""


@pytest.fixture(scope="module")
async def published(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Town:
    root: Path = tmp_path_factory.mktemp("hooks")
    for name, text in (("score", HOOK % free_ports(1)[0]), ("rate", PACKAGED)):
        (root / name).mkdir()
        (root / name / "hook.yaml").write_text(text)
    await publish_folder(town.settings, root)
    return town


async def test_a_live_hook_is_listed_with_its_health(published: Town) -> None:
    async def listed() -> dict[str, object]:
        hooks = await published.operator.ask("GET", "/v1/hooks")
        return {hook["code"]: hook for hook in hooks}["SCORE-CHECK"]

    before = await listed()
    database = Database(published.settings.database_url)
    async with database.read() as session:
        hook, version = await Repository(database).newest(session, HookDefinition, "SCORE-CHECK")
    desk = HookDesk(utc_now, database=database)
    with pytest.raises(HookUnavailable):
        await desk.call(hook, HookRequest(hook="", point=""), version=version)
    await desk.close()
    await database.close()
    after = await listed()

    assert (before["health"], before["calls"]) == ("unused", 0)
    assert (before["transport"], before["version"], before["fails"]) == ("http", 1, "stop")
    assert (after["health"], after["calls"], after["failures"]) == ("unwell", 1, 1)
    assert "cannot be reached" in str(after["last_error"])
    trail = await published.operator.ask("GET", "/v1/audit?chain=hook:SCORE-CHECK")
    assert [entry["reason"] for entry in trail["items"]] == ["hook_unavailable"]


async def test_a_package_that_is_not_installed_is_seen(published: Town) -> None:
    hooks = await published.operator.ask("GET", "/v1/hooks")

    (found,) = [hook for hook in hooks if hook["code"] == "RATE-CHECK"]
    assert (found["health"], found["package"]) == ("not_installed", None)


async def test_who_may_not_read_the_trail_may_not_see_hooks(published: Town) -> None:
    assert (await published.printer.call("GET", "/v1/hooks")).status == 403
