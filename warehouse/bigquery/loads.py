"""Load jobs: a file of Parquet becomes a table, sent once as query jobs are.

Their ids are made afresh: by its id a job is found again by the call that sent it, if the answer
was lost, and by nobody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from processors.errors import WarehouseFailed
from warehouse.bigquery.connection import Connection
from warehouse.bigquery.labels import checked
from warehouse.bigquery.layout import ColumnLayout
from warehouse.bigquery.request import JOB_SECONDS, REQUEST_LABEL, Destination, digest
from warehouse.bigquery.sending import Order, Sending

if TYPE_CHECKING:
    from google.cloud.bigquery import Client, LoadJob


@dataclass(frozen=True, kw_only=True)
class Load:
    """`rows` is how many the file holds; `what` says it in messages."""

    what: str
    path: Path
    rows: int
    columns: tuple[ColumnLayout, ...]
    destination: Destination
    labels: Mapping[str, str] = field(default_factory=dict)
    seconds: float = JOB_SECONDS

    def as_api(self) -> dict[str, Any]:
        """The job's configuration; the file's types must be those of the columns."""
        load = {
            "sourceFormat": "PARQUET",
            "schema": {"fields": [one.as_api() for one in self.columns]},
            **self.destination.as_api(),
        }
        return {
            "load": load,
            "labels": checked({**self.labels, REQUEST_LABEL: digest(load)}),
            "jobTimeoutMs": str(int(self.seconds * 1000)),
        }


class Loads:
    """Any thread may ask; who asks waits."""

    def __init__(self, connection: Connection) -> None:
        self._sending = Sending(connection)

    def run(self, load: Load) -> None:
        """Carry it out and wait for the end; a table with other than all rows is refused."""
        configuration = load.as_api()

        def begin(client: Client, seconds: float, job_id: str) -> LoadJob:
            from google.cloud.bigquery import LoadJobConfig, TableReference

            target = configuration["load"]["destinationTable"]
            # Opened for each attempt anew: the one before may have read half of it.
            with load.path.open("rb") as file:
                return client.load_table_from_file(
                    file,
                    TableReference.from_api_repr(target),
                    size=load.path.stat().st_size,
                    num_retries=0,
                    job_id=job_id,
                    job_config=cast("LoadJobConfig", LoadJobConfig.from_api_repr(configuration)),
                    timeout=seconds,
                )

        job, _ = self._sending.finished(
            Order(
                what=load.what,
                job_id=None,
                digest=configuration["labels"][REQUEST_LABEL],
                seconds=load.seconds,
                begin=begin,
            )
        )
        if job.output_rows != load.rows:
            raise WarehouseFailed(
                f"{load.what}: of {load.rows} rows that were sent BigQuery has {job.output_rows}",
                job_id=job.job_id,
            )
