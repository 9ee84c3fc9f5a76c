"""Walk every model over the real seasons, and write docs/results.md."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from benchmarks.backtests.grid import (
    SEASONS,
    Told,
    Wanted,
    against_two,
    carried_out,
    every_wanted,
)
from benchmarks.backtests.page import page
from benchmarks.backtests.seasons import real_rows
from benchmarks.machine import machine
from modeling.fitting.recipe import SEED
from modeling.provenance import verdicts
from modeling.training_set import TrainingSet
from processors.errors import TipoffError

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "results.md"
HOME = ROOT / "data" / "results"
TRIED = Path(__file__).with_name("tried.md")
"""What no run says: written by hand."""
AUDITED_DATES = 24


def main() -> None:
    options = _options()
    try:
        rows = real_rows(HOME / "real.duckdb", audited_dates=options.audited_dates or None)
    except TipoffError as error:
        sys.exit(error.message)
    seasons = {season: _walked(rows, every_wanted(season)) for season in reversed(SEASONS)}
    two = _walked(rows, against_two(SEASONS[-1]))
    PAGE.write_text(page(about(rows), seasons, two, TRIED.read_text()))


def about(rows: TrainingSet) -> str:
    """Of what, on what, how."""
    audits = ", ".join(f"{count:,} {word}" for word, count in verdicts(rows.partitions).items())
    libraries = ", ".join(f"{name} {version(name)}" for name in ("catboost", "lightgbm", "numpy"))
    return (
        f"Made by `python -m benchmarks.backtests`, {machine()}, {libraries}; seed {SEED}, one"
        " thread a fit. The three real seasons beside the checkout are imported and computed by"
        " Tipoff itself; every model is fitted anew each week on all that lies before it, from"
        " 2021-22 on. Intervals are paired and draw whole evenings, those of hit rates are"
        f" Wilson's. Partitions that predict, by the audit of blindness: {audits}; unaudited ones"
        " were allowed, and while there is one the gate of blindness is not passed by any run"
        " (`--audited-dates 0` audits every date, for an hour). The same again walks only the runs"
        " that are not kept under `data/results`."
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backtests", description=__doc__)
    parser.add_argument(
        "--audited-dates",
        type=int,
        default=AUDITED_DATES,
        metavar="N",
        help="so many dates are audited, evenly spread, for some seconds each; 0 is every one"
        " [default: %(default)s]",
    )
    return parser.parse_args()


def _walked(rows: TrainingSet, wanted: Iterable[Wanted]) -> list[tuple[Wanted, Told]]:
    found = []
    for one in wanted:
        started = time.perf_counter()
        found.append((one, carried_out(rows, one, HOME)))
        sys.stderr.write(f"{one.name}: {time.perf_counter() - started:.0f} s\n")
    return found


if __name__ == "__main__":
    main()
