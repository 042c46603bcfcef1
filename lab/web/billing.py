"""The billing system: the data service that gets asked, and the JSON API to its records."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError

from lab.billing import calls, records
from lab.signatures import Verdict, check
from lab.switchboard import BILLING
from lab.web.dependencies import Here, SwitchRead, SwitchUpdate, move_switch, read_switch
from lab.world import World

router = APIRouter(tags=["billing"])


class BillRead(BaseModel):
    """A bill as the records have it."""

    number: str
    account: str
    customer: str | None
    amount: str
    due_date: str | None
    complete: bool
    generated: bool
    lines: list[records.Line]


class BillUpdate(BaseModel):
    """Whether the record has its due date."""

    complete: bool


@router.post(
    "/services/billing",
    openapi_extra={
        "requestBody": {
            "content": {"application/json": {"schema": records.Question.model_json_schema()}}
        }
    },
)
async def answer(world: Here, request: Request) -> JSONResponse:
    """Answer a data service question: the fields asked for, as far as the records have them."""
    body = await request.body()
    switch = world.switchboard.of("service", BILLING)
    await world.switchboard.hold(switch)
    verdict = check(switch.secret, request.headers, body)
    question = _question(body)
    if switch.behaviour == "down":
        status, content = HTTPStatus.SERVICE_UNAVAILABLE, {"error": "The billing system is down"}
    elif verdict == "invalid":
        status, content = HTTPStatus.UNAUTHORIZED, {"error": "The signature is not valid"}
    elif question is None:
        status, content = HTTPStatus.BAD_REQUEST, {"error": "This is not contract 1"}
    else:
        repaired = await world.store.read(records.repairs)
        status, content = (
            HTTPStatus.OK,
            {"values": records.values(world.ledger, question, repaired)},
        )
    await _keep(world, question, verdict, status, content)
    return JSONResponse(content, status_code=status)


@router.get("/lab/billing")
async def read_billing(world: Here) -> SwitchRead:
    """Whether the billing system is up."""
    return read_switch(world, "service", BILLING)


@router.put("/lab/billing")
async def update_billing(world: Here, update: SwitchUpdate) -> SwitchRead:
    """Switch the billing system: ok, down, slow; with a secret it checks signatures."""
    return await move_switch(world, "service", BILLING, update)


@router.get("/lab/billing/bills")
async def list_bills(world: Here) -> list[BillRead]:
    """The demo company's bills, and any other whose record was completed or broken by hand."""
    repaired = await world.store.read(records.repairs)
    numbers = [bill.number for bill in world.ledger.bills]
    numbers += sorted(set(repaired) - set(numbers))
    return [_bill(world, number, repaired) for number in numbers]


@router.put("/lab/billing/bills/{number}")
async def update_bill(world: Here, number: str, update: BillUpdate) -> BillRead:
    """Complete a record, or let it lack its due date."""
    await world.store.write(
        lambda connection: records.mark(connection, number, complete=update.complete)
    )
    return _bill(world, number, {number: update.complete})


@router.get("/lab/billing/calls")
async def list_calls(world: Here, limit: int = 50) -> list[calls.CallRead]:
    """The latest questions and their answers, newest first."""
    return await world.store.read(lambda connection: calls.calls(connection, limit=limit))


def _question(body: bytes) -> records.Question | None:
    try:
        return records.Question.model_validate_json(body)
    except ValidationError:
        return None


async def _keep(
    world: World,
    question: records.Question | None,
    verdict: Verdict,
    status: int,
    content: dict[str, Any],
) -> None:
    keys = question.keys if question else {}
    call = calls.CallRead(
        at="",
        bill=keys.get("bill.number"),
        person=keys.get("person"),
        fields=question.fields if question else [],
        signature=verdict,
        status=status,
        answer=content,
    )
    await world.store.write(lambda connection: calls.keep(connection, call))


def _bill(world: World, number: str, repaired: dict[str, bool]) -> BillRead:
    bill = world.ledger.bill({"bill.number": number})
    customer = world.ledger.customer(bill.account)
    complete = repaired.get(number, bill.complete)
    return BillRead(
        number=bill.number,
        account=bill.account,
        customer=customer.name if customer else None,
        amount=str(bill.amount),
        due_date=bill.due_date.isoformat() if complete else None,
        complete=complete,
        generated=bill.generated,
        lines=bill.lines,
    )
