"""The outside of a simulation: a clock, providers, hooks, data services, a document store.

Only the far end of each wire is played here; everything before it is what runs in production.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, JsonValue

from openccm.channels.port import Accepted, Caps, Outbound
from openccm.content.port import Rendered, Renderer, RenderJob
from openccm.contracts import Answer as Reply
from openccm.contracts import Question
from openccm.customisation.contract import HookRequest, Settled
from openccm.customisation.desk import HookDesk
from openccm.customisation.settling import check_request, read_reply
from openccm.data.services import DataDesk
from openccm.errors import BadRecipient, HookError, HookUnavailable, Permanent, Retryable
from openccm.language.case import Answer
from openccm.language.data_service import DataServiceDefinition
from openccm.language.hook import HookDefinition
from openccm.platform.clock import Clock

REACHED, FAILED, BOUNCED, UNWELL = "reached", "failed", "bounced", "unwell"
SAID_BY_CHANNELS = frozenset({REACHED, FAILED, BOUNCED, UNWELL})
"""What an author may have a provider answer; all other endings of a request come before it."""

LINK = "https://openccm.example/u/simulated"
REFERENCE = "0123456789AB"
"""What stands in renditions where the real reference would: the same in every simulation."""


class HandClock:
    """A clock that stands until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.now


class Provider:
    """A channel whose provider answers as the author says."""

    name: ClassVar[str] = "simulated"
    channel: ClassVar[str] = "any"
    caps: ClassVar[Caps] = Caps(idempotency="native")
    Config: ClassVar[type[BaseModel]] = BaseModel

    def __init__(self, config: BaseModel | None = None) -> None:
        self.says: Callable[[str], str] = lambda _: REACHED
        """What it answers about a communication."""

    async def open(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    async def send(self, outbound: Outbound) -> Accepted:
        """Take it, or refuse it as told."""
        match self.says(outbound.communication_id):
            case "failed":
                raise Permanent("The simulation refuses it.")
            case "bounced":
                raise BadRecipient("The simulation knows no such address.")
            case "unwell":
                raise Retryable("The simulated provider is unwell.")
            case _:
                return Accepted(reference="simulated")

    async def lookup(self, outbound: Outbound) -> Accepted | None:
        """It keeps nothing."""
        return None

    async def health(self) -> str | None:
        """It is always well."""
        return None


class Memory:
    """A document store that forgets."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    async def put(self, content: bytes) -> str:
        """Keep the bytes for as long as the simulation lasts."""
        digest = hashlib.sha256(content).hexdigest()
        self._contents[digest] = content
        return digest

    async def get(self, digest: str) -> bytes | None:
        """The bytes."""
        return self._contents.get(digest)


class Recorder:
    """A renderer that remembers what it made of each communication.

    What differs from one run to the next, the reference and the link with it, is put aside, so that
    the same template and data give the same bytes.
    """

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self.made: dict[str, Sequence[Rendered]] = {}

    async def render(self, job: RenderJob) -> tuple[Rendered, ...]:
        """All parts, in the job's order.

        Raises:
            TemplateError: A part cannot be rendered.
        """
        context = {**job.context, "reference": REFERENCE, "unsubscribe_url": LINK}
        parts = await self._renderer.render(
            job.model_copy(update={"context": context, "seed": REFERENCE})
        )
        self.made[job.seed] = parts
        return parts


class Hooks(HookDesk):
    """Hooks that answer as the author says; one of which nothing is said fails."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.says: Callable[[str], Answer | None] = lambda _: None
        """What the hook of a code answers."""

    async def ask(self, hook: HookDefinition, request: HookRequest) -> Settled:
        """What the author has it answer.

        Raises:
            HookUnavailable: It is said to be away.
            HookError: Nothing is said of it, or the question or the answer is not as declared.
        """
        check_request(hook, request)
        said = self.says(hook.code)
        if said is None:
            raise HookError(f"The hook {hook.code} has no answer in this simulation.")
        if said.outcome == "unavailable":
            raise HookUnavailable(f"The hook {hook.code} is away.")
        outcome = None if said.outcome == "done" else said.outcome
        return read_reply(hook, {"values": said.values, "outcome": outcome})

    async def step(
        self,
        hook: HookDefinition,
        request: HookRequest,
        answer: Reply | None = None,
        *,
        version: int | None = None,
        patient: bool = False,
    ) -> Question | Settled:
        """Whichever way it is asked in, the answer is at hand."""
        asked = hook.model_copy(update={"queue": None})
        return await super().step(asked, request, version=version, patient=patient)


class SampleData(DataDesk):
    """Data services that answer from a sample."""

    def __init__(self, clock: Clock, values: Mapping[str, JsonValue]) -> None:
        super().__init__(clock)
        self._values = values

    async def fetch(
        self,
        services: Mapping[str, DataServiceDefinition],
        wanted: Mapping[str, Sequence[str]],
        keys: dict[str, JsonValue],
    ) -> dict[str, dict[str, JsonValue]]:
        """The values that the sample has."""
        return {
            code: {name: self._values[name] for name in fields if name in self._values}
            for code, fields in wanted.items()
        }
