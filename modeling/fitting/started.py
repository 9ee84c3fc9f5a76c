"""A model that starts from what is known best and learns the rest.

It starts from the line where the features hold it, else from a ridge that knows nothing of lines.
Few rows have a line; who had to learn first that lines are right would be behind them for a season.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from modeling.arrays import Floats
from modeling.fitting.recipe import Fitted, Sample
from modeling.fitting.ridge import Ridge, fit_ridge, ridge_from
from processors.features import FEATURES

LINE = "vegas_points_line"
ABOUT_THE_LINE = frozenset(feature.name for feature in FEATURES if feature.about_the_line)


@dataclass(frozen=True, kw_only=True)
class Start:
    """Where predictions start, before anything else is learnt."""

    ridge: Ridge
    plain: Sequence[int]
    """Columns that the ridge reads: those that carry nothing of what bookmakers said."""
    line: int | None
    """The line's column, if the features hold it."""

    def of(self, features: Floats) -> Floats:
        start = self.ridge.predict(features[:, self.plain])
        if self.line is None:
            return start
        line = features[:, self.line]
        found: Floats = np.where(np.isnan(line), start, line)
        return found

    def importance(self, count: int, lined: float) -> Floats:
        """Of so many features, where so large a share of the rows has a line."""
        shares = np.zeros(count)
        shares[self.plain] = self.ridge.importance() * (1 - lined)
        if self.line is not None:
            shares[self.line] += lined
        return shares


@dataclass(frozen=True, kw_only=True, eq=False)
class Started:
    """The start, and a model of what it leaves over."""

    start: Start
    rest: Fitted
    lined: float
    """Share of the training rows that have a line."""
    start_weight: float
    """How much of the predictions' spread over the training rows is the start's."""

    @property
    def rounds(self) -> int:
        return self.rest.rounds

    def predict(self, features: Floats) -> Floats:
        predicted: Floats = self.start.of(features) + self.rest.predict(features)
        return predicted

    def importance(self) -> Floats:
        rest = self.rest.importance()
        start = self.start.importance(len(rest), self.lined)
        shares: Floats = self.start_weight * start + (1 - self.start_weight) * rest
        return shares

    def save(self, path: Path) -> None:
        with TemporaryDirectory() as desk:
            written = Path(desk) / "rest"
            self.rest.save(written)
            rest = b64encode(written.read_bytes()).decode()
        told = {
            "start": asdict(self.start),
            "lined": self.lined,
            "start_weight": self.start_weight,
            "rest": rest,
        }
        path.write_text(json.dumps(told, sort_keys=True))


def fit_started(
    names: Sequence[str],
    train: Sample,
    validation: Sample,
    fit_rest: Callable[[Sample, Sample], Fitted],
) -> Started:
    """The start learns from the same rows as the rest, and from no others."""
    plain = [place for place, name in enumerate(names) if name not in ABOUT_THE_LINE]
    start = Start(
        ridge=fit_ridge(_columns(train, plain), _columns(validation, plain)),
        plain=plain,
        line=list(names).index(LINE) if LINE in names else None,
    )
    rest = fit_rest(_left_over(start, train), _left_over(start, validation))
    first, second = start.of(train.features), rest.predict(train.features)
    spread = float(np.std(first)), float(np.std(second))
    line = None if start.line is None else train.features[:, start.line]
    return Started(
        start=start,
        rest=rest,
        lined=0.0 if line is None else float(np.mean(~np.isnan(line))),
        start_weight=spread[0] / sum(spread) if sum(spread) else 0.0,
    )


def load_started(path: Path, load_rest: Callable[[Path], Fitted]) -> Started:
    stored = json.loads(path.read_text())
    with TemporaryDirectory() as desk:
        written = Path(desk) / "rest"
        written.write_bytes(b64decode(stored["rest"]))
        rest = load_rest(written)
    start = stored["start"]
    return Started(
        start=Start(ridge=ridge_from(start["ridge"]), plain=start["plain"], line=start["line"]),
        rest=rest,
        lined=stored["lined"],
        start_weight=stored["start_weight"],
    )


def _columns(rows: Sample, places: Sequence[int]) -> Sample:
    return Sample(features=rows.features[:, places], points=rows.points)


def _left_over(start: Start, rows: Sample) -> Sample:
    left = rows.points - start.of(rows.features) if len(rows.points) else rows.points
    return Sample(features=rows.features, points=left)
