"""Ports: which are free, and who may not have the same one."""

import socket
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass

from openccm.errors import ConflictError
from openccm.platform.settings import variable


@dataclass(frozen=True, slots=True)
class Listener:
    """A place where a part will listen, and the setting that says so."""

    setting: str
    port: int
    host: str = "127.0.0.1"


def require_free(listeners: Iterable[Listener]) -> None:
    """Look at every port before anything starts.

    Raises:
        ConflictError: Every port that cannot be had, one a line, with the setting to change.
    """
    seen: dict[int, Listener] = {}
    faults: list[str] = []
    for listener in listeners:
        name = variable(listener.setting)
        if listener.port in seen:
            other = variable(seen[listener.port].setting)
            faults.append(f"{name} and {other} are both {listener.port}: change one of them.")
        elif _is_taken(listener.host, listener.port):
            faults.append(
                f"Port {listener.port} is in use: end what listens there, "
                f"or set {name} to a free one."
            )
        seen[listener.port] = listener
    if faults:
        raise ConflictError("\n".join(faults))


def free_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """As many different ports, free a moment ago."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((host, 0))
        return [int(one.getsockname()[1]) for one in sockets]


def _is_taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as one:
        # Without this, connections of a stack that just ended would count as a listener.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((host, port))
        except OSError:
            return True
    # macOS lets two bind where one listens on every address and the other on this one.
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    with socket.socket(family) as one:
        one.settimeout(0.2)
        return one.connect_ex((reachable, port)) == 0
