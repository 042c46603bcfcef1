"""Webhook receivers: the URLs that get called, and the JSON API to look at the calls."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from lab.hooks import deliveries
from lab.signatures import check
from lab.switchboard import Switch
from lab.web.dependencies import Here, SwitchRead, SwitchUpdate, move_switch, read_switch

router = APIRouter(tags=["webhooks"])

_ANSWERS = {"ok": 204, "slow": 204, "down": 503, "refuse": 400, "gone": 410}


class HookDetail(deliveries.HookRead):
    """A receiver, its behaviour and what it has seen."""

    switch: SwitchRead


@router.post("/hooks/{name}", response_class=Response)
async def receive(world: Here, name: str, request: Request) -> Response:
    """Take one webhook call, as a core system would."""
    body = await request.body()
    switch = world.switchboard.of("hook", name)
    await world.switchboard.hold(switch)
    verdict = check(switch.secret, request.headers, body)
    status = _answer(switch, genuine=verdict != "invalid")
    call = deliveries.Call(
        hook=name,
        headers=dict(request.headers),
        body=body,
        signature=verdict,
        status=status,
    )
    await world.store.write(lambda connection: deliveries.keep(connection, call))
    return Response(status_code=status)


@router.get("/lab/hooks")
async def list_hooks(world: Here) -> list[HookDetail]:
    """Every receiver that was called or configured."""
    called = {hook.name: hook for hook in await world.store.read(deliveries.hooks)}
    names = sorted({*called, *world.switchboard.names("hook")})
    return [
        HookDetail(
            **called.get(name, _uncalled(name)).model_dump(),
            switch=read_switch(world, "hook", name),
        )
        for name in names
    ]


@router.put("/lab/hooks/{name}")
async def update_hook(world: Here, name: str, update: SwitchUpdate) -> SwitchRead:
    """Let a receiver behave: ok, down, refuse, gone, slow; with a secret it checks signatures."""
    return await move_switch(world, "hook", name, update)


@router.get("/lab/deliveries")
async def list_deliveries(
    world: Here, wanted: Annotated[deliveries.Wanted, Query()]
) -> list[deliveries.DeliveryRead]:
    """The calls a receiver got, in the order of their arrival."""
    return await world.store.read(lambda connection: deliveries.deliveries(connection, wanted))


def _answer(switch: Switch, *, genuine: bool) -> int:
    status = _ANSWERS[switch.behaviour]
    return status if genuine or status >= 300 else 401


def _uncalled(name: str) -> deliveries.HookRead:
    return deliveries.HookRead(name=name, calls=0, accepted=0, repeated=0, late=0, last_at=None)
