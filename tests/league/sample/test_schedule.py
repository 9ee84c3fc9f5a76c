"""The calendar: real opening days, 82 games, no team twice a day, Eastern times in UTC."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from league.sample.dates import OPENINGS, season_dates
from league.sample.fixtures import Games, regular_games
from league.sample.tipoffs import utc
from league.sample.world import World, world

Rows = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module", params=OPENINGS, ids=str)
def regular(request: pytest.FixtureRequest) -> tuple[World, Games, Games]:
    setting = world(3, request.param)
    games, postponements = regular_games(setting)
    return setting, games, postponements.original


class TestRegularSeason:
    def test_82_games(self, regular: tuple[World, Games, Games]) -> None:
        _, games, _ = regular
        assert Counter(games.home.tolist()) == dict.fromkeys(range(30), 41)
        assert Counter(games.away.tolist()) == dict.fromkeys(range(30), 41)
        assert len(set(games.ids.tolist())) == 1230

    def test_one_game_a_day(self, regular: tuple[World, Games, Games]) -> None:
        _, games, _ = regular
        appearances = Counter(zip(games.teams.tolist(), np.repeat(games.day, 2), strict=True))
        assert set(appearances.values()) == {1}

    def test_opening(self, regular: tuple[World, Games, Games]) -> None:
        setting, games, _ = regular
        per_day = Counter(games.day.tolist())
        assert setting.dates.opening == OPENINGS[setting.season_year]
        assert (min(per_day), per_day[0], per_day[1]) == (0, 2, 12)
        assert sorted(games.minute[games.day == 0].tolist()) == [19 * 60 + 30, 22 * 60]

    def test_day_14(self, regular: tuple[World, Games, Games]) -> None:
        setting, games, _ = regular
        assert ((games.day == 14).sum() > 0) == (setting.season_year != 2024)

    def test_days_off(self, regular: tuple[World, Games, Games]) -> None:
        setting, games, _ = regular
        played = set(setting.dates.times(games.day).tolist())
        assert not played & setting.dates.days_off
        assert date(2024, 11, 5) not in played
        assert max(played) == setting.dates.regular_end

    def test_back_to_backs(self, regular: tuple[World, Games, Games]) -> None:
        _, games, _ = regular
        for team in range(30):
            gaps = np.diff(np.sort(games.day[(games.home == team) | (games.away == team)]))
            assert 3 <= (gaps == 1).sum() <= 20
            assert not ((gaps[1:] == 1) & (gaps[:-1] == 1)).any()

    def test_postponed(self, regular: tuple[World, Games, Games]) -> None:
        _, games, original = regular
        assert len(original) == 2
        assert not set(original.ids.tolist()) & set(games.ids.tolist())


class TestPostseason:
    def test_phases(self, rows: Rows) -> None:
        phases = Counter(row["season_phase"] for row in rows("schedule"))
        assert phases["play_in"] == 6
        assert 60 <= phases["playoffs"] <= 105
        assert (phases["all_star"], phases["cup_final"], phases["preseason"]) == (1, 1, 9)

    def test_series(self, rows: Rows) -> None:
        wins: dict[frozenset[str], Counter[str]] = defaultdict(Counter)
        for row in rows("schedule"):
            if row["season_phase"] == "playoffs":
                home_won = row["home_score"] > row["away_score"]
                winner = row["home_team"] if home_won else row["away_team"]
                wins[frozenset((row["home_team"], row["away_team"]))][winner] += 1
        assert len(wins) == 15
        assert all(sorted(series.values())[-1] == 4 for series in wins.values())
        assert all(sum(series.values()) <= 7 for series in wins.values())
        champions = Counter(series.most_common()[0][0] for series in wins.values())
        assert sorted(champions.values()) == [1, 1, 1, 1, 2, 2, 3, 4]

    def test_ends_in_june(self, rows: Rows) -> None:
        assert date(2026, 6, 5) < max(row["game_date"] for row in rows("schedule"))
        assert max(row["game_date"] for row in rows("schedule")) < date(2026, 6, 26)

    def test_one_game_a_day(self, rows: Rows) -> None:
        days = Counter(
            (row["game_date"], team)
            for row in rows("schedule")
            if row["boxscore_expected"]
            for team in (row["home_team"], row["away_team"])
        )
        assert set(days.values()) == {1}


class TestTipoffs:
    def test_both_clocks(self) -> None:
        dates = season_dates(2025)
        days = np.array([dates.offset(date(2025, 11, 1)), dates.offset(date(2025, 11, 3))])
        assert utc(dates, days, np.array([19 * 60, 19 * 60])).tolist() == [
            datetime(2025, 11, 1, 23),
            datetime(2025, 11, 4, 0),
        ]

    def test_eastern_hours(self, rows: Rows) -> None:
        eastern = ZoneInfo("America/New_York")
        for row in rows("schedule"):
            local = row["tipoff_at"].replace(tzinfo=UTC).astimezone(eastern)
            assert local.date() == row["game_date"]
            assert (12, 0) <= (local.hour, local.minute) <= (22, 30)

    def test_midnight(self, rows: Rows) -> None:
        after = [row["tipoff_at"].date() > row["game_date"] for row in rows("schedule")]
        assert 0.3 < sum(after) / len(after) < 0.95
