"""Somebody in front of the app: a browser of their own, and an ear for all it complains of."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Page, Response, expect

DESIGNER = Path(__file__).parents[2] / "designer"
AXE = DESIGNER / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE = 30_000
"""Milliseconds: far more than anything takes on a slow machine."""


@dataclass
class Visitor:
    """A page, and what went wrong on it."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list[str])
    refusals: set[int] = field(default_factory=set[int])
    """Refusals that the story provokes, by status: the browser logs each as an error."""

    @classmethod
    async def arrive(cls, browser: Browser, base: str, width: int) -> "Visitor":
        """A browser that was never here, with a window so wide; nothing on it moves for show."""
        context = await browser.new_context(
            viewport={"width": width, "height": 900},
            locale="en-GB",
            base_url=base,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        visitor = cls(await context.new_page(), base)
        visitor.page.on("console", visitor._hear)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(f"thrown: {error}"))
        visitor.page.on("response", visitor._look)
        return visitor

    def _hear(self, message: ConsoleMessage) -> None:
        refused = any(f"status of {status}" in message.text for status in self.refusals)
        if message.type in ("error", "warning") and not refused:
            self.complaints.append(f"{message.type}: {message.text}")

    def _look(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status}: {response.url}")

    async def go(self, path: str) -> None:
        """Open an address below /app."""
        await self.page.goto(f"/app{path}")

    async def sign_in(self, name: str, password: str) -> None:
        """Come in by the door."""
        await self.go("/")
        await self.page.get_by_role("textbox", name="Name").fill(name)
        await self.page.get_by_role("textbox", name="Password").fill(password)
        await self.page.get_by_role("button", name="Sign in").click()
        await self.page.get_by_role("navigation").wait_for()

    async def violations(self) -> list[str]:
        """What axe finds on the page once it stands: its heading there, nothing loading."""
        await expect(self.page.locator("h1")).to_be_visible()
        await expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        await self.page.evaluate(AXE.read_text())
        found = await self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
        )
        return [
            f"{each['id']}: {node['html'][:160]} {node['any'] and node['any'][0]['message']}"
            for each in found["violations"]
            for node in each["nodes"]
        ]

    async def leave(self) -> None:
        """Close the window."""
        await self.page.context.close()
