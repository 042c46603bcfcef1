"""What the pool and its processes say to each other.

The pool trusts nothing that comes back: a job goes out pickled, its answer returns as JSON and
bare bytes.
"""

import json
import pickle
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from openccm.content.port import Part, Rendered, RenderJob
from openccm.errors import TemplateError

LENGTH = struct.Struct(">I")
LENGTHS = struct.Struct(">II")
"""Before an answer: how long its header is, and how long the bytes after it."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A job as it arrives, with the bundles to let go before it."""

    job: RenderJob
    complete: bool
    """Its files came with it: the bundle has to be taken in."""
    forget: tuple[str, ...]


def errand(job: RenderJob, *, known: bool, forget: tuple[str, ...]) -> bytes:
    """The job as bytes; its files are left out where the process has them."""
    parts = [(part.name, part.kind, part.entry, part.source) for part in job.parts]
    files = None if known else dict(job.files)
    order = (job.digest, dict(job.context), job.locale, job.seed, job.created)
    message = pickle.dumps((order, parts, files, forget), pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(message)) + message


def read_errand(message: bytes) -> Errand:
    """What ``errand`` wrote."""
    order, parts, files, forget = pickle.loads(message)  # noqa: S301 - written by our own parent
    digest, context, locale, seed, created = order
    job = RenderJob.model_construct(
        digest=digest,
        files=files or {},
        parts=tuple(
            Part.model_construct(name=name, kind=kind, entry=entry, source=source)
            for name, kind, entry, source in parts
        ),
        context=context,
        locale=locale,
        seed=seed,
        created=created,
    )
    return Errand(job, files is not None, forget)


def answer(rendered: Sequence[Rendered]) -> bytes:
    """The finished parts as bytes."""
    parts = [
        (part.name, part.media_type, len(part.content), part.pages, part.warnings)
        for part in rendered
    ]
    return _framed({"parts": parts}, [part.content for part in rendered])


def refusal(error: TemplateError, *, spent: bool = False) -> bytes:
    """An error as bytes; after a ``spent`` one the process ends."""
    said = {"message": str(error), "template": error.template, "line": error.line}
    return _framed({"error": said, "spent": spent}, [])


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the parts or an error."""

    parts: tuple[Rendered, ...]
    error: TemplateError | None
    spent: bool


def read_answer(header: bytes, content: bytes) -> Answer:
    """What ``answer`` or ``refusal`` wrote."""
    said: Mapping[str, Any] = json.loads(header)
    if "error" in said:
        error = TemplateError(
            str(said["error"]["message"]),
            template=str(said["error"]["template"]),
            line=cast("int | None", said["error"]["line"]),
        )
        return Answer((), error, bool(said["spent"]))
    parts: list[Rendered] = []
    start = 0
    for name, media_type, length, pages, warnings in said["parts"]:
        parts.append(
            Rendered(
                name=name,
                media_type=media_type,
                content=content[start : start + length],
                pages=pages,
                warnings=tuple(warnings),
            )
        )
        start += length
    return Answer(tuple(parts), None, False)


def _framed(header: Mapping[str, Any], content: Sequence[bytes]) -> bytes:
    said = json.dumps(header).encode()
    body = b"".join(content)
    return LENGTHS.pack(len(said), len(body)) + said + body
