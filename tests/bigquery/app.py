"""The routes, and what happens to every request: counted, befallen by faults, worked on."""

from __future__ import annotations

import asyncio
import json
import traceback
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.bigquery import routes_datasets, routes_jobs, routes_tables, routes_uploads
from tests.bigquery.calls import Call, Handler, Reply
from tests.bigquery.counting import Counted, sent_job
from tests.bigquery.errors import ApiError, broken
from tests.bigquery.faults import Fault
from tests.bigquery.state import State

PREFIX = "/bigquery/v2"
UPLOAD = "/upload"
PROJECT = "/projects/{project}"
DATASETS = f"{PROJECT}/datasets"
DATASET = f"{DATASETS}/{{dataset}}"
TABLES = f"{DATASET}/tables"
TABLE = f"{TABLES}/{{table}}"
JOBS = f"{PROJECT}/jobs"
JOB = f"{JOBS}/{{job}}"
QUERIES = f"{PROJECT}/queries"

MOST_BYTES = 10 * 1024 * 1024
"""Of a request's body, with its query parameters; files are uploaded by routes of their own."""
TOO_LARGE = "<!DOCTYPE html><title>Error 413 (Request Entity Too Large)</title>"
"""No answer of the API's: what stands before it refuses."""
# Jobs take the storage's lock themselves, for as long as they work.
WITHOUT_LOCK = (routes_jobs, routes_uploads)
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", DATASETS, routes_datasets.list_),
    ("POST", DATASETS, routes_datasets.insert),
    ("GET", DATASET, routes_datasets.get),
    ("PATCH", DATASET, routes_datasets.patch),
    ("PUT", DATASET, routes_datasets.update),
    ("DELETE", DATASET, routes_datasets.delete),
    ("GET", TABLES, routes_tables.list_),
    ("POST", TABLES, routes_tables.insert),
    ("GET", f"{TABLE}/data", routes_tables.data),
    ("GET", TABLE, routes_tables.get),
    ("PATCH", TABLE, routes_tables.patch),
    ("PUT", TABLE, routes_tables.update),
    ("DELETE", TABLE, routes_tables.delete),
    ("GET", JOBS, routes_jobs.list_),
    ("POST", JOBS, routes_jobs.insert),
    ("GET", JOB, routes_jobs.get),
    ("POST", f"{JOB}/cancel", routes_jobs.cancel),
    ("POST", QUERIES, routes_jobs.query),
    ("GET", f"{QUERIES}/{{job}}", routes_jobs.results),
    ("POST", f"{UPLOAD}{JOBS}", routes_uploads.start),
    ("PUT", f"{UPLOAD}{JOBS}", routes_uploads.proceed),
)


def create_app(state: State) -> Starlette:
    return Starlette(
        routes=[
            Route(_path(pattern), _endpoint(state, pattern, handler), methods=[method])
            for method, pattern, handler in ROUTES
        ],
        exception_handlers={404: _no_route, 405: _no_route, Exception: _failed},
    )


def _path(pattern: str) -> str:
    if pattern.startswith(UPLOAD):
        return f"{UPLOAD}{PREFIX}{pattern.removeprefix(UPLOAD)}"
    return f"{PREFIX}{pattern}"


def _endpoint(state: State, pattern: str, handler: Handler) -> Any:
    async def endpoint(request: Request) -> Response:
        call = Call(
            state,
            request.method,
            request.path_params,
            request.query_params,
            request.headers,
            await request.body(),
            str(request.base_url).rstrip("/"),
        )
        kind, dry_run = sent_job(_job_of(call))
        faults = state.faults.striking(request.method, pattern, kind)
        response = await _befallen(request, [one for one in faults if not one.after])
        if response is None and len(call.body) > MOST_BYTES and not pattern.startswith(UPLOAD):
            response = HTMLResponse(TOO_LARGE, 413)
        if response is None:
            response = await run_in_threadpool(_answer, call, handler)
            response = await _befallen(request, [one for one in faults if one.after]) or response
        status = 0 if any(one.reset for one in faults) else response.status_code
        state.requests.append(Counted(request.method, pattern, kind, dry_run, status))
        return response

    return endpoint


async def _befallen(request: Request, faults: list[Fault]) -> Response | None:
    """What a fault answers instead, if one does."""
    for fault in faults:
        await asyncio.sleep(fault.seconds)
        if fault.reset:
            request.scope["state"]["transport"].abort()
            return Response(status_code=503)
        if fault.error is not None:
            return JSONResponse(fault.error.body, fault.error.status)
    return None


def _answer(call: Call, handler: Handler) -> Response:
    try:
        if handler.__module__ in {one.__name__ for one in WITHOUT_LOCK}:
            made = handler(call)
        else:
            with call.state.storage.lock:
                made = handler(call)
    except ApiError as error:
        return JSONResponse(error.body, error.status)
    reply = made if isinstance(made, Reply) else Reply(made)
    if reply.content is None:
        return Response(status_code=reply.status, headers=dict(reply.headers))
    content = _partial(reply.content, call.query.get("fields"))
    return JSONResponse(content, reply.status, dict(reply.headers))


def _partial(content: Any, fields: str | None) -> Any:
    """A partial response holds what `fields` names, and nothing else."""
    if not fields or not isinstance(content, dict):
        return content
    wanted = {one.partition("(")[0].partition("/")[0] for one in fields.split(",")}
    return {name: value for name, value in content.items() if name in wanted}


def _job_of(call: Call) -> Any:
    """The job that a request sends, wherever it stands; the last PUT of an upload sends one."""
    if call.method == "PUT":
        upload = call.state.uploads.get(call.query.get("upload_id", ""))
        return upload.body if upload else None
    sent = call.body if call.method == "POST" else b""
    try:
        match call.query.get("uploadType"):
            case "multipart":
                kind = call.headers.get("content-type", "")
                sent = routes_uploads.multipart(call.body, kind)[0]
            case "resumable":
                sent = b""
        return json.loads(sent) if sent else None
    except (ApiError, ValueError):
        return None


async def _no_route(request: Request, error: Exception) -> Response:
    refused = ApiError("notFound", f"the test server has no {request.method} {request.url.path}")
    return JSONResponse(refused.body, 404)


async def _failed(request: Request, error: Exception) -> Response:
    refused = broken("".join(traceback.format_exception(error)))
    return JSONResponse(refused.body, refused.status)
