"""Everything outside, put together: what the web pages and the tests reach for."""

import sqlite3
from dataclasses import dataclass

from lab.billing import records
from lab.errands import Courier, Round
from lab.letters.print_house import PrintHouse
from lab.letters.reports import ReportCourier
from lab.mail.receipts import ReceiptCourier
from lab.mail.server import MailServer
from lab.push.account import DoorKeeper
from lab.settings import Settings
from lab.store import Store
from lab.switchboard import Switchboard

_ARRIVED = (
    "errands",
    "messages",
    "arrivals",
    "mailboxes",
    "unsubscriptions",
    "deliveries",
    "letters",
    "bills",
    "calls",
    "notifications",
)


@dataclass(frozen=True)
class World:
    """The counterparts of one running lab."""

    settings: Settings
    store: Store
    switchboard: Switchboard
    mail: MailServer
    print_house: PrintHouse
    receipts: Round
    reports: Round
    couriers: tuple[Courier, ...]
    ledger: records.Ledger
    door: DoorKeeper

    async def reset(self) -> None:
        """Forget everything that arrived and let every counterpart behave again."""
        await self.print_house.empty()
        await self.store.write(_forget)
        await self.switchboard.restore()


def build(settings: Settings) -> World:
    """Put the counterparts together; nothing listens yet."""
    store = Store(settings.data / "lab.sqlite")
    switchboard = Switchboard(store)
    post = ReceiptCourier(settings.bounce_host, settings.bounce_port)
    messenger = ReportCourier(settings.openccm_url, settings.status_key_file)
    receipts, reports = Round(store, "receipt", post), Round(store, "report", messenger)
    return World(
        settings=settings,
        store=store,
        switchboard=switchboard,
        mail=MailServer(
            store, switchboard, owed=receipts, receipts=settings.bounce_port is not None
        ),
        print_house=PrintHouse(
            store=store,
            switchboard=switchboard,
            reports=reports,
            kept=settings.data / "letters",
            collected=settings.print_folder,
        ),
        receipts=receipts,
        reports=reports,
        couriers=(post, messenger),
        ledger=records.load(),
        door=DoorKeeper(),
    )


def _forget(connection: sqlite3.Connection) -> None:
    for table in _ARRIVED:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - one of ours
