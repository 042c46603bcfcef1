"""Settings: what differs between installations, read once by the process that starts."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from openccm.errors import InvalidError

PREFIX = "OPENCCM_"
SECRETS_FOLDER = Path("/run/secrets")
"""Where containers mount secrets, one file each, named like the variable in lower case."""

_LOOPBACK = ("127.0.0.1", "::1", "localhost")

Port = Annotated[int, Field(ge=1, le=65535)]
Count = Annotated[int, Field(ge=1)]


class Settings(BaseSettings):
    """Every setting is the environment variable ``OPENCCM_`` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        validate_default=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Field(
        Path("var"),
        description="Folder for everything the embedded stack keeps: databases, documents, logs.",
    )
    database_url: str = Field(
        default_factory=lambda known: f"sqlite+aiosqlite:///{known['data_dir'] / 'openccm.db'}",
        pattern=r"^(sqlite\+aiosqlite|postgresql\+asyncpg)://",
        repr=False,
        description="Business database: a SQLite file in the data folder, or "
        "postgresql+asyncpg://user:password@host/name.",
    )
    definitions_dir: Path = Field(
        Path("definitions"), description="Folder of the communication definitions."
    )
    document_store: str = Field(
        default_factory=lambda known: f"file://{known['data_dir'] / 'documents'}",
        pattern=r"^file:///",
        description="Where the exact bytes that were sent are kept: file:// and a folder.",
    )
    spool_folder: Path = Field(
        default_factory=lambda known: known["data_dir"] / "spool",
        description="Where letters wait for the print house.",
    )
    master_key: str = Field(
        default_factory=lambda known: f"file:{known['data_dir'] / 'secrets' / 'master.key'}",
        pattern=r"^(file|env):.+",
        description="Reference (file: or env:) to the key that seals stored secrets. "
        "The embedded stack makes the file on its first start.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least severe event that is logged."
    )

    http_host: str = Field("127.0.0.1", description="Address the API listens on.")
    http_port: Port = Field(8000, description="Port of the API.")
    public_url: str = Field(
        default_factory=lambda known: f"http://localhost:{known['http_port']}",
        pattern=r"^https?://",
        description="The API's address as recipients and core systems reach it; "
        "links in messages start with it.",
    )

    trusted_proxies: str = Field(
        "",
        description="Addresses of reverse proxies, with commas between, whose word on who calls "
        "and by which scheme is believed (X-Forwarded-For, X-Forwarded-Proto).",
    )
    session_idle_minutes: Count = Field(
        30, description="Minutes without a call after which a user must sign in again."
    )
    session_hours: Count = Field(
        12, description="Hours after which a user must sign in again, however busy they are."
    )
    oidc_issuer: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Users sign in through this OpenID Connect provider as well; "
        "its configuration stands below it at /.well-known/openid-configuration.",
    )
    oidc_client_id: str = Field("openccm", description="Our name at the provider.", min_length=1)
    oidc_client_secret: SecretStr | None = Field(None, description="Our secret at the provider.")
    oidc_scopes: str = Field(
        "openid profile",
        pattern=r"(^|\s)openid(\s|$)",
        description="What the provider is asked for, with spaces between.",
    )
    oidc_name_claim: str = Field(
        "preferred_username", description="The claim that new users are named by."
    )
    oidc_groups_claim: str = Field(
        "groups", description="The claim that lists a user's groups, which bear roles here."
    )

    callback_timeout: float = Field(
        10, gt=0, description="Seconds a core system may take to answer a callback."
    )
    callback_private_hosts: bool = Field(
        default_factory=lambda known: known["http_host"] in _LOOPBACK,
        description="Callbacks may go to private addresses and over plain http. "
        "On only while the API listens on this machine alone, unless set.",
    )

    temporal_port: Port = Field(7233, description="Port of the embedded Temporal server.")
    temporal_http_port: Port = Field(7243, description="Its HTTP API, which is also its probe.")
    temporal_ui_port: Port = Field(8233, description="Port of Temporal's web interface.")
    temporal_ui_url: str = Field(
        default_factory=lambda known: f"http://localhost:{known['temporal_ui_port']}",
        pattern=r"^https?://",
        description="Temporal's web interface as supervisors reach it; "
        "the web app leads to runs there.",
    )
    temporal_address: str = Field(
        default_factory=lambda known: f"127.0.0.1:{known['temporal_port']}",
        pattern=r"^[^:/\s]+:\d+$",
        description="host:port of the Temporal server. "
        "With an address of your own, the embedded one is not started.",
    )
    temporal_namespace: str = Field("default", description="Temporal namespace.", min_length=1)

    workers: Count = Field(1, description="Worker processes of the embedded stack.")
    max_concurrent_workflow_tasks: Count = Field(
        100, description="Workflow tasks that one worker runs at once."
    )
    max_concurrent_activities: Count = Field(
        100, description="Hand-overs and other regular activities that one worker runs at once."
    )
    max_concurrent_local_activities: Count = Field(
        100, description="Local activities that one worker runs at once."
    )
    max_cached_workflows: Count = Field(
        5000,
        description="Workflows a worker keeps in memory; fewer than are in flight costs replays.",
    )
    render_workers: Count = Field(2, description="Rendering processes of one worker.")
    hook_processes: Count = Field(
        4, description="Processes of one worker for each hook in Python: its calls at once."
    )
    hook_memory: Annotated[int, Field(ge=128)] = Field(
        1024, description="MiB of memory that a process of a hook in Python may take."
    )
    ready_file: Path | None = Field(
        None, description="A worker touches this file once it takes work; what starts it waits."
    )

    lab_enabled: bool = Field(
        False,
        description="Run the lab: local counterparts of the outside world. Not in production.",
    )
    lab_http_port: Port = Field(8025, description="Port of the lab's page.")
    lab_smtp_port: Port = Field(2525, description="Port of the lab's mail server.")

    smtp_host: str = Field("127.0.0.1", description="The mail server that takes our messages.")
    smtp_port: Port = Field(
        default_factory=lambda known: known["lab_smtp_port"],
        description="Its port; the lab's unless set.",
    )
    smtp_tls: Literal["none", "starttls", "tls"] = Field(
        default_factory=lambda known: "none" if known["smtp_host"] in _LOOPBACK else "starttls",
        description="Encryption to it; tls is from the first byte. None only for a server on this "
        "machine, unless set.",
    )
    smtp_username: str | None = Field(None, description="User name at the mail server.")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server.")
    smtp_connections: Count = Field(
        8, description="Connections a worker keeps to the mail server, at most."
    )
    channels: dict[str, dict[str, Any]] = Field(
        default_factory=dict[str, dict[str, Any]],
        description="Further media, or other adapters for ours, as JSON: medium to its adapter's "
        'name and configuration, such as {"sms": {"adapter": "acme", "base_url": "https://…"}}. '
        "Texts may be references: env:NAME or file:/path.",
    )
    mail_domain: str = Field(
        "bounces.localhost",
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$",
        description="Domain of the bounce addresses; its mail must reach the bounce listener.",
    )
    bounce_host: str = Field("127.0.0.1", description="Address the bounce listener listens on.")
    bounce_port: Port = Field(2526, description="Its port: SMTP, for receipts and bounces.")

    contact_point_code: str = Field(
        "CONTACT-POINT-CODE",
        description="Code of the communication that sends a code to verify a contact point.",
    )
    reminder_to_do: str = Field(
        "CONTACT-REMINDER",
        description="Code of the to-do type that a reminder becomes whose contact has no type that "
        "says so.",
    )
    reminder_calendar: str | None = Field(
        None,
        description="Code of the calendar that moves such a reminder off days without business.",
    )

    @field_validator("data_dir", "definitions_dir", "spool_folder")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @field_validator("smtp_username", "smtp_password", "oidc_client_secret", mode="before")
    @classmethod
    def _present(cls, value: object) -> object:
        return value or None  # a mounted secret may be an empty file

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then mounted secrets where there are any."""
        if not SECRETS_FOLDER.is_dir():
            return init_settings, env_settings
        return (
            init_settings,
            env_settings,
            SecretsSettingsSource(settings_cls, secrets_dir=SECRETS_FOLDER),
        )

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """Read the environment; ``overrides`` win over it.

        Raises:
            InvalidError: Every wrong setting, one a line, each by the variable's name.
        """
        try:
            return cls(**overrides)
        except ValidationError as error:
            wrong = [
                (variable(str(fault["loc"][0])), fault["msg"])
                for fault in error.errors(include_url=False)
                if fault["type"] != "default_factory_not_called"
            ]
            lines = (f"{name}: {message}" for name, message in wrong)
            raise InvalidError(wrong[0][0], "\n".join(lines)) from None

    def environment(self) -> dict[str, str]:
        """What a child process needs to read the very same settings. Holds the secrets."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            variable(name): _spelled(value) for name, value in values.items() if value is not None
        }

    @property
    def temporal_is_embedded(self) -> bool:
        """Whether the stack runs the Temporal server itself."""
        return self.temporal_address == f"127.0.0.1:{self.temporal_port}"

    @property
    def logs_dir(self) -> Path:
        """Where the embedded stack's parts write."""
        return self.data_dir / "logs"

    @property
    def status_key_file(self) -> Path:
        """Where the lab finds the key with which it reports what became of letters."""
        return self.data_dir / "secrets" / "lab-status.key"


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def _spelled(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value)
