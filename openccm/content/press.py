"""All parts of a job made in this process, with bundles kept from one job to the next."""

from collections.abc import Mapping

from openccm.content.pdf import Assets, Typesetter
from openccm.content.port import Part, Rendered, RenderJob
from openccm.content.templates import Templates
from openccm.errors import TemplateError

MEDIA_TYPES = {"text": "text/plain", "html": "text/html", "pdf": "application/pdf"}
"""All text is UTF-8."""


class Press:
    """Makes one job after another; it runs whatever templates say, so keep it apart."""

    def __init__(self, *, tuned: bool = True) -> None:
        self._typesetter = Typesetter(tuned=tuned)
        self._bundles: dict[str, tuple[Templates, Assets]] = {}

    def keep(self, digest: str, files: Mapping[str, bytes]) -> None:
        """Take a bundle in."""
        self._bundles[digest] = Templates(files), Assets(files)

    def forget(self, digest: str) -> None:
        """Let a bundle go."""
        self._bundles.pop(digest, None)

    def make(self, job: RenderJob) -> tuple[Rendered, ...]:
        """The parts, in their order; the job's bundle must be here already.

        Raises:
            TemplateError: One of them cannot be rendered.
        """
        return tuple(self._part(part, job) for part in job.parts)

    def _part(self, part: Part, job: RenderJob) -> Rendered:
        templates, assets = self._bundles[job.digest]
        text = templates.render(part, job.context, job.locale)
        if part.kind == "pdf":
            return self._document(part, job, text, assets)
        return Rendered(name=part.name, media_type=MEDIA_TYPES[part.kind], content=text.encode())

    def _document(self, part: Part, job: RenderJob, html: str, assets: Assets) -> Rendered:
        key = f"{job.digest}/{part.entry}" if job.digest and part.entry else ""
        seed = f"{job.seed}/{part.name}"
        try:
            made = self._typesetter.typeset(html, assets, key=key, seed=seed, created=job.created)
        except TemplateError as error:
            raise TemplateError(str(error), template=part.entry or part.name) from error
        return Rendered(
            name=part.name,
            media_type=MEDIA_TYPES["pdf"],
            content=made.content,
            pages=made.pages,
            warnings=made.warnings,
        )
