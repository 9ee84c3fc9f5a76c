"""`tipoff coverage`: how much of each table stands, against how much can stand."""

from __future__ import annotations

from dataclasses import asdict

from clients.options import (
    WAIT,
    JsonOption,
    TablesOption,
    WaitOption,
    WarehouseOption,
    parse_tables,
    pipeline_at,
)
from clients.printing import put_json, put_table, say
from pipeline.coverage import Coverage, read_coverage

SHOWN = 12


def coverage(
    tables: TablesOption = None,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Show coverage by table and season, with the gaps and the command that fills them."""
    with pipeline_at(warehouse, wait) as pipeline:
        found = read_coverage(pipeline, parse_tables(tables, pipeline.registry))
    if json:
        put_json([asdict(one) | {"share": one.share} for one in found])
    else:
        show(found)
    return 0


def show(found: list[Coverage]) -> None:
    put_table(
        "coverage",
        ["season", "table", "dates", "of", "share", "bootstrap", "rows", "blind"],
        [
            [
                one.season,
                one.table,
                one.standing,
                one.achievable,
                f"{one.share:.1%}" if one.share is not None else "-",
                one.bootstrap or "",
                f"{one.rows:,}",
                ", ".join(f"{dates} {word}" for word, dates in one.blind.items()),
            ]
            for one in found
        ],
    )
    gaps = [gap for one in found for gap in one.gaps]
    if gaps:
        put_table(
            "gaps",
            ["table", "from", "to", "dates", "state", "reason"],
            [
                [gap.table, gap.first, gap.last, gap.dates, gap.state, gap.reason]
                for gap in gaps[:SHOWN]
            ],
        )
        if len(gaps) > SHOWN:
            say(f"… and {len(gaps) - SHOWN} more gaps: --json lists them all")
        first, last = min(gap.first for gap in gaps), max(gap.last for gap in gaps)
        say(f"fill them: tipoff run --start {first} --end {last}")
