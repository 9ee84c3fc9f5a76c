"""The backtest: fit, predict the dates after, fit anew; every prediction is of a row unseen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from modeling.arrays import Floats, day_of
from modeling.fitting.frameworks import fit
from modeling.fitting.recipe import Fitted, Recipe, Sample
from modeling.training_set import LineSource, TrainingSet, features_of
from modeling.walkforward import Refit, Walk, refits, training_rows, validation_rows
from processors.errors import TrainingRefused

LEAST_ROWS = 200
"""A model of fewer rows says nothing."""
FIRST_WEEKS = timedelta(days=56)
"""Of the only season that there is, what is learnt from before anything is evaluated."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """All that decides what a backtest comes to, besides the rows."""

    name: str
    feature_set: str
    recipe: Recipe
    walk: Walk
    no_vegas: bool = False
    include_no_line: bool = False
    sources: tuple[LineSource, ...] = (LineSource.CASCADE,)

    @property
    def features(self) -> tuple[str, ...]:
        return features_of(self.feature_set, no_vegas=self.no_vegas)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """One fit, as it came out."""

    first_evaluated: date
    last_evaluated: date
    train_first: date
    train_last: date
    train_rows: int
    validation_rows: int
    rounds: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Backtest:
    """What was predicted of which rows, by models that were fitted before them."""

    asked: Asked
    everything: TrainingSet
    """All that was read."""
    rows: TrainingSet
    predicted: Floats
    fits: Sequence[Fit]
    importance: Floats
    """Of each feature, over the fits, by the rows that each predicted."""
    not_ready: int
    """Rows of the evaluated dates from which the feature set can't be read."""
    without_line: int
    """Rows of the evaluated dates that were left out because no book priced them."""
    without_model: int
    """Rows before which there was too little to learn from."""


def run_backtest(
    rows: TrainingSet, asked: Asked, tell: Callable[[int, int], None] = lambda _, __: None
) -> Backtest:
    """Walk through the evaluated dates."""
    ready = rows.pick(rows.ready(asked.feature_set))
    evaluated = asked.walk.evaluated.covers(ready.days)
    listed = np.all([np.isfinite(ready.line(one)) for one in asked.sources], axis=0)
    judged = evaluated if asked.include_no_line else evaluated & listed
    if not judged.any():
        raise TrainingRefused(
            f"nothing to evaluate between {asked.walk.evaluated.first} and"
            f" {asked.walk.evaluated.last}: {int(evaluated.sum()):,} rows are ready for"
            f" {asked.feature_set}, {int((evaluated & listed).sum()):,} of them with a line; rows"
            " without one count with --include-no-line"
        )
    matrix = ready.matrix(asked.features)
    predicted = np.full(len(ready), np.nan)
    weights = np.zeros(len(asked.features))
    planned = list(refits(asked.walk, ready.days[judged]))
    fits = []
    for number, refit in enumerate(planned):
        told = judged & refit.evaluated.covers(ready.days)
        model = fit_before(ready, matrix, asked, refit)
        if model is not None:
            fitted, done = model
            predicted[told] = fitted.predict(matrix[told])
            weights += fitted.importance() * told.sum()
            fits.append(done)
        tell(number + 1, len(planned))
    known = np.isfinite(predicted)
    if not known.any():
        raise TrainingRefused(
            f"fewer than {LEAST_ROWS} rows that are ready for {asked.feature_set} lie before any"
            f" of the {len(planned)} fits: begin training earlier, or evaluation later"
        )
    return Backtest(
        asked=asked,
        everything=rows,
        rows=ready.pick(known),
        predicted=predicted[known],
        fits=fits,
        importance=weights / weights.sum() if weights.sum() else weights,
        not_ready=int(asked.walk.evaluated.covers(rows.days).sum() - evaluated.sum()),
        without_line=int(evaluated.sum() - judged.sum()),
        without_model=int(judged.sum() - known.sum()),
    )


def fit_before(
    ready: TrainingSet, matrix: Floats, asked: Asked, refit: Refit
) -> tuple[Fitted, Fit] | None:
    """The model of one fit; None where there is too little to learn from."""
    learnt = training_rows(asked.walk, refit, ready.days)
    if learnt.sum() < LEAST_ROWS:
        return None
    days = ready.days[learnt]
    if days.max() >= np.datetime64(refit.moment):
        raise TrainingRefused(f"a row of {days.max()} is to be learnt from at {refit.moment}")
    features, points = matrix[learnt], ready.points[learnt]
    later = validation_rows(days)
    fitted = fit(
        asked.recipe,
        asked.features,
        Sample(features=features[~later], points=points[~later]),
        Sample(features=features[later], points=points[later]),
    )
    return fitted, Fit(
        first_evaluated=refit.moment,
        last_evaluated=refit.last,
        train_first=day_of(days.min()),
        train_last=day_of(days.max()),
        train_rows=int(learnt.sum()),
        validation_rows=int(later.sum()),
        rounds=fitted.rounds,
    )


def fit_after(rows: TrainingSet, asked: Asked) -> tuple[Fitted, Fit] | None:
    """The model for the day after the last evaluated one: what would be used from then on."""
    ready = rows.pick(rows.ready(asked.feature_set))
    day = asked.walk.evaluated.last + timedelta(days=1)
    refit = Refit(moment=day, last=day)
    return fit_before(ready, ready.matrix(asked.features), asked, refit)


def usual_dates(rows: TrainingSet) -> tuple[date, date, date]:
    """Where nobody says: learn from all seasons but the last, which is evaluated; where there is
    one only, from its first weeks. First of training, first and last of evaluation."""
    last = rows.days[rows.seasons == rows.seasons.max()]
    begin = day_of(last.min())
    if len(np.unique(rows.seasons)) == 1:
        begin += FIRST_WEEKS
    return day_of(rows.days.min()), begin, day_of(last.max())
