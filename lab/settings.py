"""Where the lab listens, whom it answers and where it keeps what arrived."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Local counterparts of the outside world over real protocols, with one page to see them."""

    model_config = SettingsConfigDict(
        env_prefix="OPENCCM_LAB_",
        cli_kebab_case=True,
        cli_prog_name="python -m lab",
        cli_hide_none_type=True,
    )

    data: Path = Field(Path("var/lab"), description="Folder that keeps everything that arrived.")
    http_host: str = Field("127.0.0.1", description="Address the page and the HTTP parts bind to.")
    http_port: int = Field(8081, description="Port of the page; 0 takes a free one.")
    smtp_host: str = Field("127.0.0.1", description="Address the mail server binds to.")
    smtp_port: int = Field(2525, description="Port of the mail server; 0 takes a free one.")
    bounce_host: str = Field("127.0.0.1", description="Mail server that takes delivery receipts.")
    bounce_port: int | None = Field(None, description="Its port; without one no receipt is sent.")
    print_folder: Path | None = Field(None, description="Folder the print house collects from.")
    openccm_url: str | None = Field(None, description="Where the print house reports to.")
    status_key_file: Path | None = Field(None, description="File with the print house's API key.")
