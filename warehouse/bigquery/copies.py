"""Copy jobs: a table's rows become another table's, which costs nothing; sent once as query jobs
are, under ids made afresh as load jobs'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from processors.errors import ContractError
from warehouse.bigquery.connection import ONCE, Connection
from warehouse.bigquery.labels import checked
from warehouse.bigquery.request import JOB_SECONDS, REQUEST_LABEL, Destination, digest
from warehouse.bigquery.sending import Order, Sending

if TYPE_CHECKING:
    from google.cloud.bigquery import Client, CopyJob


@dataclass(frozen=True, kw_only=True)
class Copy:
    """`source` is a table's whole name; `what` says it in messages."""

    what: str
    source: str
    destination: Destination
    labels: Mapping[str, str] = field(default_factory=dict)
    seconds: float = JOB_SECONDS

    def as_api(self) -> dict[str, Any]:
        """The job's configuration."""
        parts = self.source.split(".")
        if len(parts) != 3:
            raise ContractError(f"{self.source!r} is no project.dataset.table")
        source = dict(zip(("projectId", "datasetId", "tableId"), parts, strict=True))
        copy = {"sourceTable": source, **self.destination.as_api()}
        return {
            "copy": copy,
            "labels": checked({**self.labels, REQUEST_LABEL: digest(copy)}),
            "jobTimeoutMs": str(int(self.seconds * 1000)),
        }


class Copies:
    """Any thread may ask; who asks waits."""

    def __init__(self, connection: Connection) -> None:
        self._sending = Sending(connection)

    def run(self, copy: Copy) -> None:
        """Carry it out and wait for the end."""
        configuration = copy.as_api()

        def begin(client: Client, seconds: float, job_id: str) -> CopyJob:
            from google.cloud.bigquery import CopyJobConfig, TableReference

            asked = configuration["copy"]
            return client.copy_table(
                TableReference.from_api_repr(asked["sourceTable"]),
                TableReference.from_api_repr(asked["destinationTable"]),
                job_id=job_id,
                job_config=cast("CopyJobConfig", CopyJobConfig.from_api_repr(configuration)),
                retry=ONCE,
                timeout=seconds,
            )

        self._sending.finished(
            Order(
                what=copy.what,
                job_id=None,
                digest=configuration["labels"][REQUEST_LABEL],
                seconds=copy.seconds,
                begin=begin,
            )
        )
