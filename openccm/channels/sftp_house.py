"""A print house behind SFTP: its host key is pinned, we sign in with a key.

A file is written as ``name.part`` and renamed once it is whole, so the print house never reads half
a file.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import asyncssh
from pydantic import BaseModel, ConfigDict, Field

from openccm.channels.print_house import Answer, refuse_unless
from openccm.errors import NeedsReauth, Retryable

_CONNECT = 20
_MAX_ANSWER = 20_000_000


class SftpPlace(BaseModel):
    """The server and how it is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(description="The server's name or address.")
    port: int = Field(22, ge=1, le=65535)
    user: str = Field(description="The name we sign in with.")
    key_file: Path = Field(description="Our private key, in OpenSSH's form.")
    host_key: str = Field(
        pattern=r"^(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/=]+",
        description="The server's public key; another one is refused.",
    )
    runs: str = Field("runs", description="The folder for the files of runs.")
    answers: str = Field("answers", description="The folder with the acknowledgements.")


class SftpHouse:
    """A print house that takes files by SFTP."""

    def __init__(self, place: SftpPlace) -> None:
        self._place = place

    async def deliver(self, folder: Path, names: Sequence[str]) -> bool:
        """Write the files, each under its name once it is whole, the manifest last."""
        *files, manifest = names
        async with self._sftp() as sftp:
            there = PurePosixPath(self._place.runs)
            content = await asyncio.to_thread((folder / manifest).read_bytes)
            if await sftp.exists(there / manifest):
                async with sftp.open(there / manifest, "rb") as known:
                    found: Any = await known.read()
                    refuse_unless(found == content)
                return False
            for name in (*files, manifest):
                part = there / f"{name}.part"
                await sftp.put(folder / name, part)
                await sftp.posix_rename(part, there / name)
        return True

    async def answers(self) -> Sequence[Answer]:
        """The acknowledgements that lie there, each whole."""
        found: list[Answer] = []
        async with self._sftp() as sftp:
            there = PurePosixPath(self._place.answers)
            if not await sftp.isdir(there):
                return ()
            for name in sorted(map(str, await sftp.listdir(there))):
                if not name.endswith(".csv") or name.startswith("."):
                    continue
                async with sftp.open(there / name, "rb") as file:
                    content: Any = await file.read(_MAX_ANSWER)
                    found.append(Answer(name, content))
        return found

    async def put_away(self, name: str) -> None:
        """Remove an acknowledgement; gone already is as good."""
        async with self._sftp() as sftp:
            path = PurePosixPath(self._place.answers) / name
            if await sftp.exists(path):
                await sftp.remove(path)

    async def check(self) -> None:
        """Sign in and look at the folder."""
        async with self._sftp() as sftp:
            await sftp.listdir(self._place.runs)

    @asynccontextmanager
    async def _sftp(self) -> AsyncGenerator[asyncssh.SFTPClient]:
        """A session with the server that is who it was."""
        place = self._place
        try:
            async with (
                asyncssh.connect(
                    place.host,
                    place.port,
                    username=place.user,
                    client_keys=[str(place.key_file)],
                    known_hosts=_pinned(place),
                    config=None,
                    agent_path=None,
                    connect_timeout=_CONNECT,
                    login_timeout=_CONNECT,
                    keepalive_interval=15,
                ) as connection,
                connection.start_sftp_client() as sftp,
            ):
                yield sftp
        except asyncssh.HostKeyNotVerifiable:
            raise NeedsReauth(
                "The print house's host key is not the pinned one: nothing was handed over.",
                scope="provider",
                provider_code="host_key_changed",
            ) from None
        except (asyncssh.PermissionDenied, asyncssh.KeyImportError):
            raise NeedsReauth("The print house refuses our key.", scope="provider") from None
        except (OSError, asyncssh.Error, TimeoutError) as error:
            raise Retryable(
                f"The print house cannot be used: {type(error).__name__}.", scope="provider"
            ) from error


def _pinned(place: SftpPlace) -> tuple[list[asyncssh.SSHKey], list[str], list[str]]:
    """The one host key that is believed; no authority, none revoked."""
    return [asyncssh.import_public_key(place.host_key)], [], []
