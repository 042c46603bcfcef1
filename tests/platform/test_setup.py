"""The setup from a checkout: the lock fits the project, and uv obeys what pip was told."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scripts.uv_settings import translated

_ROOT = Path(__file__).parents[2]
_PROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text())
_LOCK = (_ROOT / "requirements.lock").read_text()
_WANTED = [
    *_PROJECT["project"]["dependencies"],
    *(line for group in _PROJECT["dependency-groups"].values() for line in group),
]


@pytest.mark.parametrize("line", _WANTED)
def test_the_lock_pins_what_the_project_asks_for(line: str) -> None:
    wanted = Requirement(line)
    pinned = re.search(rf"^{re.escape(wanted.name)}==(\S+)", _LOCK, re.MULTILINE)

    assert pinned, "make lock"
    assert pinned[1] in wanted.specifier


def test_the_lock_names_no_host_and_every_file_by_its_hash() -> None:
    blocks = re.split(r"^(?=[a-z])", _LOCK, flags=re.MULTILINE)[1:]

    assert "://" not in _LOCK
    assert all("--hash=sha256:" in block for block in blocks)


def test_uv_asks_where_pip_asks() -> None:
    configuration = [
        "global.cert='/etc/ca.pem'",
        "global.extra-index-url='https://one.example/simple\\nhttps://two.example/simple'",
        "global.find-links='/wheels /more'",
        "global.index-url='https://mirror.example/simple'",
        "global.quiet='1'",
        "freeze.timeout='1'",
    ]

    assert translated(configuration) == {
        "SSL_CERT_FILE": "/etc/ca.pem",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_the_environment_wins_over_the_file_as_with_pip() -> None:
    configuration = [
        ":env:.index-url='https://env.example'",
        "global.index-url='https://global.example'",
        "install.index-url='https://install.example'",
    ]

    assert translated(configuration) == {"UV_DEFAULT_INDEX": "https://env.example"}
