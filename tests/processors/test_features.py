"""The catalogue is DOMAIN's, the statement computes it, and who knows the line is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from processors.features import FEATURES, SETS, required_of
from processors.registry import Processor, Registry
from processors.statement import Statement
from tests.processors.lineage import Node, origins, steps
from warehouse.duckdb.engine import DuckDBWarehouse

STORE = "nba_predictions.ml_feature_store_v2"
ODDS = ("nba_raw.odds_game_lines", "nba_raw.odds_player_points")

DOMAIN = {
    0: "points_avg_last_5",
    1: "points_avg_last_10",
    2: "points_avg_season",
    3: "points_std_last_10",
    4: "games_in_last_7_days",
    5: "fatigue_score",
    6: "shot_zone_mismatch_score",
    7: "pace_score",
    8: "usage_spike_score",
    9: "rest_advantage",
    10: "injury_risk",
    11: "recent_trend",
    12: "minutes_change",
    13: "opponent_def_rating",
    14: "opponent_pace",
    15: "home_away",
    16: "back_to_back",
    17: "playoff_game",
    18: "pct_paint",
    19: "pct_mid_range",
    20: "pct_three",
    21: "pct_free_throw",
    22: "team_pace",
    23: "team_off_rating",
    24: "team_win_pct",
    25: "vegas_points_line",
    26: "vegas_opening_line",
    27: "vegas_line_move",
    28: "has_vegas_line",
    29: "avg_points_vs_opponent",
    30: "games_vs_opponent",
    31: "minutes_avg_last_10",
    32: "ppm_avg_last_10",
    33: "dnp_rate",
    34: "pts_slope_10g",
    35: "pts_vs_season_zscore",
    36: "breakout_flag",
    37: "star_teammates_out",
    38: "game_total_line",
    39: "days_rest",
    40: "minutes_load_last_7d",
    41: "spread_magnitude",
    42: "implied_team_total",
    43: "points_avg_last_3",
    44: "scoring_trend_slope",
    45: "deviation_from_avg_last3",
    46: "consecutive_games_below_avg",
    47: "teammate_usage_available",
    48: "usage_rate_last_5",
    49: "games_since_structural_change",
    50: "multi_book_line_std",
    51: "prop_over_streak",
    52: "prop_under_streak",
    53: "line_vs_season_avg",
}
OPTIONAL = [10, 25, 26, 27, 28, 29, 37, 38, 41, 42, 47, 50, 51, 52, 53]
LINE = [25, 26, 27, 28, 38, 41, 42, 50, 51, 52, 53]


class TestCatalogue:
    def test_order(self) -> None:
        assert {one.index: one.name for one in FEATURES} == DOMAIN
        assert [one.index for one in FEATURES] == list(range(54))

    def test_optional(self) -> None:
        assert [one.index for one in FEATURES if not one.required] == OPTIONAL

    def test_sets(self) -> None:
        every = range(54)
        by_set = {
            "v9": list(range(33)),
            "v10": list(range(37)),
            "v11": list(range(39)),
            "v12": list(every),
            "v12_noveg": [one for one in every if one not in (25, 26, 27, 28)],
            "v12_blind": [one for one in every if one not in LINE],
        }
        named = {name: [DOMAIN[index] for index in held] for name, held in by_set.items()}
        assert {name: list(held) for name, held in SETS.items()} == named

    def test_said(self) -> None:
        """Each has a unit, a sentence and a source that the store's statement reads."""
        for one in FEATURES:
            assert one.unit, one.name
            assert one.formula.endswith("."), one.name

    def test_sources(self, registry: Registry) -> None:
        read = set(registry.processors[STORE].statement.reads)
        assert {one.source for one in FEATURES} <= read

    def test_columns(self, registry: Registry) -> None:
        names = registry.contracts[STORE].column_names
        first = names.index(DOMAIN[0])
        assert list(names[first : first + 54]) == list(DOMAIN.values())
        assert list(registry.processors[STORE].statement.yields) == list(names)


@pytest.fixture(scope="module")
def known(registry: Registry) -> dict[Node, frozenset[Node]]:
    return dict(steps(registry))


def reaches_the_odds(name: str, known: dict[Node, frozenset[Node]]) -> bool:
    return any(table in ODDS for table, _ in origins((STORE, name), known))


class TestLineage:
    @pytest.mark.parametrize("feature", FEATURES, ids=lambda one: one.name)
    def test_about_the_line(self, feature, known) -> None:
        """Who reaches the odds says so, and who says so reaches them; keys count too, as being
        listed at all is what has_vegas_line tells."""
        assert reaches_the_odds(feature.name, known) == feature.about_the_line

    def test_blind(self, known) -> None:
        assert [name for name in SETS["v12_blind"] if reaches_the_odds(name, known)] == []
        assert any(reaches_the_odds(name, known) for name in SETS["v12_noveg"])

    def test_values(self, known) -> None:
        """The walk arrives: at the line itself, and at what was on the floor."""
        assert ("nba_raw.odds_player_points", "points_line") in origins(
            (STORE, "prop_over_streak"), known
        )
        assert ("nba_raw.odds_game_lines", "total") in origins((STORE, "game_total_line"), known)
        assert ("nba_raw.player_boxscores", "points") in origins(
            (STORE, "points_avg_last_10"), known
        )

    @pytest.mark.parametrize(
        ("feature", "old", "new"),
        [
            (
                "usage_spike_score",
                "    composite.usage_spike_score,",
                "    composite.usage_spike_score + 0 * player.game_total AS usage_spike_score,",
            ),
            (
                "home_away",
                "IF(player.is_home, 1, 0) AS home_away",
                "IF(player.is_home AND player.has_prop_line, 1, 0) AS home_away",
            ),
            (
                "pts_slope_10g",
                "    histories.points_slope_last_10 AS pts_slope_10g,",
                "    histories.prop_over_streak + histories.points_slope_last_10 AS pts_slope_10g,",
            ),
        ],
    )
    def test_planted(self, registry: Registry, feature: str, old: str, new: str) -> None:
        """The walk catches the line in a value, in a condition, and through another table."""
        store = registry.processors[STORE]
        assert store.statement.text.count(old) == 1
        changed = Statement(store.statement.text.replace(old, new))
        planted = registry.replaced(Processor(store.contract, changed))
        assert reaches_the_odds(feature, dict(steps(planted)))


@pytest.fixture(scope="module")
def rows(computed_season_file: Path) -> list[dict[str, object]]:
    said = [
        "missing_features",
        "required_default_count",
        "ready_feature_sets",
        "feature_quality_score",
    ]
    names = [*DOMAIN.values(), *said]
    warehouse = DuckDBWarehouse(computed_season_file)
    found = warehouse.rows(f"SELECT {', '.join(names)} FROM `{STORE}`")
    warehouse.close()
    assert len(found) > 25_000
    return [dict(zip(names, row, strict=True)) for row in found]


class TestReadiness:
    def test_missing(self, rows: list[dict[str, object]]) -> None:
        required = [name for index, name in DOMAIN.items() if index not in OPTIONAL]
        for row in rows:
            missing = [name for name in required if row[name] is None]
            assert row["missing_features"] == ",".join(missing)

    def test_count(self, rows: list[dict[str, object]]) -> None:
        counted = [DOMAIN[index] for index in range(39) if index not in OPTIONAL]
        for row in rows:
            assert row["required_default_count"] == sum(row[name] is None for name in counted)

    def test_sets(self, rows: list[dict[str, object]]) -> None:
        required = {name: required_of(held) for name, held in SETS.items()}
        for row in rows:
            ready = [
                name for name, held in required.items() if all(row[one] is not None for one in held)
            ]
            assert row["ready_feature_sets"] == ",".join(ready)
        assert len({row["ready_feature_sets"] for row in rows}) >= 3

    def test_score(self, rows: list[dict[str, object]]) -> None:
        required = required_of(SETS["v12"])
        for row in rows:
            there = sum(row[name] is not None for name in required)
            # A half at the one digit goes away from zero, which no share of 39 comes to.
            assert row["feature_quality_score"] == round(1000 * there / len(required)) / 10
