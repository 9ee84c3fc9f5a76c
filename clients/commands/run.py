"""`tipoff run`: compute what is missing or stale, and say what became of each date."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from clients.options import (
    WAIT,
    EndOption,
    JsonOption,
    StartOption,
    TablesOption,
    WaitOption,
    WarehouseOption,
    asking,
    pipeline_at,
)
from clients.printing import WORST_FIRST, put_json, put_table, say
from pipeline.days import parse_day
from pipeline.outcome import COMPLETED, Status
from pipeline.shares import task_from

if TYPE_CHECKING:
    from clients.answers import Ran
    from service.models.answers import OutcomeOf

SHOWN = 10
ForceOption = Annotated[
    bool, typer.Option("--force", help="Compute and publish again what is fresh.")
]

ByTaskOption = Annotated[
    bool, typer.Option("--by-task", help="Only this Cloud Run job task's share, by seasons.")
]


def run(
    start: StartOption,
    end: EndOption = None,
    tables: TablesOption = None,
    force: ForceOption = False,
    by_task: ByTaskOption = False,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Compute a date or a range; what the tables stand on is done first."""
    if by_task:
        share = share_of_task(parse_day(start), parse_day(end or start), warehouse, wait)
        if share is None:
            if json:
                put_json({"status": COMPLETED.word, "run_id": None, "results": [], "prepared": []})
            say("there are more tasks than seasons: nothing is left for this one")
            return COMPLETED.exit_code
        start, end = (str(one) for one in share)
        say(f"this task's share: {start} to {end}")
    ran = asking(warehouse, wait).run(start, end, tables, force=force)
    if json:
        put_json(as_plain(ran))
    else:
        show(ran)
    return ran.exit_code


def share_of_task(
    start: date, end: date, warehouse: str | None, wait: float
) -> tuple[date, date] | None:
    """The tasks of a job know of one another what the platform tells them."""
    task = task_from(os.environ)
    with pipeline_at(warehouse, wait) as pipeline:
        return task.share(pipeline.assessor.calendar, start, end)


def as_plain(ran: Ran) -> dict[str, object]:
    return {
        "status": ran.status,
        "run_id": ran.run_id,
        "results": [one.model_dump(mode="json") for one in ran.results],
        "prepared": [one.model_dump(mode="json") for one in ran.prepared],
    }


def show(ran: Ran) -> None:
    _show_counts("results", ran.results)
    if ran.prepared:
        _show_counts("prepared: what the asked tables stand on", ran.prepared)
    bad = sorted(
        (one for one in (*ran.prepared, *ran.results) if one.status in WORST_FIRST),
        key=lambda one: (WORST_FIRST.index(one.status), one.date),
    )
    if bad:
        put_table(
            "what went wrong",
            ["table", "date", "status", "reason"],
            [[one.table, one.date, one.status, one.reason] for one in bad[:SHOWN]],
        )
    if len(bad) > SHOWN:
        say(f"… and {len(bad) - SHOWN} more: --json lists them all")
    say(f"{ran.status} (run {ran.run_id})")


def _show_counts(title: str, outcomes: Sequence[OutcomeOf]) -> None:
    counts: dict[str, Counter[Status]] = {}
    rows: Counter[str] = Counter()
    for one in outcomes:
        counts.setdefault(one.table, Counter())[one.status] += 1
        rows[one.table] += one.rows
    statuses = [status for status in Status if any(of[status] for of in counts.values())]
    put_table(
        title,
        ["table", *statuses, "rows"],
        [
            [table, *(of[status] or "" for status in statuses), f"{rows[table]:,}"]
            for table, of in counts.items()
        ],
    )
