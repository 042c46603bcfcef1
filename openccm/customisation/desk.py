"""The desk for hooks: asks each in its way, holds it to its word, and settles what fails."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import aiohttp

from openccm.contracts import Answer, Question
from openccm.customisation.book import write_down
from openccm.customisation.contract import ENTRY_POINTS, HookRequest, Settled
from openccm.customisation.settling import check_request, read_reply, stand_in
from openccm.customisation.tables import HookCall
from openccm.errors import HookError, HookUnavailable, NotFoundError
from openccm.language.hook import HookDefinition
from openccm.platform import signed
from openccm.platform.clock import Clock, utc_now
from openccm.platform.database import Database
from openccm.platform.plugin_process import EntryPoint
from openccm.platform.plugins import PluginError, PluginPool, PluginUnavailable
from openccm.platform.signed import Endpoint, EndpointError, EndpointUnavailable

METHOD = "call"
REQUEST = "openccm.customisation.contract:HookRequest"


class HookDesk:
    """Asks hooks over HTTP and in Python; takes in what came back through a task queue."""

    def __init__(
        self,
        clock: Clock = utc_now,
        *,
        database: Database | None = None,
        processes: int = 4,
        memory: int = 1 << 30,
    ) -> None:
        self._clock = clock
        self._database = database
        self._processes = processes
        self._memory = memory
        self._http: aiohttp.ClientSession | None = None
        self._plugins: PluginPool | None = None

    async def open(self) -> None:
        """Get ready; what is not opened gets ready with the first call."""
        self._http = self._http or aiohttp.ClientSession()

    async def close(self) -> None:
        """Give the connections back and end the processes."""
        if self._http is not None:
            await self._http.close()
        if self._plugins is not None:
            await self._plugins.close()
        self._http = self._plugins = None

    async def call(
        self, hook: HookDefinition, request: HookRequest, *, version: int | None = None
    ) -> Settled:
        """Ask over HTTP or in Python.

        Raises:
            HookUnavailable: It is unwell, and its policy is to stop.
            HookError: It gave no usable answer, and its policy is to stop.
        """
        return await self._settle(hook, request, partial(self.ask, hook, request), version)

    async def ask(self, hook: HookDefinition, request: HookRequest) -> Settled:
        """Ask once; no policy stands in, and nothing is written down.

        Raises:
            HookUnavailable: It is unwell.
            HookError: It gave no usable answer.
        """
        asked = check_request(hook, request)
        return read_reply(hook, await self._ask(hook, asked))

    async def call_in_sequence(
        self, hooks: Sequence[HookDefinition], request: HookRequest
    ) -> list[Settled]:
        """Ask several at one point, by their sequence; each may be given what those before said.

        Raises:
            HookError: One failed whose policy is to stop; those after it were not asked.
        """
        settled: list[Settled] = []
        known = dict(request.values)
        for hook in sorted(hooks, key=lambda each: each.sequence):
            given = {name: known[name] for name in hook.inputs if name in known}
            reply = await self.call(hook, request.model_copy(update={"values": given}))
            known |= reply.model_dump(mode="json")["values"]
            settled.append(reply)
        return settled

    async def step(
        self,
        hook: HookDefinition,
        request: HookRequest,
        answer: Answer | None = None,
        *,
        version: int | None = None,
        patient: bool = False,
    ) -> Question | Settled:
        """Ask in whichever way: what is settled, or what the workflow is to ask in our stead.

        With ``patient`` nothing stands in for one that is away: it will be asked again.

        Raises:
            HookUnavailable: It is away, and its policy is to stop, or there is patience left.
            HookError: It gave no usable answer, and its policy is to stop.
        """
        if hook.queue is None:
            deed = partial(self.ask, hook, request)
            return await self._settle(hook, request, deed, version, patient=patient)
        if answer is not None:
            deed = partial(self._taken, hook, answer.body, answer.fault)
            return await self._settle(hook, request, deed, version, patient=patient)
        try:
            asked = check_request(hook, request)
        except HookError as error:
            return await self._settle(hook, request, partial(_raise, error), version)
        return Question(
            queue=hook.queue.task_queue,
            activity=hook.queue.activity,
            timeout=hook.queue.timeout,
            body=asked.model_dump(mode="json"),
        )

    async def take(
        self,
        hook: HookDefinition,
        request: HookRequest,
        answer: object,
        *,
        fault: str | None = None,
        version: int | None = None,
    ) -> Settled:
        """What came back through a task queue: an answer, or a fault in one word.

        Raises:
            HookUnavailable: Nobody answered in time, and its policy is to stop.
            HookError: It gave no usable answer, and its policy is to stop.
        """
        return await self._settle(hook, request, partial(self._taken, hook, answer, fault), version)

    async def _taken(self, hook: HookDefinition, answer: object, fault: str | None) -> Settled:
        if fault == "timeout":
            message = f"The hook {hook.code} did not answer within {hook.timeout:g} seconds."
            raise HookUnavailable(message)
        if fault is not None:
            raise HookError(f"The hook {hook.code} failed in its worker ({fault}).")
        return read_reply(hook, answer)

    async def _settle(
        self,
        hook: HookDefinition,
        request: HookRequest,
        deed: Callable[[], Awaitable[Settled]],
        version: int | None,
        *,
        patient: bool = False,
    ) -> Settled:
        """Do it, let the policy speak where it fails, and write down how it went."""
        began = time.monotonic()
        call = HookCall(
            hook=hook.code,
            version=version,
            point=hook.point,
            subject=request.keys.subject,
            at=self._clock(),
            milliseconds=0,
            settled_by="stop",
        )
        settled: Settled | None = None
        failure: HookError | None = None
        try:
            settled = await deed()
        except HookError as error:
            failure = error
            call.failed, call.code, call.fault = True, error.code, str(error)
            waits = patient and isinstance(error, HookUnavailable)
            settled = None if waits else stand_in(hook, error)
        call.settled_by = settled.settled_by if settled is not None else "stop"
        call.milliseconds = round((time.monotonic() - began) * 1000)
        await self._keep(call)
        if settled is None:
            assert failure is not None
            raise failure
        return settled

    async def _keep(self, call: HookCall) -> None:
        if self._database is not None:
            async with self._database.begin() as session:
                await write_down(session, call)

    async def _ask(self, hook: HookDefinition, request: HookRequest) -> object:
        try:
            if hook.http is not None:
                return await self._post(hook, request)
            if hook.python is not None:
                return await self._run(hook, request)
        except (EndpointUnavailable, PluginUnavailable) as error:
            raise HookUnavailable(f"The hook {hook.code} {error}.") from None
        except (EndpointError, PluginError) as error:
            raise HookError(f"The hook {hook.code} {error}.") from None
        except NotFoundError as error:
            raise HookError(f"The hook {hook.code} is not set up: {error}") from None
        raise HookError(f"The hook {hook.code} is asked through a task queue, by a process alone.")

    async def _post(self, hook: HookDefinition, request: HookRequest) -> bytes:
        assert hook.http is not None
        await self.open()
        assert self._http is not None
        endpoint = Endpoint(hook.http.url, hook.http.secret)
        try:
            async with asyncio.timeout(hook.timeout):
                return await signed.ask(
                    self._http, endpoint, request.model_dump_json(), clock=self._clock
                )
        except TimeoutError:
            message = f"The hook {hook.code} did not answer within {hook.timeout:g} seconds."
            raise HookUnavailable(message) from None

    async def _run(self, hook: HookDefinition, request: HookRequest) -> object:
        if self._plugins is None:
            self._plugins = PluginPool(processes=self._processes, memory=self._memory)
        package = hook.package
        point = EntryPoint(ENTRY_POINTS, package.entry_point, METHOD, REQUEST)
        return await self._plugins.ask(
            point, request.model_dump(mode="json"), deadline=package.timeout
        )


async def _raise(error: HookError) -> Settled:
    raise error
