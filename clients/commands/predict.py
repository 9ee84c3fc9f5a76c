"""`tipoff predict`: what is said of a date's players, before its first game."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from clients.commands.run import ForceOption, as_json, show
from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, asking
from clients.printing import put_json, put_table, say

if TYPE_CHECKING:
    from clients.answers import RanLive
    from service.models.predicted import ModelsSpoke, ToldLive

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
    """Compute a date's predictions and keep what is said; refused once its first game has begun."""
    ran = asking(warehouse, wait).predict(day, backfill=backfill, force=force)
    if json:
        _put(ran)
    else:
        _show_models(ran.models)
        _show_live(ran.live)
        show(ran)
    return ran.exit_code


def _put(ran: RanLive) -> None:
    live, models = ran.live, ran.models
    put_json(
        {
            **as_json(ran),
            "live": live and live.model_dump(mode="json"),
            "models": models and models.model_dump(mode="json"),
        }
    )


def _show_models(models: ModelsSpoke | None) -> None:
    if models is None:
        return
    if models.reason:
        say(models.reason)
    for one in models.voices:
        why = one.reason or ", ".join(f"{name} {rows}" for name, rows in one.left_out.items())
        say(f"{one.model_id} ({one.system_id}, {one.state}): {one.said} players {why}".rstrip())


def _show_live(live: ToldLive | None) -> None:
    if live is None:
        return
    systems = list(dict.fromkeys((*live.new, *live.unchanged)))
    if systems:
        put_table(
            "told live",
            ["system", "new", "unchanged"],
            [[name, live.new.get(name, 0), live.unchanged.get(name, 0)] for name in systems],
        )
    say(f"live at {live.as_of:%Y-%m-%d %H:%M:%S} UTC: {live.reason}" if live.as_of else live.reason)
