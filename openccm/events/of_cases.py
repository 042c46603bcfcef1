"""Cases that entered a status, told as events: what bindings listen to."""

from uuid import UUID

from sqlmodel import col, select

from openccm.access.caller import OPENCCM, Caller
from openccm.cases.case_file import chain_of
from openccm.cases.queries import case_by_id
from openccm.cases.tables import Case
from openccm.cases.told import TELLS
from openccm.communications.desk import Desk
from openccm.events.catalogue import Catalogue
from openccm.events.intake import Incoming, Told, take
from openccm.platform.audit import AuditEntry

ENTERED = "case.entered"
_NO_KEY = UUID(int=0)


async def tell_entered(desk: Desk, case_id: UUID) -> None:
    """Tell of every status that a case entered and whose type says so; telling twice is once.

    Raises:
        InvalidError: A binding cannot read it.
    """
    async with desk.database.read() as session:
        case = await case_by_id(session, case_id)
        entries = await session.scalars(
            select(AuditEntry)
            .where(AuditEntry.chain == chain_of(case_id), AuditEntry.action == ENTERED)
            .order_by(col(AuditEntry.sequence))
        )
        told = [_incoming(case, entry) for entry in entries if entry.detail.get(TELLS)]
    caller = Caller(OPENCCM, frozenset(), None, _NO_KEY)
    for taken in await take(
        desk, Catalogue(desk.repository), [Told(each, caller) for each in told]
    ):
        if taken.refusal is not None:
            raise taken.refusal


def _incoming(case: Case, entry: AuditEntry) -> Incoming:
    data = {
        "number": case.number,
        "type": case.type,
        "status": entry.detail["status"],
        "state": entry.to_state,
    }
    return Incoming(
        event_id=f"{case.number}/{entry.sequence}",
        type=ENTERED,
        occurred_at=entry.at,
        person=case.person_key,
        account=case.account_key,
        data={"case": data},
    )
