"""Every error becomes an RFC 9457 problem here, and nowhere else."""

import json
import logging
from collections.abc import Sequence
from http import HTTPStatus
from math import ceil
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from api.denials import note_refused
from openccm.errors import (
    ConflictError,
    DefinitionError,
    DeniedError,
    DirectoryError,
    ExpiredError,
    IllegalTransitionError,
    InvalidError,
    NotFoundError,
    OpenCCMError,
    StorageError,
    TemplateError,
    TooOftenError,
    UnauthenticatedError,
)
from openccm.platform.database import is_away

_log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"

STATUS: dict[type[OpenCCMError], HTTPStatus] = {
    InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    DefinitionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ExpiredError: HTTPStatus.GONE,
    ConflictError: HTTPStatus.CONFLICT,
    IllegalTransitionError: HTTPStatus.CONFLICT,
    UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    DeniedError: HTTPStatus.FORBIDDEN,
    TooOftenError: HTTPStatus.TOO_MANY_REQUESTS,
    DirectoryError: HTTPStatus.SERVICE_UNAVAILABLE,
    TemplateError: HTTPStatus.UNPROCESSABLE_ENTITY,
    StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    **members: Any,
) -> JSONResponse:
    """An RFC 9457 problem; ``code`` is the stable name a program can act on."""
    body = {
        "type": f"urn:openccm:problem:{code}",
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
        **members,
    }
    return JSONResponse(body, status, headers=headers, media_type=PROBLEM)


def install(app: FastAPI) -> None:
    """Translate every error this application can raise."""
    app.add_exception_handler(OpenCCMError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(SQLAlchemyError, _database)


def refusal_of(error: OpenCCMError | RequestValidationError) -> tuple[int, dict[str, Any]]:
    """An error as it is told of one item among others: the status and the problem."""
    told = _misfits(error) if isinstance(error, RequestValidationError) else _problem_of(error)
    return told.status_code, json.loads(bytes(told.body))


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, OpenCCMError)
    await note_refused(request, error)
    return _problem_of(error)


def _problem_of(error: OpenCCMError) -> JSONResponse:
    members = dict(error.members)
    headers: dict[str, str] | None = None
    if isinstance(error, UnauthenticatedError):
        headers = {"WWW-Authenticate": "Bearer"}
    if isinstance(error, TooOftenError):
        headers = {"Retry-After": str(ceil(error.retry_after))}
    if isinstance(error, InvalidError):
        members["errors"] = [{"field": error.field, "message": str(error)}]
    if isinstance(error, IllegalTransitionError):
        members["state"] = error.state
    return problem(_status(error), error.code, str(error), headers=headers, **members)


def _status(error: OpenCCMError) -> HTTPStatus:
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    _log.error("unmapped error", extra={"code": error.code})
    return HTTPStatus.SERVICE_UNAVAILABLE


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return _misfits(error)


def _misfits(error: RequestValidationError) -> JSONResponse:
    errors: Sequence[dict[str, Any]] = [
        {"field": _field(fault["loc"]), "message": fault["msg"]} for fault in error.errors()
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid",
        "The request does not fit the interface's description.",
        errors=errors,
    )


def _field(location: Sequence[int | str]) -> str:
    places = location[1:] if location and location[0] in {"body", "query", "path"} else location
    return ".".join(str(place) for place in places)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    code = status.phrase.lower().replace(" ", "_")
    headers = dict(error.headers) if error.headers else None
    return problem(status, code, str(error.detail), headers=headers)


async def _database(_request: Request, error: Exception) -> JSONResponse:
    """The database is away or locked for too long: nothing was done, and it may be tried again."""
    if not is_away(error):
        raise error
    _log.warning("database unavailable", extra={"error": type(error).__name__})
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "database_unavailable",
        "The database does not answer. Try again.",
        headers={"Retry-After": "2"},
    )
