"""Checking definitions with all that the house knows: language, templates, channels."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from openccm.channels.registry import find_adapters
from openccm.content.fragment_calls import fragment_calls
from openccm.content.inspection import check_template
from openccm.content.references import referenced
from openccm.language.bundle import Bundle, Library
from openccm.language.checker import check_bundle, check_library
from openccm.language.checks.inspecting import FragmentCall, TemplateFindings
from openccm.language.loader import load_definitions
from openccm.language.problems import Problem


def checked_library(folder: Path) -> Library:
    """Every definition below a folder, with every problem that was found."""
    library = load_definitions(folder)
    problems = check_library(library, channels=channels(), inspect_template=inspect_template)
    return replace(library, problems=tuple(problems))


def problems_of(bundle: Bundle, library: Library) -> list[Problem]:
    """Every problem of one definition among those it stands with."""
    return check_bundle(bundle, library, channels=channels(), inspect_template=inspect_template)


def channels() -> Collection[str]:
    """The media that an installed adapter serves."""
    return {adapter.channel for adapter in find_adapters().values()}


def inspect_template(files: Mapping[str, bytes], entry: str) -> TemplateFindings:
    """What a template reads and what is wrong with it."""
    calls, odd = fragment_calls(files, entry)
    problems = [*check_template(files, entry), *odd]
    names = set[str]() if problems else referenced(files, entry)
    return TemplateFindings(
        names,
        [(each.file, each.line, each.message) for each in problems],
        [FragmentCall(*call) for call in calls],
    )
