"""Translates pip's configuration (``pip config list`` on standard input) into uv's environment.

Writes ``export`` lines for a shell. What the user has set for uv already is left alone.
"""

import ast
import os
import shlex
import sys
from collections.abc import Iterable

_SECTIONS = ("global", "install", ":env:")
"""The later one wins, as in pip."""

_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}


def main() -> None:
    """Read, translate, write."""
    for variable, value in translated(sys.stdin).items():
        if variable not in os.environ:
            sys.stdout.write(f"export {variable}={shlex.quote(value)}\n")


def translated(lines: Iterable[str]) -> dict[str, str]:
    """The variables of uv for the lines of ``pip config list``."""
    found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for line in lines:
        name, _, value = line.strip().partition("=")
        section, _, option = name.rpartition(".")
        if section in found and option in _VARIABLES:
            found[section][option] = str(ast.literal_eval(value))
    options = {name: value for section in _SECTIONS for name, value in found[section].items()}
    variables = {_VARIABLES[name]: _spelled(name, value) for name, value in options.items()}
    if "UV_INDEX" in variables:
        # pip takes the best version from all indexes alike; the hashes make sure which file it is.
        variables["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return variables


def _spelled(option: str, value: str) -> str:
    separator = "," if option == "find-links" else " "
    return separator.join(value.split())


if __name__ == "__main__":
    main()
