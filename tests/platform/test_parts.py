"""The parts of the embedded stack, as the settings would have them."""

from pathlib import Path

import pytest

from openccm.platform.foreground import banner
from openccm.platform.parts import embedded_parts
from openccm.platform.settings import Settings, variable


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(data_dir=tmp_path, lab_enabled=True, workers=2)


def test_the_engine_comes_first_and_the_lab_last(settings: Settings) -> None:
    names = [part.name for part in embedded_parts(settings)]

    assert names == ["temporal", "api", "worker", "worker-2", "lab"]


def test_there_is_no_lab_unless_asked_for(tmp_path: Path) -> None:
    names = [part.name for part in embedded_parts(Settings.load(data_dir=tmp_path))]

    assert names == ["temporal", "api", "worker"]


def test_an_engine_elsewhere_is_not_started_here(tmp_path: Path) -> None:
    settings = Settings.load(data_dir=tmp_path, temporal_address="temporal.example:7233")

    assert "temporal" not in [part.name for part in embedded_parts(settings)]
    assert "temporal.example:7233" in banner(settings, 1)


def test_only_the_named_parts_are_kept(settings: Settings) -> None:
    assert [part.name for part in embedded_parts(settings, only=["worker"])] == ["worker"]


def test_each_worker_says_for_itself_that_it_is_ready(settings: Settings) -> None:
    workers = embedded_parts(settings, only=["worker", "worker-2"])
    files = {worker.environment[variable("ready_file")] for worker in workers}

    assert len(files) == 2


def test_every_port_of_a_part_is_a_setting(settings: Settings) -> None:
    listeners = [one for part in embedded_parts(settings) for one in part.listeners]

    assert {one.setting for one in listeners} == {
        name for name in Settings.model_fields if name.endswith("_port") and name != "smtp_port"
    }
    assert all(getattr(settings, one.setting) == one.port for one in listeners)


def test_the_lab_calls_us_where_we_listen_on_every_address(tmp_path: Path) -> None:
    settings = Settings.load(
        data_dir=tmp_path, lab_enabled=True, http_host="0.0.0.0", bounce_host="0.0.0.0"
    )
    (lab,) = embedded_parts(settings, only=["lab"])

    assert "http://127.0.0.1:8000" in lab.command
    assert lab.command[lab.command.index("--bounce-host") + 1] == "127.0.0.1"


def test_the_banner_names_every_place(settings: Settings) -> None:
    text = banner(settings, 4.21)

    assert "4.2 s" in text
    for place in ("localhost:8000/docs", "localhost:8025", "localhost:8233", "logs"):
        assert place in text
