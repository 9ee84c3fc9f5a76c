"""Everything that one server knows, and the work of its jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.bigquery import copies, loads, queries
from tests.bigquery.clock import Clock
from tests.bigquery.counting import Counted
from tests.bigquery.errors import not_implemented
from tests.bigquery.faults import Faults
from tests.bigquery.jobs import Job
from tests.bigquery.office import Office
from tests.bigquery.sizes import Sizes
from tests.bigquery.storage import Storage

WAIT = 10.0
"""Seconds that getQueryResults and query wait for a job where the client doesn't say."""


@dataclass
class Upload:
    """A resumable upload, as far as it has come."""

    project: str
    body: dict[str, Any]
    received: bytearray = field(default_factory=bytearray)
    job: Job | None = None


class State:
    def __init__(self, project: str, path: str) -> None:
        self.clock = Clock()
        self.wait = WAIT
        self.faults = Faults()
        self.requests: list[Counted] = []
        self.storage = Storage(project, self.clock, path)
        self.sizes = Sizes(self.storage)
        self.uploads: dict[str, Upload] = {}
        self.office = Office(
            project, self.clock, self.faults, self._work, self.storage.connection.interrupt
        )

    def _work(self, job: Job) -> None:
        with self.storage.lock, self.office.at(job):
            match job.kind:
                case "query":
                    queries.carry_out(job, self.storage, self.sizes, self.office)
                case "load":
                    loads.carry_out(job, self.storage, job.content)
                case "copy":
                    copies.carry_out(job, self.storage)
                case other:
                    raise not_implemented(f"{other} jobs")

    def close(self) -> None:
        self.office.close()
        self.storage.connection.close()
