"""One query job as it is asked for, and as BigQuery's API takes it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from processors.errors import ContractError
from warehouse.bigquery.labels import checked
from warehouse.bigquery.parameters import query_parameters

JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,1000}")
REQUEST_LABEL = "tipoff_request"
"""On every job: a digest of all that was asked, by which a job is known again."""
JOB_SECONDS = 600.0
FIRST_QUERY = {"keyResultStatement": "FIRST_SELECT"}


class Write(StrEnum):
    """What becomes of rows that are there; of a partition where the destination names one."""

    TRUNCATE = "WRITE_TRUNCATE"
    APPEND = "WRITE_APPEND"
    EMPTY = "WRITE_EMPTY"


@dataclass(frozen=True, kw_only=True)
class Destination:
    """A table by its whole name, `project.dataset.table`, or one day of it."""

    table: str
    write: Write
    partition: date | None = None
    creates: bool = False
    """Whether the job may make the table."""

    @property
    def decorated(self) -> str:
        """`player_form$20241118`."""
        name = self.table.split(".")[-1]
        return f"{name}${self.partition:%Y%m%d}" if self.partition else name

    def as_api(self) -> dict[str, Any]:
        parts = self.table.split(".")
        if len(parts) != 3:
            raise ContractError(f"{self.table!r} is no project.dataset.table")
        return {
            "destinationTable": {
                "projectId": parts[0],
                "datasetId": parts[1],
                "tableId": self.decorated,
            },
            "writeDisposition": self.write.value,
            "createDisposition": "CREATE_IF_NEEDED" if self.creates else "CREATE_NEVER",
        }


@dataclass(frozen=True, kw_only=True)
class Request:
    """`what` says it in messages. A job id makes the job the same one, whoever asks again."""

    what: str
    text: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    job_id: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    destination: Destination | None = None
    maximum_bytes: int | None = None
    gives_first_query: bool = False
    """Of a script the rows are its first query's; else its last statement's, and of a change there
    are none."""
    seconds: float = JOB_SECONDS

    def __post_init__(self) -> None:
        if self.job_id is not None and not JOB_ID.fullmatch(self.job_id):
            raise ContractError(
                f"{self.job_id!r} is no id of a job: letters, digits, _ and -, at most 1000"
            )

    def as_api(self, *, dry_run: bool = False) -> dict[str, Any]:
        """The job's configuration."""
        query: dict[str, Any] = {
            "query": self.text,
            "useLegacySql": False,
            "parameterMode": "NAMED",
            "queryParameters": query_parameters(self.text, self.parameters),
            **(self.destination.as_api() if self.destination else {}),
            **({"scriptOptions": FIRST_QUERY} if self.gives_first_query else {}),
        }
        if dry_run:
            # What is billed is not read from a cache, so neither is what is foretold.
            return {"dryRun": True, "query": query | {"useQueryCache": False}}
        # What it may cost is not what it does: another limit finds the same job.
        labels = {**self.labels, REQUEST_LABEL: digest(query)}
        if self.maximum_bytes is not None:
            query["maximumBytesBilled"] = str(self.maximum_bytes)
        return {
            "query": query,
            "labels": checked(labels),
            "jobTimeoutMs": str(int(self.seconds * 1000)),
        }


def digest(asked: dict[str, Any]) -> str:
    """Of what a job is asked for."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:40]
