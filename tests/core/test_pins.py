"""What is under way is counted by the version it is pinned to."""

from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.processes.pins import in_flight
from openccm.processes.tables import WorkflowInstance
from tests.core.making import NOW, given


def instance(version: int, state: str) -> WorkflowInstance:
    return WorkflowInstance(
        code="OVERDUE-CHAIN",
        version=version,
        system_code="BILLING",
        key=f"K-{new_id()}",
        body_hash="-",
        state=state,
        started_by="system:BILLING",
        started_at=NOW,
        updated_at=NOW,
    )


async def test_requests_and_instances_count_while_they_are_under_way(database: Database) -> None:
    for state, version in (("gathering", 1), ("prepared", 2), ("held", 2), ("completed", 2)):
        await given(database, state, version=version)
    async with database.begin() as session:
        session.add_all([instance(1, "completed"), instance(3, "waiting"), instance(3, "error")])
    async with database.read() as session:
        found = await in_flight(session, ["BILL-READY", "OVERDUE-CHAIN", "NOBODY"])
        nothing = await in_flight(session, [])

    assert found == {("BILL-READY", 1): 1, ("BILL-READY", 2): 2, ("OVERDUE-CHAIN", 3): 2}
    assert nothing == {}
