"""Checking a folder of definitions with all that the house knows: language, templates, channels."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from openccm.channels.registry import find_adapters
from openccm.content.inspection import check_template
from openccm.content.references import referenced
from openccm.language.bundle import Library
from openccm.language.checker import check_library
from openccm.language.checks.templates import TemplateFindings
from openccm.language.loader import load_definitions


def checked_library(folder: Path) -> Library:
    """Every definition below a folder, with every problem that was found."""
    library = load_definitions(folder)
    channels = {adapter.channel for adapter in find_adapters().values()}
    problems = check_library(library, channels=channels, inspect_template=inspect_template)
    return replace(library, problems=tuple(problems))


def inspect_template(files: Mapping[str, bytes], entry: str) -> TemplateFindings:
    """What a template reads and what is wrong with it."""
    problems = check_template(files, entry)
    names = set[str]() if problems else referenced(files, entry)
    return TemplateFindings(names, [(each.file, each.line, each.message) for each in problems])
