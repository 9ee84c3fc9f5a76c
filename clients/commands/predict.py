"""`tipoff predict`: what is said of a date's players, before its first game."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.commands.models import HOME
from clients.commands.run import ForceOption, as_plain, show
from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, settings_at
from clients.printing import put_json, put_table, say
from processors.errors import UsageError

if TYPE_CHECKING:
    from clients.answers import RanLive
    from service.models.predicted import ToldLive

DayArgument = Annotated[
    str | None, typer.Argument(help="YYYY-MM-DD or a word such as TODAY; not with --walk.")
]
BackfillOption = Annotated[
    bool,
    typer.Option("--backfill", help="Of a date whose games have begun: what would have been said."),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="MODEL",
        help="Who speaks, an active one or a shadow; else the active one of each system.",
    ),
]
ModelsHomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help=f"Where models and backtests are kept; else TIPOFF_MODELS_HOME, else {HOME}.",
    ),
]
WalkOption = Annotated[
    str | None,
    typer.Option(
        "--walk",
        metavar="NAME",
        help="What that backtest's walk said of its evaluated dates; with --backfill and a range.",
    ),
]


def predict(
    day: DayArgument = None,
    backfill: BackfillOption = False,
    model: ModelOption = None,
    home: ModelsHomeOption = None,
    walk: WalkOption = None,
    start: Annotated[
        str | None, typer.Option("--start", metavar="DATE", help="First date of the walk.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--end", metavar="DATE", help="Last date of the walk.")
    ] = None,
    force: ForceOption = False,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Compute a date's predictions and keep what is said; refused once its first game has begun."""
    settings = settings_at(warehouse)
    settings = settings.model_copy(update={"models_home": home or settings.models_home or HOME})
    if walk is not None:
        if day or model or force or not backfill or start is None:
            raise UsageError(
                "a walk is told of past dates: tipoff predict --walk NAME --start DATE --end DATE"
                " --backfill, without a date, --model and --force"
            )
        # Arrays take their time to load, and who only asks for help needs none.
        from clients.commands.walk import walk_said

        return walk_said(walk, start, end or start, settings, wait, json=json)
    if day is None or start or end:
        raise UsageError(
            "name one date, as in tipoff predict TODAY; --start and --end are of a --walk"
        )
    # With all that answers a question.
    from clients.asking import Asking

    ran = Asking(settings, wait).predict(
        day, backfill=backfill, force=force, model=model, is_home_told=home is not None
    )
    if json:
        _put(ran)
    else:
        for line in ran.models.lines if ran.models else ():
            say(line)
        _show_live(ran.live)
        show(ran)
    return ran.exit_code


def _put(ran: RanLive) -> None:
    live, models = ran.live, ran.models
    put_json(
        {
            **as_plain(ran),
            "live": live and live.model_dump(mode="json"),
            "models": models and models.model_dump(mode="json"),
        }
    )


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
