"""Settings: their defaults, their errors, and how children come by them."""

import os
from pathlib import Path

import pytest

from openccm.errors import InvalidError
from openccm.platform.settings import Settings, variable


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("OPENCCM_")]:
        monkeypatch.delenv(name)


def test_everything_has_a_default_below_the_data_folder(tmp_path: Path) -> None:
    settings = Settings.load(data_dir=tmp_path)

    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/openccm.db"
    assert settings.document_store == f"file://{tmp_path}/documents"
    assert settings.master_key == f"file:{tmp_path}/secrets/master.key"
    assert settings.spool_folder == tmp_path / "spool"


def test_a_relative_folder_means_the_same_to_every_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert Settings.load(data_dir="here").data_dir == tmp_path / "here"


def test_the_environment_is_read_and_arguments_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCCM_HTTP_PORT", "8100")
    monkeypatch.setenv("OPENCCM_WORKERS", "3")
    settings = Settings.load(workers=2)

    assert (settings.http_port, settings.workers) == (8100, 2)
    assert settings.public_url == "http://localhost:8100"


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCCM_SMTP_HOST", "")

    assert Settings.load().smtp_host == "127.0.0.1"


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCCM_HTTP_PORT", "eighty")
    monkeypatch.setenv("OPENCCM_DATABASE_URL", "mysql://root:hunter2@db")
    monkeypatch.setenv("OPENCCM_LOG_LEVEL", "loud")

    with pytest.raises(InvalidError) as caught:
        Settings.load()

    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "OPENCCM_DATABASE_URL",
        "OPENCCM_LOG_LEVEL",
        "OPENCCM_HTTP_PORT",
    ]
    assert "hunter2" not in str(caught.value)


def test_a_misspelt_argument_is_refused() -> None:
    with pytest.raises(InvalidError, match="OPENCCM_HTPP_PORT"):
        Settings.load(htpp_port=1)


def test_a_child_reads_the_very_same_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.load(
        data_dir=tmp_path, lab_enabled=True, smtp_password="hunter2", smtp_host="mail.example"
    )
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)

    assert Settings.load() == settings


def test_a_mounted_secret_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openccm.platform.settings.SECRETS_FOLDER", tmp_path)
    (tmp_path / "openccm_smtp_password").write_text("hunter2\n")
    (tmp_path / "openccm_smtp_username").write_text("mailer\n")
    monkeypatch.setenv("OPENCCM_SMTP_USERNAME", "someone-else")
    settings = Settings.load()

    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == "hunter2"
    assert settings.smtp_username == "someone-else"


def test_an_empty_secret_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openccm.platform.settings.SECRETS_FOLDER", tmp_path)
    (tmp_path / "openccm_smtp_password").touch()

    assert Settings.load().smtp_password is None


def test_secrets_are_not_shown() -> None:
    url = "postgresql+asyncpg://openccm:hunter2@db/openccm"
    settings = Settings.load(smtp_password="hunter2", database_url=url)

    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("host", "encryption"), [("127.0.0.1", "none"), ("smtp.provider.example", "starttls")]
)
def test_mail_leaves_this_machine_encrypted(host: str, encryption: str) -> None:
    assert Settings.load(smtp_host=host).smtp_tls == encryption


@pytest.mark.parametrize(("address", "embedded"), [("127.0.0.1:7233", True), ("t:7233", False)])
def test_a_temporal_address_of_ones_own_turns_the_embedded_one_off(
    address: str, embedded: bool
) -> None:
    assert Settings.load(temporal_address=address).temporal_is_embedded is embedded


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is_for(name: str) -> None:
    description = Settings.model_fields[name].description

    assert description, variable(name)
    assert description.endswith(".")
