"""The push service: what is called as FCM is called, and the JSON API to the phones."""

import json
from typing import Any, cast
from urllib.parse import parse_qs
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from lab.push import phones
from lab.push.account import BadAssertion
from lab.switchboard import PUSH_SERVICE, Switch
from lab.web.dependencies import Here, SwitchRead, SwitchUpdate, move_switch, read_switch

router = APIRouter(tags=["push"])

_MOST_BYTES = 4_096
_RETRY_AFTER = "2"
_FCM = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"

_REFUSALS = {
    "down": (503, "UNAVAILABLE", "UNAVAILABLE"),
    "refuse": (401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"),
    "throttle": (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"),
}
"""What the service answers to everything while it behaves so."""

Answer = tuple[int, dict[str, Any]]


class AccountKey(BaseModel):
    """By which key the service account signs."""

    public_key: str


class PhoneDetail(phones.PhoneRead):
    """A device, and how it behaves."""

    switch: SwitchRead


@router.post("/push/token", response_class=JSONResponse)
async def give_token(world: Here, request: Request) -> JSONResponse:
    """An access token in exchange for a service account's assertion."""
    switch = world.switchboard.of("push-service", PUSH_SERVICE)
    await world.switchboard.hold(switch)
    if switch.behaviour == "down":
        return JSONResponse({"error": "unavailable"}, 503)
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    try:
        token = world.door.token(form.get("assertion", [""])[0])
    except BadAssertion as error:
        return JSONResponse({"error": "invalid_grant", "error_description": str(error)}, 400)
    return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": 3_600})


@router.post("/push/v1/projects/{project}/messages:send", response_class=JSONResponse)
async def take_message(world: Here, project: str, request: Request) -> JSONResponse:
    """Take one message for one device, or say why not."""
    body = await request.body()
    service = world.switchboard.of("push-service", PUSH_SERVICE)
    await world.switchboard.hold(service)
    message = _message(body)
    token = str(message.get("token") or "")
    let_in = world.door.lets_in(request.headers.get("authorization", ""))
    status, answer = _answer(
        service, world.switchboard.of("device", token), message, body, project, let_in=let_in
    )
    await world.store.write(
        lambda connection: phones.keep(connection, _kept(message, body, status, answer))
    )
    headers = {"Retry-After": _RETRY_AFTER} if status in (429, 503) else {}
    return JSONResponse(answer, status, headers)


@router.get("/lab/push")
async def read_push(world: Here) -> SwitchRead:
    """How the push service behaves."""
    return read_switch(world, "push-service", PUSH_SERVICE)


@router.put("/lab/push")
async def update_push(world: Here, update: SwitchUpdate) -> SwitchRead:
    """Let the push service behave: ok, throttle, refuse, slow, down."""
    return await move_switch(world, "push-service", PUSH_SERVICE, update)


@router.put("/lab/push/account")
async def update_account(world: Here, body: AccountKey) -> SwitchRead:
    """Know the service account's key: from then on its signature is checked."""
    world.door.know(body.public_key)
    return read_switch(world, "push-service", PUSH_SERVICE)


@router.get("/lab/phones")
async def list_phones(world: Here) -> list[PhoneDetail]:
    """Every device that anything was sent to, or whose switch was moved."""
    known = await world.store.read(phones.phones)
    seen = {phone.token for phone in known}
    moved = [name for name in world.switchboard.names("device") if name not in seen]
    empty = [phones.PhoneRead(token=name, shown=0, refused=0, last_at="") for name in moved]
    return [
        PhoneDetail(**phone.model_dump(), switch=read_switch(world, "device", phone.token))
        for phone in (*known, *empty)
    ]


@router.put("/lab/phones/{token}")
async def update_phone(world: Here, token: str, update: SwitchUpdate) -> SwitchRead:
    """Let a device behave: ok, or unregistered, as after the app was removed."""
    return await move_switch(world, "device", token, update)


@router.get("/lab/notifications")
async def list_notifications(
    world: Here, token: str | None = None, limit: int = 200
) -> list[phones.NotificationRead]:
    """What came for the phones, newest first."""
    return await world.store.read(
        lambda connection: phones.notifications(connection, token, limit=limit)
    )


def _answer(
    service: Switch,
    device: Switch,
    message: dict[str, Any],
    body: bytes,
    project: str,
    *,
    let_in: bool,
) -> Answer:
    if service.behaviour in _REFUSALS:
        return _error(*_REFUSALS[service.behaviour])
    if not let_in:
        return _error(*_REFUSALS["refuse"])
    if not message.get("token"):
        return _invalid("message.token")
    if not isinstance(message.get("notification"), dict) or len(body) > _MOST_BYTES:
        return _invalid("message.notification")
    if device.behaviour == "unregistered":
        return _error(404, "NOT_FOUND", "UNREGISTERED")
    return 200, {"name": f"projects/{project}/messages/{uuid4().hex}"}


def _error(status: int, word: str, code: str) -> Answer:
    details = [{"@type": _FCM, "errorCode": code}]
    error = {"code": status, "message": word, "status": word, "details": details}
    return status, {"error": error}


def _invalid(field: str) -> Answer:
    status, answer = _error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")
    violation = {"field": field, "description": "This is not as it must be."}
    answer["error"]["details"].append({"@type": _BAD_REQUEST, "fieldViolations": [violation]})
    return status, answer


def _message(body: bytes) -> dict[str, Any]:
    try:
        parsed: Any = json.loads(body)
    except ValueError:
        return {}
    return _part(parsed, "message")


def _part(value: Any, name: str) -> dict[str, Any]:
    found: Any = cast(dict[str, Any], value).get(name) if isinstance(value, dict) else None
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}


def _kept(
    message: dict[str, Any], body: bytes, status: int, answer: dict[str, Any]
) -> phones.NotificationRead:
    notification, android = _part(message, "notification"), _part(message, "android")
    error = answer.get("error", {})
    said = answer.get("name") or error["details"][0]["errorCode"]
    communication = _part(message, "data").get("communication")
    return phones.NotificationRead(
        token=str(message.get("token") or ""),
        title=str(notification.get("title") or ""),
        text=str(notification.get("body") or ""),
        communication=str(communication) if communication else None,
        collapse_key=android.get("collapse_key"),
        ttl=android.get("ttl"),
        status=status,
        answer=str(said),
        body=body.decode("utf-8", "replace"),
    )
