"""`tipoff plan`: what a range would take, before anything is computed."""

from __future__ import annotations

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
)
from clients.printing import put_json, put_table
from pipeline.amounts import in_words
from pipeline.state import TO_COMPUTE, State

if TYPE_CHECKING:
    from service.models.answers import CostOf, Plan

SHOWN = 12


def plan(
    start: StartOption,
    end: EndOption = None,
    tables: TablesOption = None,
    priced: Annotated[
        bool, typer.Option("--bytes", help="Also what it would read, by dry run of each statement.")
    ] = False,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Say of every date of every table what has to be done, and why."""
    found = asking(warehouse, wait).plan(start, end, tables, priced=priced)
    if json:
        put_json(found.model_dump(mode="json"))
    else:
        show(found)
    return 0


def show(found: Plan) -> None:
    states = [state for state in State if any(state in of for of in found.counts.values())]
    put_table(
        "dates by table and state",
        ["table", *states],
        [[table, *(of.get(state, "") for state in states)] for table, of in found.counts.items()],
    )
    news = [item for item in found.items if item.state in TO_COMPUTE or item.state is State.BLOCKED]
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for item in news:
        reasons.setdefault((item.table, item.state.value, item.reason), []).append(str(item.date))
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
    if found.cost is not None:
        show_cost(found.cost)


def show_cost(cost: CostOf) -> None:
    put_table(
        f"cost: {cost.said}",
        ["table", "statements", "reads", "dates one by one", "of a day's limit"],
        [
            [
                one.table,
                one.statements or "",
                in_words(one.bytes) if one.bytes else "",
                f"{one.modifications:,}",
                "" if one.share is None else f"{one.share:.1%}",
            ]
            for one in cost.tables
        ],
    )
    for finding in cost.findings:
        put_table(finding, [], [])
