"""A bundle's templates: found, compiled once, rendered, and their faults told to their author."""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import BaseLoader, Environment, Template
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import SecurityError, TemplateNotFound, TemplateSyntaxError

from openccm.content.budget import MAX_OUTPUT, Run, running
from openccm.content.formats import FormatError
from openccm.content.plain import check_plain
from openccm.content.port import Part
from openccm.content.sandbox import Sandbox
from openccm.errors import TemplateError

FAULTS = (
    JinjaError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    SyntaxError,  # Python's own, for more nested loops than it can compile
    TypeError,
    ValueError,
)
"""What a template can provoke; anything else would be our own defect."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MARKUP = Sandbox(autoescape=True)
_TEXT = Sandbox(autoescape=False)


class Bundle(BaseLoader):
    """The templates among a bundle's files; ``shared/letter.html`` also stands for itself."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        """The text of a template, and the path it was found under."""
        path = self.path_of(template)
        if path is None:
            raise TemplateNotFound(template, f"There is no template {template!r} in the bundle.")
        try:
            return self.files[path].decode(), path, None
        except UnicodeDecodeError:
            raise TemplateSyntaxError("The file is not UTF-8 text.", 1, template, path) from None

    def path_of(self, template: str) -> str | None:
        """Where among the files the template stands, if anywhere."""
        return next((p for p in (f"templates/{template}", template) if p in self.files), None)


class Templates:
    """The templates of one bundle, each compiled once."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        bundle = Bundle(files)
        self._markup = _MARKUP.overlay(loader=bundle, cache_size=-1)
        self._text = _TEXT.overlay(loader=bundle, cache_size=-1)
        self._sources: dict[tuple[bool, str], Template] = {}

    def render(self, part: Part, context: Mapping[str, Any], locale: str) -> str:
        """The part as text.

        Raises:
            TemplateError: It cannot be rendered with this data, or must not be.
        """
        plain = part.kind == "text"
        entry = part.entry or part.name
        check_plain(context, entry)
        pieces: list[str] = []
        length = 0
        with running(Run(locale, plain)):
            try:
                for piece in self._template(part, plain).generate(context):
                    pieces.append(piece)
                    length += len(piece)
                    if length > MAX_OUTPUT:
                        raise SecurityError(f"It is longer than {MAX_OUTPUT:,} characters.")
            except FAULTS as fault:
                raise _explained(fault, entry) from fault
        return _CONTROL.sub("", "".join(pieces))

    def _template(self, part: Part, plain: bool) -> Template:
        environment = self._text if plain else self._markup
        if part.source is None:
            return environment.get_template(part.entry or part.name)
        template = self._sources.get((plain, part.source))
        if template is None:
            template = environment.from_string(part.source)
            self._sources[plain, part.source] = template
        return template


def _explained(fault: Exception, entry: str) -> TemplateError:
    """The fault in the author's terms: what is wrong, in which file, on which line."""
    place = entry, None
    if isinstance(fault, TemplateSyntaxError):
        place = fault.filename or entry, fault.lineno
    else:
        place = _place(fault, entry)
    return TemplateError(_message(fault), template=place[0], line=place[1])


def _message(fault: Exception) -> str:
    """What went wrong, never with a person's data in it: messages travel further than letters."""
    if isinstance(fault, RecursionError):
        return "The template is nested too deep, or calls itself without end."
    if isinstance(fault, SyntaxError):
        return "Too many loops stand inside one another."
    if isinstance(fault, JinjaError | FormatError | TypeError):
        return str(fault)
    return f"The template fails with {type(fault).__name__}."


def _place(fault: Exception, entry: str) -> tuple[str, int | None]:
    """The innermost line of a template that the fault went through."""
    place: tuple[str, int | None] = (entry, None)
    step = fault.__traceback__
    while step is not None:
        if "__jinja_exception__" in step.tb_frame.f_globals:
            path = step.tb_frame.f_code.co_filename
            place = (entry if path == "<template>" else path, step.tb_lineno)
        step = step.tb_next
    return place
