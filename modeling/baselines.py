"""What anybody can do without a model: plain means, their blend, and the book's own line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modeling.arrays import Floats
from modeling.training_set import LineSource, TrainingSet

FIVE, TEN, SEASON, BLEND = "mean of 5", "mean of 10", "season mean", "blend"
MEANS = (FIVE, TEN, SEASON, BLEND)
LINE = "line ("
WEIGHTS = (0.5, 0.3, 0.2)
"""Of the blend: five games, ten games, season."""


def line_name(source: LineSource) -> str:
    return f"{LINE}{source.value})"


def is_line(predictor: str) -> bool:
    """Whether a predictor of that name is a book's line."""
    return predictor.startswith(LINE)


def baselines(rows: TrainingSet, sources: Iterable[LineSource]) -> Mapping[str, Floats]:
    """By name; NaN where the mean or the line is not there."""
    five, ten, season = (
        rows.feature(name)
        for name in ("points_avg_last_5", "points_avg_last_10", "points_avg_season")
    )
    blend = WEIGHTS[0] * five + WEIGHTS[1] * ten + WEIGHTS[2] * season
    found = {FIVE: five, TEN: ten, SEASON: season, BLEND: blend}
    return found | {line_name(one): rows.line(one) for one in sources}
