"""One range against the same dates one by one, over tables that are published already."""

from __future__ import annotations

import random
from datetime import date

from pipeline.run import Pipeline
from warehouse.interface import Fingerprint, Span

PRECOMPUTE = (
    "nba_precompute.team_defense_zone_analysis",
    "nba_precompute.player_shot_zone_analysis",
    "nba_precompute.player_daily_cache",
    "nba_precompute.player_composite_factors",
    "nba_predictions.ml_feature_store_v2",
)
SEVEN = (
    "nba_analytics.upcoming_team_game_context",
    "nba_analytics.upcoming_player_game_context",
    *PRECOMPUTE,
)


def staged(pipeline: Pipeline, table: str, first: date, last: date) -> dict[date, Fingerprint]:
    """What a span's statement makes, by date, hash and all."""
    processor = pipeline.registry.processors[table]
    windows = [feed.window for feed in processor.contract.inputs if feed.window]
    back = max((window.seasons_back or 0 for window in windows), default=0)
    start = pipeline.assessor.calendar.season_start(first, back=back)
    pipeline.warehouse.stage(processor, Span(start=first, end=last, history_start=start))
    return dict(pipeline.warehouse.staged_fingerprints(processor.contract))


def assert_range_is_single(
    pipeline: Pipeline,
    table: str,
    first: date,
    last: date,
    *,
    at_least: int,
    inner: tuple[date, date] | None = None,
) -> None:
    """The range; and a shorter one within it, where one is named."""
    whole = staged(pipeline, table, first, last)
    assert len(whole) >= at_least
    days = [one for one in pipeline.assessor.calendar.game_dates if first <= one <= last]
    random.Random(str((table, first))).shuffle(days)
    single: dict[date, Fingerprint] = {}
    for day in days:
        found = staged(pipeline, table, day, day)
        assert set(found) <= {day}
        single |= found
    assert single == whole
    if inner:
        within = {day: one for day, one in single.items() if inner[0] <= day <= inner[1]}
        assert staged(pipeline, table, *inner) == within != {}
