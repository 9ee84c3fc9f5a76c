"""Trees of several seeds and a ridge over pairs of features: the weighted mean of all."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from modeling.arrays import Floats
from modeling.fitting.boosting import CatBoostFitted, fit_catboost, load_catboost
from modeling.fitting.pairs import Pairs, fit_pairs, load_pairs
from modeling.fitting.recipe import Fitted, Recipe, Sample

SEEDS = 3
"""So many models of trees, each of the next seed: what one of them makes of noise is a third."""
SHARE = 0.3
"""Of the ridge. Chosen by the MAE of everybody in 2022-23, where no line is known."""


@dataclass(frozen=True, eq=False)
class Mixed:
    """All of them, fitted on the same rows."""

    trees: Sequence[CatBoostFitted]
    pairs: Pairs

    @property
    def rounds(self) -> int:
        """The most of any."""
        return max(one.rounds for one in self.trees)

    def predict(self, features: Floats) -> Floats:
        return _mean([one.predict(features) for one in self.trees], self.pairs.predict(features))

    def importance(self) -> Floats:
        return _mean([one.importance() for one in self.trees], self.pairs.importance())

    def save(self, path: Path) -> None:
        told = []
        members: Sequence[Fitted] = (self.pairs, *self.trees)
        with TemporaryDirectory() as desk:
            file = Path(desk) / "one"
            for one in members:
                one.save(file)
                told.append(b64encode(file.read_bytes()).decode())
        path.write_text(json.dumps(told))


def fit_mixed(recipe: Recipe, names: Sequence[str], train: Sample, validation: Sample) -> Mixed:
    recipes = [replace(recipe, seed=recipe.seed + number) for number in range(SEEDS)]
    return Mixed(
        [fit_catboost(one, train, validation) for one in recipes],
        fit_pairs(names, train, validation),
    )


def load_mixed(path: Path) -> Mixed:
    stored = json.loads(path.read_text())
    with TemporaryDirectory() as desk:
        files = [Path(desk) / str(number) for number in range(len(stored))]
        for file, content in zip(files, stored, strict=True):
            file.write_bytes(b64decode(content))
        return Mixed([load_catboost(one) for one in files[1:]], load_pairs(files[0]))


def _mean(of_trees: Sequence[Floats], of_pairs: Floats) -> Floats:
    found: Floats = (1 - SHARE) * np.mean(of_trees, axis=0) + SHARE * of_pairs
    return found
