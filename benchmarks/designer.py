"""What the designer costs a browser: CPU of the page's process to open a process, and to edit it.

CPU and not time, so that a busy machine measures the same. Needs the web app and Chromium.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any, cast

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright, expect

from demo.company import key_file
from tests.support.databases import Databases
from tests.system.town import Town, town
from tests.web.conftest import FLAGS

OPENING = {200: 1.5, 1_000: 4.0}
"""Steps, and the seconds it may cost to open them."""
EDIT = 0.25
"""Seconds that an edit in the form may cost at 200 steps."""
PATIENCE = 240_000


def process(code: str, steps: int) -> str:
    """A process with branches that meet again, as real ones have."""
    lines = [f"kind: process\ncode: {code}\ntitle: {steps} steps\nrecipient: nobody\nsteps:\n"]
    for number in range(0, steps - 1, 4):
        here, after = f"s{number}", f"s{number + 4}" if number + 4 < steps - 1 else "done"
        lines.append(
            f"  {here}: {{do: branch, cases: {{later: {{when: 'true', next: {here}-b}}}},"
            f" otherwise: {here}-a}}\n"
            f"  {here}-a: {{do: wait, for: 1 day, next: {here}-c}}\n"
            f"  {here}-b: {{do: wait, for: 2 days}}\n"
            f"  {here}-c: {{do: wait, for: 3 days, next: {after}}}\n"
        )
    lines.append("  done: {do: end, outcome: done}\n")
    return "".join(lines)


async def cpu(session: CDPSession) -> float:
    """Seconds of CPU that the page's process has used, its workers among them."""
    told = await session.send("Performance.getMetrics")  # pyright: ignore[reportUnknownVariableType]
    values = {each["name"]: each["value"] for each in cast("dict[str, Any]", told)["metrics"]}
    return values["ProcessTime"]


async def opened(context: BrowserContext, code: str, nodes: int) -> tuple[Page, CDPSession, float]:
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    session = await context.new_cdp_session(page)
    await session.send("Performance.enable")
    await page.goto(f"/app/definitions/{code}/draft?step=s0-a")
    await expect(page.locator(".react-flow__node-step")).to_have_count(nodes, timeout=PATIENCE)
    await page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    return page, session, await cpu(session)


async def signed_in(browser: Browser, house: Town) -> BrowserContext:
    """A browser that knows the app already, as on every day but the first."""
    context = await browser.new_context(
        base_url=house.core.base, viewport={"width": 1440, "height": 900}
    )
    page = await context.new_page()
    password = key_file(house.settings, "bu1.password").read_text().strip()
    await page.goto("/app/")
    await page.get_by_role("textbox", name="Name").fill("bu1")
    await page.get_by_role("textbox", name="Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("navigation").wait_for()
    await page.close()
    return context


def tell(what: str, measured: float, goal: float) -> None:
    print(f"{what:<34} {measured:6.2f} s of {goal:.2f} s = {measured / goal:.2f}")


async def measure(browser: Browser, house: Town) -> None:
    for steps, goal in OPENING.items():
        code = f"BENCH-{steps}"
        text = process(code, steps)
        files = {"process.yaml": text}
        await house.operator.ask("PUT", f"/v1/definitions/{code}/draft", {"files": files})
        context = await signed_in(browser, house)
        page, session, spent = await opened(context, code, text.count("{do: "))
        tell(f"open {steps} steps until painted", spent, goal)
        if steps == 200:
            await page.wait_for_timeout(2_000)
            field = page.get_by_role("textbox", name="For", exact=True)
            await field.fill("9 days")
            before = await cpu(session)
            await field.press("Enter")
            await expect(page.locator(".react-flow__node[data-id='s0-a']")).to_contain_text(
                "9 days", timeout=PATIENCE
            )
            tell("an edit in the form at 200 steps", await cpu(session) - before, EDIT)
        await context.close()


async def main() -> None:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path is not None, "This needs Chromium: apt install chromium"
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        databases = Databases("sqlite", folder, None)
        await databases.prepare()
        async with town(folder, await databases.fresh()) as house, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
            await measure(browser, house)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
