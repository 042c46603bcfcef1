"""Letters for a print house, many at a time: they wait for the next print run."""

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from openccm.channels.port import Accepted, Caps, Outbound
from openccm.channels.print_house import FolderHouse, FolderPlace, PrintHouse
from openccm.channels.sftp_house import SftpHouse, SftpPlace
from openccm.errors import ChannelError, Permanent


class PrintRunConfig(BaseModel):
    """Which letter extract is used, and where its files go."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    extract: str = Field(description="The code of the letter extract.")
    folder: FolderPlace | None = Field(None, description="The print house collects from a folder,")
    sftp: SftpPlace | None = Field(None, description="or gets the files by SFTP.")
    poll: int = Field(60, ge=1, le=86_400, description="Seconds between looks for its answer.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.folder is None) == (self.sftp is None):
            raise ValueError("Name a folder or an SFTP server.")
        return self


class PrintRunChannel:
    """Lets letters wait for a run; the run's files go to its print house."""

    name: ClassVar[str] = "print-run"
    channel: ClassVar[str] = "letter"
    caps: ClassVar[Caps] = Caps(
        receipts=True, idempotency="native", max_bytes=100_000_000, batch=True
    )
    Config: ClassVar[type[BaseModel]] = PrintRunConfig

    def __init__(self, config: BaseModel) -> None:
        self.config = PrintRunConfig.model_validate(config, from_attributes=True)
        place = self.config.sftp
        if place is not None:
            self.house: PrintHouse = SftpHouse(place)
        else:
            assert self.config.folder is not None
            self.house = FolderHouse(self.config.folder)

    async def open(self) -> None:
        """Nothing to get ready: the print house is called when a run is ready for it."""

    async def close(self) -> None:
        """Nothing is kept open."""

    async def send(self, outbound: Outbound) -> Accepted:
        """Never asked: letters of this channel leave in runs.

        Raises:
            Permanent: In any case.
        """
        raise Permanent("Letters leave in print runs.")

    async def lookup(self, outbound: Outbound) -> Accepted | None:
        """Never needed."""
        return None

    async def health(self) -> str | None:
        """Whether the print house can be reached."""
        try:
            await self.house.check()
        except ChannelError as error:
            return str(error)
        return None
