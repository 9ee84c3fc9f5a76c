"""Trees and a ridge over pairs of features: the weighted mean of what both predict."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from modeling.arrays import Floats
from modeling.fitting.boosting import CatBoostFitted, fit_catboost, load_catboost
from modeling.fitting.pairs import Pairs, fit_pairs, load_pairs
from modeling.fitting.recipe import Recipe, Sample

SHARE = 0.3
"""Of the ridge. Chosen by the MAE of everybody in 2022-23, where no line is known."""


@dataclass(frozen=True, eq=False)
class Mixed:
    """Both, fitted on the same rows."""

    trees: CatBoostFitted
    pairs: Pairs

    @property
    def rounds(self) -> int:
        return self.trees.rounds

    def predict(self, features: Floats) -> Floats:
        return _mean(self.trees.predict(features), self.pairs.predict(features))

    def importance(self) -> Floats:
        return _mean(self.trees.importance(), self.pairs.importance())

    def save(self, path: Path) -> None:
        told = {}
        with TemporaryDirectory() as desk:
            for name, one in (("trees", self.trees), ("pairs", self.pairs)):
                one.save(Path(desk) / name)
                told[name] = b64encode((Path(desk) / name).read_bytes()).decode()
        path.write_text(json.dumps(told, sort_keys=True))


def fit_mixed(recipe: Recipe, names: Sequence[str], train: Sample, validation: Sample) -> Mixed:
    return Mixed(fit_catboost(recipe, train, validation), fit_pairs(names, train, validation))


def load_mixed(path: Path) -> Mixed:
    stored = json.loads(path.read_text())
    with TemporaryDirectory() as desk:
        for name, content in stored.items():
            (Path(desk) / name).write_bytes(b64decode(content))
        return Mixed(load_catboost(Path(desk) / "trees"), load_pairs(Path(desk) / "pairs"))


def _mean(of_trees: Floats, of_pairs: Floats) -> Floats:
    found: Floats = (1 - SHARE) * of_trees + SHARE * of_pairs
    return found
