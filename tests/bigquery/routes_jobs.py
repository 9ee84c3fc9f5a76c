"""jobs.insert, get, list, cancel, getQueryResults and query."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.bigquery.calls import Call, page
from tests.bigquery.errors import ApiError, invalid, not_found
from tests.bigquery.fields import schema_to_api
from tests.bigquery.jobs import DONE, Job
from tests.bigquery.values import rows_to_api

LONGEST_WAIT = 200.0
MOST_ROWS = 10_000
"""In one page."""
OF_THE_JOB = ("dryRun", "labels", "jobTimeoutMs")
OF_THE_QUERY = (
    "query",
    "useLegacySql",
    "parameterMode",
    "queryParameters",
    "defaultDataset",
    "maximumBytesBilled",
    "useQueryCache",
    "createSession",
)


def insert(call: Call) -> dict[str, Any]:
    return call.state.office.insert(call.path["project"], call.json).api


def get(call: Call) -> dict[str, Any]:
    return _found(call).api


def list_(call: Call) -> dict[str, Any]:
    """The youngest first; those of a script only where its id is given."""
    parent, states = call.query.get("parentJobId"), call.query.get("stateFilter", "").upper()
    earliest, latest = call.number("minCreationTime", 0), call.number("maxCreationTime")
    held = [
        job
        for job in reversed(list(call.state.office.jobs.values()))
        if job.parent == parent
        and (not states or job.state in states)
        and job.created >= (earliest or 0)
        and (latest is None or job.created <= latest)
    ]
    kept, more = page(held, call)
    shown = ("kind", "id", "jobReference", "status", "statistics", "configuration", "user_email")
    listed = []
    for job in kept:
        one = {name: job.api[name] for name in shown} | {"state": job.state}
        listed.append(one | ({"errorResult": job.error.proto} if job.error else {}))
    return {"kind": "bigquery#jobList", "jobs": listed, **more}


def cancel(call: Call) -> dict[str, Any]:
    job = _found(call)
    call.state.office.cancel(job)
    return {"kind": "bigquery#jobCancelResponse", "job": job.api}


def results(call: Call) -> dict[str, Any]:
    """getQueryResults: a failed job's error is the answer's own."""
    job = _found(call)
    if job.kind != "query":
        raise invalid(f"Job {job.whole_id} is not a query job")
    _wait(call, job, call.number("timeoutMs"))
    answer = _answered(
        job,
        start=call.start(),
        size=call.number("maxResults"),
        integer_timestamps=call.flag("formatOptions.useInt64Timestamp"),
    )
    return {"kind": "bigquery#getQueryResultsResponse", "etag": job.api["etag"], **answer}


def query(call: Call) -> dict[str, Any]:
    """jobs.query: a job is made, waited for and answered in one."""
    body = call.json
    configuration: dict[str, Any] = {name: body[name] for name in OF_THE_JOB if name in body}
    configuration["query"] = {name: body[name] for name in OF_THE_QUERY if name in body}
    job = _taken(call, {"configuration": configuration})
    kind = {"kind": "bigquery#queryResponse"}
    if job.dry_run:
        return kind | {
            "jobComplete": True,
            "schema": job.statistics.get("schema", {"fields": []}),
            "totalBytesProcessed": str(job.processed),
            "cacheHit": False,
        }
    _wait(call, job, body.get("timeoutMs"))
    size = body.get("maxResults")
    format_ = body.get("formatOptions", {})
    return kind | _answered(
        job,
        start=0,
        size=None if size is None else int(size),
        integer_timestamps=bool(format_.get("useInt64Timestamp")),
    )


def _taken(call: Call, body: dict[str, Any]) -> Job:
    """A request that is sent again, by its requestId, is answered with the job of the first."""
    office, project, request = call.state.office, call.path["project"], call.json.get("requestId")
    if not request:
        return office.insert(project, body)
    body["jobReference"] = {"jobId": f"job_{hashlib.sha256(request.encode()).hexdigest()[:32]}"}
    try:
        return office.insert(project, body)
    except ApiError as error:
        if error.reason != "duplicate":
            raise
        return office.find(project, body["jobReference"]["jobId"])


def _found(call: Call) -> Job:
    location = call.query.get("location", "US")
    if location.upper() != "US":
        project, job_id = call.path["project"], call.path["job"]
        raise not_found("Job", f"{project}:{location}.{job_id}")
    return call.state.office.find(call.path["project"], call.path["job"])


def _wait(call: Call, job: Job, milliseconds: Any) -> None:
    seconds = call.state.wait if milliseconds is None else int(milliseconds) / 1000
    job.done.wait(min(seconds, LONGEST_WAIT))


def _answered(
    job: Job, *, start: int, size: int | None, integer_timestamps: bool
) -> dict[str, Any]:
    if job.state != DONE:
        return {"jobReference": job.reference, "jobComplete": False}
    if job.error is not None:
        raise ApiError(
            job.error.reason,
            job.error.message,
            location=job.error.location,
            status=job.error.status,
        )
    size = MOST_ROWS if size is None else min(size, MOST_ROWS)
    answer: dict[str, Any] = {
        "jobReference": job.reference,
        "jobComplete": True,
        "totalBytesProcessed": str(job.processed),
        "cacheHit": False,
    }
    if "numDmlAffectedRows" in job.statistics:
        answer["numDmlAffectedRows"] = job.statistics["numDmlAffectedRows"]
    answer["schema"] = schema_to_api(job.schema)
    total = job.rows.total
    answer["totalRows"] = str(total)
    rows = job.rows.page(start, size)
    if rows:
        answer["rows"] = rows_to_api(rows, job.schema, integer_timestamps=integer_timestamps)
    # With maxResults=0, too: without a token the client takes the result for read to its end.
    if start + size < total:
        answer["pageToken"] = str(start + size)
    return answer
