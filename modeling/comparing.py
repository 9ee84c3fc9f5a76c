"""Several runs side by side: each as it is, and each against the first on the rows of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from modeling.arrays import Ints
from modeling.baselines import is_line
from modeling.metrics.errors import Errors, errors
from modeling.metrics.hits import Picks, picks
from modeling.metrics.paired import Difference, difference
from modeling.runs import Run

EDGE = 3.0
MODEL = "model"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One run in the table."""

    name: str
    framework: str
    feature_set: str
    loss: str
    first: str
    last: str
    errors: Errors
    listed: Errors
    """On the rows that have a line."""
    line: Errors
    """The line's own, on the same."""
    picks: Picks
    gates_failed: Sequence[str]
    flags: int
    against_first: Difference | None
    """MAE of this run - MAE of the first, on rows that both predict; None for the first."""


def compare(runs: Sequence[Run]) -> list[Compared]:
    """In the order given; other seasons have no rows in common, which the difference says."""
    return [_compared(run, runs[0] if number else None) for number, run in enumerate(runs)]


def _compared(run: Run, first: Run | None) -> Compared:
    about = run.report["about"]
    predicted = run.predicted[MODEL]
    # As in the run's own report: of several sources the first decides, on the rows of all.
    lines = [said for name, said in run.predicted.items() if is_line(name)]
    has_line = np.all(np.isfinite(lines), axis=0)
    line = np.where(has_line, lines[0], np.nan)
    return Compared(
        name=run.name,
        framework=about["framework"],
        feature_set=about["feature_set"] + (" without 25-28" if about["no_vegas"] else ""),
        loss=about["loss"],
        first=about["first"],
        last=about["last"],
        errors=errors(predicted, run.points),
        listed=errors(predicted[has_line], run.points[has_line]),
        line=errors(line, run.points),
        picks=picks(predicted, line, run.points, EDGE),
        gates_failed=[one["name"] for one in run.report["gates"] if not one["passed"]],
        flags=len(run.report["flags"]),
        against_first=_difference(run, first) if first else None,
    )


def _difference(run: Run, first: Run) -> Difference:
    own, other = _in_both(run, first)
    return difference(
        run.predicted[MODEL][own],
        first.predicted[MODEL][other],
        run.points[own],
        run.days[own],
    )


def _in_both(run: Run, other: Run) -> tuple[Ints, Ints]:
    """Places of the rows that both have, by date and player."""
    known = {key: place for place, key in enumerate(_keys(other))}
    pairs = [(place, known[key]) for place, key in enumerate(_keys(run)) if key in known]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _keys(run: Run) -> list[tuple[object, object]]:
    return list(zip(run.days.tolist(), run.players.tolist(), strict=True))
