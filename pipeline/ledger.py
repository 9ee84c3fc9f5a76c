"""The ledger: what was asked, what became of it, and what last proved each stored partition."""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipeline.clock import wall_clock
from pipeline.outcome import Outcome, Status, evidence_as_json
from processors.registry import Registry
from warehouse.interface import Publication, Warehouse

PARTITIONS = "nba_ops.partitions"
RUNS = "nba_ops.runs"
AUDITS = "nba_ops.audits"

PROVEN = """
SELECT table_name, partition_date, status, logic_version, input_fingerprint, inputs,
  output_fingerprint, row_count, run_id
FROM `nba_ops.partitions`
WHERE output_fingerprint IS NOT NULL
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY table_name, partition_date ORDER BY recorded_at DESC, run_id DESC) = 1
"""

UNFINISHED = """
SELECT run_id, request, process
FROM `nba_ops.runs`
QUALIFY COUNTIF(event != 'started') OVER (PARTITION BY run_id) = 0
ORDER BY run_id
"""


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

    def read(self) -> None:
        self.proofs.clear()
        for table, day, status, *rest in self.warehouse.rows(PROVEN):
            self.proofs.setdefault(table, {})[day] = Proof(Status(status), *rest)

    def proof(self, table: str, day: date) -> Proof | None:
        return self.proofs.get(table, {}).get(day)

    def begin(self, request: Mapping[str, object]) -> str:
        """Remember that a run starts; the run's id sorts by time."""
        run_id = f"{wall_clock():%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
        self._append_run(run_id, "started", request=json.dumps(request, default=str))
        return run_id

    def finish(self, run_id: str, request: Mapping[str, object], *, status: str) -> None:
        self._append_run(
            run_id, "finished", request=json.dumps(request, default=str), status=status
        )

    def reconcile(self) -> list[str]:
        """Runs that never ended have died: no other process can be holding the warehouse."""
        dead = []
        for run_id, request, process in self.warehouse.rows(UNFINISHED):
            detail = json.dumps({"died_in": process, "found_by": _process()})
            self._append_run(run_id, "died", request=request, detail=detail)
            dead.append(run_id)
        return dead

    def remember(self, publication: Publication, outcomes: Sequence[Outcome]) -> None:
        """What was proven is known at once, without reading it back."""
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

    def _append_run(self, run_id: str, event: str, *, request: str, **more: str) -> None:
        row: dict[str, object] = {
            "run_id": run_id,
            "event": event,
            "recorded_at": wall_clock(),
            "status": more.get("status"),
            "request": request,
            "process": _process(),
            "detail": more.get("detail"),
        }
        self.warehouse.append(RUNS, [row])


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
            "bytes_billed": None,
            "logic_version": one.logic_version,
            "input_fingerprint": one.input_fingerprint,
            "inputs": json.dumps(dict(one.inputs)) if one.inputs else None,
            "output_fingerprint": one.output_fingerprint,
            "recorded_at": moment,
        }
        for one in outcomes
    ]


def _process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
