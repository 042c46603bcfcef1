"""Saved cases, played: each must come out as it says, and write what it wrote before."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from pypdf import PdfReader

from openccm.errors import InvalidError
from openccm.language.bundle import Bundle
from openccm.language.case import Case, ExpectedSend
from openccm.language.checks.cases import CASES, files_in, name_of, read_case
from openccm.language.document import Document
from openccm.language.problems import START, Mark, Path, Problem
from openccm.simulation.casting import sample_of
from openccm.simulation.playing import Theatre
from openccm.simulation.scenario import Scenario
from openccm.simulation.story import SendTold, Simulation

_MEND = "Mend the case or the definition."
_ACCEPT = "Mend the templates; or, if this is how it shall be, accept it: openccm test --accept."
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one saved case."""

    code: str
    name: str
    problems: tuple[Problem, ...]
    """How it differs from what it says."""
    simulation: Simulation | None = None
    """None where it could not be played."""
    written: str = ""
    """Everything that was sent, as text."""
    differences: tuple[str, ...] = ()
    """What was written and is not what was accepted, line by line."""

    @property
    def passed(self) -> bool:
        """Whether it comes out as it says."""
        return not self.problems


async def run_cases(
    theatre: Theatre, bundle: Bundle, paths: Sequence[str] | None = None
) -> list[CaseResult]:
    """The saved cases in some files of a definition; all of them where none are named."""
    chosen = files_in(bundle, CASES) if paths is None else paths
    return [await _run(theatre, bundle, path) for path in chosen]


def accepted_at(path: str) -> str:
    """Where it stands what a case wrote when it was accepted."""
    return f"{path.removesuffix('.yaml')}.txt"


async def _run(theatre: Theatre, bundle: Bundle, path: str) -> CaseResult:
    code, name = bundle.definition.code, name_of(path)
    document, case = read_case(bundle, path)
    if isinstance(case, list):
        return CaseResult(code, name, tuple(case))
    try:
        sample = sample_of(bundle, case.sample)
        assert sample is not None
        simulation = await theatre.play(Scenario.of(code, case, sample))
    except InvalidError as error:
        place = _place(error.field)
        return CaseResult(code, name, (document.problem(place, str(error), "Mend the case."),))
    found = list(_differences(case, simulation, document))
    written = "".join(_written(simulation))
    accepted = bundle.files.get(accepted_at(path))
    lines: tuple[str, ...] = ()
    if accepted is not None and accepted.decode("utf-8", "replace") != written:
        before, now = accepted.decode("utf-8", "replace").splitlines(), written.splitlines()
        lines = tuple(difflib.unified_diff(before, now, "accepted", "now", lineterm=""))
        found.append(_changed(f"{bundle.folder}/{accepted_at(path)}", before, now))
    return CaseResult(code, name, tuple(found), simulation, written, lines)


def _place(field: str) -> Path:
    """``events[2].at`` as a path."""
    parts: list[str | int] = []
    for part in field.replace("[", ".").replace("]", "").split("."):
        parts.append(int(part) if part.isdigit() else part)
    return tuple(parts)


def _differences(case: Case, simulation: Simulation, document: Document) -> Iterator[Problem]:
    expect = case.expect
    ended = simulation.outcome if simulation.ended_at else None
    pairs = (
        ("outcome", expect.outcome, ended, "It ends with {}, not {}."),
        ("reason", expect.reason, simulation.reason, "The reason is {}, not {}."),
    )
    for name, wanted, found, says in pairs:
        if wanted is not None and wanted != found:
            message = says.format(found or f"nothing: it {_stands(simulation)}", wanted)
            yield document.problem(("expect", name), message, _MEND)
    standing = [each.step for each in simulation.standing]
    if expect.stands is not None and expect.stands not in standing:
        message = f"It does not wait at {expect.stands}: it {_stands(simulation)}."
        yield document.problem(("expect", "stands"), message, _MEND)
    if expect.path is not None:
        yield from _path(expect.path, simulation.steps(), document)
    if expect.sends is not None:
        yield from _sends(expect.sends, simulation, document)


def _stands(simulation: Simulation) -> str:
    if simulation.ended_at is not None:
        return f"has ended with {simulation.outcome}"
    where = [f"waits at {each.step} for {each.waiting_for}" for each in simulation.standing]
    return " and ".join(where) or "has not begun"


def _path(wanted: Sequence[str], found: Sequence[str], document: Document) -> Iterator[Problem]:
    for at, (step, taken) in enumerate(zip(wanted, found, strict=False)):
        if step != taken:
            message = f"Step {at + 1} is {taken}, not {step}."
            yield document.problem(("expect", "path", at), message, _MEND)
            return
    if len(found) > len(wanted):
        message = f"After that it takes {', '.join(found[len(wanted) :])}."
        yield document.problem(("expect", "path"), message, _MEND)
    elif len(found) < len(wanted):
        message = f"It does not come to {wanted[len(found)]}."
        yield document.problem(("expect", "path", len(found)), message, _MEND)


def _sends(
    wanted: Sequence[ExpectedSend], simulation: Simulation, document: Document
) -> Iterator[Problem]:
    zone = ZoneInfo(simulation.time_zone)
    for at, (expected, sent) in enumerate(zip(wanted, simulation.sends, strict=False)):
        for name, found in _facts(sent, zone).items():
            value = getattr(expected, name)
            if value is not None and value != found:
                said = "It leaves" if name == "leaves" else f"The {name} is"
                message = f"{said} {found or 'nothing'}, not {value}."
                yield document.problem(("expect", "sends", at, name), message, _MEND)
    if len(wanted) != len(simulation.sends):
        sent = ", ".join(each.communication for each in simulation.sends) or "nothing"
        message = f"It asks for {sent}: {len(simulation.sends)}, not {len(wanted)}."
        yield document.problem(("expect", "sends"), message, _MEND)


def _facts(sent: SendTold, zone: ZoneInfo) -> dict[str, str | None]:
    return {
        "communication": sent.communication,
        "outcome": sent.outcome,
        "channel": sent.channel,
        "language": sent.language,
        "subject": sent.subject,
        "leaves": _local(sent.left_at, zone),
    }


def _local(at: datetime | None, zone: ZoneInfo) -> str | None:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at is not None else None


def _changed(file: str, before: Sequence[str], now: Sequence[str]) -> Problem:
    """That something else is written now: where the difference begins, and how much differs."""
    pairs = zip(before, now, strict=False)
    first = next((at for at, (old, new) in enumerate(pairs) if old != new), None)
    at = min(len(before), len(now)) if first is None else first
    shown = repr(now[at][:_SHOWN]) if at < len(now) else "missing"
    different = sum(
        each[0] in "+-" for each in difflib.ndiff(list(before), list(now))
    )  # fmt: skip
    message = f"What is written has changed, in {different} lines: this one is now {shown}."
    return Problem.at(file, Mark(at + 1, 1) if before else START, (), message, _ACCEPT)


def _written(simulation: Simulation) -> Iterator[str]:
    """Everything that was sent, as text that can be compared line by line."""
    for sent in simulation.sends:
        by = f" by {sent.channel} in {sent.language}" if sent.channel else ""
        yield f"==== {sent.communication}{by}: {sent.outcome}\n"
        for part in sent.parts:
            pages = f", {part.pages} pages" if part.pages else ""
            yield f"---- {part.name}{pages}\n"
            yield f"{part.text.rstrip()}\n" if part.text is not None else _text_of(part.content)


def _text_of(content: bytes) -> str:
    """What can be read on the pages of a document."""
    pages = [page.extract_text().rstrip() for page in PdfReader(BytesIO(content)).pages]
    return "\n\f\n".join(pages) + "\n"
