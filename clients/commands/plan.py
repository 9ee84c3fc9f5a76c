"""`tipoff plan`: what a range would take, before anything is computed."""

from __future__ import annotations

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
from clients.printing import put_json, put_table
from pipeline.plan import Plan, make_request
from pipeline.state import TO_COMPUTE, State

SHOWN = 12


def plan(
    start: StartOption,
    end: EndOption = None,
    tables: TablesOption = None,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Say of every date of every table what has to be done, and why."""
    with pipeline_at(warehouse, wait) as pipeline:
        request = make_request(
            pipeline.registry,
            tables=parse_tables(tables, pipeline.registry),
            start=parse_day(start),
            end=parse_day(end or start),
        )
        found = pipeline.plan(request)
    if json:
        put_json(
            {
                "counts": {
                    table: {state.value: n for state, n in counts.items()}
                    for table, counts in found.counts().items()
                },
                "items": [
                    {
                        "table": item.table,
                        "date": item.day,
                        "state": item.state.value,
                        "reason": item.reason,
                        "asked": item.asked,
                    }
                    for item in found.items
                ],
            }
        )
        return 0
    _show(found)
    return 0


def _show(found: Plan) -> None:
    counts = found.counts()
    states = [state for state in State if any(of[state] for of in counts.values())]
    put_table(
        "dates by table and state",
        ["table", *states],
        [[table, *(of[state] or "" for state in states)] for table, of in counts.items()],
    )
    news = [item for item in found.items if item.state in TO_COMPUTE or item.state is State.BLOCKED]
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for item in news:
        reasons.setdefault((item.table, item.state.value, item.reason), []).append(str(item.day))
    put_table(
        "why" if news else "everything asked for is there",
        ["table", "state", "dates", "first", "reason"],
        [
            [table, state, len(days), days[0], reason]
            for (table, state, reason), days in list(reasons.items())[:SHOWN]
        ],
    )
    if len(reasons) > SHOWN:
        put_table(f"… and {len(reasons) - SHOWN} more reasons: --json lists them all", [], [])
