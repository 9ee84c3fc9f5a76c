"""On the sample season: every feature from the games, equal to what is stored, or found out."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.run import Pipeline
from pipeline.trace.absence import Why
from pipeline.trace.checking import FORMULAS, Verdict
from pipeline.trace.history import Door
from pipeline.trace.tracing import Trace, trace
from processors.errors import UsageError
from processors.registry import load
from tests.pipeline.trace.leaking import LEAK_DAY, STORE, with_the_leak
from warehouse.duckdb.engine import DuckDBWarehouse

DAY = LEAK_DAY
SAMPLE = 200
STATEMENTS = 5

PLAYER_DAYS = f"""
SELECT game_date, player_lookup FROM `{STORE}` ORDER BY game_date, player_lookup
"""
WITHOUT_ROW = f"""
SELECT player.game_date, player.player_lookup, player.player_status
FROM `nba_analytics.upcoming_player_game_context` AS player
LEFT JOIN `{STORE}` AS held
  ON held.game_date = player.game_date AND held.player_lookup = player.player_lookup
WHERE held.player_lookup IS NULL AND player.game_date >= @first
ORDER BY player.game_date, player.player_lookup
"""
SET_ASIDE = f"""
SELECT partition_date, row_key, reason FROM `nba_ops.quarantine`
WHERE table_name = '{STORE}' ORDER BY partition_date, row_key
"""
PLAYED = """
SELECT game.player_lookup, held.points_avg_last_10
FROM `nba_analytics.player_game_summary` AS game
JOIN `nba_predictions.ml_feature_store_v2` AS held
  ON held.game_date = game.game_date AND held.player_lookup = game.player_lookup
WHERE game.game_date = @day AND NOT game.is_dnp
ORDER BY game.player_lookup
"""


@pytest.fixture(scope="module")
def pipeline(
    computed_season_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pipeline]:
    copy = tmp_path_factory.mktemp("traced") / "season.duckdb"
    shutil.copy(computed_season_file, copy)
    warehouse = DuckDBWarehouse(copy)
    yield Pipeline(warehouse, load())
    warehouse.close()


@pytest.fixture(scope="module")
def leaky(
    computed_season_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pipeline]:
    file = with_the_leak(computed_season_file, tmp_path_factory.mktemp("leaky"))
    warehouse = DuckDBWarehouse(file)
    yield Pipeline(warehouse, load())
    warehouse.close()


def verdicts(found: Trace) -> dict[str, Verdict]:
    return {one.feature.name: one.check.verdict for one in found.features}


class TestHonest:
    def test_everything_is_what_the_games_come_to(self, pipeline: Pipeline) -> None:
        pairs = pipeline.warehouse.rows(PLAYER_DAYS)
        for day, player in random.Random(5).sample(pairs, SAMPLE):
            found = verdicts(trace(pipeline, day, player))
            astray = {name for name in FORMULAS if found[name] is not Verdict.EQUAL}
            assert not astray, (day, player)

    def test_every_verdict_could_have_been_another(self, pipeline: Pipeline) -> None:
        """Each feature that games go into would show the date's own, for one of these players."""
        shown: set[str] = set()
        for player, _ in pipeline.warehouse.rows(PLAYED, day=DAY):
            features = trace(pipeline, DAY, player).features
            shown |= {one.feature.name for one in features if one.check.tells_apart}
        # An opening doesn't change later, and flags are rarely turned by one game.
        rare = {"vegas_opening_line", "has_vegas_line", "breakout_flag", "back_to_back"}
        assert set(FORMULAS) - shown <= rare

    def test_the_number_of_statements_is_constant(
        self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        rows = pipeline.warehouse.rows

        def counted(text: str, **parameters: object) -> list[tuple[object, ...]]:
            asked.append(text)
            return rows(text, **parameters)

        pairs = pipeline.warehouse.rows(PLAYER_DAYS)
        monkeypatch.setattr(pipeline.warehouse, "rows", counted)
        for day, player in (pairs[0], pairs[len(pairs) // 2], pairs[-1], (DAY, pairs[0][1])):
            asked.clear()
            trace(pipeline, day, player)
            assert len(asked) == len(set(asked)) == STATEMENTS


class TestLeak:
    def test_the_page_names_what_contains_the_date(self, leaky: Pipeline) -> None:
        """As the leak did last time: the store's means took in the game to be predicted."""
        players = [player for player, _ in leaky.warehouse.rows(PLAYED, day=DAY)]
        leaked: dict[str, int] = {}
        for player in players:
            for one in trace(leaky, DAY, player).features:
                if one.check.verdict is Verdict.LEAKED:
                    assert one.check.door in (Door.PLAYER, None)
                    leaked[one.feature.name] = leaked.get(one.feature.name, 0) + 1
        means = {
            "points_avg_last_5",
            "points_avg_last_10",
            "points_avg_season",
            "minutes_avg_last_10",
        }
        assert all(leaked[name] > 0.9 * len(players) for name in means)
        through_the_door = {"pts_slope_10g", "pct_paint", "usage_rate_last_5", "points_std_last_10"}
        assert through_the_door <= set(leaked)
        # Other doors stayed shut.
        shut = {"games_in_last_7_days", "team_pace", "opponent_def_rating", "vegas_points_line"}
        assert shut.isdisjoint(leaked)

    def test_whoever_did_not_play_is_clean(self, leaky: Pipeline) -> None:
        played = {player for player, _ in leaky.warehouse.rows(PLAYED, day=DAY)}
        idle = [
            player
            for day, player in leaky.warehouse.rows(PLAYER_DAYS)
            if day == DAY and player not in played
        ]
        assert idle
        for player in idle:
            assert Verdict.LEAKED not in verdicts(trace(leaky, DAY, player)).values()


class TestAbsence:
    def test_of_whoever_is_out(self, pipeline: Pipeline) -> None:
        first = date(2025, 11, 20)
        for day, player, status in pipeline.warehouse.rows(WITHOUT_ROW, first=first)[:20]:
            found = trace(pipeline, day, player).absence
            assert found is not None
            if status in ("out", "doubtful"):
                assert found.why is Why.OUT
                assert found.reason.startswith(status)

    def test_of_days_without_a_store(self, pipeline: Pipeline) -> None:
        _, player = pipeline.warehouse.rows(PLAYER_DAYS)[0]
        season = pipeline.assessor.calendar.seasons[0]
        early = trace(pipeline, season.start + timedelta(days=3), player).absence
        assert early is not None
        assert early.why is Why.BOOTSTRAP
        summer = trace(pipeline, season.last + timedelta(days=30), player).absence
        assert summer is not None
        assert summer.why is Why.NO_GAMES

    def test_of_a_day_off_of_his_team(self, pipeline: Pipeline) -> None:
        pairs = pipeline.warehouse.rows(PLAYER_DAYS)
        there = {player for day, player in pairs if day == DAY}
        elsewhere = next(
            player for day, player in pairs if day == DAY + timedelta(1) and player not in there
        )
        found = trace(pipeline, DAY, elsewhere).absence
        assert found is not None
        assert found.why is Why.NOT_EXPECTED
        assert "does not play on the date" in found.reason

    def test_of_a_row_set_aside(self, leaky: Pipeline) -> None:
        day, key, reason = leaky.warehouse.rows(SET_ASIDE)[0]
        found = trace(leaky, day, key.split()[-1]).absence
        assert found is not None
        assert (found.why, found.reason) == (Why.QUARANTINED, f"his row was set aside: {reason}")

    def test_nobody_of_that_name(self, pipeline: Pipeline) -> None:
        _, player = pipeline.warehouse.rows(PLAYER_DAYS)[0]
        with pytest.raises(UsageError, match=player):
            trace(pipeline, DAY, player[:-1] + "q")
        with pytest.raises(UsageError, match="no player is called 'zzzzzz'"):
            trace(pipeline, DAY, "zzzzzz")
