"""The system events of a utility: each folder's own examples, then what each row promises."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlmodel import select

from openccm.communications import queries
from openccm.communications.gather import gather
from openccm.contacts.tables import CustomerContact
from openccm.contracts import StepInput
from openccm.language.event_binding import EventBindingDefinition
from openccm.language.event_sample import EventSample
from openccm.language.loader import load_definitions
from openccm.platform.database import Database
from openccm.processes import queries as instances
from openccm.processes.book import Processes
from openccm.processes.stepper import Stepper
from openccm.processes.taking import take_step
from tests.contacts.utility import DEFINITIONS, Utility, open_utility
from tests.support.databases import Databases

SAMPLES = sorted(DEFINITIONS.rglob("samples/*.yaml"))
BINDINGS = load_definitions(DEFINITIONS).of(EventBindingDefinition)
EXAMPLES = [each for each in SAMPLES if (each.parents[1] / "binding.yaml").exists()]


@pytest.fixture(scope="module")
async def utility(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Utility]:
    database = Database(await databases.fresh())
    async with open_utility(database, tmp_path_factory.mktemp("utility")) as opened:
        yield opened
    await database.close()


def test_every_binding_of_the_utility_has_an_example() -> None:
    shown = {each.parents[1].name.upper() for each in EXAMPLES}
    rows = {code for code in BINDINGS if code.startswith("SE-")}

    assert rows <= shown
    assert {f"SE-{number:02}" for number in range(1, 16)} == {code[:5] for code in rows}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parents[1].name)
async def test_an_example_leads_to_what_its_binding_says(utility: Utility, path: Path) -> None:
    definition = BINDINGS[path.parents[1].name.upper()]
    sample = EventSample.model_validate(yaml.safe_load(path.read_text()))
    event_id = await utility.teller.told(
        definition.type,
        person=sample.person,
        account=sample.account,
        premise=sample.premise,
        data=jsonable(sample.data),
    )
    if definition.create == "on-resolve":
        await utility.teller.command(event_id, "resolve")
        await utility.teller.work()
    effects = await utility.effects(event_id)
    contacts = await utility.contacts(event_id)

    assert effects[definition.code] == ("done" if sample.binds else "not_matched"), effects
    if definition.contact is not None:
        assert definition.contact.type in [each.type for each in contacts]
    for contact in contacts:
        request = await utility.asked(contact)
        assert request is None or request.state == "accepted"
    if definition.to_do is not None:
        assert definition.to_do.type in await utility.todos(event_id)


def jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: jsonable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [jsonable(each) for each in value]
    return value if isinstance(value, str | int | bool) else str(value)


def order(number: str, **changes: str) -> dict[str, Any]:
    facts = {"id": number, "services": "gas", "customer_class": "RES", "campaign": "SPRING"}
    return {"order": facts | changes}


async def test_se_01_one_order_is_one_contact_whatever_binds_it(utility: Utility) -> None:
    event_id = await utility.told("sales.order.completed", data=order("O-501"))

    assert await utility.types(event_id) == ["SALES-ORDER-DONE"]
    assert await utility.effects(event_id) == {
        "SE-01-BY-CLASS": "done",
        "SE-01-BY-CAMPAIGN": "repeated",
    }


async def test_se_02_a_lead_without_an_address_ends_as_not_sent(utility: Utility) -> None:
    someone = await utility.station.person("letter")
    data = {"lead": {"id": "L-1"}, "initiative": "Solar", "kind": "appointment", "rep": "Jo"}
    event_id = await utility.told(
        "lead.event.recorded", account=None, person=someone.key, data=data
    )
    (contact,) = await utility.contacts(event_id)
    asked = await utility.asked(contact)
    assert asked is not None
    await looked_at(utility, asked.id)
    asked = await utility.asked(contact)

    assert asked is not None
    assert asked.state == "not_sent"


async def looked_at(utility: Utility, request_id: Any) -> Any:
    async with utility.station.database.read() as session:
        row = await queries.request_by_id(session, request_id)
    order = StepInput(subject=row.id, step="gather", code=row.definition, version=row.version)
    return await gather(utility.station.desk, order)


async def test_se_03_registered_and_active_are_two_contacts(utility: Utility) -> None:
    data = {"membership": {"id": "M-5", "type": "CASHBACK"}}
    created = await utility.told("membership.created", data=data)
    activated = await utility.told("membership.activated", data=data)

    assert await utility.types(created) == ["CREDIT-CREATED"]
    assert await utility.types(activated) == ["CREDIT-ACTIVATED"]


async def test_se_04_the_letter_lists_the_instalments(utility: Utility) -> None:
    rows = [{"due_date": "2026-06-01", "amount": "45.00"}]
    data = {"sa": {"id": "SA-9", "type": "NBB"}, "instalments": rows}
    event_id = await utility.told("agreement.activated", data=data)
    other = await utility.told("agreement.activated", data=data | {"sa": {"id": "S", "type": "E"}})
    (contact,) = await utility.contacts(event_id)
    asked = await utility.asked(contact)

    assert asked is not None
    assert asked.payload["instalments"] == rows
    assert await utility.types(other) == []


def remark(code: str, times: int = 1) -> dict[str, Any]:
    return {"remark": {"code": code, "times": times}, "meter": "MT-5", "read_on": "2026-05-01"}


async def test_se_05_off_it_is_recorded_and_an_unknown_code_is_named(utility: Utility) -> None:
    await utility.teller.switch("SE-05-REMARK", False)
    off = await utility.told(
        "meter.remark.recorded", account=None, premise="PR-9001", data=remark("DOG")
    )
    await utility.teller.switch("SE-05-REMARK", True)
    unknown = await utility.told("meter.remark.recorded", premise="PR-9001", data=remark("BEAR"))
    (said,) = {each.says for each in await utility.teller.rows(unknown) if each.state == "error"}

    assert (await utility.effects(off))["SE-05-REMARK"] == "ignored_disabled"
    assert (await utility.teller.stands(unknown))[0] == "error"
    assert "METER-REMARK-RULE" in (said or "")


async def test_se_05_the_third_time_is_a_visit_and_no_letter(utility: Utility) -> None:
    event_id = await utility.told(
        "meter.remark.recorded", premise="PR-9001", data=remark("NOACC", 3)
    )

    assert await utility.todos(event_id) == ["METER-VISIT"]
    assert "METER-NO-ACCESS" not in await utility.types(event_id)


async def test_se_06_other_types_of_visits_are_none_of_its_business(utility: Utility) -> None:
    visit = {"id": "V-1", "type": "INSPECT", "remark": "OK"}
    event_id = await utility.told("field.visit.completed", premise="PR-1", data={"visit": visit})

    assert (await utility.teller.stands(event_id))[0] == "ignored_no_binding"


async def test_se_07_a_cancelled_adjustment_cancels_its_letter(utility: Utility) -> None:
    data = {"adjustment": {"id": "ADJ-77", "type": "NSF", "amount": "10.00"}}
    event_id = await utility.told("adjustment.frozen", data=data)
    await utility.teller.command(event_id, "cancel")
    await utility.teller.work()
    (contact,) = await utility.contacts(event_id)
    asked = await utility.asked(contact)

    assert asked is not None
    assert (asked.state, asked.reason) == ("cancelled", "trigger_cancelled")


async def test_se_08_an_increase_is_a_letter_and_a_to_do(utility: Utility) -> None:
    data = {"deposit": {"result": "increase", "amount": "50.00"}}
    event_id = await utility.told("deposit.reviewed", data=data)
    (contact,) = await utility.contacts(event_id)

    assert contact.type == "DEPOSIT-INCREASE"
    assert contact.request_id is not None
    assert await utility.todos(contact.id) == ["DEPOSIT-DISPUTE"]


async def test_se_09_paid_before_its_day_nothing_is_created(utility: Utility) -> None:
    data = {"collection": {"template": "T", "event": "E"}, "arrears": "9.00"}
    event_id = await utility.told("collection.event.planned", data=data)
    await utility.teller.command(event_id, "cancel")
    await utility.teller.work()

    assert await utility.contacts(event_id) == []
    assert await utility.effects(event_id) == {"SE-09-COLLECTION": "cancelled"}


async def test_se_10_a_vulnerable_customer_is_looked_after_instead(utility: Utility) -> None:
    data = {"sa": {"id": "SA-1"}, "cut_on": "2026-06-01", "vulnerable": True}
    event_id = await utility.told("severance.event.due", premise="PR-9001", data=data)

    assert await utility.contacts(event_id) == []
    assert await utility.todos(event_id) == ["VULNERABLE-CARE"]


async def test_se_11_a_small_amount_is_noted_without_a_letter(utility: Utility) -> None:
    event_id = await utility.told("writeoff.event.due", data={"write_off": {"amount": "24.99"}})
    (contact,) = await utility.contacts(event_id)

    assert (contact.type, contact.request_id) == ("WO-NOTICE", None)


async def test_se_13_the_same_status_twice_a_day_is_one_contact(utility: Utility) -> None:
    data = {"case": {"id": "C-88", "type": "HIGH-BILL-REVIEW", "status": "opened"}}
    facts = {"account": None, "person": "P-1001", "data": data}
    first = await utility.told("case.status.entered", **facts)
    again = await utility.told("case.status.entered", **facts)

    assert await utility.types(first) == ["CASE-STATUS"]
    assert await utility.types(again) == []


async def test_se_14_a_task_that_completes_twice_is_one_contact(utility: Utility) -> None:
    data = {"task": {"id": "T-9", "type": "EXCHANGE", "outcome": "done"}}
    first = await utility.told("service.task.completed", premise="PR-9001", data=data)
    again = await utility.told("service.task.completed", premise="PR-9001", data=data)

    assert await utility.types(first) == ["SERVICE-TASK-DONE"]
    assert await utility.effects(again) == {"SE-14-TASK": "repeated"}


async def test_se_15_a_card_replaced_after_the_first_notice_gets_no_second(
    utility: Utility,
) -> None:
    card = {"id": "CARD-9", "last_four": "4242", "expires_on": "2026-06-30"}
    event_id = await utility.told("card.expiry.found", data={"card": card})
    (effect,) = await utility.teller.rows(event_id)
    assert effect.created_id is not None
    run = await run_of(utility, effect.created_id)
    await run.run()
    assert run.until == datetime(2026, 5, 30, 23, tzinfo=UTC)
    utility.station.clock.now = run.until
    await run.run()
    assert await notices(utility, effect.created_id) == 1
    await utility.told("card.replaced", data={"card": {"id": "CARD-9"}})
    await run.run()
    utility.station.begin_anew()

    assert run.over
    assert await notices(utility, effect.created_id) == 1


async def run_of(utility: Utility, instance_id: Any) -> Stepper:
    desk = utility.station.desk
    async with desk.database.read() as session:
        row = await instances.instance_by_id(session, instance_id)
        stored = await desk.repository.stored(session, row.code, row.version)
    assert stored.plan is not None

    async def take(step: StepInput) -> Any:
        return await take_step(Processes(desk), step)

    return Stepper(stored.plan, instance_id, take)


async def notices(utility: Utility, instance_id: Any) -> int:
    mine = select(CustomerContact).where(CustomerContact.origin_id == instance_id)
    async with utility.station.database.read() as session:
        return len((await session.scalars(mine)).all())
