"""A whole OpenSSH server in a folder of its own: the SFTP that print houses really run."""

import asyncio
import getpass
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.counterparts.smtp import HOST, answering, free_port

_SETTINGS = """
ListenAddress {host}
Port {port}
HostKey {folder}/host_key
PidFile {folder}/sshd.pid
AuthorizedKeysFile {folder}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowUsers {user}
Subsystem sftp internal-sftp -d {folder}/house
LogLevel VERBOSE
"""


@dataclass(slots=True)
class Server:
    """Where it listens, what it is known by, and what lies in its folders."""

    folder: Path
    port: int
    user: str

    @property
    def house(self) -> Path:
        """What whoever signs in sees first."""
        return self.folder / "house"

    @property
    def host_key(self) -> str:
        """Its public key."""
        return " ".join((self.folder / "host_key.pub").read_text().split()[:2])

    @property
    def key_file(self) -> Path:
        """The private key that it lets in."""
        return self.folder / "client_key"


@asynccontextmanager
async def openssh() -> AsyncGenerator[Server]:
    """A server that one key may sign in to."""
    program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/sbin")
    if program is None:
        pytest.skip("OpenSSH's server is not installed")
    if getpass.getuser() == "root":
        Path("/run/sshd").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="openssh-") as name:
        server = Server(Path(name), free_port(), getpass.getuser())
        await new_key(server.folder / "host_key")
        await new_key(server.folder / "client_key")
        shutil.copy(server.folder / "client_key.pub", server.folder / "authorized_keys")
        for part in ("runs", "answers"):
            (server.house / part).mkdir(parents=True)
        config = server.folder / "sshd_config"
        config.write_text(
            _SETTINGS.format(host=HOST, port=server.port, folder=server.folder, user=server.user)
        )
        process = await asyncio.create_subprocess_exec(
            program, "-D", "-e", "-f", str(config), stderr=asyncio.subprocess.DEVNULL
        )
        try:
            await answering(server.port)
            yield server
        finally:
            process.terminate()
            await process.wait()


async def new_key(path: Path) -> None:
    """Make a key pair."""
    path.unlink(missing_ok=True)
    words = ("-q", "-t", "ed25519", "-N", "", "-f", str(path))
    process = await asyncio.create_subprocess_exec("ssh-keygen", *words)
    assert await process.wait() == 0
