"""What a backtest's walk said, kept as if it had been said then: every prediction is by a fit of
rows before its date."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

import numpy as np

from modeling.arrays import Bools, Ints, day_of
from modeling.fitting.recipe import Framework
from modeling.models.choosing import SYSTEMS
from modeling.provenance import read_partitions
from modeling.runs import Run, checked_name, read_run
from modeling.speaking import Spoken, refuse_other_features, voice_of
from modeling.speech import Speaker, Speech, When, in_time, keep, to_hundredths
from modeling.spoken_of import SpokenOf, read_spoken_of
from modeling.walkforward import Span
from pipeline.readiness import STORE
from pipeline.run import Pipeline
from processors.errors import ModelRefused, UsageError

WALK = "walk"
MODEL = "model"
"""What runs call the model among their predictors."""


def keep_walk(
    pipeline: Pipeline, home: Path, name: str, asked: Span, *, moment: datetime
) -> Spoken:
    """Of the evaluated dates among these; of whom the backtest predicted, and of nobody else."""
    run = read_run(home, checked_name(name))
    speaker = _speaker(run)
    refuse_other_features(speaker)
    which = asked.covers(run.days)
    if not which.any():
        about = run.report["about"]
        raise UsageError(
            f"backtest {name} evaluated {about['first']} to {about['last']}, and no row between"
            f" {asked.first} and {asked.last}"
        )
    days = [day_of(one) for one in np.unique(run.days[which])]
    _refuse_fitted_later(run, days)
    _refuse_changed(pipeline, run, days[-1])
    stored = read_spoken_of(pipeline, days[0], days[-1])
    places = _places(run, which, stored)
    of, predicted = stored.pick(places), run.predicted[MODEL][which]
    when = When(moment=moment, is_backfill=True)
    may, left_out = in_time(of, speaker, when)
    speech = Speech(
        speaker=speaker,
        when=when,
        rows=of.pick(may),
        points=to_hundredths(predicted[may], speaker),
        left_out=left_out,
    )
    keep(pipeline, [speech])
    return Spoken(days=days, voices=[voice_of(speech)])


def _speaker(run: Run) -> Speaker:
    if not run.origin:
        raise ModelRefused(
            f"backtest {run.name} doesn't say which partitions it read: run it anew, by tipoff"
            f" backtest --name {run.name}"
        )
    about = run.report["about"]
    return Speaker(
        system_id=SYSTEMS[Framework(about["framework"])],
        model_id=run.name,
        state=WALK,
        feature_set=about["feature_set"],
        features=run.origin["features"],
    )


def _refuse_fitted_later(run: Run, days: Collection[date]) -> None:
    """The backtest holds to it; a report that was edited would not."""
    fits = [
        tuple(date.fromisoformat(one[key]) for key in ("first_evaluated", "last_evaluated"))
        for one in run.report["fits"]
        if one["train_last"] < one["first_evaluated"]
    ]
    for day in days:
        if not any(first <= day <= last for first, last in fits):
            raise ModelRefused(
                f"no fit of backtest {run.name} that ended before {day} says anything of it: run"
                " it anew"
            )


def _refuse_changed(pipeline: Pipeline, run: Run, last: date) -> None:
    """What a fit learnt from may have changed as well as what it read of the date itself."""
    then = {
        date.fromisoformat(one["day"]): one["fingerprint"]
        for one in run.origin["partitions"]
        if one["table"] == STORE and date.fromisoformat(one["day"]) <= last
    }
    now = {one.day: one.fingerprint for one in read_partitions(pipeline, list(then), (STORE,))}
    changed = sorted(day for day, fingerprint in then.items() if now.get(day) != fingerprint)
    if changed:
        raise ModelRefused(
            f"{len(changed):,} of {len(then):,} dates of the store are no longer what backtest"
            f" {run.name} read, the first {changed[0]}: run it anew"
        )


def _places(run: Run, which: Bools, stored: SpokenOf) -> Ints:
    """Where each of the run's rows stands in the store."""
    found = {
        key: place
        for place, key in enumerate(zip(stored.days.tolist(), stored.players, strict=True))
    }
    keys = list(zip(run.days[which].tolist(), run.players[which], strict=True))
    strangers = [key for key in keys if key not in found]
    if strangers:
        day, player = strangers[0]
        raise ModelRefused(
            f"{len(strangers)} players of backtest {run.name} are not in the store, the first"
            f" {player} on {day}: run it anew"
        )
    return np.array([found[key] for key in keys], dtype=np.int64)
