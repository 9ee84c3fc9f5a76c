"""`tipoff run`: compute what is missing or stale, and say what became of each date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer

from clients.options import (
    WAIT,
    EndOption,
    JsonOption,
    StartOption,
    TablesOption,
    WaitOption,
    WarehouseOption,
    parse_day,
    parse_tables,
    pipeline_at,
)
from clients.printing import (
    WORST_FIRST,
    ProgressLine,
    outcome_as_json,
    put_json,
    put_table,
    say,
)
from pipeline.outcome import Outcome, Status
from pipeline.plan import make_request
from pipeline.run import Report

SHOWN = 10
ForceOption = Annotated[
    bool, typer.Option("--force", help="Compute and publish again what is fresh.")
]


def run(
    start: StartOption,
    end: EndOption = None,
    tables: TablesOption = None,
    force: ForceOption = False,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Compute a date or a range; what the tables stand on is done first."""
    with pipeline_at(warehouse, wait) as pipeline:
        for run_id in pipeline.died:
            say(f"run {run_id} died before it ended; what it left undone is planned again")
        pipeline.on_progress = progress = ProgressLine()
        report = pipeline.run(
            make_request(
                pipeline.registry,
                tables=parse_tables(tables, pipeline.registry),
                start=parse_day(start),
                end=parse_day(end or start),
                force=force,
            )
        )
        progress.close()
    if json:
        put_json(
            {
                "status": report.overall.word,
                "run_id": report.run_id,
                "results": [outcome_as_json(one) for one in report.results],
                "prepared": [outcome_as_json(one) for one in report.prepared],
            }
        )
    else:
        show(report)
    return report.overall.exit_code


def show(report: Report) -> None:
    _show_counts("results", report.results)
    if report.prepared:
        _show_counts("prepared: what the asked tables stand on", report.prepared)
    bad = sorted(
        (one for one in (*report.prepared, *report.results) if one.status in WORST_FIRST),
        key=lambda one: (WORST_FIRST.index(one.status), one.day),
    )
    if bad:
        put_table(
            "what went wrong",
            ["table", "date", "status", "reason"],
            [[one.table, one.day, one.status, one.reason] for one in bad[:SHOWN]],
        )
    if len(bad) > SHOWN:
        say(f"… and {len(bad) - SHOWN} more: --json lists them all")
    say(f"{report.overall.word} (run {report.run_id})")


def _show_counts(title: str, outcomes: Sequence[Outcome]) -> None:
    counts: dict[str, Counter[Status]] = {}
    rows: Counter[str] = Counter()
    for one in outcomes:
        counts.setdefault(one.table, Counter())[one.status] += 1
        rows[one.table] += one.evidence.rows
    statuses = [status for status in Status if any(of[status] for of in counts.values())]
    put_table(
        title,
        ["table", *statuses, "rows"],
        [
            [table, *(of[status] or "" for status in statuses), f"{rows[table]:,}"]
            for table, of in counts.items()
        ],
    )
