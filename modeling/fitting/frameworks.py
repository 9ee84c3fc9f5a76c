"""The frameworks: how each fits, loads, and what of it must be the same when it loads."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from modeling.fitting.boosting import (
    fit_catboost,
    fit_lightgbm,
    load_catboost,
    load_lightgbm,
)
from modeling.fitting.recipe import Fitted, Framework, Recipe, Sample
from modeling.fitting.ridge import fit_ridge, load_ridge
from processors.errors import UsageError

SUFFIXES = {Framework.CATBOOST: "cbm", Framework.LIGHTGBM: "txt", Framework.RIDGE: "json"}


def fit(recipe: Recipe, train: Sample, validation: Sample) -> Fitted:
    """One model; where no validation rows are given, nothing stops it early."""
    match recipe.framework:
        case Framework.CATBOOST:
            return fit_catboost(recipe, train, validation)
        case Framework.LIGHTGBM:
            return fit_lightgbm(recipe, train, validation)
        case Framework.RIDGE:
            return fit_ridge(train, validation)


def load_fitted(framework: Framework, path: Path) -> Fitted:
    """From the file that `save` wrote."""
    match framework:
        case Framework.CATBOOST:
            return load_catboost(path)
        case Framework.LIGHTGBM:
            return load_lightgbm(path)
        case Framework.RIDGE:
            return load_ridge(path)


def library_versions(framework: Framework) -> Mapping[str, str]:
    """Of all that a prediction goes through: Python by its minor version."""
    named = ["numpy", *([] if framework is Framework.RIDGE else [framework.value])]
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, **{name: _version(name) for name in named}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError as error:
        raise UsageError(f"{name} is not installed: pip install 'tipoff[modeling]'") from error
