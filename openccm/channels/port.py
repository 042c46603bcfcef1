"""What every channel adapter is: one Protocol, one message in, one receipt out."""

from typing import ClassVar, Literal, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict


class Caps(BaseModel):
    """What an adapter can do; the send decision and the worker ask here, never by name."""

    model_config = ConfigDict(frozen=True)

    receipts: bool = False
    """The provider reports delivery later; until then ``sent`` is provisional."""
    idempotency: Literal["none", "lookup", "native"] = "none"
    """``native``: the same key twice delivers once. ``lookup``: the provider can be asked."""
    max_bytes: int = 10_000_000
    batch: bool = False
    """Messages wait for the next run of a job, which hands over many at a time."""


class Outbound(BaseModel):
    """One message, ready to leave. ``content`` is exactly what was stored and hashed."""

    model_config = ConfigDict(frozen=True)

    key: str
    """Idempotency key of the attempt: ``{communication id}/{attempt number}``."""
    communication_id: str
    recipient: str
    """The contact point's value: an e-mail address, a phone number, a folder key."""
    sender: str
    """Return address for receipts (VERP); for letters the sending division."""
    media_type: str
    content: bytes
    metadata: dict[str, str] = {}
    """Facts a print house or provider needs beside the content; no personal data."""


class Accepted(BaseModel):
    """What the provider answered when it took the message."""

    model_config = ConfigDict(frozen=True)

    reference: str
    """The provider's own id or answer line; for support, shown to operators."""
    status: Literal["sent", "extracted", "published", "handed_over"] = "sent"
    receipts: bool = False
    """The provider promised to report this very message's fate later."""


@runtime_checkable
class Channel(Protocol):
    """A way out of the building. Found by entry point ``openccm.channels``."""

    name: ClassVar[str]
    """The adapter's own name (``smtp``)."""
    channel: ClassVar[str]
    """The medium it serves (``email``)."""
    caps: ClassVar[Caps]
    Config: ClassVar[type[BaseModel]]

    def __init__(self, config: BaseModel) -> None: ...

    async def open(self) -> None:
        """Get ready; called once, in the worker's event loop."""
        ...

    async def close(self) -> None:
        """Give everything back."""
        ...

    async def send(self, outbound: Outbound) -> Accepted:
        """Hand the message to the provider.

        Raises:
            ChannelError: one class of the taxonomy in ``openccm.errors``, nothing else.
        """
        ...

    async def lookup(self, outbound: Outbound) -> Accepted | None:
        """Ask the provider whether it took this key; None where it cannot tell."""
        ...

    async def health(self) -> str | None:
        """None when well, else a sentence an operator can act on."""
        ...
