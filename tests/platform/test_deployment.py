"""The production shape says what the embedded stack says, and keeps no secret itself."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from openccm.platform.settings import Settings, variable
from openccm.platform.temporal_server import DYNAMIC_CONFIG, SEARCH_ATTRIBUTES

_ROOT = Path(__file__).parents[2]
_COMPOSE: dict[str, Any] = yaml.safe_load((_ROOT / "docker-compose.yml").read_text())
_DOCKERFILE = (_ROOT / "Dockerfile").read_text()
_SETTINGS = {variable(name) for name in Settings.model_fields}


def test_workflows_can_be_found_by_the_same_attributes() -> None:
    script = _COMPOSE["configs"]["temporal-namespace"]["content"]
    names = re.search(r"for name in (.+); do", script)

    assert names
    assert tuple(f"Openccm{name}" for name in names[1].split()) == SEARCH_ATTRIBUTES


def test_the_engine_looks_for_work_as_often() -> None:
    content = yaml.safe_load(_COMPOSE["configs"]["temporal-dynamic-config.yaml"]["content"])
    values = {f"{name}={value[0]['value']}" for name, value in content.items()}

    assert values == {line for line in DYNAMIC_CONFIG if line.startswith("history.")}


@pytest.mark.parametrize("service", ["migrate", "api", "worker"])
def test_every_variable_of_a_service_is_a_setting(service: str) -> None:
    assert set(_COMPOSE["services"][service]["environment"]) <= _SETTINGS


def test_every_variable_of_the_image_is_a_setting() -> None:
    assert set(re.findall(r"OPENCCM_\w+(?==)", _DOCKERFILE)) <= _SETTINGS


def test_every_secret_of_ours_is_a_setting_and_stands_in_a_file() -> None:
    ours = [name for name in _COMPOSE["secrets"] if name.startswith("openccm_")]

    assert {name.upper() for name in ours} <= _SETTINGS
    assert all(set(secret) == {"file"} for secret in _COMPOSE["secrets"].values())


def test_no_image_is_whatever_is_latest() -> None:
    images = [service["image"] for service in _COMPOSE["services"].values()]

    assert all(":" in image and not image.endswith(":latest") for image in images)


def test_the_outside_world_is_real_unless_asked_otherwise() -> None:
    assert [name for name, one in _COMPOSE["services"].items() if "profiles" in one] == ["lab"]
