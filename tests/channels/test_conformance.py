"""Our adapters pass the kit that third parties run, and a careless one does not."""

import contextlib
import shlex
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import IO, ClassVar, get_args
from uuid import UUID, uuid5

import pytest

from openccm.channels.conformance import (
    CHECKS,
    EXPECTED,
    Bench,
    Check,
    ConformanceError,
    Fault,
    check_channel,
    check_id,
)
from openccm.channels.port import Accepted, Channel, Outbound
from openccm.channels.smtp import SmtpChannel, SmtpConfig
from openccm.channels.spool import SpoolChannel, SpoolConfig
from openccm.errors import Retryable
from tests.counterparts.smtp import HOST, MailServer, free_port, mail_server, smtp_sink

ROOT = UUID("0190a7d2-7f3e-7c11-8d0a-3a0c5f9e2b11")


class SmtpBench:
    """aiosmtpd where all is well, Postfix's smtp-sink for what goes wrong."""

    def __init__(self) -> None:
        self.server = MailServer()

    def bench(self) -> Bench:
        faults: dict[Fault, str] = {
            "unwell": "-r DATA",
            "bad_recipient": "-f RCPT -B '550 5.1.1 unknown'",
            "bad_content": "-f . -B '554 5.7.1 spam'",
            "bad_credentials": "-f MAIL -B '530 5.7.0 log in'",
            "silent": "-W .:2",
            "dropped_before_body": "-q DATA",
            "dropped_after_body": "-q .",
        }
        return Bench(
            working=self.working,
            outbound=self.outbound,
            delivered=self.delivered,
            faults={name: self.faulty(flags) for name, flags in faults.items()}
            | {"unreachable": self.unreachable},
        )

    def outbound(self, number: int) -> Outbound:
        return Outbound(
            key=f"{ROOT}/{number}",
            communication_id=str(uuid5(ROOT, str(number))),
            recipient=f"recipient-{number}@home.example",
            sender="b+token@in.brightwater.example",
            media_type="message/rfc822",
            content=f"Subject: {number}\r\n\r\nGrüße 🎉 {number}\r\n".encode(),
        )

    async def delivered(self) -> Sequence[bytes]:
        return [mail.content for mail in self.server.mails]

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[Channel]:
        self.server = MailServer()
        async with mail_server(self.server):
            yield smtp_channel(self.server.port)

    @asynccontextmanager
    async def unreachable(self) -> AsyncGenerator[Channel]:
        yield smtp_channel(free_port())

    def faulty(self, flags: str) -> Callable[[], AbstractAsyncContextManager[Channel]]:
        @asynccontextmanager
        async def peer() -> AsyncGenerator[Channel]:
            async with smtp_sink(*shlex.split(flags)) as port:
                yield smtp_channel(port)

        return peer


class SpoolBench:
    """A folder is its own counterpart."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root

    def bench(self) -> Bench:
        return Bench(
            working=self.working,
            outbound=self.outbound,
            delivered=self.delivered,
            faults={"unreachable": self.unreachable, "unwell": self.unreachable},
        )

    def outbound(self, number: int) -> Outbound:
        return Outbound(
            key=f"{ROOT}/{number}",
            communication_id=str(uuid5(ROOT, str(number))),
            recipient=f"{number} Elm Row",
            sender="NORTH",
            media_type="application/pdf",
            content=f"%PDF-1.7 Grüße {number}".encode(),
        )

    async def delivered(self) -> Sequence[bytes]:
        with contextlib.suppress(FileNotFoundError):
            return [path.read_bytes() for path in self.folder.glob("*.pdf")]
        return []

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[Channel]:
        self.folder = self.root / str(len(list(self.root.iterdir())))
        self.folder.mkdir()
        yield SpoolChannel(SpoolConfig(folder=self.folder))

    @asynccontextmanager
    async def unreachable(self) -> AsyncGenerator[Channel]:
        file = self.root / "no folder"
        file.touch()
        yield SpoolChannel(SpoolConfig(folder=file))


def smtp_channel(port: int) -> SmtpChannel:
    return SmtpChannel(
        SmtpConfig(
            host=HOST, port=port, tls="none", timeout=5, final_timeout=0.5, helo="client.example"
        )
    )


@pytest.mark.parametrize("check", CHECKS, ids=check_id)
async def test_smtp(check: Check) -> None:
    await check(SmtpBench().bench())


@pytest.mark.parametrize("check", CHECKS, ids=check_id)
async def test_spool(check: Check, tmp_path: Path) -> None:
    await check(SpoolBench(tmp_path).bench())


async def test_the_report_says_all_is_well(tmp_path: Path) -> None:
    report = await check_channel(SpoolBench(tmp_path).bench())

    assert report.passed == tuple(map(check_id, CHECKS))
    report.raise_failures()


class CarelessSpool(SpoolChannel):
    """Does what a careless author's adapter does."""

    left_open: ClassVar[list[IO[str]]] = []

    async def send(self, outbound: Outbound) -> Accepted:
        try:
            accepted = await super().send(outbound)
        except Retryable as error:
            raise Retryable(f"{error} for {outbound.recipient}") from error
        extra = next(Path(self._folder).glob("*.pdf"))
        extra.with_stem(outbound.key.replace("/", "-")).write_bytes(b"changed")
        return accepted

    async def lookup(self, outbound: Outbound) -> Accepted | None:
        raise Retryable("no")

    async def health(self) -> str | None:
        return "always ill"

    async def close(self) -> None:
        self.left_open.append(Path("/dev/null").open())  # noqa: SIM115


async def test_a_careless_adapter_is_found_out(tmp_path: Path) -> None:
    spool = SpoolBench(tmp_path)

    def careless(
        peer: Callable[[], AbstractAsyncContextManager[Channel]],
    ) -> Callable[[], AbstractAsyncContextManager[Channel]]:
        @asynccontextmanager
        async def changed() -> AsyncGenerator[Channel]:
            async with peer() as channel:
                assert isinstance(channel, SpoolChannel)
                yield CarelessSpool(SpoolConfig(folder=channel._folder))

        return changed

    good = spool.bench()
    bench = Bench(
        working=careless(good.working),
        outbound=good.outbound,
        delivered=good.delivered,
        faults={"unreachable": careless(spool.unreachable)},
    )

    report = await check_channel(bench)
    while CarelessSpool.left_open:
        CarelessSpool.left_open.pop().close()

    assert set(report.failed) == {
        "it_delivers_exactly_the_bytes",
        "it_delivers_many_at_once",
        "it_names_every_fault",
        "its_keys_do_what_its_caps_say",
        "it_knows_how_it_is",
        "it_gives_everything_back",
    }
    with pytest.raises(ConformanceError, match="names the recipient"):
        report.raise_failures()


def test_every_fault_has_a_name_for_it() -> None:
    assert set(EXPECTED) == set(get_args(Fault))
