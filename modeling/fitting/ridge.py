"""A ridge of our own: standardised by the training rows, NULLs at their mean with a flag each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from modeling.arrays import Floats
from modeling.fitting.recipe import Sample

STRENGTHS = (1.0, 10.0, 100.0, 1000.0, 10000.0)
"""Tried on the validation rows; in rows, as the penalty stands beside their sum of products."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """What the training rows say of each column."""

    means: list[float]
    deviations: list[float]
    flagged: list[int]
    """Columns that have a NULL in training, each of which gets a flag."""

    def applied(self, features: Floats) -> Floats:
        absent = np.isnan(features)
        filled = np.where(absent, self.means, features)
        scaled = (filled - self.means) / self.deviations
        applied: Floats = np.hstack([scaled, absent[:, self.flagged].astype(np.float64)])
        return applied


@dataclass(frozen=True, kw_only=True)
class Ridge:
    """Linear in the scaled features and the flags."""

    scale: Scale
    strength: float
    intercept: float
    weights: list[float]
    rounds: int = 0

    def predict(self, features: Floats) -> Floats:
        return self.of_scaled(self.scale.applied(features))

    def of_scaled(self, design: Floats) -> Floats:
        predicted: Floats = design @ np.array(self.weights) + self.intercept
        return predicted

    def importance(self) -> Floats:
        size = np.abs(self.weights)
        features = size[: len(self.scale.means)]
        for place, column in enumerate(self.scale.flagged):
            features[column] += size[len(self.scale.means) + place]
        total = features.sum()
        shares: Floats = features / total if total else features
        return shares

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), sort_keys=True))


def load_ridge(path: Path) -> Ridge:
    return ridge_from(json.loads(path.read_text()))


def ridge_from(stored: Mapping[str, Any]) -> Ridge:
    """From what `asdict` made of one."""
    return Ridge(**{**stored, "scale": Scale(**stored["scale"])})


def fit_ridge(train: Sample, validation: Sample) -> Ridge:
    """The strength is chosen on the validation rows; then all rows make the weights."""
    strength = STRENGTHS[0]
    if len(validation.points):
        tried = list(_ridges(train, STRENGTHS))
        later = tried[0].scale.applied(validation.features)
        off = [float(np.mean((one.of_scaled(later) - validation.points) ** 2)) for one in tried]
        strength = STRENGTHS[off.index(min(off))]
    everything = Sample(
        features=np.vstack([train.features, validation.features]),
        points=np.concatenate([train.points, validation.points]),
    )
    return next(_ridges(everything, [strength]))


def _ridges(rows: Sample, strengths: Sequence[float]) -> Iterator[Ridge]:
    """The sums of products are the same for all strengths."""
    scale = scale_of(rows.features)
    design = scale.applied(rows.features)
    middle, mean = design.mean(axis=0), float(rows.points.mean())
    centred = design - middle
    products, towards = centred.T @ centred, centred.T @ (rows.points - mean)
    for strength in strengths:
        weights = np.linalg.solve(products + strength * np.eye(len(products)), towards)
        yield Ridge(
            scale=scale,
            strength=strength,
            intercept=float(mean - middle @ weights),
            weights=[float(one) for one in weights],
        )


def scale_of(features: Floats) -> Scale:
    absent = np.isnan(features)
    known = np.maximum((~absent).sum(axis=0), 1)
    means = np.where(absent, 0.0, features).sum(axis=0) / known
    spread = np.sqrt(np.where(absent, 0.0, (features - means) ** 2).sum(axis=0) / known)
    return Scale(
        means=[float(one) for one in means],
        # A column that never varies weighs nothing, whatever it is divided by.
        deviations=[float(one) if one > 0 else 1.0 for one in spread],
        flagged=[int(one) for one in np.flatnonzero(absent.any(axis=0) & ~absent.all(axis=0))],
    )
