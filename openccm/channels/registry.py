"""Finds the channel adapters that are installed, and opens those that are configured."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Self, cast

from pydantic import ValidationError

from openccm.channels.port import Channel
from openccm.channels.print_run import PrintRunChannel
from openccm.channels.push import PushChannel
from openccm.channels.smtp import SmtpChannel
from openccm.channels.spool import SpoolChannel
from openccm.errors import InvalidError, NotFoundError

ENTRY_POINTS = "openccm.channels"
BUILTIN: tuple[type[Channel], ...] = (SmtpChannel, SpoolChannel, PrintRunChannel, PushChannel)
"""Stands in for our own entry points where the package runs from its source, uninstalled."""

_PARTS = ("name", "channel", "caps", "Config", "open", "close", "send", "lookup", "health")


def find_adapters() -> dict[str, type[Channel]]:
    """Every adapter by its name, ours and those of other packages.

    Raises:
        InvalidError: An adapter cannot be loaded, or two packages claim one name.
    """
    adapters: dict[str, type[Channel]] = {adapter.name: adapter for adapter in BUILTIN}
    for point in entry_points(group=ENTRY_POINTS):
        adapter = _load(point)
        if adapters.setdefault(point.name, adapter) is not adapter:
            raise InvalidError("channels", f"Two packages bring a channel named {point.name}.")
    return adapters


class ChannelRegistry:
    """The adapters that serve this process: one for each medium, opened and closed together."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = dict(channels)
        self._open: list[Channel] = []

    @classmethod
    def from_settings(
        cls,
        settings: Mapping[str, Mapping[str, object]],
        adapters: Mapping[str, type[Channel]] | None = None,
    ) -> Self:
        """Build what the settings ask for: medium → ``{"adapter": name, ...its own Config}``.

        Raises:
            InvalidError: An adapter is missing, serves another medium or is configured wrongly.
        """
        known = find_adapters() if adapters is None else adapters
        return cls({medium: _build(medium, given, known) for medium, given in settings.items()})

    async def open(self) -> None:
        """Open every adapter; when one fails, those already open are closed again."""
        try:
            for channel in self._channels.values():
                await channel.open()
                self._open.append(channel)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close every adapter that is open, the last one first."""
        while self._open:
            await self._open.pop().close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def media(self) -> tuple[str, ...]:
        """The media that have an adapter."""
        return tuple(self._channels)

    def for_channel(self, medium: str) -> Channel:
        """The adapter that serves a medium, such as ``email`` or ``letter``.

        Raises:
            NotFoundError: None is configured.
        """
        try:
            return self._channels[medium]
        except KeyError:
            raise NotFoundError("channel", medium) from None


def _load(point: EntryPoint) -> type[Channel]:
    field = f"channels.{point.name}"
    try:
        adapter: object = point.load()
    except (ImportError, AttributeError) as error:
        raise InvalidError(field, f"{point.value} cannot be loaded: {error}") from error
    if missing := [part for part in _PARTS if not hasattr(adapter, part)]:
        raise InvalidError(field, f"{point.value} is no adapter: it lacks {', '.join(missing)}.")
    found = cast(type[Channel], adapter)
    if found.name != point.name:
        raise InvalidError(field, f"{point.value} calls itself {found.name}.")
    return found


def _build(
    medium: str, given: Mapping[str, object], adapters: Mapping[str, type[Channel]]
) -> Channel:
    field = f"channels.{medium}"
    values = dict(given)
    name = values.pop("adapter", None)
    adapter = adapters.get(str(name))
    if adapter is None:
        raise InvalidError(field, f"There is no adapter {name}; there are {', '.join(adapters)}.")
    if adapter.channel != medium:
        raise InvalidError(field, f"The adapter {name} serves {adapter.channel}, not {medium}.")
    try:
        config = adapter.Config.model_validate(values)
    except ValidationError as error:
        raise InvalidError(field, f"{name} is configured wrongly: {_told(error)}") from None
    return adapter(config)


def _told(error: ValidationError) -> str:
    """What is wrong where, without the values: one of them may be a password."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'all'}: {one['msg']}" for one in problems)
