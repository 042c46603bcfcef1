"""What every channel adapter must do, as checks that its author runs against a real counterpart.

Describe the far end once, in a ``Bench``; then either run ``check_channel(bench)`` and look at its
report, or write one test per check: ``@pytest.mark.parametrize("check", CHECKS, ids=check_id)``.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from openccm.channels.port import Accepted, Channel, Outbound
from openccm.errors import (
    Ambiguous,
    BadContent,
    BadRecipient,
    ChannelError,
    NeedsReauth,
    OpenCCMError,
    OptedOut,
    Permanent,
    Retryable,
    Throttled,
    WindowClosed,
)

Fault = Literal[
    "unreachable",
    "unwell",
    "throttled",
    "bad_recipient",
    "opted_out",
    "bad_content",
    "window_closed",
    "bad_credentials",
    "silent",
    "dropped_before_body",
    "dropped_after_body",
]

EXPECTED: Mapping[Fault, tuple[type[ChannelError], ...]] = {
    "unreachable": (Retryable,),
    "unwell": (Retryable,),
    "throttled": (Throttled,),
    "bad_recipient": (BadRecipient,),
    "opted_out": (OptedOut,),
    "bad_content": (BadContent,),
    "window_closed": (WindowClosed,),
    "bad_credentials": (NeedsReauth,),
    "silent": (Retryable, Ambiguous),
    "dropped_before_body": (Retryable,),
    "dropped_after_body": (Ambiguous,),
}
"""What a fault of the far end must be called. ``silent``: it takes a call and never answers."""

_PLAIN_WORD = re.compile(r"[a-z][a-z0-9_-]*")
_BURST = 8
_DEADLINE = 30.0
_MOMENTS = (0, 0.001, 0.003)
_SETTLING_ROUNDS = 100
_SETTLING_PAUSE = 0.02

Peer = Callable[[], AbstractAsyncContextManager[Channel]]
"""Starts a far end and gives an adapter configured for it, not yet opened."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """The far end, as the checks need it."""

    working: Peer
    outbound: Callable[[int], Outbound]
    """The nth message, with its own key and recipient; its content holds non-ASCII text."""
    delivered: Callable[[], Awaitable[Sequence[bytes]]]
    """The contents that the far end of the latest ``working`` peer holds."""
    faults: Mapping[Fault, Peer] = field(default_factory=dict[Fault, Peer])
    """A far end for every fault that this kind of provider can have."""


class ConformanceError(AssertionError):
    """An adapter does not do what every adapter must."""


Check = Callable[[Bench], Awaitable[None]]


@dataclass(frozen=True)
class Report:
    """How an adapter did."""

    passed: tuple[str, ...]
    failed: Mapping[str, str]

    def raise_failures(self) -> None:
        """Raises ConformanceError with all that failed, if anything did."""
        if self.failed:
            lines = (f"{claim}: {why}" for claim, why in self.failed.items())
            raise ConformanceError("\n".join(lines))


async def check_channel(bench: Bench) -> Report:
    """Run every check, each with its own far end, whatever the others did."""
    passed: list[str] = []
    failed: dict[str, str] = {}
    for check in CHECKS:
        try:
            await check(bench)
        except ConformanceError as error:
            failed[check_id(check)] = str(error)
        except (OpenCCMError, OSError) as error:
            failed[check_id(check)] = f"{type(error).__name__}: {error}"
        else:
            passed.append(check_id(check))
    return Report(tuple(passed), failed)


def check_id(check: Check) -> str:
    """The check's claim, as reports and test names show it."""
    return getattr(check, "__name__", repr(check))


async def it_describes_itself(bench: Bench) -> None:
    """The class answers what the send decision asks it."""
    async with bench.working() as channel:
        _must(isinstance(cast(object, channel), Channel), "it lacks a part of the Channel protocol")
        for word in (channel.name, channel.channel):
            _must(bool(_PLAIN_WORD.fullmatch(word)), f"{word!r} is no plain lower-case word")
        _must(channel.caps.max_bytes > 0, "it takes no bytes at all")


async def it_delivers_exactly_the_bytes(bench: Bench) -> None:
    """What was stored and hashed is what arrives."""
    async with _opened(bench.working) as channel:
        outbound = bench.outbound(1)
        accepted = await channel.send(outbound)
        _must(bool(accepted.reference), "it answered no reference")
        delivered = await bench.delivered()
        _must(list(delivered) == [outbound.content], "other bytes arrived than were given")


async def it_delivers_many_at_once(bench: Bench) -> None:
    """A burst arrives whole, each message once."""
    async with _opened(bench.working) as channel:
        burst = [bench.outbound(number) for number in range(_BURST)]
        await asyncio.gather(*map(channel.send, burst))
        delivered = sorted(await bench.delivered())
        _must(delivered == sorted(one.content for one in burst), "a burst arrived changed")


async def it_refuses_what_is_too_large(bench: Bench) -> None:
    """More than ``caps.max_bytes`` is refused for good, before anything leaves."""
    async with _opened(bench.working) as channel:
        outbound = bench.outbound(1)
        padding = b"x" * channel.caps.max_bytes
        large = outbound.model_copy(update={"content": outbound.content + padding})
        await _expect(channel, large, (Permanent,))
        _must(not await bench.delivered(), "something arrived nevertheless")


async def it_names_every_fault(bench: Bench) -> None:
    """Each fault of the far end is the right class of error, and names no recipient."""
    for fault, peer in bench.faults.items():
        async with _opened(peer) as channel:
            await _expect(channel, bench.outbound(1), EXPECTED[fault], fault)


async def it_is_unharmed_by_a_cancelled_call(bench: Bench) -> None:
    """A call that is given up does not spoil the next."""
    async with _opened(bench.working) as channel:
        for number, moment in enumerate(_MOMENTS):
            given_up = asyncio.ensure_future(channel.send(bench.outbound(number)))
            await asyncio.sleep(moment)
            given_up.cancel()
            await asyncio.wait({given_up})
        after = bench.outbound(len(_MOMENTS))
        await channel.send(after)
        _must(after.content in await bench.delivered(), "the next message did not arrive")


async def its_keys_do_what_its_caps_say(bench: Bench) -> None:
    """``native``: the same key delivers once; ``lookup``: the provider knows the key."""
    async with _opened(bench.working) as channel:
        outbound = bench.outbound(1)
        await channel.send(outbound)
        match channel.caps.idempotency:
            case "native":
                await channel.send(outbound)
                _must(len(await bench.delivered()) == 1, "the same key was delivered twice")
            case "lookup":
                found = await channel.lookup(outbound)
                _must(isinstance(found, Accepted), "it does not find what it has sent")
                _must(await channel.lookup(bench.outbound(2)) is None, "it finds what never was")
            case "none":
                _must(await channel.lookup(outbound) is None, "it answers what it cannot know")


async def it_knows_how_it_is(bench: Bench) -> None:
    """Well: None. Out of reach: a sentence, not an error."""
    async with _opened(bench.working) as channel:
        _must(await channel.health() is None, "it feels unwell at a working far end")
    if "unreachable" in bench.faults:
        async with _opened(bench.faults["unreachable"]) as channel:
            _must(bool(await channel.health()), "it feels well without a far end")


async def it_gives_everything_back(bench: Bench) -> None:
    """After ``close`` no task runs on and no file or socket stays open; closing twice is fine."""
    async with bench.working() as channel:
        tasks, files = asyncio.all_tasks(), _open_files()
        await channel.open()
        await asyncio.gather(*(channel.send(bench.outbound(number)) for number in range(_BURST)))
        await channel.close()
        await channel.close()
        over = await _settled(lambda: asyncio.all_tasks() <= tasks)
        _must(over, "a task outlives the channel")
        returned = await _settled(lambda: _open_files() <= files)
        _must(returned, "a file or socket outlives the channel")


CHECKS: tuple[Check, ...] = (
    it_describes_itself,
    it_delivers_exactly_the_bytes,
    it_delivers_many_at_once,
    it_refuses_what_is_too_large,
    it_names_every_fault,
    it_is_unharmed_by_a_cancelled_call,
    its_keys_do_what_its_caps_say,
    it_knows_how_it_is,
    it_gives_everything_back,
)


@asynccontextmanager
async def _opened(peer: Peer) -> AsyncGenerator[Channel]:
    async with peer() as channel:
        await channel.open()
        try:
            yield channel
        finally:
            await channel.close()


async def _expect(
    channel: Channel,
    outbound: Outbound,
    expected: tuple[type[ChannelError], ...],
    circumstance: str = "too large",
) -> None:
    wanted = " or ".join(one.__name__ for one in expected)
    try:
        await asyncio.wait_for(channel.send(outbound), _DEADLINE)
    except expected as error:
        local = outbound.recipient.partition("@")[0]
        _must(local not in str(error), f"{circumstance}: the error names the recipient")
        if isinstance(error, Throttled):
            _must(error.retry_after > 0, f"{circumstance}: it does not say when to come back")
    except ChannelError as error:
        found = type(error).__name__
        raise ConformanceError(f"{circumstance}: {found} instead of {wanted}: {error}") from error
    except TimeoutError:
        raise ConformanceError(f"{circumstance}: no end within {_DEADLINE} s") from None
    else:
        raise ConformanceError(f"{circumstance}: accepted instead of {wanted}")


async def _settled(claim: Callable[[], bool]) -> bool:
    """Whether the claim comes true within the moment that closing transports may take."""
    for _ in range(_SETTLING_ROUNDS):
        if claim():
            return True
        await asyncio.sleep(_SETTLING_PAUSE)
    return claim()


def _open_files() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


def _must(claim: bool, otherwise: str) -> None:
    if not claim:
        raise ConformanceError(otherwise)
