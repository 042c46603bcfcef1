"""Contract tests: cases that a package or an endpoint must pass, and the report about them."""

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from openccm.errors import OpenCCMError

Deed = Callable[[], Awaitable[str | None]]
"""Does a case; what it answers is what was wrong, None for nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case and what came of it."""

    name: str
    milliseconds: int
    fault: str | None


@dataclass(slots=True)
class Report:
    """What a contract test found."""

    title: str
    cases: list[Case] = field(default_factory=list[Case])

    @property
    def passed(self) -> bool:
        """Whether there is nothing to mend."""
        return all(case.fault is None for case in self.cases)

    async def run(self, name: str, deed: Deed) -> None:
        """Do a case and note how it went; what is refused on purpose is a fault of it."""
        began = time.monotonic()
        try:
            fault = await deed()
        except OpenCCMError as error:
            fault = str(error)
        self.cases.append(Case(name, round((time.monotonic() - began) * 1000), fault))

    def lines(self) -> Iterator[str]:
        """The report for people."""
        yield self.title
        for case in self.cases:
            mark = "ok  " if case.fault is None else "FAIL"
            yield f"  {mark} {case.name} ({case.milliseconds} ms)"
            if case.fault is not None:
                yield f"       {case.fault}"
        failed = sum(case.fault is not None for case in self.cases)
        yield f"{len(self.cases)} cases, {failed} failed"
