"""Runs that died: the ledger is told of them, and of what they published without a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta

from pipeline.calendar import EVER, Calendar
from pipeline.clock import wall_clock
from pipeline.ledger import PARTITIONS, PROCESS, RUNS, Event, partition_rows, run_row
from pipeline.outcome import ErrorSeen, Evidence, Outcome, decide
from pipeline.since import BEGINNING, begun, since_begun
from processors.contract import Contract
from processors.errors import WarehouseDenied
from processors.registry import Registry
from warehouse.interface import Warehouse

QUIET = timedelta(hours=1)
"""A living run says something after each table, and no statement may take so long."""
WHOEVER = datetime.max
"""As if nobody had said anything lately."""
LOST = "WordLost"

UNFINISHED = """
WITH told AS (
  SELECT run_id, request, process, recorded_at
  FROM `nba_ops.runs`
  WHERE recorded_at >= @since
  QUALIFY COUNTIF(event != 'started') OVER (PARTITION BY run_id) = 0
),
lately AS (
  SELECT DISTINCT run_id
  FROM `nba_ops.partitions`
  WHERE recorded_at >= @quiet_since
)
SELECT told.run_id, told.request, told.process
FROM told
LEFT JOIN lately ON lately.run_id = told.run_id
WHERE told.recorded_at < @quiet_since AND lately.run_id IS NULL
ORDER BY told.run_id
"""

SAID = """
SELECT DISTINCT run_id, table_name, partition_date
FROM `nba_ops.partitions`
WHERE recorded_at >= @since AND STRPOS(@runs, run_id) > 0
"""


PROVEN_SINCE = """
SELECT table_name, partition_date, MAX(recorded_at) AS proven_at
FROM `nba_ops.partitions`
WHERE recorded_at >= @since AND output_fingerprint IS NOT NULL
GROUP BY table_name, partition_date
"""


def made_text(contract: Contract) -> str:
    """What stands there of some runs."""
    day = contract.date_column
    return (
        f"SELECT run_id, {day}, COUNT(*) AS held\nFROM `{contract.table}`\n"
        f"WHERE {day} >= @first_date AND {day} <= @last_date AND STRPOS(@runs, run_id) > 0\n"
        f"GROUP BY run_id, {day}"
    )


def bury(warehouse: Warehouse, registry: Registry, calendar: Calendar) -> list[str]:
    """Runs of other processes that never ended have died: where nobody else may hold the warehouse
    all of them, else those that have been quiet for long. What this process began, it also ends.

    Who may read and not write leaves them to somebody who may.
    """
    quiet_since = wall_clock() - QUIET if warehouse.is_shared else WHOEVER
    told = warehouse.rows(UNFINISHED, since=BEGINNING, quiet_since=quiet_since)
    dead = [one for one in told if one[2] != PROCESS]
    if not dead:
        return []
    found = _lost(warehouse, registry, calendar, [run_id for run_id, *_ in dead])
    lost = Counter(run_id for run_id, _ in found)
    rows = []
    for run_id, request, process in dead:
        detail: dict[str, object] = {"died_in": process, "found_by": PROCESS}
        if lost[run_id]:
            detail["published_without_a_word"] = lost[run_id]
        rows.append(run_row(run_id, Event.DIED, request, detail=detail))
    words = [row for run_id, outcome in found for row in partition_rows(run_id, [outcome])]
    with suppress(WarehouseDenied):
        warehouse.append({RUNS: rows, PARTITIONS: words})
    return [run_id for run_id, *_ in dead]


def _lost(
    warehouse: Warehouse, registry: Registry, calendar: Calendar, dead: Sequence[str]
) -> list[tuple[str, Outcome]]:
    """What they published, where the ledger has heard nothing of it: not from them, and not since
    from whoever was asked for the date again and found it right."""
    runs = " ".join(dead)
    since = min(since_begun(one) for one in dead)
    said = set(warehouse.rows(SAID, since=since, runs=runs))
    proven = {
        (table, day): proven_at
        for table, day, proven_at in warehouse.rows(PROVEN_SINCE, since=since)
    }
    return [
        (run_id, _outcome(one.contract, day, run_id, held, calendar))
        for one in registry
        for run_id, day, held in sorted(warehouse.rows(made_text(one.contract), runs=runs, **EVER))
        if (run_id, one.table, day) not in said
        and proven.get((one.table, day), BEGINNING) <= begun(run_id)
    ]


def _outcome(contract: Contract, day: date, run_id: str, held: int, calendar: Calendar) -> Outcome:
    """Nothing is proven of such rows until the date is asked for again: it is computed, and where
    it comes to the same, only remembered."""
    message = (
        f"run {run_id} published these {held} rows and died before it could say so: they count for"
        " nothing until the date is asked for again"
    )
    evidence = Evidence(
        expectation=calendar.expect(day, bootstrap=contract.bootstrap),
        error=ErrorSeen(name=LOST, message=message, transient=True),
    )
    status, reason = decide(evidence)
    return Outcome(table=contract.table, day=day, status=status, reason=reason, evidence=evidence)
