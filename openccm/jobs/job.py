"""What a job is: its code, its parameters, which items are due, and what to do with each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from openccm.errors import InvalidError, NotFoundError, OpenCCMError
from openccm.jobs.tables import JobRun


class Skipped(OpenCCMError):
    """Raised for an item that need not be worked on after all; says why."""

    code = "skipped"


class Later(NamedTuple):
    """A run's end has to wait: when to come again, and what an operator reads meanwhile."""

    until: datetime
    waiting_for: str


class NoParameters(BaseModel):
    """For a job that takes none."""

    model_config = ConfigDict(extra="forbid")


class Job:
    """One kind of batch work. An instance holds what it works with, and no state of a run."""

    code: ClassVar[str]
    title: ClassVar[str]
    Parameters: ClassVar[type[BaseModel]] = NoParameters
    chunk: ClassVar[int] = 100
    """Items that one activity goes through."""
    can_reprocess: ClassVar[bool] = False
    """Whether what a run made can be made anew."""

    async def begin(self, session: AsyncSession, run: JobRun) -> None:
        """What comes before the first item, once, in the transaction that begins the run."""

    async def due(
        self, session: AsyncSession, run: JobRun, after: str, limit: int
    ) -> Sequence[str]:
        """The keys of the next items after this one, in an order that does not change."""
        raise NotImplementedError

    async def work(self, session: AsyncSession, run: JobRun, key: str) -> None:
        """Deal with one item. What it writes is kept with the note that it was dealt with.

        Raises:
            Skipped: It need not be worked on.
            OpenCCMError: It cannot be worked on; the others go on.
        """
        raise NotImplementedError

    async def finish(self, run: JobRun) -> Later | None:
        """What comes after the last item; may happen twice.

        Raises:
            OpenCCMError: The run has failed; an operator may let it go on.
        """
        return None

    async def reprocess(self, run: JobRun) -> Later | None:
        """Make what a run that has ended made once more; may happen twice.

        Raises:
            OpenCCMError: It came out differently, or cannot be made.
        """
        raise NotImplementedError


class Jobs:
    """The jobs that an installation has, by their codes."""

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self._jobs = {job.code: job for job in jobs}

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def get(self, code: str) -> Job:
        """The job.

        Raises:
            NotFoundError: There is none of this code.
        """
        job = self._jobs.get(code)
        if job is None:
            raise NotFoundError("job", code)
        return job

    def parameters(self, code: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters as the job spells them, its defaults included.

        Raises:
            InvalidError: Names the parameter that is wrong.
        """
        try:
            return self.get(code).Parameters.model_validate(given).model_dump(mode="json")
        except ValidationError as error:
            fault = error.errors(include_input=False, include_url=False)[0]
            name = ".".join(str(part) for part in fault["loc"])
            raise InvalidError(f"parameters.{name}", str(fault["msg"])) from None
