"""Who can be spoken of: a date's rows of the store, with the moments that decide what counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np

from modeling.arrays import (
    Bools,
    Days,
    Floats,
    Ints,
    Moments,
    Texts,
    days_of,
    moments_of,
    texts_of,
)
from modeling.joined import NAMES
from modeling.provenance import leaking, read_partitions, stale
from modeling.training_set import ready_in
from pipeline.readiness import STORE
from pipeline.run import Pipeline
from processors.errors import ModelRefused

CONTEXT = "nba_analytics.upcoming_player_game_context"
TABLES = (STORE, CONTEXT)
FIRST_FEATURE = 8
"""Columns of `ROWS` before the features."""

ROWS = f"""
SELECT store.game_date, store.player_lookup, store.game_id, store.ready_feature_sets,
  store.data_hash, games.tipoff_at, player.points_line_captured_at, player.injury_report_at,
  {", ".join(f"store.{name}" for name in NAMES)}
FROM `{STORE}` AS store
JOIN `{CONTEXT}` AS player
  ON player.game_date = store.game_date AND player.player_lookup = store.player_lookup
  AND player.game_date >= @first_date AND player.game_date <= @last_date
JOIN `nba_raw.schedule` AS games
  ON games.game_id = store.game_id AND games.game_date = store.game_date
  AND games.game_date >= @first_date AND games.game_date <= @last_date
WHERE store.game_date >= @first_date AND store.game_date <= @last_date
ORDER BY store.game_date, store.player_lookup
"""
EVE = np.timedelta64(8, "h")
"""Before tip-off: by then his morning is over."""
MORNING = np.timedelta64(10, "h")
"""Of the date, UTC: after the last night's games, before any of its own."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SpokenOf:
    """Arrays of equal length, by date and then player; NaN is NULL."""

    days: Days
    players: Texts
    games: Texts
    ready_sets: Texts
    """Names of the feature sets that can be read from the row, between commas."""
    hashes: Texts
    """Of the whole rows, as they stand in the store."""
    tipoffs: Moments
    captured: Moments
    """When his line was seen last."""
    reported: Moments
    """When his status was reported last."""
    features: Floats
    """A column a feature, in the catalogue's order."""

    def __len__(self) -> int:
        return len(self.days)

    def ready(self, feature_set: str) -> Bools:
        return ready_in(self.ready_sets, feature_set)

    def matrix(self, names: Sequence[str]) -> Floats:
        """These features alone."""
        columns: Floats = self.features[:, [NAMES.index(name) for name in names]]
        return columns

    @property
    def as_rules_speak(self) -> Moments:
        """The moment for which rules speak of each: when his line or status was seen last, or the
        eve of his game; the morning where no tip-off is known."""
        seen = np.fmax(np.fmax(self.tipoffs - EVE, self.captured), self.reported)
        return np.where(np.isnat(self.tipoffs), self._mornings, seen)

    def too_late(self, moments: Moments) -> Bools:
        """Where nothing can be said any more for this moment."""
        late: Bools = np.where(
            np.isnat(self.tipoffs), moments > self._mornings, moments >= self.tipoffs
        )
        return late

    def pick(self, which: Bools | Ints) -> SpokenOf:
        """Some of the rows, or these places."""
        return replace(self, **{one.name: getattr(self, one.name)[which] for one in fields(self)})

    @property
    def _mornings(self) -> Moments:
        mornings: Moments = np.add(self.days.astype("datetime64[us]"), MORNING)
        return mornings


def read_spoken_of(pipeline: Pipeline, first: date, last: date) -> SpokenOf:
    """Between two dates, where all that is stored of them is what today's code makes."""
    # Who computes the dates meanwhile waits: the rows are those that are found proven.
    with pipeline.warehouse.lane:
        rows = pipeline.warehouse.rows(ROWS, first_date=first, last_date=last)
        partitions = read_partitions(pipeline, {row[0] for row in rows}, TABLES)
    if not rows:
        raise ModelRefused(
            f"the store holds nobody of {_span(first, last)}: tipoff run --tables"
            f" ml_feature_store_v2 --start {first} --end {last}",
            why="not_proven",
        )
    if said := leaking(partitions) or stale(partitions):
        raise ModelRefused(said, why="not_proven")
    columns = list(zip(*(row[:FIRST_FEATURE] for row in rows), strict=True))
    return SpokenOf(
        days=days_of(list(columns[0])),
        players=texts_of(columns[1]),
        games=texts_of(columns[2]),
        ready_sets=texts_of(columns[3]),
        hashes=texts_of(columns[4]),
        tipoffs=moments_of(columns[5]),
        captured=moments_of(columns[6]),
        reported=moments_of(columns[7]),
        features=np.array([row[FIRST_FEATURE:] for row in rows], dtype=np.float64),
    )


def _span(first: date, last: date) -> str:
    return str(first) if first == last else f"{first} to {last}"
