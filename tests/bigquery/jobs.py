"""A job: what was asked, how far it is, what came of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from tests.bigquery.errors import ApiError
from tests.bigquery.fields import Schema
from tests.bigquery.results import Held, Rows

PENDING, RUNNING, DONE = "PENDING", "RUNNING", "DONE"
KINDS = ("query", "load", "copy", "extract")


@dataclass(eq=False)
class Job:
    """`configuration` is the client's own; `settled` is set once nobody works on it any more, or
    a test holds it."""

    project: str
    job_id: str
    configuration: dict[str, Any]
    created: int
    parent: str | None = None
    content: bytes = b""
    """The file of a load."""
    state: str = PENDING
    started: int | None = None
    ended: int | None = None
    error: ApiError | None = None
    statistics: dict[str, Any] = field(default_factory=dict)
    """Of its kind: what stands under statistics.query, .load or .copy."""
    processed: int = 0
    billed: int = 0
    schema: Schema = ()
    rows: Rows = field(default_factory=Held)
    children: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    settled: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)
    expired: threading.Event = field(default_factory=threading.Event)
    """Its own time-out has passed."""

    @property
    def kind(self) -> str:
        return next((one for one in KINDS if one in self.configuration), "unknown")

    @property
    def dry_run(self) -> bool:
        return bool(self.configuration.get("dryRun"))

    @property
    def specific(self) -> dict[str, Any]:
        """The part of the configuration that its kind has."""
        found: dict[str, Any] = self.configuration[self.kind]
        return found

    @property
    def stopped(self) -> ApiError | None:
        """Why it is to go no further, if it isn't to."""
        if self.cancelled.is_set():
            why = "User requested cancellation"
        elif self.expired.is_set():
            why = f"Job timed out after {int(self.configuration['jobTimeoutMs']) / 1000:g} sec"
        else:
            return None
        return ApiError("stopped", f"Job execution was cancelled: {why}")

    @property
    def whole_id(self) -> str:
        return f"{self.project}:US.{self.job_id}"

    @property
    def reference(self) -> dict[str, str]:
        return {"projectId": self.project, "jobId": self.job_id, "location": "US"}

    @property
    def status(self) -> dict[str, Any]:
        made: dict[str, Any] = {"state": self.state}
        if self.error is not None:
            made |= {"errorResult": self.error.proto, "errors": [self.error.proto]}
        return made

    @property
    def api(self) -> dict[str, Any]:
        """The Job resource."""
        statistics: dict[str, Any] = {"creationTime": str(self.created)}
        if self.started is not None:
            statistics["startTime"] = str(self.started)
        if self.ended is not None:
            statistics["endTime"] = str(self.ended)
        if self.parent is not None:
            statistics["parentJobId"] = self.parent
        if self.children:
            statistics["numChildJobs"] = str(self.children)
        if self.kind == "query":
            statistics["totalBytesProcessed"] = str(self.processed)
        statistics[self.kind] = self.statistics
        return {
            "kind": "bigquery#job",
            "etag": f"{self.job_id}-{self.state}",
            "id": self.whole_id,
            "selfLink": f"/bigquery/v2/projects/{self.project}/jobs/{self.job_id}",
            "user_email": "tests@localhost",
            "jobReference": self.reference,
            "configuration": self.configuration | {"jobType": self.kind.upper()},
            "status": self.status,
            "statistics": statistics,
        }
