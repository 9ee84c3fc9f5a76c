"""Query jobs: sent once, whoever sends them again; waited for; read.

A job has an id that the client makes. Where BigQuery knows the id already (409), an earlier call
or an earlier process has sent it: that job is fetched and adopted if it runs or is done well, and
if it has failed the next id is taken, `id-2`, `id-3`. A job that fails for BigQuery's own reasons
is sent again under the next id too.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from processors.errors import ContractError, WarehouseFailed, WarehouseTransient
from warehouse.bigquery.connection import ONCE, Connection, Refused, pause
from warehouse.bigquery.failures import as_ours, read_job_error
from warehouse.bigquery.request import REQUEST_LABEL, Request
from warehouse.bigquery.values import converted
from warehouse.interface import Row

if TYPE_CHECKING:
    from google.cloud.bigquery import Client, QueryJob

MOST_IDS = 20
PAGE = 10_000
FIRST_LOOK = 0.1
LONGEST_LOOK = 2.0
GRACE = 30.0
"""Seconds past a job's own time-out, after which the client stops waiting for it."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of a job."""

    job_id: str
    was_adopted: bool
    """An earlier call had sent it."""
    bytes_processed: int
    bytes_billed: int
    rows_changed: int
    """By DML."""


class Jobs:
    """Any thread may ask; who asks waits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(self, request: Request) -> Done:
        """Carry it out, wait for the end, say what it cost."""
        job, was_adopted = self._finished(request)
        return Done(
            job_id=str(job.job_id),
            was_adopted=was_adopted,
            bytes_processed=int(job.total_bytes_processed or 0),
            bytes_billed=int(job.total_bytes_billed or 0),
            rows_changed=int(job.num_dml_affected_rows or 0),
        )

    def rows(self, request: Request) -> list[Row]:
        """Carry it out and read its rows."""
        job, _ = self._finished(request)

        def read(_: Client, seconds: float) -> list[Row]:
            # The first page comes with the answer; Google's client gives this one call two minutes.
            found = job.result(page_size=PAGE, retry=ONCE, job_retry=ONCE, timeout=seconds)
            return converted(found.schema, found)

        return self._connection.call(f"reading the rows of {request.what}", read)

    def foretold_bytes(self, request: Request) -> int:
        """What it would read, without carrying it out; it costs nothing."""
        configuration = request.as_api(dry_run=True)

        def ask(client: Client, seconds: float) -> int:
            sent = self._begun(client, seconds, request.text, configuration, _fresh_id())
            return int(sent.total_bytes_processed or 0)

        return self._connection.call(f"the price of {request.what}", ask)

    def cancel(self, job_id: str) -> None:
        """Ask that it end: whoever waits for it gets WarehouseTransient."""
        self._connection.call(
            f"cancelling {job_id}",
            lambda client, seconds: client.cancel_job(job_id, retry=ONCE, timeout=seconds),
        )

    def _finished(self, request: Request) -> tuple[QueryJob, bool]:
        configuration = request.as_api()
        failed = 0
        base = request.job_id or _fresh_id()
        for number in range(1, MOST_IDS + 1):
            job_id = base if number == 1 else f"{base}-{number}"
            job, was_adopted = self._sent(request, configuration, job_id)
            if was_adopted and job.state == "DONE" and job.error_result:
                continue
            self._wait(request, job)
            if not job.error_result:
                return job, was_adopted
            refusal = read_job_error(job.error_result)
            failed += 1
            if not refusal.is_retried or failed == self._connection.attempts:
                raise as_ours(request.what, refusal, job_id=job_id)
            self._connection.sleep(pause(failed - 1))
        raise WarehouseFailed(
            f"{request.what}: the jobs {base} to {base}-{MOST_IDS} have all failed; give it another"
            " id"
        )

    def _sent(
        self, request: Request, configuration: dict[str, Any], job_id: str
    ) -> tuple[QueryJob, bool]:
        try:
            return self._connection.ask(
                request.what,
                lambda client, seconds: self._begun(
                    client, seconds, request.text, configuration, job_id
                ),
            ), False
        except Refused as error:
            if not error.refusal.is_there_already:
                raise as_ours(request.what, error.refusal, job_id=job_id) from error
        job = self._known(request.what, job_id)
        if (job.labels or {}).get(REQUEST_LABEL) != configuration["labels"][REQUEST_LABEL]:
            raise ContractError(
                f"{request.what}: the job {job_id} is there and was asked for something else; an id"
                " must name what is asked"
            )
        return job, True

    @staticmethod
    def _begun(
        client: Client, seconds: float, text: str, configuration: dict[str, Any], job_id: str
    ) -> QueryJob:
        from google.cloud.bigquery import QueryJobConfig

        return client.query(
            text,
            job_config=cast("QueryJobConfig", QueryJobConfig.from_api_repr(configuration)),
            job_id=job_id,
            retry=ONCE,
            job_retry=ONCE,
            timeout=seconds,
        )

    def _known(self, what: str, job_id: str) -> QueryJob:
        """The job of an id that was taken; for a moment BigQuery may not find it yet."""
        for attempt in range(self._connection.attempts):
            try:
                found = self._connection.ask(
                    what,
                    lambda client, seconds: client.get_job(job_id, retry=ONCE, timeout=seconds),
                )
                return cast("QueryJob", found)
            except Refused as error:
                if not error.refusal.is_missing:
                    raise as_ours(what, error.refusal, job_id=job_id) from error
            self._connection.sleep(pause(attempt))
        raise WarehouseTransient(f"{what}: BigQuery has the job {job_id} and doesn't find it")

    def _wait(self, request: Request, job: QueryJob) -> None:
        """Look again and again with short requests: a long one would hide that the line is dead."""
        began, waited, look = time.monotonic(), 0.0, FIRST_LOOK
        while job.state != "DONE":
            if waited > request.seconds + GRACE:
                self.cancel(str(job.job_id))
                raise WarehouseTransient(
                    f"{request.what} was given up: the job {job.job_id} is not done after"
                    f" {waited:.0f} s",
                    job_id=job.job_id,
                )
            self._connection.sleep(look)
            waited, look = waited + look, min(look * 2, LONGEST_LOOK)
            # Requests that come late are waiting, too.
            waited = max(waited, time.monotonic() - began)
            self._connection.call(
                f"waiting for {request.what}",
                lambda _, seconds: job.reload(retry=ONCE, timeout=seconds),
            )


def _fresh_id() -> str:
    return f"tipoff-{uuid.uuid4()}"
