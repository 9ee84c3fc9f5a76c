"""Evenings made up, and the backtest of a model that said just this."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from modeling.backtest import Backtest
from modeling.joined import NAMES, TABLES
from modeling.training_set import TrainingSet
from processors.features import SETS
from tests.modeling.independent import Said
from tests.modeling.small import FIRST, asked, partition

Means = Sequence[float | None]
BOUNDS = (5, 15, 25)


def floats(values: Means) -> np.ndarray:
    return np.array([math.nan if one is None else one for one in values], dtype=np.float64)


def columns(rows: Sequence[Said]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Predicted, line, actual."""
    return (
        floats([row.predicted for row in rows]),
        floats([row.line for row in rows]),
        floats([row.actual for row in rows]),
    )


def backtest_of(
    rows: Sequence[Said],
    fives: Means,
    tens: Means,
    *,
    blindness: str = "passed",
    state: str = "fresh",
    feature_set: str = "v12",
) -> Backtest:
    """As if a model had said just this."""
    features = np.full((len(rows), len(NAMES)), math.nan)
    for name, values in (
        ("points_avg_last_5", fives),
        ("points_avg_last_10", tens),
        ("points_avg_season", [row.season_mean for row in rows]),
    ):
        features[:, NAMES.index(name)] = floats(values)
    predicted, line, actual = columns(rows)
    texts = np.full(len(rows), "", dtype=np.object_)
    everything = TrainingSet(
        days=np.array([row.on for row in rows], dtype="datetime64[D]"),
        players=np.array([f"player{n}" for n in range(len(rows))], dtype=np.object_),
        games=texts,
        seasons=np.full(len(rows), 2025),
        phases=texts,
        games_in_sample=np.full(len(rows), 10),
        missing=texts,
        ready_sets=np.full(len(rows), ",".join(SETS), dtype=np.object_),
        points=actual,
        features=features,
        cascade=line,
        draftkings=line,
        consensus=line,
        partitions=[partition(table, FIRST, blindness=blindness, state=state) for table in TABLES],
    )
    wanted = asked(feature_set=feature_set)
    return Backtest(
        asked=wanted,
        everything=everything,
        rows=everything,
        predicted=predicted,
        fits=[],
        importance=np.zeros(len(wanted.features)),
        not_ready=0,
        without_line=0,
        without_model=0,
    )


def means_of(rows: Sequence[Said], fives: Means, tens: Means) -> list[Means]:
    """Five games, ten, season, and .5, .3, .2 of them."""
    seasonal = [row.season_mean for row in rows]
    blend = [
        None if None in three else 0.5 * three[0] + 0.3 * three[1] + 0.2 * three[2]
        for three in zip(fives, tens, seasonal, strict=True)
    ]
    return [list(fives), list(tens), seasonal, blend]


def season(dice: random.Random, count: int, *, whole: bool, off: float) -> list[Said]:
    """Evenings over five months; lines in halves or whole, edges often just 1, 3 or 5, or a hair
    off; ties among predictions, pushes, no lines."""
    rows = []
    for _ in range(count):
        points = float(dice.randrange(4, 40))
        line: float | None = max(4.0, points + dice.choice((-8, -4, -2, -1, 0, 0, 1, 3, 6))) + (
            0 if whole else 0.5
        )
        if dice.random() < 0.25:
            line = None
        predicted = (line or points) + dice.choice((-5, -3, -1, 0, 1, 3, 5, 0.7, -6.25)) + off
        if dice.random() < 0.3:
            # As far from the edge as numbers of this size can be told apart.
            predicted = math.nextafter(predicted, dice.choice((-math.inf, math.inf)))
        rows.append(
            Said(
                on=FIRST + timedelta(days=dice.randrange(140)),
                predicted=max(predicted, 4.0),
                actual=points,
                line=line,
                season_mean=dice.choice((5.0, 15.0, 25.0, math.nextafter(25, 0), 3.5, 20.25)),
            )
        )
    return sorted(rows, key=lambda row: row.on)


def seasons(count: int) -> Iterator[tuple[list[Said], Means, Means]]:
    """With a five-game and a ten-game mean of each row; some unknown."""
    for seed in range(count):
        dice = random.Random(seed)
        rows = season(
            dice,
            dice.choice((1, 2, 9, 10, 11, 150, 150)),
            whole=bool(seed % 2),
            off=dice.choice((0, 0, 1.5, -4)),
        )
        if seed % 10 == 7:
            rows = [replace(row, line=None) for row in rows]
        if seed % 10 == 3:
            rows = [replace(row, line=row.actual) for row in rows]
        others: list[list[float | None]] = [
            [
                None if dice.random() < 0.1 else (row.actual or 0) + dice.randrange(-70, 71) / 10
                for row in rows
            ]
            for _ in range(2)
        ]
        yield rows, others[0], others[1]


def league(seed: int) -> tuple[list[Said], list[float]]:
    """Some know their evening, more or less; some lines are sharp; some are off on one side."""
    dice = random.Random(seed)
    knows, skew = (0, 0.02, 0.06, 0.3, 0.8)[seed % 5], dice.choice((0, 0, 1.4, 1.6, 4.9, 5.1))
    of_five = dice.choice((4.6, 6.2))
    rows, fives = [], []
    for _ in range((45, 1010)[seed % 2]):
        level = dice.choice((4, 10, 18, 28))
        points = max(0.0, float(round(dice.gauss(level, 5))))
        line = round(dice.gauss(level, 1)) + 0.5 if dice.random() < 0.8 else None
        start = line if line is not None and dice.random() < 0.5 else level + dice.gauss(0, 3)
        predicted = start + knows * (points - start) + skew
        rows.append(
            Said(FIRST + timedelta(days=dice.randrange(60)), predicted, points, line, float(level))
        )
        fives.append(points + dice.gauss(0, of_five))
    order = sorted(range(len(rows)), key=lambda one: rows[one].on)
    return [rows[one] for one in order], [fives[one] for one in order]
