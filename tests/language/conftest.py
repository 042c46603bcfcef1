"""What all tests of the language share."""

import shutil
from pathlib import Path

import pytest

from tests.language.desk import DEFINITIONS, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    root = tmp_path / "definitions"
    shutil.copytree(DEFINITIONS, root)
    return Desk(root)
