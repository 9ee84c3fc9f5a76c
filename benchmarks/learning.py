"""What learning costs: the training set of all seasons, and the last season walked week by week."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.machine import peak_megabytes
from benchmarks.timing import timed
from modeling.backtest import Asked, Backtest, run_backtest, usual_dates
from modeling.fitting.recipe import USUAL_LOSS, Framework, Recipe
from modeling.reading import read_training_set
from modeling.storing import write_training_set
from modeling.training_set import TrainingSet
from modeling.walkforward import Span, Walk
from pipeline.run import Pipeline
from processors.registry import load
from warehouse.opening import open_warehouse

WALKED = (Framework.RIDGE, Framework.LIGHTGBM, Framework.CATBOOST)
THREADS = 2


def measure_learning(file: Path) -> dict[str, float]:
    """Every table is there; nobody has audited them."""
    sets: list[TrainingSet] = []
    with closing(open_warehouse(f"duckdb://{file}")) as warehouse:
        pipeline = Pipeline(warehouse, load())
        read = timed(lambda: sets.append(read_training_set(pipeline, allow_unaudited=True)))
    rows = sets[0]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        written = timed(lambda: write_training_set(rows, path, "v12"))
    found = {"read": read, "written": written, "rows": float(len(rows))}
    for framework in WALKED:
        done: list[Backtest] = []
        asked = _asked(rows, framework)
        found[framework.value] = timed(
            lambda asked=asked, done=done: done.append(run_backtest(rows, asked))
        )
        found["fits"] = float(len(done[0].fits))
    return found | {"peak_mb": peak_megabytes()}


def _asked(rows: TrainingSet, framework: Framework) -> Asked:
    first, begin, end = usual_dates(rows)
    return Asked(
        name=framework.value,
        feature_set="v12",
        recipe=Recipe(framework=framework, loss=USUAL_LOSS[framework], threads=THREADS),
        walk=Walk(evaluated=Span(first=begin, last=end), train_first=first, refit_days=7),
        include_no_line=True,
    )
