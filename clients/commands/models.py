"""`tipoff models`: the models that backtests kept, and which of them are used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.options import JsonOption
from clients.printing import put_json, put_table, say

if TYPE_CHECKING:
    from modeling.models.shelf import Kept

HOME = Path("data/modeling")
HomeOption = Annotated[
    Path, typer.Option("--home", metavar="DIR", help="Where backtests and models are kept.")
]
ModelArgument = Annotated[str, typer.Argument(metavar="MODEL", help="Its id: tipoff models list.")]

app = typer.Typer(
    help="The models that are kept: shadow, active, retired.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_(home: HomeOption = HOME, json: JsonOption = False) -> int:
    """Print every kept model with its state and the gates that it failed."""
    from modeling.models.shelf import Shelf, as_plain

    found = Shelf(home).all()
    if json:
        put_json([as_plain(one) for one in found])
    elif found:
        put_table(
            "models",
            ["model", "state", "framework", "set", "loss", "trained on", "rows", "gates failed"],
            [_row(one) for one in found],
        )
    else:
        say(f"no model is kept in {home}: tipoff backtest --name NAME keeps one")
    return 0


@app.command()
def promote(model: ModelArgument, home: HomeOption = HOME, json: JsonOption = False) -> int:
    """Make a model the active one of its name; it must have passed every gate."""
    from modeling.models.shelf import Shelf

    return _told(Shelf(home).promote(model), json=json)


@app.command()
def retire(model: ModelArgument, home: HomeOption = HOME, json: JsonOption = False) -> int:
    """Take a model out of use, for good."""
    from modeling.models.shelf import Shelf

    return _told(Shelf(home).retire(model), json=json)


def _told(kept: Kept, *, json: bool) -> int:
    from modeling.models.shelf import as_plain

    if json:
        put_json(as_plain(kept))
    else:
        say(f"{kept.metadata.model_id} is {kept.state.value}")
    return 0


def _row(kept: Kept) -> list[object]:
    known = kept.metadata
    return [
        known.model_id,
        kept.state.value,
        known.framework.value,
        known.feature_set,
        known.loss,
        f"{known.train_first} to {known.train_last}",
        f"{known.train_rows:,}",
        ", ".join(known.failed_gates) or "none",
    ]
