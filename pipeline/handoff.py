"""The handoff: what whoever comes next has to know, read from the ledger and from coverage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.audit.verdict import Word
from pipeline.clock import wall_clock
from pipeline.coverage import Coverage, fills, read_coverage
from pipeline.died import UNFINISHED, WHOEVER
from pipeline.history import RunSeen, recent_runs
from pipeline.outcome import Status
from pipeline.run import Pipeline
from pipeline.since import BEGINNING
from pipeline.state import State
from warehouse.interface import Warehouse

SINCE = timedelta(days=1)
"""How far back, where nobody says."""
COMMANDS = 3
CHANGING = re.compile(r"\b[0-9a-f]*[0-9][0-9a-fT]*(?:[-:.,][0-9a-f]+)*\b")
"""Dates, numbers, fingerprints and ids of runs: what differs between sentences of one reason."""
CAUSES_FIRST = (
    Status.FAILED,
    Status.REJECTED,
    State.MISSING,
    State.BLOCKED,
    State.STALE_CODE,
    State.STALE_INPUT,
    State.MAYBE_STALE,
)

UNDONE = """
WITH latest AS (
  SELECT table_name, partition_date, status, reason
  FROM `nba_ops.partitions`
  WHERE recorded_at >= @since
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY table_name, partition_date ORDER BY recorded_at DESC, run_id DESC) = 1
)
SELECT table_name, partition_date, status, reason
FROM latest
WHERE status IN ('failed', 'rejected', 'blocked')
ORDER BY table_name, partition_date
"""

PUBLISHED = """
WITH latest AS (
  SELECT table_name, partition_date, row_count
  FROM `nba_ops.partitions`
  WHERE recorded_at >= @since AND status IN ('success', 'partial')
    AND output_fingerprint IS NOT NULL
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY table_name, partition_date ORDER BY recorded_at DESC, run_id DESC) = 1
)
SELECT table_name, COUNT(*) AS dates, SUM(row_count) AS row_count,
  MIN(partition_date) AS first_date, MAX(partition_date) AS last_date
FROM latest
GROUP BY table_name
"""

RUNS = """
WITH told AS (
  SELECT run_id, MAX(IF(event != 'started', event, NULL)) AS ending, MAX(status) AS status
  FROM `nba_ops.runs`
  WHERE recorded_at >= @since
  GROUP BY run_id
)
SELECT COALESCE(status, ending, 'running') AS word, COUNT(*) AS runs
FROM told
GROUP BY word
ORDER BY runs DESC, word
"""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """What is in one state for one reason."""

    tables: Sequence[str]
    state: str
    dates: int
    """Each table's by themselves."""
    first: date
    last: date
    example: str
    """The sentence of `example_table` on `example_day`."""
    example_table: str
    example_day: date


@dataclass(frozen=True, kw_only=True)
class Published:
    """What of one table was written."""

    table: str
    dates: int
    rows: int
    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class Handoff:
    """As it is at one moment, UTC as the ledger has it."""

    written_at: datetime
    since: datetime
    coverage: Sequence[Coverage]
    running: Sequence[RunSeen]
    undone: Sequence[Reason]
    """What was tried since and is not done."""
    gaps: Sequence[Reason]
    published: Sequence[Published]
    runs: Mapping[str, int]
    """Those that began or ended since, by the word they ended with."""
    next: Sequence[str]


def read_handoff(pipeline: Pipeline, since: datetime | None) -> Handoff:
    """Coverage is the same that `tipoff coverage` tells."""
    written_at = wall_clock()
    since = since or written_at - SINCE
    warehouse = pipeline.warehouse
    order = {one.table: number for number, one in enumerate(pipeline.registry)}
    coverage = read_coverage(pipeline, tuple(order))
    undone = read_undone(warehouse, since)
    published = [
        Published(table=table, dates=dates, rows=rows, first=first, last=last)
        for table, dates, rows, first, last in warehouse.rows(PUBLISHED, since=since)
    ]
    return Handoff(
        written_at=written_at,
        since=since,
        coverage=coverage,
        running=[
            run
            for run_id, *_ in warehouse.rows(UNFINISHED, since=BEGINNING, quiet_since=WHOEVER)
            for run in recent_runs(warehouse, limit=1, run_id=run_id)
        ],
        undone=undone,
        gaps=reasons(
            (gap.table, gap.state, gap.first, gap.last, gap.dates, gap.reason)
            for one in coverage
            for gap in one.gaps
        ),
        published=sorted(published, key=lambda one: order.get(one.table, len(order))),
        runs=dict(warehouse.rows(RUNS, since=since)),
        next=commands(coverage, undone),
    )


def read_undone(warehouse: Warehouse, since: datetime) -> list[Reason]:
    """What was tried since that moment, of the ledger's clock, and is not done."""
    return reasons(
        (table, word, day, day, 1, why)
        for table, day, word, why in warehouse.rows(UNDONE, since=since)
    )


def reasons(found: Iterable[tuple[str, str, date, date, int, str]]) -> list[Reason]:
    """From (table, state, first, last, dates, sentence): causes before what follows from them."""
    alike: dict[tuple[str, str], list[tuple[str, date, date, int, str]]] = {}
    for table, state, first, last, dates, sentence in found:
        key = (state, CHANGING.sub("…", sentence))
        alike.setdefault(key, []).append((table, first, last, dates, sentence))
    together = [
        Reason(
            tables=list(dict.fromkeys(table for table, *_ in ones)),
            state=state,
            dates=sum(one[3] for one in ones),
            first=min(one[1] for one in ones),
            last=max(one[2] for one in ones),
            example=ones[0][-1],
            example_table=ones[0][0],
            example_day=ones[0][1],
        )
        for (state, _), ones in alike.items()
    ]
    place: dict[str, int] = {state: number for number, state in enumerate(CAUSES_FIRST)}
    return sorted(together, key=lambda one: (place.get(one.state, len(place)), -one.dates))


def commands(coverage: Sequence[Coverage], undone: Sequence[Reason]) -> list[str]:
    """What mends most comes first; what is whole is worth a proof."""
    leaks = any(one.blind.get(Word.FAILED) for one in coverage)
    said = ["tipoff verify"] if leaks else []
    said += fills(coverage)
    refused = [one for one in undone if one.state in (Status.FAILED, Status.REJECTED)]
    said += [f"tipoff explain {one.first} --tables {one.tables[0]}" for one in refused[:1]]
    if open_days := next((one.unaudited for one in reversed(coverage) if one.unaudited), ()):
        first, last = min(open_days), max(open_days)
        said.append(f"tipoff audit blindness --start {first} --end {last} --sample 3")
    return [*said, "tipoff verify", "tipoff coverage --by month", "tipoff audit canaries"][
        :COMMANDS
    ]
