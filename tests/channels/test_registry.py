"""How adapters are found, configured, opened and closed."""

from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import BaseModel

from openccm.channels.port import Accepted, Caps, Channel, Outbound
from openccm.channels.registry import BUILTIN, ENTRY_POINTS, ChannelRegistry, find_adapters
from openccm.channels.smtp import SmtpChannel
from openccm.errors import InvalidError, NotFoundError, Retryable


class PigeonConfig(BaseModel):
    loft: str = "east"


class PigeonChannel:
    """A third party's adapter, which writes down what is done to it."""

    name: ClassVar[str] = "pigeon"
    channel: ClassVar[str] = "pigeon-post"
    caps: ClassVar[Caps] = Caps()
    Config: ClassVar[type[BaseModel]] = PigeonConfig
    log: ClassVar[list[str]] = []

    def __init__(self, config: BaseModel) -> None:
        self.config = config

    async def open(self) -> None:
        self.log.append("open")
        if self.config == PigeonConfig(loft="burnt down"):
            raise Retryable("There is no loft.", scope="provider")

    async def close(self) -> None:
        self.log.append("close")

    async def send(self, outbound: Outbound) -> Accepted:
        return Accepted(reference=outbound.key)

    async def lookup(self, outbound: Outbound) -> Accepted | None:
        return None

    async def health(self) -> str | None:
        return None


class OwlChannel(PigeonChannel):
    name: ClassVar[str] = "owl"
    channel: ClassVar[str] = "owl-post"


@pytest.fixture(autouse=True)
def fresh_log() -> Iterator[None]:
    PigeonChannel.log.clear()
    yield
    PigeonChannel.log.clear()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Installer":
    """Installs packages that claim entry points, as pip would."""
    monkeypatch.syspath_prepend(tmp_path)
    return Installer(tmp_path)


class Installer:
    def __init__(self, site: Path) -> None:
        self.site = site

    def __call__(self, package: str, point: str) -> None:
        folder = self.site / f"{package.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(f"[{ENTRY_POINTS}]\n{point}\n")


def test_our_own_adapters_come_through_the_same_door() -> None:
    ours = {point.name: point.load() for point in entry_points(group=ENTRY_POINTS)}

    assert ours == {adapter.name: adapter for adapter in BUILTIN}
    assert set(find_adapters()) == {"smtp", "spool", "print-run", "push"}


def test_another_packages_adapter_is_found(installed: Installer) -> None:
    installed("ccm-pigeon", f"pigeon = {__name__}:PigeonChannel")

    assert find_adapters()["pigeon"].channel == "pigeon-post"


@pytest.mark.parametrize(
    ("point", "reason"),
    [
        ("pigeon = ccm_no_such_module:Pigeon", "cannot be loaded"),
        (f"pigeon = {__name__}:NoSuchClass", "cannot be loaded"),
        (f"pigeon = {__name__}:PigeonConfig", "lacks name"),
        (f"dove = {__name__}:PigeonChannel", "calls itself pigeon"),
        (f"smtp = {__name__}:PigeonChannel", "calls itself pigeon"),
    ],
)
def test_a_broken_adapter_stops_the_start(installed: Installer, point: str, reason: str) -> None:
    installed("ccm-broken", point)

    with pytest.raises(InvalidError, match=reason):
        find_adapters()


def test_two_packages_cannot_share_a_name(installed: Installer) -> None:
    installed("ccm-pigeon", f"pigeon = {__name__}:PigeonChannel")
    installed("ccm-other", "pigeon = other_pigeon:OtherPigeon")
    (installed.site / "other_pigeon.py").write_text(
        f"from {__name__} import PigeonChannel\n\n\nclass OtherPigeon(PigeonChannel):\n    pass\n"
    )

    with pytest.raises(InvalidError, match="Two packages"):
        find_adapters()


def test_settings_choose_and_configure_the_adapter(tmp_path: Path) -> None:
    registry = ChannelRegistry.from_settings(
        {
            "email": {"adapter": "smtp", "host": "127.0.0.1", "tls": "none"},
            "letter": {"adapter": "spool", "folder": str(tmp_path)},
        }
    )

    assert registry.media == ("email", "letter")
    assert isinstance(registry.for_channel("email"), SmtpChannel)
    assert isinstance(registry.for_channel("letter"), Channel)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"email": {"adapter": "smpt", "host": "x"}}, "no adapter smpt; there are smtp, spool"),
        ({"email": {"host": "x"}}, "no adapter None"),
        ({"letter": {"adapter": "smtp", "host": "x"}}, "serves email, not letter"),
        ({"email": {"adapter": "smtp"}}, "host: Field required"),
        ({"email": {"adapter": "smtp", "host": "x", "prot": 25}}, "prot: Extra inputs"),
    ],
)
def test_wrong_settings_stop_the_start(settings: dict[str, dict[str, object]], reason: str) -> None:
    with pytest.raises(InvalidError, match=reason) as refused:
        ChannelRegistry.from_settings(settings)

    assert refused.value.field == f"channels.{next(iter(settings))}"


def test_wrong_settings_are_told_without_the_password() -> None:
    settings = {"email": {"adapter": "smtp", "host": "x", "password": ["s3cret"], "tls": "s3cret"}}

    with pytest.raises(InvalidError) as refused:
        ChannelRegistry.from_settings(settings)

    assert "password" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_medium_without_adapter_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="sms"):
        ChannelRegistry({}).for_channel("sms")


async def test_all_adapters_open_and_close_together() -> None:
    registry = ChannelRegistry(
        {"a": PigeonChannel(PigeonConfig()), "b": OwlChannel(PigeonConfig())}
    )

    async with registry:
        assert PigeonChannel.log == ["open", "open"]
    await registry.close()

    assert PigeonChannel.log == ["open", "open", "close", "close"]


async def test_when_one_fails_to_open_the_others_are_closed() -> None:
    registry = ChannelRegistry(
        {"a": PigeonChannel(PigeonConfig()), "b": OwlChannel(PigeonConfig(loft="burnt down"))}
    )

    with pytest.raises(Retryable):
        await registry.open()

    assert PigeonChannel.log == ["open", "open", "close"]
