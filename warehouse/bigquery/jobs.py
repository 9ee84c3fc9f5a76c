"""Query jobs: carried out, read, foretold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from warehouse.bigquery.connection import ONCE, Connection
from warehouse.bigquery.request import REQUEST_LABEL, Request
from warehouse.bigquery.sending import Order, Sending, fresh_id
from warehouse.bigquery.values import ColumnOf, as_read, converted
from warehouse.interface import Answer, Row

if TYPE_CHECKING:
    from google.cloud.bigquery import Client, QueryJob

PAGE = 10_000


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of a job."""

    job_id: str
    was_adopted: bool
    """An earlier call had sent it."""
    started_at: datetime | None
    """UTC, by BigQuery's clock: it has seen what stood there then."""
    ended_at: datetime | None
    bytes_processed: int
    bytes_billed: int
    rows_changed: int
    """By DML."""


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """What BigQuery says of a statement that it doesn't carry out."""

    kind: str
    """SELECT, INSERT, SCRIPT and so on."""
    bytes: int
    tables: frozenset[str]
    """Whole names of those that it reads; for a view those that the view reads."""
    schema: Sequence[ColumnOf]
    """Of its rows."""


class Jobs:
    """Any thread may ask; who asks waits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = Sending(connection)

    def run(self, request: Request, *, is_given_up: Callable[[], bool] = lambda: False) -> Done:
        """Carry it out, wait for the end, say what it cost; who is asked whether it is given up
        ends it with WarehouseTransient."""
        job, was_adopted = self._finished(request, is_given_up)
        return Done(
            job_id=str(job.job_id),
            was_adopted=was_adopted,
            started_at=_bare(job.started),
            ended_at=_bare(job.ended),
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

    def pages(self, request: Request) -> Iterator[list[Row]]:
        """Carry it out and read its rows, so many at a time; what breaks in the middle is read
        again from that page on."""
        job, _ = self._finished(request)
        start, total = 0, 1
        while start < total:
            rows, total = self._page(request.what, str(job.job_id), start)
            start += len(rows)
            yield rows

    def _page(self, what: str, job_id: str, start: int) -> tuple[list[Row], int]:
        """Rows from that one on, and how many there are in all."""

        def read(client: Client, seconds: float) -> tuple[list[Row], int]:
            # Google's object of a job answers with the page that it has read first, whichever is
            # asked for: each page has one of its own.
            job = cast("QueryJob", client.get_job(job_id, retry=ONCE, timeout=seconds))
            found = job.result(
                page_size=PAGE,
                max_results=PAGE,
                start_index=start,
                retry=ONCE,
                job_retry=ONCE,
                timeout=seconds,
            )
            return converted(found.schema, found), int(found.total_rows or 0)

        return self._connection.call(f"reading the rows of {what}", read)

    def foretold_bytes(self, request: Request) -> int:
        """What it would read."""
        return self.foretold(replace(request, what=f"the price of {request.what}")).bytes

    def answer(self, request: Request, limit: int) -> Answer:
        """Carry it out and read so many of its rows, with the columns' names."""
        job, _ = self._finished(request)

        def read(_: Client, seconds: float) -> Answer:
            found = job.result(
                page_size=min(PAGE, limit + 1),
                max_results=limit + 1,
                retry=ONCE,
                job_retry=ONCE,
                timeout=seconds,
            )
            rows = as_read(found.schema, found)
            return Answer(
                columns=tuple(one.name for one in found.schema),
                rows=rows[:limit],
                truncated=len(rows) > limit,
            )

        return self._connection.call(f"reading the rows of {request.what}", read)

    def foretold(self, request: Request) -> Foretold:
        """What it is, without carrying it out; it costs nothing."""
        configuration = request.as_api(dry_run=True)

        def ask(client: Client, seconds: float) -> Foretold:
            sent = self._begun(client, seconds, request.text, configuration, fresh_id())
            return Foretold(
                kind=str(sent.statement_type),
                bytes=int(sent.total_bytes_processed or 0),
                tables=frozenset(
                    f"{one.project}.{one.dataset_id}.{one.table_id}"
                    for one in sent.referenced_tables
                ),
                schema=sent.schema or (),
            )

        return self._connection.call(request.what, ask)

    def _finished(
        self, request: Request, is_given_up: Callable[[], bool] = lambda: False
    ) -> tuple[QueryJob, bool]:
        configuration = request.as_api()
        return self._sending.finished(
            Order(
                what=request.what,
                job_id=request.job_id,
                digest=configuration["labels"][REQUEST_LABEL],
                seconds=request.seconds,
                begin=lambda client, seconds, job_id: self._begun(
                    client, seconds, request.text, configuration, job_id
                ),
                is_given_up=is_given_up,
            )
        )

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


def _bare(moment: datetime | None) -> datetime | None:
    """UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None
