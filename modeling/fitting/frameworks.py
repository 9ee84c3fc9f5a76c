"""The frameworks: how each fits, loads, and what of it must be the same when it loads."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from modeling.fitting.boosting import (
    fit_catboost,
    fit_lightgbm,
    load_catboost,
    load_lightgbm,
)
from modeling.fitting.mixed import fit_mixed, load_mixed
from modeling.fitting.recipe import Fitted, Framework, Recipe, Sample
from modeling.fitting.ridge import fit_ridge, load_ridge
from modeling.fitting.started import fit_started, load_started
from processors.errors import UsageError

LIBRARIES: Mapping[Framework, Sequence[str]] = {
    Framework.CATBOOST: ("catboost",),
    Framework.LIGHTGBM: ("lightgbm",),
    Framework.RIDGE: (),
    Framework.MIXED: ("catboost",),
}
"""What each is made with, beside numpy."""


def fit(recipe: Recipe, names: Sequence[str], train: Sample, validation: Sample) -> Fitted:
    """One model over the named features; without validation rows nothing stops it early."""

    def fit_rest(rows: Sample, later: Sample) -> Fitted:
        match recipe.framework:
            case Framework.CATBOOST:
                return fit_catboost(recipe, rows, later)
            case Framework.LIGHTGBM:
                return fit_lightgbm(recipe, rows, later)
            case Framework.RIDGE:
                return fit_ridge(rows, later)
            case Framework.MIXED:
                return fit_mixed(recipe, names, rows, later)

    return fit_started(names, train, validation, fit_rest)


def load_fitted(framework: Framework, path: Path) -> Fitted:
    """From the file that `save` wrote."""

    def load_rest(file: Path) -> Fitted:
        match framework:
            case Framework.CATBOOST:
                return load_catboost(file)
            case Framework.LIGHTGBM:
                return load_lightgbm(file)
            case Framework.RIDGE:
                return load_ridge(file)
            case Framework.MIXED:
                return load_mixed(file)

    return load_started(path, load_rest)


def library_versions(framework: Framework) -> Mapping[str, str]:
    """Of all that a prediction goes through: Python by its minor version."""
    named = ["numpy", *LIBRARIES[framework]]
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, **{name: _version(name) for name in named}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError as error:
        raise UsageError(f"{name} is not installed: pip install 'tipoff[modeling]'") from error
