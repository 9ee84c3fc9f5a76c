"""The application: routes, guards at the door, and errors as answers."""

from __future__ import annotations

import logging
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from processors.errors import TipoffError, UsageError
from service.admission import Admission
from service.body_limit import BodyLimit
from service.faults import faults_of
from service.models.answers import Error
from service.observing.logs import tell
from service.observing.requests import Requests
from service.office import Office
from service.page import pages
from service.push.receiving import Inbox
from service.routes import (
    at_work,
    audits,
    calendar,
    distributions,
    drift,
    health,
    looking,
    metrics,
    predict,
    process,
    push,
    quarantine,
    query,
    rows,
    runs,
    schedule,
    trace,
)

ROUTERS = (
    health.router,
    metrics.router,
    process.router,
    predict.router,
    push.router,
    schedule.router,
    drift.router,
    looking.router,
    runs.router,
    at_work.router,
    query.router,
    rows.router,
    quarantine.router,
    audits.router,
    distributions.router,
    trace.router,
    calendar.router,
    *pages.ROUTERS,
)
REFUSALS = (401, 403, 413, 422, 429, 500, 503)
RETRY_SECONDS = 10
HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
"""Refusals that are HTTP's own; named here, for HTTP's phrases change with Python's versions."""


def create_app(office: Office) -> FastAPI:
    """Over an office that is open; whoever opened it closes it."""
    app = FastAPI(
        title="Tipoff",
        summary="Every feature as it was known before tip-off, for any date.",
        version=version("tipoff"),
        responses={code: {"model": Error} for code in REFUSALS},
    )
    app.state.office = office
    app.state.inbox = Inbox(office)
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(Admission, office=office, refusal=answer_to)
    app.add_middleware(BodyLimit, most=office.settings.max_body_bytes, more=push.LARGEST)
    app.add_middleware(Requests, metrics=office.metrics)
    app.add_exception_handler(TipoffError, _ours)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(HTTPException, _of_http)
    return app


async def _ours(_: Request, error: Exception) -> JSONResponse:
    found = cast(TipoffError, error)
    if found.http_status >= 500:
        tell(logging.ERROR, f"{found.code}: {found.message}")
    return answer_to(found)


def answer_to(error: TipoffError) -> JSONResponse:
    """An error of ours, with when to come back where that helps."""
    headers = {}
    if error.retryable:
        headers["Retry-After"] = str(error.details.get("retry_after", RETRY_SECONDS))
    if error.http_status == 401:
        headers["WWW-Authenticate"] = str(error.details.get("www_authenticate", "Bearer"))
    body = Error(
        error=error.code,
        message=error.message,
        retryable=error.retryable,
        details={name: str(value) for name, value in error.details.items()},
    )
    return JSONResponse(body.model_dump(mode="json"), error.http_status, headers)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    faults = faults_of(cast(RequestValidationError, error).errors(), _known(request))
    body = Error(
        error=UsageError.code,
        message="; ".join(fault.message for fault in faults),
        retryable=False,
        faults=faults,
    )
    return JSONResponse(body.model_dump(mode="json"), UsageError.http_status)


async def _of_http(_: Request, error: Exception) -> JSONResponse:
    """No such address, no such method, a body too large."""
    found = cast(HTTPException, error)
    if found.status_code == HTTPStatus.BAD_REQUEST:
        return answer_to(UsageError("the body can't be read: it is no JSON in UTF-8"))
    code = HTTP_CODES.get(found.status_code, f"http_{found.status_code}")
    body = Error(error=code, message=found.detail, retryable=False)
    return JSONResponse(body.model_dump(mode="json"), found.status_code, found.headers)


def _known(request: Request) -> list[str]:
    """The fields that this endpoint takes."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return []
    parts: list[Any] = [*route.dependant.query_params, *route.dependant.body_params]
    models = [part.field_info.annotation for part in parts]
    return [
        name
        for model in models
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name in model.model_fields
    ]
