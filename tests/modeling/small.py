"""Training sets made in code: so many players a date, points about their own means."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from modeling.backtest import Asked
from modeling.fitting.recipe import Framework, Loss, LossKind, Recipe
from modeling.joined import NAMES, TABLES
from modeling.provenance import Partition
from modeling.training_set import LineSource, TrainingSet
from modeling.walkforward import Span, Walk
from processors.features import SETS

FIRST = date(2025, 11, 4)
RIDGE = Recipe(framework=Framework.RIDGE, loss=Loss(kind=LossKind.RMSE))


def partition(table: str = TABLES[0], day: date = FIRST, **more: str) -> Partition:
    told = {"fingerprint": "10:ab", "state": "fresh", "logic_version": "v", "blindness": "passed"}
    return Partition(table=table, day=day, **told | more)


def make_rows(
    dates: int = 80, players: int = 12, *, seed: int = 1, blindness: str = "passed"
) -> TrainingSet:
    """Every player plays on every date; each second one has a line from both sources."""
    rng = np.random.default_rng(seed)
    count = dates * players
    level = np.tile(np.linspace(4, 28, players), dates)
    points = np.maximum(np.round(level + rng.normal(0, 5, count)), 0)
    features = rng.normal(0, 1, (count, len(NAMES)))
    for name, noise in (
        ("points_avg_last_5", 3.0),
        ("points_avg_last_10", 2.2),
        ("points_avg_season", 2.0),
        ("minutes_avg_last_10", 1.0),
    ):
        features[:, NAMES.index(name)] = level + rng.normal(0, noise, count)
    features[:, NAMES.index("injury_risk")] = np.nan
    numbers = np.repeat(np.arange(dates), players)
    has_line = np.tile(np.arange(players) % 2 == 0, dates)
    line = np.where(has_line, np.round(level + rng.normal(0, 0.5, count)) - 0.5, np.nan)
    features[:, NAMES.index("vegas_points_line")] = line
    return TrainingSet(
        days=np.datetime64(FIRST) + numbers,
        players=np.array([f"player{n}" for n in range(players)] * dates, dtype=np.object_),
        games=np.array([f"game{n}" for n in numbers], dtype=np.object_),
        seasons=np.full(count, 2025),
        phases=np.full(count, "regular", dtype=np.object_),
        games_in_sample=np.full(count, 10),
        missing=np.full(count, "", dtype=np.object_),
        ready_sets=np.full(count, ",".join(SETS), dtype=np.object_),
        points=points,
        features=features,
        cascade=line,
        draftkings=line,
        consensus=line + 0.5,
        partitions=[
            partition(table, FIRST + timedelta(days=n), blindness=blindness)
            for table in TABLES
            for n in range(dates)
        ],
    )


def asked(
    first: int = 40, last: int = 79, *, recipe: Recipe = RIDGE, name: str = "small", **more: object
) -> Asked:
    """Evaluated from one day's number to another's, fitted anew each week."""
    walk = {"refit_days": 7} | {
        key: more.pop(key) for key in ("refit_days", "window_days", "train_last") if key in more
    }
    told = {"feature_set": "v12", "include_no_line": True, "sources": (LineSource.CASCADE,)} | more
    return Asked(
        name=name,
        recipe=recipe,
        walk=Walk(
            evaluated=Span(first=FIRST + timedelta(days=first), last=FIRST + timedelta(days=last)),
            train_first=FIRST,
            **walk,  # type: ignore[arg-type]
        ),
        **told,  # type: ignore[arg-type]
    )
