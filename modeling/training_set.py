"""The training set: one row a player-game that was played, the features beside the points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum

import numpy as np

from modeling.arrays import Bools, Days, Floats, Ints, Texts
from modeling.joined import NAMES
from modeling.provenance import Partition
from processors.features import SETS, required_of

VEGAS = ("vegas_points_line", "vegas_opening_line", "vegas_line_move", "has_vegas_line")
"""What `--no-vegas` leaves out: features 25-28, as users know it."""


class LineSource(StrEnum):
    """Whose line is meant."""

    CASCADE = "cascade"
    DRAFTKINGS = "draftkings"
    CONSENSUS = "consensus"


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Rows that are not in the set, for one reason, in one season."""

    season: str
    reason: str
    rows: int


REASONS: Mapping[str, str] = {
    "bootstrap": "season days 0-13 have no features, by design",
    "did_not_play": "expected, and did not play: there are no points to learn from",
    "no_result": "the game has no box score",
    "another_game": "played in another game than the one that was expected",
    "points_unknown": "played, and the box score doesn't say what he scored",
    "not_in_store": "played, and the store has no row: not expected, or out by the report",
    "not_computed": "played on a date that the store does not hold",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingSet:
    """Arrays of equal length, by date and then player; NaN is NULL."""

    days: Days
    players: Texts
    games: Texts
    seasons: Ints
    phases: Texts
    games_in_sample: Ints
    """Of the season before the date, at most 10."""
    missing: Texts
    """Names of the missing required features, between commas."""
    ready_sets: Texts
    """Names of the feature sets that can be read from the row, between commas."""
    points: Floats
    features: Floats
    """A column a feature, in the catalogue's order."""
    cascade: Floats
    draftkings: Floats
    consensus: Floats
    partitions: Sequence[Partition] = ()
    left_out: Sequence[LeftOut] = ()

    def __len__(self) -> int:
        return len(self.days)

    def line(self, source: LineSource) -> Floats:
        lines: Floats = getattr(self, source.value)
        return lines

    def feature(self, name: str) -> Floats:
        column: Floats = self.features[:, NAMES.index(name)]
        return column

    def matrix(self, names: Sequence[str]) -> Floats:
        """These features alone."""
        columns: Floats = self.features[:, [NAMES.index(name) for name in names]]
        return columns

    def ready(self, feature_set: str) -> Bools:
        """Rows from which the set can be read."""
        return ready_in(self.ready_sets, feature_set)

    def lacking(self, feature_set: str) -> Mapping[str, int]:
        """Of the rows from which it can't be read, how many lack which feature; worst first."""
        wanted = set(required_of(SETS[feature_set]))
        counts: Counter[str] = Counter()
        for names, rows in Counter(self.missing[~self.ready(feature_set)]).items():
            counts.update({name: rows for name in names.split(",") if name in wanted})
        return dict(counts.most_common())

    def pick(self, which: Bools) -> TrainingSet:
        """Some of the rows."""
        arrays = {
            one.name: getattr(self, one.name)[which]
            for one in fields(self)
            if isinstance(getattr(self, one.name), np.ndarray)
        }
        return replace(self, **arrays)


def features_of(feature_set: str, *, no_vegas: bool = False) -> tuple[str, ...]:
    """The names that a model of the set reads."""
    return tuple(name for name in SETS[feature_set] if not (no_vegas and name in VEGAS))


def ready_in(ready_sets: Texts, feature_set: str) -> Bools:
    """Of names between commas, which hold the set's."""
    known, place = np.unique(ready_sets.astype(str), return_inverse=True)
    says = np.array([feature_set in one.split(",") for one in known], dtype=bool)
    found: Bools = says[place]
    return found
