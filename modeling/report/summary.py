"""The numbers of a report, worked out from the rows of a backtest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from modeling.arrays import Bools, Floats
from modeling.backtest import Backtest
from modeling.baselines import BLEND, FIVE, baselines, line_name
from modeling.metrics.calibration import Bin, calibration
from modeling.metrics.errors import Errors, errors
from modeling.metrics.hits import Picks, picks
from modeling.metrics.paired import Difference, difference
from modeling.training_set import LineSource, TrainingSet

EDGES = (1.0, 3.0, 5.0)
MODEL = "model"
TIERS = (("bench", 5.0), ("rotation", 15.0), ("starter", 25.0))
STAR = "star"
"""A mean of 25 and more. The tier is of the season before the game: by what he then scored, every
honest model would seem to underrate the best evenings."""
UNKNOWN = "unknown"
"""Without a mean before the game."""
SETTLED_GAMES = 10


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One predictor on some rows, and how the model does against it on the rows that it knows."""

    predictor: str
    errors: Errors
    model_ahead: Difference | None = None
    """MAE of the model - its MAE; None for the model itself."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Some of the rows by a name: how far off the model was, and those that it has to beat."""

    name: str
    model: Errors
    five: Errors
    blend: Errors
    listed: Errors
    """The model's, on those of the rows that have a line."""
    line: Errors
    """The first source's own, on the same."""


@dataclass(frozen=True, kw_only=True)
class AgainstLine:
    """The model's picks against one source's lines, on the rows of which all sources have one."""

    source: LineSource
    rows: int
    mean_edge: float
    """Of predicted - line."""
    line: Errors
    model: Errors
    picks: Sequence[Picks]


@dataclass(frozen=True, kw_only=True)
class Weight:
    """How much of what was learnt a feature carries."""

    feature: str
    share: float


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Everything that is counted; what it means is for flags and gates to say."""

    all: Sequence[Standing]
    settled: Sequence[Standing]
    """Players with ten games of the season behind them: the rows that the honest bands are of."""
    listed: Sequence[Standing]
    months: Sequence[Group]
    tiers: Sequence[Group]
    lines: Sequence[AgainstLine]
    calibration: Sequence[Bin]
    importance: Sequence[Weight]


def summarise(done: Backtest) -> Summary:
    """Nothing is asked of the warehouse any more."""
    rows, predicted = done.rows, done.predicted
    sources = done.asked.sources
    beside = baselines(rows, sources)
    means = {name: one for name, one in beside.items() if name not in map(line_name, sources)}
    listed = np.all([np.isfinite(rows.line(one)) for one in sources], axis=0)
    settled = rows.games_in_sample >= SETTLED_GAMES
    everybody = np.ones(len(rows), dtype=bool)
    return Summary(
        all=list(_standings(rows, predicted, means, everybody)),
        settled=list(_standings(rows, predicted, means, settled)),
        listed=list(_standings(rows, predicted, beside, listed)) if listed.any() else [],
        months=list(_groups(done, beside, listed, rows.days.astype("datetime64[M]").astype(str))),
        tiers=list(_groups(done, beside, listed, _tiers(rows), [*(one[0] for one in TIERS), STAR])),
        lines=[_against(done, one, listed) for one in sources] if listed.any() else [],
        calibration=list(calibration(predicted, rows.points)),
        importance=sorted(
            (
                Weight(feature=name, share=float(share))
                for name, share in zip(done.asked.features, done.importance, strict=True)
            ),
            key=lambda one: (-one.share, one.feature),
        ),
    )


def _standings(
    rows: TrainingSet, predicted: Floats, beside: Mapping[str, Floats], which: Bools
) -> Iterator[Standing]:
    actual, days, said = rows.points[which], rows.days[which], predicted[which]
    yield Standing(predictor=MODEL, errors=errors(said, actual))
    for name, other in beside.items():
        yield Standing(
            predictor=name,
            errors=errors(other[which], actual),
            model_ahead=difference(said, other[which], actual, days),
        )


def _groups(
    done: Backtest,
    beside: Mapping[str, Floats],
    listed: Bools,
    names: np.ndarray[tuple[int, ...], np.dtype[np.str_]],
    order: Sequence[str] = (),
) -> Iterator[Group]:
    points, predicted = done.rows.points, done.predicted
    line = beside[line_name(done.asked.sources[0])]
    for name in [*order, *(name for name in np.unique(names) if name not in order)]:
        which = names == name
        priced = which & listed
        if which.any():
            yield Group(
                name=str(name),
                model=errors(predicted[which], points[which]),
                five=errors(beside[FIVE][which], points[which]),
                blend=errors(beside[BLEND][which], points[which]),
                listed=errors(predicted[priced], points[priced]),
                line=errors(line[priced], points[priced]),
            )


def _tiers(rows: TrainingSet) -> np.ndarray[tuple[int, ...], np.dtype[np.str_]]:
    """By his mean of the season before the game."""
    mean = rows.feature("points_avg_season")
    found = np.full(len(rows), STAR, dtype="U8")
    for name, below in reversed(TIERS):
        found[mean < below] = name
    found[np.isnan(mean)] = UNKNOWN
    return found


def _against(done: Backtest, source: LineSource, listed: Bools) -> AgainstLine:
    line, actual = done.rows.line(source)[listed], done.rows.points[listed]
    predicted = done.predicted[listed]
    return AgainstLine(
        source=source,
        rows=int(listed.sum()),
        mean_edge=float(np.mean(predicted - line)),
        line=errors(line, actual),
        model=errors(predicted, actual),
        picks=[picks(predicted, line, actual, edge) for edge in EDGES],
    )
