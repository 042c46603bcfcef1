"""What the documents say of the code is what the code says."""

import re
from collections.abc import Iterator

import pytest
import typer.main

from demo.company import BILLING_SECRET, BILLING_URL
from openccm import errors
from openccm.cli import app
from openccm.communications.lifecycles import COMMUNICATION
from openccm.language.context import TEMPLATE_CONTEXT
from openccm.platform.settings import Settings, variable
from openccm.platform.temporal_server import SEARCH_ATTRIBUTES
from openccm.rules.shapes import paths_of
from scripts.reference import SECTION, SECTIONS, renewed
from tests.docs.pages import PAGES, ROOT, text_of

PLACES = r"openccm|api|workflows|activities|lab|demo|definitions|docs|tests|scripts|benchmarks"
PATH = re.compile(rf"`((?:{PLACES})/[\w./*-]+)`")


@pytest.mark.parametrize("page", [page for page in PAGES if SECTION.search(text_of(page))])
def test_the_generated_parts_are_fresh(page: str) -> None:
    assert text_of(page) == renewed(text_of(page)), "python -m scripts.reference"


def test_every_generated_part_stands_in_one_place() -> None:
    found = [match["name"] for page in PAGES for match in SECTION.finditer(text_of(page))]

    assert sorted(found) == sorted(SECTIONS)


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_is_there(page: str) -> None:
    named = (path for path in PATH.findall(text_of(page)) if "/meter-" not in path)

    assert [path for path in named if not list(ROOT.glob(path))] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_named_is_there(page: str) -> None:
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    commands = typer.main.get_command(app).commands  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]

    assert set(re.findall(r"`make ([a-z]+)", text_of(page))) <= set(targets)
    assert set(re.findall(r"(?:`|bin/)openccm ([a-z-]+)", text_of(page))) <= set(commands)  # pyright: ignore[reportUnknownArgumentType]


@pytest.mark.parametrize("page", PAGES)
def test_every_variable_that_is_named_is_a_setting(page: str) -> None:
    known = {variable(name) for name in Settings.model_fields} | {BILLING_URL, BILLING_SECRET}

    assert set(re.findall(r"\bOPENCCM_[A-Z_]+\b", text_of(page))) <= known


def test_every_name_that_templates_see_is_told() -> None:
    told = set(re.findall(r"`([a-z_.]+)`", text_of("docs/definitions.md")))
    leaves = [
        path
        for path in paths_of(TEMPLATE_CONTEXT)
        if not any(other.startswith(f"{path}.") for other in paths_of(TEMPLATE_CONTEXT))
    ]

    assert set(leaves) <= told


def test_every_search_attribute_is_told() -> None:
    assert set(re.findall(r"\bOpenccm\w+", text_of("docs/operations.md"))) == set(SEARCH_ATTRIBUTES)


def test_what_follows_is_told_of_every_channel_error() -> None:
    page = text_of("docs/channels.md").partition("What follows")[2]

    for name in family(errors.ChannelError):
        assert f"`{name}`" in page


def family(kind: type[errors.OpenCCMError]) -> Iterator[str]:
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield each.__name__
            yield from family(each)


def test_the_drawn_way_of_a_communication_is_allowed() -> None:
    drawing = text_of("docs/architecture.md").partition("direction LR")[2].partition("```")[0]
    ways = re.findall(r"^ +(\w+) --> (\w+)", drawing, re.MULTILINE)

    assert len(ways) > 15
    assert [way for way in ways if not COMMUNICATION.allows(*way)] == []
