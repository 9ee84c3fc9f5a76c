"""`tipoff backtest`: a model as it would have been used, fitted only on what was known before."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from clients.commands.dataset import (
    FeatureSetOption,
    NoVegasOption,
    StaleOption,
    UnauditedOption,
    checked_set,
)
from clients.commands.models import HOME, HomeOption
from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, pipeline_at
from clients.printing import ProgressLine, put_json, say
from pipeline.days import parse_day
from pipeline.run import Progress
from processors.errors import UsageError

if TYPE_CHECKING:
    from modeling.backtest import Asked
    from modeling.training_set import TrainingSet
    from modeling.walkforward import Walk

Word = TypeVar("Word", bound=StrEnum)

app = typer.Typer(
    help="Train as of each date, predict the dates after, say what it is worth; 1: a gate fails.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
REFIT_DAYS = 7


@app.callback()
def backtest(
    context: typer.Context,
    name: Annotated[
        str, typer.Option("--name", help="Of the run and its model; a run of that name goes.")
    ] = "",
    feature_set: FeatureSetOption = "v12",
    no_vegas: NoVegasOption = False,
    framework: Annotated[
        str, typer.Option("--framework", help="catboost, lightgbm, ridge or mixed.")
    ] = "catboost",
    loss: Annotated[
        str | None,
        typer.Option(
            "--loss-function",
            help="Huber:delta=5, MAE, RMSE, Quantile:alpha=0.5; else Huber, a ridge RMSE.",
        ),
    ] = None,
    rsm: Annotated[float, typer.Option("--rsm", help="Share of the features a tree sees.")] = 1.0,
    grow_policy: Annotated[
        str, typer.Option("--grow-policy", help="SymmetricTree, Depthwise or Lossguide.")
    ] = "SymmetricTree",
    train_start: Annotated[str | None, typer.Option("--train-start", metavar="DATE")] = None,
    train_end: Annotated[str | None, typer.Option("--train-end", metavar="DATE")] = None,
    eval_start: Annotated[str | None, typer.Option("--eval-start", metavar="DATE")] = None,
    eval_end: Annotated[
        str | None,
        typer.Option(
            "--eval-end",
            metavar="DATE",
            help="All four or none: else the last season is evaluated, or all but its first weeks.",
        ),
    ] = None,
    walkforward: Annotated[
        bool, typer.Option("--walkforward", help="Fit anew as the evaluated dates go by.")
    ] = False,
    refit_days: Annotated[
        int | None, typer.Option("--refit-days", min=1, help=f"How often; else {REFIT_DAYS}.")
    ] = None,
    window_days: Annotated[
        int | None,
        typer.Option(
            "--window-days", min=1, help="Learn from so many days before; else from all of them."
        ),
    ] = None,
    include_no_line: Annotated[
        bool, typer.Option("--include-no-line", help="Evaluate players without a line, too.")
    ] = False,
    line_source: Annotated[
        str,
        typer.Option(
            "--line-source",
            metavar="A,B",
            help="cascade, draftkings, consensus; several are graded on the rows of all.",
        ),
    ] = "cascade",
    register: Annotated[
        bool, typer.Option("--register/--skip-register", help="Keep the model, as a shadow.")
    ] = True,
    seed: Annotated[int, typer.Option("--seed", help="Equal seeds make equal models.")] = 7,
    threads: Annotated[int, typer.Option("--threads", min=1, help="Of the fits.")] = 2,
    home: HomeOption = HOME,
    allow_stale: StaleOption = False,
    allow_unaudited: UnauditedOption = False,
    demonstrate_leak: Annotated[
        bool,
        typer.Option(
            "--demonstrate-leak", help="The same model honest and leaked, side by side, in memory."
        ),
    ] = False,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Where no command follows."""
    if context.invoked_subcommand:
        return 0
    # Arrays take their time to load, and who only asks for help needs none.
    from modeling.backtest import Asked
    from modeling.fitting.frameworks import library_versions
    from modeling.fitting.recipe import USUAL_LOSS, Framework, GrowPolicy, Recipe, parse_loss
    from modeling.reading import read_training_set
    from modeling.runs import checked_name
    from modeling.training_set import LineSource

    checked_set(feature_set)
    made_by = _one_of(Framework, framework, "--framework")
    # What is not installed is said before anything is read.
    library_versions(made_by)
    recipe = Recipe(
        framework=made_by,
        loss=parse_loss(loss) if loss else USUAL_LOSS[made_by],
        rsm=rsm,
        grow_policy=_one_of(GrowPolicy, grow_policy, "--grow-policy"),
        seed=seed,
        threads=threads,
    )
    sources = tuple(
        dict.fromkeys(_one_of(LineSource, one, "--line-source") for one in line_source.split(","))
    )
    dates = _dates(train_start, train_end, eval_start, eval_end)
    if not walkforward and (refit_days or window_days):
        raise UsageError("--refit-days and --window-days are of a walk: add --walkforward")
    if demonstrate_leak:
        if dates or walkforward or name:
            raise UsageError(
                "--demonstrate-leak walks over a season of its own and keeps nothing: leave out"
                " --name, --walkforward and the dates"
            )
        from clients.commands.leak import demonstrate_leak as demonstrate

        return demonstrate(recipe, feature_set, warehouse=warehouse, wait=wait, json=json)
    checked_name(name)
    refits = (refit_days or REFIT_DAYS) if walkforward else None
    # Dates that cannot be are refused before anything is read.
    walk = _walk(dates, refits, window_days) if dates else None
    with pipeline_at(warehouse, wait) as pipeline:
        rows = read_training_set(
            pipeline,
            dates[0] if dates else None,
            dates[3] if dates else None,
            allow_stale=allow_stale,
            allow_unaudited=allow_unaudited,
        )
    asked = Asked(
        name=name,
        feature_set=feature_set,
        recipe=recipe,
        walk=walk or _walk(_usual(rows), refits, window_days),
        no_vegas=no_vegas,
        include_no_line=include_no_line,
        sources=sources,
    )
    return _carry_out(rows, asked, home, register=register, json=json)


@app.command()
def compare(
    names: Annotated[list[str], typer.Argument(metavar="A B…", help="Backtests, by name.")],
    home: HomeOption = HOME,
    json: JsonOption = False,
) -> int:
    """Set runs side by side; intervals are paired, on the rows that a run and the first share."""
    from clients.commands.backtest_shown import compared_as_json, show_compared
    from modeling.comparing import compare as compared
    from modeling.runs import read_runs

    found = compared(read_runs(home, names))
    if json:
        put_json(compared_as_json(found))
    else:
        show_compared(found)
    return 0


def _one_of(words: type[Word], said: str, option: str) -> Word:
    found = next((one for one in words if one.value.lower() == said.strip().lower()), None)
    if found is None:
        raise UsageError(f"{option} is one of {', '.join(words)}, not {said!r}")
    return found


def _dates(*said: str | None) -> tuple[date, date, date, date] | None:
    """First and last of training, first and last of evaluation."""
    given = [one for one in said if one is not None]
    if not given:
        return None
    if len(given) < len(said):
        raise UsageError(
            "--train-start, --train-end, --eval-start and --eval-end are given all or not at all:"
            f" {len(given)} of 4"
        )
    first, last, begin, end = (parse_day(one) for one in given)
    return first, last, begin, end


def _usual(rows: TrainingSet) -> tuple[date, None, date, date]:
    """Where no dates are given."""
    from modeling.backtest import usual_dates

    first, begin, end = usual_dates(rows)
    return first, None, begin, end


def _walk(
    dates: tuple[date, date | None, date, date], refit_days: int | None, window_days: int | None
) -> Walk:
    from modeling.walkforward import Span, Walk

    first, train_last, begin, end = dates
    return Walk(
        evaluated=Span(first=begin, last=end),
        train_first=first,
        train_last=train_last,
        refit_days=refit_days,
        window_days=window_days,
    )


def _carry_out(rows: TrainingSet, asked: Asked, home: Path, *, register: bool, json: bool) -> int:
    from clients.commands.backtest_shown import show
    from modeling.backtest import fit_after, run_backtest
    from modeling.models.shelf import Shelf
    from modeling.report.report import as_json, make_report
    from modeling.runs import PAGE, write_run

    progress = ProgressLine(unit="fits")
    done = run_backtest(
        rows, asked, lambda n, of: progress(Progress(what=asked.name, done=n, in_all=of))
    )
    progress.close()
    report = make_report(done)
    folder = write_run(home, done, report)
    kept = None
    if register and (fitted := fit_after(rows, asked)):
        kept = Shelf(home).register(*fitted, asked, rows, report)
    if json:
        model = {"model_id": kept.metadata.model_id, "state": kept.state.value} if kept else None
        put_json(as_json(report) | {"folder": str(folder), "model": model})
    else:
        show(report)
        say(f"the report with plots: {folder / PAGE}")
        if kept:
            say(f"the model is kept as {kept.metadata.model_id}, {kept.state.value}")
    return report.exit_code
