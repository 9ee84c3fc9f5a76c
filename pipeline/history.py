"""The ledger read back: the latest runs, and what became of each date of one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.clock import wall_clock
from pipeline.ledger import Event
from pipeline.outcome import Status
from pipeline.since import BEGINNING, MOMENT, OVERLAP, since_begun
from warehouse.interface import Row, Warehouse

RECENT = """
WITH told AS (
  SELECT
    run_id,
    MIN(IF(event = 'started', recorded_at, NULL)) AS started,
    MAX(IF(event != 'started', recorded_at, NULL)) AS ended,
    MAX(IF(event != 'started', event, NULL)) AS ending,
    MAX(status) AS status,
    MAX(request) AS request,
    MAX(detail) AS detail
  FROM `nba_ops.runs`
  WHERE recorded_at >= @since
  GROUP BY run_id
),
touching AS (
  SELECT DISTINCT run_id
  FROM `nba_ops.partitions`
  WHERE recorded_at >= @since
    AND table_name LIKE @tables AND partition_date >= @first_day AND partition_date <= @last_day
)
SELECT told.run_id, COALESCE(told.ending, 'started') AS event, told.status, told.request,
  told.started, told.ended, told.detail
FROM told
LEFT JOIN touching ON touching.run_id = told.run_id
WHERE told.run_id >= @oldest
  AND (touching.run_id IS NOT NULL OR @whatever) AND COALESCE(told.status, '') LIKE @statuses
  AND @run_id IN ('', told.run_id)
  AND @correlation_id IN ('', JSON_VALUE(told.request, '$.about.correlation_id'))
  AND @firing IN ('', JSON_VALUE(told.request, '$.about.firing'))
ORDER BY told.run_id DESC
LIMIT @most
"""

OUTCOMES = """
SELECT table_name, partition_date, status, reason, row_count, duration_ms, logic_version,
  evidence, recorded_at
FROM `nba_ops.partitions`
WHERE recorded_at >= @since AND run_id = @run_id
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY table_name, partition_date ORDER BY recorded_at DESC) = 1
ORDER BY recorded_at, table_name, partition_date
"""

ANYTHING = "%"
LATELY = timedelta(days=7)
"""Looked through first."""


@dataclass(frozen=True, kw_only=True)
class RunSeen:
    """A run as the ledger tells it; one that has only started is running or was killed."""

    run_id: str
    event: Event
    status: str | None
    """The overall word of what was done."""
    request: Mapping[str, object]
    started: datetime
    ended: datetime | None
    detail: Mapping[str, object]
    """Such as `continue_from`, where it stopped."""


def days_in(request: Mapping[str, object]) -> tuple[date, ...]:
    """The dates of a request as the ledger keeps it, `first/last` spelled out."""
    said = request.get("days")
    found: list[date] = []
    for span in said if isinstance(said, list) else ():
        first, _, last = str(span).partition("/")
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        found += [start + timedelta(days=number) for number in range((end - start).days + 1)]
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class OutcomeSeen:
    """What became of one date of one table, as the run said last."""

    table: str
    day: date
    status: Status
    reason: str
    rows: int | None
    duration_ms: int
    logic_version: str | None
    evidence: Mapping[str, object]
    recorded_at: datetime


def recent_runs(
    warehouse: Warehouse,
    *,
    limit: int,
    table: str | None = None,
    day: date | None = None,
    status: str | None = None,
    run_id: str | None = None,
    correlation_id: str | None = None,
    firing: str | None = None,
) -> list[RunSeen]:
    """The latest first; of a table or a date those runs that said something of it, of a
    correlation id or a firing of the scheduler those that were asked for under it."""
    asked: dict[str, object] = {
        "tables": table or ANYTHING,
        "first_day": day or date.min,
        "last_day": day or date.max,
        "whatever": table is None and day is None,
        "statuses": status or ANYTHING,
        "run_id": run_id or "",
        "correlation_id": correlation_id or "",
        "firing": firing or "",
        "most": limit,
    }
    rows: list[Row] = []
    for since, oldest in _stretches(run_id, is_sought=bool(correlation_id or firing)):
        rows = warehouse.rows(RECENT, since=since, oldest=oldest, **asked)
        if len(rows) == limit:
            break
    return [
        RunSeen(
            run_id=run_id,
            event=Event(event),
            status=word,
            request=json.loads(request),
            started=started,
            ended=ended,
            detail=json.loads(detail or "{}"),
        )
        for run_id, event, word, request, started, ended, detail in rows
    ]


def _stretches(run_id: str | None, *, is_sought: bool) -> Iterator[tuple[datetime, str]]:
    """From when on rows are read, and the oldest id that is told of: all rows of such a run came
    since. The newest runs are mostly of late; one that is sought may be of any age."""
    if run_id:
        yield since_begun(run_id), ""
        return
    if not is_sought:
        of_late = wall_clock() - LATELY
        yield of_late - OVERLAP, f"{of_late:{MOMENT}}"
    yield BEGINNING, ""


def outcomes_of(warehouse: Warehouse, run_id: str) -> list[OutcomeSeen]:
    """In the order in which they were told."""
    return [
        OutcomeSeen(
            table=table,
            day=day,
            status=Status(status),
            reason=reason,
            rows=rows,
            duration_ms=duration,
            logic_version=version,
            evidence=json.loads(evidence),
            recorded_at=moment,
        )
        for table, day, status, reason, rows, duration, version, evidence, moment in (
            warehouse.rows(OUTCOMES, run_id=run_id, since=since_begun(run_id))
        )
    ]
