"""Parts: the processes of the embedded stack, in the order in which they start."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from openccm.platform.ports import Listener
from openccm.platform.probes import FileProbe, HttpProbe, Probe
from openccm.platform.settings import Settings, variable
from openccm.platform.temporal_server import server_command

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104


@dataclass(frozen=True, slots=True)
class Part:
    """One process: how it starts, where it listens, and how one sees that it is ready."""

    name: str
    command: tuple[str, ...]
    probe: Probe
    listeners: tuple[Listener, ...] = ()
    needs: tuple[str, ...] = ()
    """Parts that must be ready before this one starts; those the stack lacks do not count."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """On top of the settings."""


def embedded_parts(settings: Settings, only: Iterable[str] | None = None) -> tuple[Part, ...]:
    """What ``openccm up`` runs with these settings: ``temporal``, ``api``, ``worker``, ``lab``.

    Further workers are ``worker-2`` and so on. ``only`` keeps the named ones.
    """
    wanted = None if only is None else frozenset(only)
    return tuple(part for part in _all(settings) if wanted is None or part.name in wanted)


def _all(settings: Settings) -> Iterator[Part]:
    if settings.temporal_is_embedded:
        yield _temporal(settings)
    yield _api(settings)
    for number in range(1, settings.workers + 1):
        yield _worker(settings, "worker" if number == 1 else f"worker-{number}")
    if settings.lab_enabled:
        yield _lab(settings)


def _temporal(settings: Settings) -> Part:
    return Part(
        name="temporal",
        command=server_command(settings),
        # The port opens before the namespace is there; this path answers once it is.
        probe=HttpProbe(
            settings.temporal_http_port, f"/api/v1/namespaces/{settings.temporal_namespace}"
        ),
        listeners=(
            Listener("temporal_port", settings.temporal_port),
            Listener("temporal_http_port", settings.temporal_http_port),
            Listener("temporal_ui_port", settings.temporal_ui_port),
        ),
    )


def _api(settings: Settings) -> Part:
    return Part(
        name="api",
        command=(sys.executable, "-m", "api"),
        probe=HttpProbe(settings.http_port, host=reachable(settings.http_host)),
        listeners=(
            Listener("http_port", settings.http_port, settings.http_host),
            Listener("bounce_port", settings.bounce_port, settings.bounce_host),
        ),
        needs=("temporal",),
    )


def _worker(settings: Settings, name: str) -> Part:
    ready = settings.data_dir / "run" / f"{name}.ready"
    return Part(
        name=name,
        command=(sys.executable, "-m", "workflows.worker"),
        probe=FileProbe(ready),
        needs=("temporal",),
        environment={variable("ready_file"): str(ready)},
    )


def _lab(settings: Settings) -> Part:
    options = {
        "--data": settings.data_dir / "lab",
        "--http-port": settings.lab_http_port,
        "--smtp-port": settings.lab_smtp_port,
        "--bounce-host": reachable(settings.bounce_host),
        "--bounce-port": settings.bounce_port,
        "--print-folder": settings.spool_folder,
        "--openccm-url": f"http://{reachable(settings.http_host)}:{settings.http_port}",
        "--status-key-file": settings.status_key_file,
    }
    words = (str(word) for option in options.items() for word in option)
    return Part(
        name="lab",
        command=(sys.executable, "-m", "lab", *words),
        probe=HttpProbe(settings.lab_http_port, "/"),
        listeners=(
            Listener("lab_http_port", settings.lab_http_port),
            Listener("lab_smtp_port", settings.lab_smtp_port),
        ),
    )


def reachable(host: str) -> str:
    """Where to call someone who listens on this address."""
    return "127.0.0.1" if host in _EVERYWHERE else host
