"""A ridge over features and the products of those that say how an evening goes.

It is smooth where trees have steps, so that the two are off in different places: their mean is
nearer than either. Far evenings count by their distance, not by its square.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import numpy as np

from modeling.arrays import Floats
from modeling.fitting.recipe import Sample
from modeling.fitting.ridge import Scale, scale_of

PAIRED = (
    *("points_avg_last_3", "points_avg_last_5", "points_avg_last_10", "points_avg_season"),
    *("points_std_last_10", "pts_vs_season_zscore", "recent_trend"),
    *("minutes_avg_last_10", "minutes_change", "minutes_load_last_7d", "games_in_last_7_days"),
    *("ppm_avg_last_10", "usage_rate_last_5", "usage_spike_score", "dnp_rate", "days_rest"),
    *("opponent_def_rating", "opponent_pace", "team_win_pct", "home_away", "playoff_game"),
)
"""Form, minutes, his part in the offence, the opponent, the place."""
STRENGTH = 1000.0
"""In rows, as the penalty stands beside their sum of products."""
FARTHEST = 4.0
"""In deviations: products of values that stand farther out would decide everything."""
FAR = 5.0
"""Points: where an error begins to count by its distance."""
ROUNDS = 4
"""Of weighing the rows anew; more change the third digit of nothing."""


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Linear in the scaled features, their flags and the products."""

    scale: Scale
    paired: Sequence[int]
    """Columns of which each is multiplied by each, itself too."""
    intercept: float
    weights: Sequence[float]
    rounds: int = 0

    def predict(self, features: Floats) -> Floats:
        design = _design(self.scale, self.paired, features)
        predicted: Floats = design @ np.array(self.weights) + self.intercept
        return predicted

    def importance(self) -> Floats:
        """Half of a product's to each of its two."""
        size = np.abs(self.weights)
        count = len(self.scale.means)
        shares = size[:count].copy()
        np.add.at(shares, self.scale.flagged, size[count : count + len(self.scale.flagged)])
        of_products = size[count + len(self.scale.flagged) :] / 2
        for side in _products(self.paired):
            np.add.at(shares, side, of_products)
        total = shares.sum()
        found: Floats = shares / total if total else shares
        return found

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), sort_keys=True))


def load_pairs(path: Path) -> Pairs:
    stored: Mapping[str, Any] = json.loads(path.read_text())
    return Pairs(**{**stored, "scale": Scale(**stored["scale"])})


def fit_pairs(names: Sequence[str], train: Sample, validation: Sample) -> Pairs:
    """Nothing is chosen here, so that all rows are learnt from."""
    features = np.vstack([train.features, validation.features])
    points = np.concatenate([train.points, validation.points])
    scale = scale_of(features)
    paired = [place for place, name in enumerate(names) if name in PAIRED]
    design = _design(scale, paired, features)
    weights, intercept = _solved(design, points, np.ones(len(points)))
    for _ in range(ROUNDS):
        off = np.abs(points - design @ weights - intercept)
        weights, intercept = _solved(design, points, FAR / np.maximum(off, FAR))
    return Pairs(
        scale=scale,
        paired=paired,
        intercept=intercept,
        weights=[float(one) for one in weights],
    )


def _solved(design: Floats, points: Floats, counted: Floats) -> tuple[Floats, float]:
    """Weights and intercept, where each row counts so much."""
    share = counted / counted.sum()
    middle, mean = share @ design, float(share @ points)
    centred = design - middle
    weighed = centred.T * counted
    products = weighed @ centred + STRENGTH * np.eye(design.shape[1])
    weights: Floats = np.linalg.solve(products, weighed @ (points - mean))
    return weights, float(mean - middle @ weights)


def _design(scale: Scale, paired: Sequence[int], features: Floats) -> Floats:
    scaled = np.clip(scale.applied(features), -FARTHEST, FARTHEST)
    first, second = _products(paired)
    design: Floats = np.hstack([scaled, scaled[:, first] * scaled[:, second]])
    return design


def _products(paired: Sequence[int]) -> tuple[list[int], list[int]]:
    """The columns of each product: its first, its second."""
    both = list(combinations_with_replacement(paired, 2))
    return [one for one, _ in both], [other for _, other in both]
