"""`tipoff predict`: what is said of a date's players, before its first game."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.commands.run import ForceOption, put, show
from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, asking

DayArgument = Annotated[str, typer.Argument(help="YYYY-MM-DD or a word such as TODAY.")]
BackfillOption = Annotated[
    bool,
    typer.Option("--backfill", help="Of a date whose games have begun: what would have been said."),
]


def predict(
    day: DayArgument,
    backfill: BackfillOption = False,
    force: ForceOption = False,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Compute a date's predictions; refused once its first game has begun."""
    ran = asking(warehouse, wait).predict(day, backfill=backfill, force=force)
    if json:
        put(ran)
    else:
        show(ran)
    return ran.exit_code
