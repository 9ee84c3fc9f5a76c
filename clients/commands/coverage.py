"""`tipoff coverage`: how much of each table stands, against how much can stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from clients.options import (
    WAIT,
    JsonOption,
    TablesOption,
    WaitOption,
    WarehouseOption,
    asking,
)
from clients.printing import put_json, put_table, say
from pipeline.coverage import By
from pipeline.handoff_page import percent

if TYPE_CHECKING:
    from service.models.answers import Coverage, CoverageOf

SHOWN = 12


def coverage(
    tables: TablesOption = None,
    by: Annotated[By, typer.Option("--by", help="A line a season, or a line a month.")] = By.SEASON,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Show coverage by table and season, with the gaps and the command that fills them."""
    found = asking(warehouse, wait).coverage(tables, by)
    if json:
        put_json(found.model_dump(mode="json")["coverage"])
    else:
        show(found)
    return 0


def show(found: Coverage) -> None:
    put_table(
        "coverage",
        ["season", "table", "dates", "share", "by design", "games", "rows", "blind"],
        [
            [
                one.month or one.season,
                one.table,
                f"{one.standing} of {one.achievable} processable",
                percent(one.standing, one.achievable),
                _by_design(one),
                f"{one.games_standing:,} of {one.games:,}",
                f"{one.rows:,}",
                ", ".join(f"{dates} {word}" for word, dates in one.blind.items()),
            ]
            for one in found.coverage
        ],
    )
    gaps = [(one.table, gap) for one in found.coverage for gap in one.gaps]
    if gaps:
        put_table(
            "gaps",
            ["table", "from", "to", "dates", "state", "reason"],
            [
                [table, gap.first, gap.last, gap.dates, gap.state, gap.reason]
                for table, gap in gaps[:SHOWN]
            ],
        )
        if len(gaps) > SHOWN:
            say(f"… and {len(gaps) - SHOWN} more gaps: --json lists them all")
        say(f"fill them: {'; then '.join(found.fill)}")


def _by_design(one: CoverageOf) -> str:
    """Dates that nobody is to fill."""
    parts = {"bootstrap": one.bootstrap, "to come": one.coming}
    return ", ".join(f"{dates} {what}" for what, dates in parts.items() if dates)
