"""How a model is to be made: framework, loss, and the few knobs that users turn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from modeling.arrays import Floats
from processors.errors import UsageError

SEED = 7


class Framework(StrEnum):
    """What fits the model."""

    CATBOOST = "catboost"
    LIGHTGBM = "lightgbm"
    RIDGE = "ridge"
    MIXED = "mixed"
    """CatBoost of several seeds and a ridge over pairs of features, averaged."""


class LossKind(StrEnum):
    """What is made small, by CatBoost's names."""

    RMSE = "RMSE"
    MAE = "MAE"
    HUBER = "Huber"
    QUANTILE = "Quantile"


class GrowPolicy(StrEnum):
    """How trees grow, by CatBoost's names."""

    SYMMETRIC = "SymmetricTree"
    DEPTHWISE = "Depthwise"
    LOSSGUIDE = "Lossguide"


PARAMETERS = {LossKind.HUBER: ("delta", 5.0), LossKind.QUANTILE: ("alpha", 0.5)}
"""The one parameter of a loss, and what it is where nobody says."""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A loss with its parameter, if it has one."""

    kind: LossKind
    value: float | None = None

    def __str__(self) -> str:
        name, _ = PARAMETERS.get(self.kind, ("", 0))
        return f"{self.kind.value}:{name}={self.value:g}" if name else self.kind.value


def parse_loss(text: str) -> Loss:
    """`MAE`, `RMSE`, `Huber:delta=5`, `Quantile:alpha=0.45`."""
    word, _, rest = text.partition(":")
    kind = next((one for one in LossKind if one.value.lower() == word.strip().lower()), None)
    if kind is None:
        listed = ", ".join(LossKind)
        raise UsageError(f"no loss is called {word!r}: there are {listed}, as in Huber:delta=5")
    if kind not in PARAMETERS:
        if rest:
            raise UsageError(f"{kind.value} has no parameter: {rest!r} means nothing")
        return Loss(kind=kind)
    name, usual = PARAMETERS[kind]
    if not rest:
        return Loss(kind=kind, value=usual)
    said, _, number = rest.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = 0.0
    highest = 1.0 if kind is LossKind.QUANTILE else float("inf")
    if said.strip() != name or not 0 < value < highest:
        raise UsageError(f"{text!r} is no loss: write {kind.value}:{name}={usual:g}")
    return Loss(kind=kind, value=value)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Equal recipes on equal rows make equal models."""

    framework: Framework
    loss: Loss
    rsm: float = 1.0
    """Share of the features that a tree may look at."""
    grow_policy: GrowPolicy = GrowPolicy.SYMMETRIC
    seed: int = SEED
    threads: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.rsm <= 1:
            raise UsageError(f"--rsm is a share of the features, above 0 and at most 1: {self.rsm}")
        is_ridge = self.framework is Framework.RIDGE
        if is_ridge and self.loss.kind is not LossKind.RMSE:
            raise UsageError(f"a ridge makes squares small: --loss-function RMSE, not {self.loss}")
        if is_ridge and self.rsm != 1:
            raise UsageError("a ridge has no trees: leave --rsm out")
        if not self.has_catboost and self.grow_policy != GrowPolicy.SYMMETRIC:
            raise UsageError(
                f"--grow-policy is CatBoost's: {self.framework.value} grows in its own way"
            )

    @property
    def has_catboost(self) -> bool:
        return self.framework in (Framework.CATBOOST, Framework.MIXED)


USUAL_LOSS = {
    Framework.CATBOOST: Loss(kind=LossKind.HUBER, value=5.0),
    Framework.LIGHTGBM: Loss(kind=LossKind.HUBER, value=5.0),
    Framework.RIDGE: Loss(kind=LossKind.RMSE),
    Framework.MIXED: Loss(kind=LossKind.HUBER, value=5.0),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """Rows to learn from; NaN is NULL."""

    features: Floats
    points: Floats


class Fitted(Protocol):
    """A model that was fitted."""

    @property
    def rounds(self) -> int:
        """Trees, or 0 where there are none."""
        ...

    def predict(self, features: Floats) -> Floats: ...

    def importance(self) -> Floats:
        """Of each feature; the shares sum to 1, unless nothing was learnt."""
        ...

    def save(self, path: Path) -> None: ...
