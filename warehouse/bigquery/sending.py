"""Jobs of any kind: sent once, whoever sends them again, and waited for.

A job has an id that the client makes. Where BigQuery knows the id already (409), an earlier call
or an earlier process has sent it: that job is fetched and adopted if it runs or is done well; if it
has failed, or is another account's, the next id is taken, `id-2`, `id-3`. A job that fails for
BigQuery's own reasons is sent again under the next id too. Where many have failed, nothing is left
to be adopted: an id of its own ends the search.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from processors.errors import ContractError, WarehouseTransient
from warehouse.bigquery.connection import ONCE, Connection, Refused, pause
from warehouse.bigquery.failures import STOPPED, as_ours, read_job_error
from warehouse.bigquery.request import REQUEST_LABEL

if TYPE_CHECKING:
    from google.cloud.bigquery import Client, CopyJob, LoadJob, QueryJob

MOST_IDS = 20
FIRST_LOOK = 0.1
LONGEST_LOOK = 2.0
GRACE = 30.0
"""Seconds past a job's own time-out, after which the client stops waiting for it."""

AnyJob = TypeVar("AnyJob", "QueryJob", "LoadJob", "CopyJob")


@dataclass(frozen=True, kw_only=True)
class Order(Generic[AnyJob]):
    """A job as it is to be sent."""

    what: str
    """In messages."""
    job_id: str | None
    digest: str
    """Its REQUEST_LABEL, by which it is known again."""
    seconds: float
    begin: Callable[[Client, float, str], AnyJob]
    """Sends it, within so many seconds, under that id."""
    is_given_up: Callable[[], bool] = lambda: False
    """Whether nobody wants it any more: then it is cancelled, if it is ours."""


class Sending:
    """Any thread may ask; who asks waits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def finished(self, order: Order[AnyJob]) -> tuple[AnyJob, bool]:
        """The job, done well, and whether an earlier call had sent it."""
        failed = 0
        for job_id in _ids(order.job_id or fresh_id()):
            sent = self._sent(order, job_id)
            if sent is None:
                continue
            job, was_adopted = sent
            if was_adopted and job.state == "DONE" and job.error_result:
                continue
            self._wait(order, job, is_ours=not was_adopted)
            if not job.error_result:
                break
            refusal = read_job_error(job.error_result)
            if was_adopted and refusal.reason in STOPPED:
                # Another process has given it up, which is no reason for this one.
                continue
            failed += 1
            if not refusal.is_retried or failed == self._connection.attempts:
                raise as_ours(order.what, refusal, job_id=job_id)
            self._connection.sleep(pause(failed - 1))
        return job, was_adopted

    def cancel(self, job_id: str) -> None:
        """Ask that it end: whoever waits for it gets WarehouseTransient."""
        self._connection.call(
            f"cancelling {job_id}",
            lambda client, seconds: client.cancel_job(job_id, retry=ONCE, timeout=seconds),
        )

    def _sent(self, order: Order[AnyJob], job_id: str) -> tuple[AnyJob, bool] | None:
        """The job, and whether it was there; None where it is another account's, which may not be
        looked at."""
        if order.is_given_up():
            raise WarehouseTransient(f"{order.what} was interrupted before it was sent")
        try:
            return self._connection.ask(
                order.what, lambda client, seconds: order.begin(client, seconds, job_id)
            ), False
        except Refused as error:
            if not error.refusal.is_there_already:
                raise as_ours(order.what, error.refusal, job_id=job_id) from error
        job = self._known(order, job_id)
        if job is None:
            return None
        if (job.labels or {}).get(REQUEST_LABEL) != order.digest:
            raise ContractError(
                f"{order.what}: the job {job_id} is there and was asked for something else; an id"
                " must name what is asked"
            )
        return job, True

    def _known(self, order: Order[AnyJob], job_id: str) -> AnyJob | None:
        """The job of an id that was taken; for a moment BigQuery may not find it yet."""
        for attempt in range(self._connection.attempts):
            try:
                found = self._connection.ask(
                    order.what,
                    lambda client, seconds: client.get_job(job_id, retry=ONCE, timeout=seconds),
                )
                return cast("AnyJob", found)
            except Refused as error:
                if error.refusal.is_denied:
                    return None
                if not error.refusal.is_missing:
                    raise as_ours(order.what, error.refusal, job_id=job_id) from error
            self._connection.sleep(pause(attempt))
        raise WarehouseTransient(f"{order.what}: BigQuery has the job {job_id} and doesn't find it")

    def _wait(self, order: Order[AnyJob], job: AnyJob, *, is_ours: bool) -> None:
        """Look again and again with short requests: a long one would hide that the line is dead."""
        began, waited, look = time.monotonic(), 0.0, FIRST_LOOK
        while job.state != "DONE":
            if waited > order.seconds + GRACE:
                self.cancel(str(job.job_id))
                raise WarehouseTransient(
                    f"{order.what} was given up: the job {job.job_id} is not done after"
                    f" {waited:.0f} s",
                    job_id=job.job_id,
                )
            if order.is_given_up():
                # What another process has sent, it waits for.
                if is_ours:
                    self.cancel(str(job.job_id))
                raise WarehouseTransient(f"{order.what} was interrupted", job_id=job.job_id)
            self._connection.sleep(look)
            waited, look = waited + look, min(look * 2, LONGEST_LOOK)
            # Requests that come late are waiting, too.
            waited = max(waited, time.monotonic() - began)
            self._connection.call(
                f"waiting for {order.what}",
                lambda _, seconds: job.reload(retry=ONCE, timeout=seconds),
            )


def _ids(base: str) -> Iterator[str]:
    yield base
    for number in range(2, MOST_IDS + 1):
        yield f"{base}-{number}"
    while True:
        yield f"{base}-{uuid.uuid4()}"


def fresh_id() -> str:
    return f"tipoff-{uuid.uuid4()}"
