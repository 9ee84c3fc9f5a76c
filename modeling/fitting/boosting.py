"""Gradient-boosted trees: CatBoost and LightGBM, stopped early on the validation rows.

Both read NULL as it is. Each library is loaded where it is used: it takes up to a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from modeling.arrays import Floats
from modeling.fitting.recipe import LossKind, Recipe, Sample

ROUNDS = 800
PATIENCE = 50
"""So many trees without a gain end it."""
RATE = 0.05
DEPTH = 6
LEAVES = 31
LIGHTGBM_OBJECTIVES = {
    LossKind.RMSE: "regression",
    LossKind.MAE: "regression_l1",
    LossKind.HUBER: "huber",
    LossKind.QUANTILE: "quantile",
}


@dataclass(frozen=True, eq=False)
class CatBoostFitted:
    """A CatBoost model."""

    model: Any

    @property
    def rounds(self) -> int:
        return int(self.model.tree_count_)

    def predict(self, features: Floats) -> Floats:
        predicted: Floats = np.asarray(self.model.predict(features), dtype=np.float64)
        return predicted

    def importance(self) -> Floats:
        return _shares(self.model.get_feature_importance())

    def save(self, path: Path) -> None:
        # When it was made and a random number: without them equal models are equal bytes.
        told = self.model.get_metadata()
        for name in ("train_finish_time", "model_guid"):
            told[name] = ""
        self.model.save_model(str(path))


@dataclass(frozen=True, eq=False)
class LightGBMFitted:
    """A LightGBM model."""

    model: Any

    @property
    def rounds(self) -> int:
        return int(self.model.best_iteration or self.model.num_trees())

    def predict(self, features: Floats) -> Floats:
        predicted: Floats = np.asarray(self.model.predict(features), dtype=np.float64)
        return predicted

    def importance(self) -> Floats:
        return _shares(self.model.feature_importance("gain"))

    def save(self, path: Path) -> None:
        self.model.save_model(str(path), num_iteration=self.rounds)


def fit_catboost(recipe: Recipe, train: Sample, validation: Sample) -> CatBoostFitted:
    from catboost import CatBoostRegressor, Pool

    model = CatBoostRegressor(
        loss_function=str(recipe.loss),
        eval_metric=str(recipe.loss),
        iterations=ROUNDS,
        learning_rate=RATE,
        depth=DEPTH,
        rsm=recipe.rsm,
        grow_policy=recipe.grow_policy.value,
        # Else it changes with the number of rows, and so from one refit to the next.
        boosting_type="Plain",
        random_seed=recipe.seed,
        thread_count=recipe.threads,
        allow_writing_files=False,
        verbose=False,
    )
    watched = (
        {"eval_set": Pool(validation.features, validation.points), "use_best_model": True}
        | {"early_stopping_rounds": PATIENCE}
        if len(validation.points)
        else {}
    )
    model.fit(Pool(train.features, train.points), **watched)
    return CatBoostFitted(model)


def load_catboost(path: Path) -> CatBoostFitted:
    from catboost import CatBoostRegressor

    return CatBoostFitted(CatBoostRegressor().load_model(str(path)))


def fit_lightgbm(recipe: Recipe, train: Sample, validation: Sample) -> LightGBMFitted:
    import lightgbm

    settings = {
        "objective": LIGHTGBM_OBJECTIVES[recipe.loss.kind],
        "learning_rate": RATE,
        "num_leaves": LEAVES,
        "feature_fraction": recipe.rsm,
        "seed": recipe.seed,
        "num_threads": recipe.threads,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    if recipe.loss.value is not None:
        settings["alpha"] = recipe.loss.value
    rows = lightgbm.Dataset(train.features, label=train.points)
    watched = lightgbm.Dataset(validation.features, label=validation.points, reference=rows)
    has_any = len(validation.points) > 0
    model = lightgbm.train(
        settings,
        rows,
        num_boost_round=ROUNDS,
        valid_sets=[watched] if has_any else None,
        callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)] if has_any else None,
    )
    return LightGBMFitted(model)


def load_lightgbm(path: Path) -> LightGBMFitted:
    import lightgbm

    return LightGBMFitted(lightgbm.Booster(model_file=str(path)))


def _shares(gains: ArrayLike) -> Floats:
    found = np.asarray(gains, dtype=np.float64)
    total = found.sum()
    shares: Floats = found / total if total else found
    return shares
