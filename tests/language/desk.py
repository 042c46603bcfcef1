"""A definitions folder that a test may spoil, and a plain reader of templates."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from openccm.language.checker import check_library
from openccm.language.checks.inspecting import TemplateFindings
from openccm.language.loader import load_definitions
from openccm.language.problems import Problem

DEFINITIONS = Path(__file__).parent / "definitions"


def inspect_template(files: Mapping[str, bytes], entry: str) -> TemplateFindings:
    """What the room of templates does, as far as these templates need it."""
    findings = TemplateFindings()
    try:
        tree = Environment(autoescape=True).parse(files[entry].decode())
    except TemplateSyntaxError as error:
        findings.problems.append((entry, error.lineno, error.message or ""))
        return findings
    loops = {
        loop.target.name: dotted(loop.iter) + "[]"
        for loop in tree.find_all(nodes.For)
        if isinstance(loop.target, nodes.Name)
    }
    for node in (*tree.find_all(nodes.Getattr), *tree.find_all(nodes.Name)):
        if node.ctx == "load":
            root, _, rest = dotted(node).partition(".")
            name = loops.get(root, root) + (f".{rest}" if rest else "")
            findings.names.add(name)
    implied = {name for name in findings.names if any(_goes_on(name, o) for o in findings.names)}
    findings.names.difference_update(implied)
    return findings


def _goes_on(name: str, other: str) -> bool:
    return other.startswith((f"{name}.", f"{name}["))


def dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{dotted(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "?"


class Desk:
    """A copy of the definitions that a test may spoil."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.communication = root / "bill-ready" / "communication.yaml"
        self.service = root / "billing" / "service.yaml"

    def replace(self, old: str, new: str, file: Path | None = None) -> None:
        path = file or self.communication
        text = path.read_text()
        assert text.count(old) >= 1, f"{old!r} is not there to be replaced"
        path.write_text(text.replace(old, new, 1))

    def problems(self) -> list[Problem]:
        return check_library(
            load_definitions(self.root),
            channels=("email", "letter", "sms"),
            inspect_template=inspect_template,
        )

    def told(self) -> list[str]:
        return [str(problem) for problem in self.problems()]
