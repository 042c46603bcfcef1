"""What every renderer is: one job in, the finished parts out."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

PartKind = Literal["text", "html", "pdf"]


class Part(BaseModel):
    """One thing to render: ``entry`` names a template of the bundle, or ``source`` is the text."""

    model_config = ConfigDict(frozen=True)

    name: str
    """The part's name in the result: ``subject``, ``html``, ``text``, ``letter``."""
    kind: PartKind
    entry: str | None = None
    source: str | None = None


class RenderJob(BaseModel):
    """Everything a communication needs rendered, in one trip to a worker process."""

    model_config = ConfigDict(frozen=True)

    digest: str
    """SHA-256 of the bundle; workers keep compiled templates by it."""
    files: Mapping[str, bytes]
    """The bundle: templates and assets by path, nothing else is reachable."""
    parts: tuple[Part, ...]
    context: Mapping[str, Any]
    """Plain data only: dict, list, str, int, Decimal, bool, date, datetime, None."""
    locale: str = "en-GB"
    seed: str = ""
    """Fixes ids and dates inside PDFs: the same job gives the same bytes."""
    created: float = 0.0
    """POSIX seconds that stand as the documents' creation date."""


class Rendered(BaseModel):
    """One finished part."""

    model_config = ConfigDict(frozen=True)

    name: str
    media_type: str
    content: bytes
    pages: int | None = None
    warnings: tuple[str, ...] = ()


class Renderer(Protocol):
    """Turns templates and data into bytes, within a deadline, whatever the template does."""

    async def render(self, job: RenderJob) -> tuple[Rendered, ...]:
        """All parts, in the job's order.

        Raises:
            TemplateError: A part cannot be rendered; nothing is returned for the others.
        """
        ...
