"""A whole Postfix in a folder of its own: the server that real delivery notifications come from."""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.counterparts.smtp import HOST, answering, free_port, server_program

_SETTINGS = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = {host}
inet_protocols = ipv4
myhostname = mx.brightwater.example
mydestination =
alias_maps =
local_recipient_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
mynetworks = 127.0.0.0/8
default_transport = smtp:[{host}]:{next_port}
smtp_dns_support_level = disabled
smtp_tls_security_level = none
smtpd_tls_security_level = none
disable_vrfy_command = yes
"""

_SERVICES = """
{host}:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@asynccontextmanager
async def postfix(next_port: int) -> AsyncGenerator[int]:
    """A mail server that passes everything on to ``next_port``, notifications included."""
    program = server_program("postfix")
    if os.geteuid() != 0:
        pytest.skip("Postfix starts as root alone")
    with tempfile.TemporaryDirectory(prefix="postfix-", ignore_cleanup_errors=True) as name:
        folder, port = Path(name), free_port()
        _write_configuration(folder, port, next_port)
        process = await asyncio.create_subprocess_exec(
            program,
            "-c",
            str(folder / "etc"),
            "start-fg",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await answering(port)
            yield port
        finally:
            # The daemon leads a session of its own: ending its starter would leave it behind.
            daemon = int((folder / "queue/pid/master.pid").read_text())
            with contextlib.suppress(ProcessLookupError):
                os.kill(daemon, signal.SIGTERM)
            await process.wait()


def _write_configuration(folder: Path, port: int, next_port: int) -> None:
    folder.chmod(0o755)
    for part in ("etc", "queue", "data"):
        (folder / part).mkdir()
    shutil.chown(folder / "data", "postfix")
    settings = _SETTINGS.format(folder=folder, host=HOST, next_port=next_port)
    (folder / "etc/main.cf").write_text(settings)
    (folder / "etc/master.cf").write_text(_SERVICES.format(host=HOST, port=port))
