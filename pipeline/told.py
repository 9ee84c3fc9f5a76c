"""What the ledger tells of one date: the latest outcome of each table, and what each run said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.history import OutcomeSeen
from pipeline.outcome import Status
from pipeline.since import BEGINNING
from warehouse.interface import Warehouse

LATEST = """
SELECT table_name, partition_date, status, reason, row_count, duration_ms, logic_version,
  evidence, recorded_at, run_id
FROM `nba_ops.partitions`
WHERE recorded_at >= @since AND partition_date = @day
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY table_name ORDER BY recorded_at DESC, run_id DESC) = 1
ORDER BY table_name
"""

SAID = """
WITH said AS (
  SELECT run_id, status
  FROM `nba_ops.partitions`
  WHERE recorded_at >= @since AND partition_date = @day
  QUALIFY ROW_NUMBER() OVER (PARTITION BY run_id, table_name ORDER BY recorded_at DESC) = 1
)
SELECT run_id, status, COUNT(*) AS tables
FROM said
GROUP BY run_id, status
ORDER BY run_id, status
"""


@dataclass(frozen=True, kw_only=True)
class LatestOutcome(OutcomeSeen):
    """What was said last, and by which run."""

    run_id: str


def latest_outcomes(warehouse: Warehouse, day: date) -> dict[str, LatestOutcome]:
    """By table; one of which nothing was ever said is not there."""
    return {
        table: LatestOutcome(
            table=table,
            day=day,
            status=Status(status),
            reason=reason,
            rows=rows,
            duration_ms=duration,
            logic_version=version,
            evidence=json.loads(evidence),
            recorded_at=moment,
            run_id=run_id,
        )
        for table, day, status, reason, rows, duration, version, evidence, moment, run_id in (
            warehouse.rows(LATEST, day=day, since=BEGINNING)
        )
    }


def said_by_run(warehouse: Warehouse, day: date) -> Mapping[str, Mapping[Status, int]]:
    """Of how many tables of the date each run said which word."""
    found: dict[str, dict[Status, int]] = {}
    for run_id, status, tables in warehouse.rows(SAID, day=day, since=BEGINNING):
        found.setdefault(run_id, {})[Status(status)] = tables
    return found
