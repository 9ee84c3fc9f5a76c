"""Every entity that was expected of a date was written, or is left out for a reason."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from pipeline.calendar import Calendar, read_calendar
from processors.contract import Layer
from processors.registry import Registry
from warehouse.duckdb.engine import DuckDBWarehouse

CONTEXT = "nba_analytics.upcoming_player_game_context"
CACHE = "nba_precompute.player_daily_cache"
COMPOSITE = "nba_precompute.player_composite_factors"
DEFENSE = "nba_precompute.team_defense_zone_analysis"
ZONES = "nba_precompute.player_shot_zone_analysis"
STORE = "nba_predictions.ml_feature_store_v2"


@dataclass(frozen=True)
class Season:
    """What the ledger says of each date that was computed, and what a count of the rows finds."""

    calendar: Calendar
    evidence: Mapping[str, Mapping[date, dict]]
    stored: Mapping[str, Mapping[date, int]]

    def processed(self) -> list[date]:
        return [
            day
            for day in self.calendar.game_dates
            if self.calendar.expect(day, bootstrap=True).kind == "process"
        ]


@pytest.fixture(scope="module")
def season(computed_season_file: Path, registry: Registry) -> Season:
    warehouse = DuckDBWarehouse(computed_season_file)
    evidence: dict[str, dict[date, dict]] = {}
    for table, day, said in warehouse.rows(
        "SELECT table_name, partition_date, evidence FROM `nba_ops.partitions`"
        " WHERE output_fingerprint IS NOT NULL"
    ):
        evidence.setdefault(table, {})[day] = json.loads(said)
    stored = {
        one.table: dict(
            warehouse.rows(
                f"SELECT {one.contract.date_column}, COUNT(*) FROM `{one.table}`"
                f" GROUP BY {one.contract.date_column}"
            )
        )
        for one in registry
    }
    found = Season(read_calendar(warehouse), evidence, stored)
    warehouse.close()
    return found


def left_out(said: Mapping[str, object], *reasons: str) -> int:
    """How many were left out for these reasons, which must be all there are."""
    counts = said.get("left_out", {})
    assert set(counts) <= set(reasons), counts
    return sum(counts.values())


def test_nothing_else_is_written(season: Season, registry: Registry) -> None:
    """Of each table and date: what is expected is written, and what is written is expected."""
    for one in registry:
        for day, said in season.evidence[one.table].items():
            there = season.stored[one.table].get(day, 0)
            assert said.get("rows", 0) == there, (one.table, day)
            set_aside = sum(bad["rows"] for bad in said.get("quarantined", {}).values())
            expected = said.get("expected", 0)
            assert expected == said.get("written", 0) + set_aside, (one.table, day)
            assert there == said.get("written", 0), (one.table, day)
        assert set(season.stored[one.table]) <= set(season.evidence[one.table])


def test_each_processed_date(season: Season, registry: Registry) -> None:
    days = season.processed()
    assert len(days) > 150
    for one in registry:
        if one.contract.layer is Layer.PRECOMPUTE:
            assert sorted(season.stored[one.table]) == days, one.table


def test_teams(season: Season) -> None:
    assert set(season.stored[DEFENSE].values()) == {30}


def test_composite(season: Season) -> None:
    for day in season.processed():
        assert season.stored[COMPOSITE][day] == season.stored[CONTEXT][day]
        assert left_out(season.evidence[COMPOSITE][day]) == 0


def test_cache(season: Season) -> None:
    """The context = the cache + those with fewer than 3 games."""
    explained = 0
    for day in season.processed():
        missing = left_out(season.evidence[CACHE][day], "fewer_than_3_games")
        assert season.stored[CONTEXT][day] == season.stored[CACHE][day] + missing
        explained += missing
    assert explained > 0


def test_store(season: Season) -> None:
    """The context = the store + those who are out, doubtful or have not played for long."""
    explained: Counter[str] = Counter()
    reasons = ("out", "doubtful", "no_game_in_60_days")
    for day in season.processed():
        missing = left_out(season.evidence[STORE][day], *reasons)
        assert season.stored[CONTEXT][day] == season.stored[STORE][day] + missing
        assert season.stored[STORE][day] <= season.stored[COMPOSITE][day]
        explained.update(season.evidence[STORE][day].get("left_out", {}))
    assert explained["out"] > 0


def test_zones(season: Season) -> None:
    """Everybody who has played this season is in it, or explained."""
    asof = "nba_analytics.player_asof"
    for day in season.processed():
        missing = left_out(season.evidence[ZONES][day], "fewer_than_3_games", "no_game_in_60_days")
        assert season.stored[ZONES][day] + missing <= season.stored[asof][day]


def test_a_game(season: Season) -> None:
    """Two rosters of the sample league, which are smaller than the NBA's."""
    for day in season.processed():
        assert 22 <= season.stored[CONTEXT][day] / season.calendar.games_on(day) <= 38, day
    rows = sum(season.stored[CONTEXT][day] for day in season.processed())
    games = sum(season.calendar.games_on(day) for day in season.processed())
    assert 26 <= rows / games <= 36
