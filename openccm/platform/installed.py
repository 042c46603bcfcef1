"""What installed packages offer, by entry point."""

from importlib.metadata import entry_points
from typing import NamedTuple


class Installed(NamedTuple):
    """One entry point of an installed package."""

    group: str
    name: str
    package: str
    version: str


def installed(group: str) -> list[Installed]:
    """The entry points of a group, by name."""
    found = [
        Installed(
            group,
            point.name,
            point.dist.name if point.dist else "",
            point.dist.version if point.dist else "",
        )
        for point in entry_points(group=group)
    ]
    return sorted(set(found))
