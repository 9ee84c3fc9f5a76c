"""The ledger: what was asked, what became of it, and what last proved each stored partition."""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from pipeline.clock import wall_clock
from pipeline.outcome import Outcome, Status, evidence_as_json
from pipeline.since import BEGINNING, MOMENT, OVERLAP
from processors.registry import Registry
from warehouse.interface import Publication, Warehouse

PARTITIONS = "nba_ops.partitions"
RUNS = "nba_ops.runs"
AUDITS = "nba_ops.audits"

PROCESS = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
"""This process: in a container the number alone comes again after a restart."""

PROVEN = """
SELECT table_name, partition_date, status, logic_version, input_fingerprint, inputs,
  output_fingerprint, row_count, run_id
FROM `nba_ops.partitions`
WHERE recorded_at >= @since AND output_fingerprint IS NOT NULL
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY table_name, partition_date ORDER BY recorded_at DESC, run_id DESC) = 1
"""


class Event(StrEnum):
    """What can happen to a run. A start without an end is running, or its process was killed."""

    STARTED = "started"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIED = "died"


@dataclass(frozen=True)
class Proof:
    """What the ledger last proved of a partition."""

    status: Status
    logic_version: str
    input_fingerprint: str
    inputs: str
    output_fingerprint: str
    rows: int
    run_id: str

    @property
    def input_by_table(self) -> Mapping[str, str]:
        found: dict[str, str] = json.loads(self.inputs)
        return found


@dataclass(frozen=True)
class Ledger:
    """Append-only; reads everything that a plan needs in one query."""

    warehouse: Warehouse
    registry: Registry
    proofs: dict[str, dict[date, Proof]] = field(default_factory=dict)
    changes: Counter[str] = field(default_factory=Counter)
    """How often something of a table was proven anew."""
    told: list[tuple[date, date]] = field(default_factory=list)
    """First and last date of what was published since the ledger was read: of dates that nothing
    of it is read for, all that was known still holds."""
    made_at: datetime = field(default_factory=wall_clock)
    """Before it was read."""

    def read(self, known: Ledger | None = None) -> None:
        """All of it, or upon one that is known what was recorded since: of each partition the
        latest word of these rows is later than any before them."""
        since = BEGINNING
        if known is not None:
            since = known.made_at - OVERLAP
            self.proofs.update({table: dict(days) for table, days in known.proofs.items()})
        for table, day, status, *rest in self.warehouse.rows(PROVEN, since=since):
            self.proofs.setdefault(table, {})[day] = Proof(Status(status), *rest)

    def proof(self, table: str, day: date) -> Proof | None:
        return self.proofs.get(table, {}).get(day)

    def written_by(self, table: str) -> Mapping[date, str]:
        """The logic version of each date that is proven."""
        return {day: one.logic_version for day, one in self.proofs.get(table, {}).items()}

    def remember(self, publication: Publication, outcomes: Sequence[Outcome]) -> None:
        """What was proven is known at once, without reading it back."""
        self.changes[publication.contract.table] += 1
        days = [one.day for one in outcomes]
        self.told.append((min(days), max(days)))
        for one in outcomes:
            if one.output_fingerprint is not None:
                self.proofs.setdefault(one.table, {})[one.day] = Proof(
                    one.status,
                    one.logic_version or "",
                    one.input_fingerprint or "",
                    json.dumps(dict(one.inputs)),
                    one.output_fingerprint,
                    one.evidence.rows,
                    publication.run_id,
                )


def new_run_id() -> str:
    """Sorts by time."""
    return f"{wall_clock():{MOMENT}}-{secrets.token_hex(3)}"


def run_row(
    run_id: str,
    event: Event,
    request: str,
    *,
    status: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """A row of nba_ops.runs, now."""
    return {
        "run_id": run_id,
        "event": event.value,
        "recorded_at": wall_clock(),
        "status": status,
        "request": request,
        "process": PROCESS,
        "detail": json.dumps(detail, default=str) if detail else None,
    }


def partition_rows(run_id: str, outcomes: Sequence[Outcome]) -> list[dict[str, object]]:
    """Outcomes as rows of nba_ops.partitions."""
    moment = wall_clock()
    return [
        {
            "run_id": run_id,
            "table_name": one.table,
            "partition_date": one.day,
            "status": one.status.value,
            "reason": one.reason,
            "evidence": json.dumps(evidence_as_json(one.evidence), default=str),
            "row_count": one.evidence.rows if one.output_fingerprint is not None else None,
            "duration_ms": one.duration_ms,
            "bytes_billed": one.bytes_billed,
            "logic_version": one.logic_version,
            "input_fingerprint": one.input_fingerprint,
            "inputs": json.dumps(dict(one.inputs)) if one.inputs else None,
            "output_fingerprint": one.output_fingerprint,
            "recorded_at": moment,
        }
        for one in outcomes
    ]
