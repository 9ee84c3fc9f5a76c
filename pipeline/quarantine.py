"""Quarantine read back: the rows of a date that were computed and set aside, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from pipeline.since import BEGINNING
from warehouse.interface import Warehouse

SET_ASIDE = """
WITH computing AS (
  SELECT table_name, run_id
  FROM `nba_ops.partitions`
  WHERE recorded_at >= @since AND partition_date = @day
    AND (JSON_VALUE(evidence, '$.computed') = 'true' OR output_fingerprint IS NOT NULL)
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY table_name ORDER BY recorded_at DESC, run_id DESC) = 1
)
SELECT bad.table_name, bad.run_id, bad.reason,
  COALESCE(computing.run_id = bad.run_id, FALSE) AS is_latest,
  COUNT(*) OVER (PARTITION BY bad.table_name, bad.run_id, bad.reason) AS row_count,
  bad.recorded_at, bad.row_key, bad.row_text
FROM `nba_ops.quarantine` AS bad
LEFT JOIN computing ON computing.table_name = bad.table_name
WHERE bad.recorded_at >= @since AND bad.partition_date = @day
  AND @table IN ('', bad.table_name)
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY bad.table_name, bad.run_id, bad.reason
  ORDER BY bad.row_key, bad.data_hash) <= @most
ORDER BY bad.table_name, bad.run_id DESC, bad.reason, bad.row_key, bad.data_hash
"""


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """One row as it was computed."""

    key: str
    row: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """Rows of one table that one run set aside for one reason."""

    table: str
    run_id: str
    reason: str
    is_latest: bool
    """Whether no run has computed the date since."""
    rows: int
    recorded_at: datetime
    examples: Sequence[BadRow]


def read_quarantine(
    warehouse: Warehouse, day: date, *, table: str | None, examples: int
) -> list[SetAside]:
    """By table, the newest run first; so many rows of each reason are shown."""
    rows = warehouse.rows(SET_ASIDE, day=day, since=BEGINNING, table=table or "", most=examples)
    return [
        SetAside(
            table=table,
            run_id=run_id,
            reason=reason,
            is_latest=is_latest,
            rows=count,
            recorded_at=moment,
            examples=[BadRow(key=row[6], row=json.loads(row[7])) for row in group],
        )
        for (table, run_id, reason, is_latest, count, moment), group in groupby(
            rows, key=lambda row: row[:6]
        )
    ]
