"""The five precompute tables: DOMAIN.md's vectors, and small leagues worked out by hand."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

import pytest

from tests.oracle import PRECOMPUTE_KEYS, compute
from tests.oracle.composite import (
    fatigue_adjustment,
    mismatch_score,
    pace_score,
    total,
    usage_spike_score,
)
from tests.oracle.exact import exact, over_root, rounded
from tests.oracle.fatigue import fatigue_score
from tests.oracle.features import FEATURES, OPTIONAL, SETS, readiness
from tests.oracle.league_average import Part, league_mean
from tests.oracle.recent import deviation_from_mean, dnp_rate, games_below_mean, usage_micros
from tests.oracle.sample import sample
from tests.oracle.shot_zones import primary_zone, quality
from tests.oracle.steps import injury_risk, minutes_change, recent_trend, rest_advantage, step
from tests.oracle.team_defense import extremes, versus_league
from tests.oracle.test_oracle import DOCS
from tests.oracle.tiny import NEWEST_FIRST, day, of


class TestExact:
    def test_half_away_from_zero(self):
        assert rounded(Fraction(1, 2 * 10**6)) == 0.000001
        assert rounded(Fraction(-1, 2 * 10**6)) == -0.000001
        assert rounded(None) is exact(None) is None
        assert exact(0.1) == Fraction(1, 10)

    def test_over_root(self):
        assert over_root(Fraction(3), Fraction(4)) == 1.5
        assert over_root(Fraction(-1), Fraction(2)) == -0.707107
        assert over_root(Fraction(0), Fraction(2)) == 0


class TestSample:
    def test_full(self):
        row = sample(2024, 15, 15, high=15, medium=10)
        assert list(row.values()) == [2024, False, None, 15, "high"]

    @pytest.mark.parametrize(
        ("games", "tier"), [(0, "low"), (4, "low"), (5, "medium"), (9, "medium")]
    )
    def test_early(self, games, tier):
        row = sample(2024, games, 10)
        assert list(row.values()) == [2024, True, f"{games}_of_10_games", games, tier]


class TestFatigue:
    @pytest.mark.parametrize(
        ("inputs", "score", "adjustment"),
        [
            ((False, 1, 3, 200, 30, 0, 25), 100, 0),
            ((False, 2, 2, 60, 28, 0, 24), 100, 0),
            ((True, 0, 4, 250, 36, 2, 36), 35, -3.25),
            ((True, 0, 3, 200, 30, 1, 31), 75, -1.25),
            ((False, 3, 1, 34, 34, 0, 36), 95, -0.25),
            ((False, 1, 4, 241, 35.0, 0, 29), 80, -1),
            ((False, 1, 4, 240, 35.1, 1, 30), 72, -1.4),
            ((False, 1, 0, 0, None, 0, None), 100, 0),
            ((False, None, 0, 0, None, 0, 25), None, None),
            ((False, 1, 2, None, None, 0, 25), None, None),
        ],
    )
    def test_table(self, inputs, score, adjustment):
        assert fatigue_score(*inputs) == score
        assert fatigue_adjustment(score) == adjustment


class TestMismatch:
    @pytest.mark.parametrize(
        ("rate", "versus", "score"),
        [
            (50, 3.0, 3),
            (25, 4.0, 2),
            (60, 6.0, 7.2),
            (60, 9.0, 10),
            (45, -5.6, -6),
            (50, 5.0, 5),
            (50, 5.000001, 6),
            (50, -20.0, -10),
            (None, 3.0, None),
            (50, None, None),
        ],
    )
    def test_table(self, rate, versus, score):
        assert mismatch_score(rate, versus) == score


class TestOtherFactors:
    def test_pace(self):
        assert pace_score(102.0, 100.0, Fraction(100)) == 0.5
        assert pace_score(80.0, 80.0, Fraction(100)) == -3
        assert pace_score(100.000001, 100.0, Fraction(100)) == 0
        assert pace_score(100.0, 100.0, None) is pace_score(None, 100.0, Fraction(100)) is None

    @pytest.mark.parametrize(
        ("projected", "stars", "score"),
        [
            (24, None, 1.2),
            (24, 0, 1.2),
            (24, 1, 1.38),
            (24, 2, 1.56),
            (24, 3, 1.56),
            (16, 2, -1.2),
            (40, 0, 3),
            (None, 0, None),
        ],
    )
    def test_usage(self, projected, stars, score):
        assert usage_spike_score(projected, 20, stars) == score

    def test_total(self):
        assert total(-1.25, 7.2, 0.123456, 1.38) == 7.453456
        assert total(-1.25, None, 0.1, 0.1) is None


class TestLeagueMean:
    def test_mean_of_rounded_shares(self):
        parts = 10 * [Part(5, 1, 3)] + 10 * [Part(6, 2, 3)]
        assert league_mean(parts, []) == Fraction(333333 + 666667, 2 * 10**6)

    def test_too_few_teams(self):
        few = 19 * [Part(5, 1, 2)] + 11 * [Part(4, 1, 2)]
        assert league_mean(few, [Part(5, 1, 4), Part(4, 1, 1)]) == Fraction(1, 4)
        assert league_mean(few, [Part(4, 1, 1)]) is None


class TestZones:
    def test_versus_league(self):
        assert rounded(versus_league(0.576923, Fraction(58, 100)), 2) == -0.31
        assert versus_league(None, Fraction(1)) is versus_league(0.5, None) is None

    def test_extremes(self):
        versus = {"paint": Fraction(1), "mid_range": Fraction(1), "three_pt": Fraction(2)}
        assert list(extremes(versus).values()) == ["paint", "perimeter"]
        assert list(extremes(versus | {"paint": Fraction(2)}).values()) == ["mid_range", "paint"]
        assert list(extremes(versus | {"mid_range": None}).values()) == [None, None]

    @pytest.mark.parametrize(
        ("shots", "zone"),
        [
            ((40, 20, 40), "paint"),
            ((39, 21, 40), "perimeter"),
            ((39, 35, 26), "mid_range"),
            ((39, 34, 27), "balanced"),
            ((399999999, 200000001, 400000000), "perimeter"),
            ((0, 0, 0), None),
            ((None, None, None), None),
        ],
    )
    def test_primary(self, shots, zone):
        assert primary_zone(*shots) == zone

    def test_quality(self):
        words = [quality(games, 10, 7, 5) for games in (10, 9, 7, 6, 5, 4)]
        assert words == ["excellent", "good", "good", "limited", "limited", "insufficient"]


class TestSteps:
    @pytest.mark.parametrize(
        ("value", "expected"), [(5, 2), (4.9, 1), (2, 1), (1.9, 0), (-1.9, 0), (-2, -1), (-5, -2)]
    )
    def test_step(self, value, expected):
        assert step(Fraction(value), 2, 5) == expected

    def test_recent_trend(self):
        # 53 / 2 - 70 / 3 = 3.17
        form = {"games_played_season": 5, "points_sum_last_2": 53, "points_sum_last_5": 123}
        assert recent_trend(form) == 1
        assert recent_trend(form | {"games_played_season": 4}) is recent_trend({}) is None

    @pytest.mark.parametrize(
        ("last_10", "season", "expected"),
        [(36.0, 30.0, 2), (33.0, 30.0, 1), (27.0, 30.0, -1), (24.0, 30.0, -2), (32.99, 30.0, 0)],
    )
    def test_minutes_change(self, last_10, season, expected):
        form = {"minutes_avg_last_10": last_10, "minutes_avg_season": season}
        assert minutes_change(form) == expected

    def test_minutes_change_unknown(self):
        assert minutes_change({"minutes_avg_last_10": 0.0, "minutes_avg_season": 0.0}) is None
        assert minutes_change({}) is None

    def test_rest_advantage(self):
        assert [rest_advantage(*days) for days in ((9, 1), (0, 1), (0, 5))] == [2, -1, -2]
        assert rest_advantage(None, 1) is rest_advantage(1, None) is None

    def test_injury_risk(self):
        said = [injury_risk(one, True) for one in ("available", "probable", "questionable", None)]
        assert said == [0, 1, 2, 0]
        assert injury_risk(None, False) is None


class TestRecent:
    def test_deviation_from_mean(self):
        # mean 20, sample deviation 10
        assert deviation_from_mean(25.0, [10, 20, 30]) == 0.5
        assert deviation_from_mean(24.6, NEWEST_FIRST) == 0.253917
        assert deviation_from_mean(20.0, [20, 20]) is deviation_from_mean(20.0, [20]) is None

    @pytest.mark.parametrize(
        ("points", "expected"),
        [([], None), ([10], 0), ([30, 10], 1), ([10, 30], 0), ([90, 0, 40, 1, 2], 2)],
    )
    def test_games_below_mean(self, points, expected):
        assert games_below_mean(points) == expected

    def test_usage(self):
        games = [
            {"usage_rate": 20.0, "seconds_played": 601},
            {"usage_rate": 20.000001, "seconds_played": 600},
            {"usage_rate": None, "seconds_played": None},
        ]
        assert usage_micros(games) == 20_000_001
        assert usage_micros(games[1:]) is usage_micros([]) is None

    @pytest.mark.parametrize(
        ("team_games", "first", "own", "mask", "expected"),
        [
            (20, 1, 20, 0b1111111111, 0),
            (20, 1, 20, 0b1111100001, Fraction(4, 10)),
            (20, 18, 20, 0b101, Fraction(1, 3)),
            (20, 1, 17, 0b1111111111, Fraction(3, 10)),
            (20, 1, 10, 0b1111111111, 1),
            (20, 17, 17, 0b1, Fraction(3, 4)),
        ],
    )
    def test_dnp_rate(self, team_games, first, own, mask, expected):
        form = {
            "team_abbr": "BOS",
            "stint_first_team_game_number": first,
            "team_game_number": own,
            "team_games_played_mask": mask,
        }
        assert dnp_rate(form, {"team_abbr": "BOS", "games_played_season": team_games}) == expected
        assert dnp_rate(form, {"team_abbr": "NYK", "games_played_season": team_games}) is None
        assert dnp_rate(form, {}) is None


class TestReadiness:
    def ready(self, *missing):
        return readiness(dict.fromkeys(FEATURES, 1) | dict.fromkeys(missing))

    def test_catalogue(self):
        assert [len(members) for members in SETS.values()] == [33, 37, 39, 54, 50, 43]
        assert (len(FEATURES), len(set(FEATURES)), len(OPTIONAL)) == (54, 54, 15)
        assert [FEATURES[index] for index in (10, 25, 29, 37, 38, 41, 42, 47, 50, 53)] == [
            "injury_risk",
            "vegas_points_line",
            "avg_points_vs_opponent",
            "star_teammates_out",
            "game_total_line",
            "spread_magnitude",
            "implied_team_total",
            "teammate_usage_available",
            "multi_book_line_std",
            "line_vs_season_avg",
        ]

    def test_all_there(self):
        every = [0, "", "v9,v10,v11,v12,v12_noveg,v12_blind", 100]
        assert list(self.ready().values()) == every
        assert list(self.ready(*(FEATURES[index] for index in OPTIONAL)).values()) == every

    def test_late_feature(self):
        assert list(self.ready("days_rest").values()) == [0, "days_rest", "v9,v10,v11", 97.4]
        assert self.ready("pts_slope_10g")["ready_feature_sets"] == "v9"

    def test_names_in_order(self):
        row = self.ready("points_avg_last_3", "pace_score")
        assert list(row.values()) == [1, "pace_score,points_avg_last_3", "", 94.9]


@pytest.fixture
def rivals(tiny):
    """Boston and New York meet on days 0-19, each with two players and a shot of every zone."""
    for number in range(20):
        game = f"g{number:02}"
        tiny.game(game, number)
        counts = {"fg_attempted": 20, "ft_attempted": 5, "ft_made": 4, "turnovers": 2}
        tiny.box(game, "ann", NEWEST_FIRST[::-1][number % 10], **counts)
        tiny.box(game, "bob", 8, **counts | {"minutes": "12:00"})
        tiny.box(game, "zoe", 30, team="NYK", **counts)
        for player, team in (("ann", "BOS"), ("zoe", "NYK")):
            for zone in ("paint", "paint", "mid_range", "corner_three", "backcourt"):
                made = zone != "mid_range" and not (team == "NYK" and zone == "corner_three")
                tiny.shot(game, player, zone, team=team, made=made, assisted=made or None)
    tiny.person("ann", date(1990, 1, 1))
    return tiny


class TestTables:
    @pytest.mark.parametrize("name", PRECOMPUTE_KEYS)
    def test_columns_are_the_documented_ones(self, rivals, name):
        heading = re.compile(rf"^## nba_pre\w+\.{name}$", re.MULTILINE)
        section = heading.split(DOCS.read_text())[1].split("\n## ")[0]
        columns = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
        assert all(list(row) == columns for row in rivals.table(name))
        assert f"- key: {', '.join(PRECOMPUTE_KEYS[name])}\n" in section

    @pytest.mark.parametrize("name", PRECOMPUTE_KEYS)
    def test_bootstrap(self, rivals, name):
        days = {row[PRECOMPUTE_KEYS[name][0]] for row in rivals.table(name)}
        assert days == {day(number) for number in range(14, 20)}

    @pytest.mark.parametrize("name", PRECOMPUTE_KEYS)
    def test_one_date_alone(self, rivals, name):
        every = [row for row in rivals.table(name) if row[PRECOMPUTE_KEYS[name][0]] == day(16)]
        assert every
        assert every == rivals.table(name, 16, 16)

    def test_full_names(self, rivals):
        name = "nba_predictions.ml_feature_store_v2"
        rows = compute(rivals.raw, [name], day(16), day(16))[name]
        assert rows == rivals.table("ml_feature_store_v2", 16, 16)

    def test_team_defense(self, rivals):
        boston, york = rivals.table("team_defense_zone_analysis", 19, 19)
        assert (boston["games_in_sample"], boston["shot_games_in_sample"]) == (15, 15)
        assert (boston["paint_pct_allowed_last_15"], boston["three_pt_pct_allowed_last_15"]) == (
            1,
            0,
        )
        assert boston["paint_points_allowed_per_game"] == 4
        assert york["three_pt_points_allowed_per_game"] == 3
        # two teams are fewer than 20: the season's mean of 0 and 1
        assert (boston["three_pt_pct_league"], boston["three_pt_defense_vs_league_avg"]) == (
            0.5,
            -50,
        )
        assert (boston["strongest_zone"], boston["weakest_zone"]) == ("perimeter", "paint")
        assert boston["opponent_points_per_game"] == 30

    def test_first_team_days(self, rivals):
        row = rivals.table("team_defense_zone_analysis", 14, 14)[0]
        assert row["insufficient_data_reason"] == "14_of_15_games"
        assert (row["early_season_flag"], row["data_quality_tier"]) == (True, "medium")

    def test_four_games_with_shots_are_too_few(self, rivals):
        table = "nba_raw.shots"
        rivals.raw[table] = [row for row in rivals.raw[table] if row["game_id"] >= "g15"]
        row = rivals.table("team_defense_zone_analysis", 19, 19)[0]
        assert (row["games_in_sample"], row["shot_games_in_sample"]) == (15, 4)
        assert row["paint_pct_allowed_last_15"] is row["paint_attempts_allowed_per_game"] is None
        assert row["paint_pct_league"] is row["strongest_zone"] is None

    def test_shot_zones(self, rivals):
        row = of(rivals.table("player_shot_zone_analysis", 19, 19), player_lookup="ann")
        rates = [row[f"{zone}_rate_last_10"] for zone in ("paint", "mid_range", "three_pt")]
        assert rates == [50, 25, 25]
        assert (row["total_shots_last_10"], row["paint_attempts_per_game"]) == (40, 2)
        assert (row["assisted_rate_last_10"], row["unassisted_rate_last_10"]) == (100, 0)
        assert (row["primary_scoring_zone"], row["sample_quality_20"]) == ("paint", "good")

    def test_no_shot_taken(self, rivals):
        row = of(rivals.table("player_shot_zone_analysis", 19, 19), player_lookup="bob")
        assert (row["games_in_sample"], row["total_shots_last_10"]) == (10, 0)
        assert row["paint_rate_last_10"] is row["primary_scoring_zone"] is None
        assert row["paint_attempts_per_game"] == 0

    def test_no_shots_known(self, rivals):
        rivals.raw["nba_raw.shots"] = []
        row = rivals.table("player_shot_zone_analysis", 19, 19)[0]
        assert (row["games_in_sample"], row["insufficient_data_reason"]) == (0, "0_of_10_games")
        assert row["total_shots_last_10"] is row["paint_attempts_per_game"] is None
        assert (row["data_quality_tier"], row["sample_quality_10"]) == ("low", "insufficient")

    def test_sixty_days(self, rivals):
        for number in (79, 80):
            rivals.game(f"h{number}", number)
        name = "player_shot_zone_analysis"
        assert [len(rivals.table(name, number, number)) for number in (79, 80)] == [3, 0]

    def test_daily_cache(self, rivals):
        row = of(rivals.table("player_daily_cache", 19, 19), player_lookup="ann")
        # his games 9-18 are the vector turned by one
        assert (row["points_avg_last_10"], row["points_std_last_10"]) == (23.2, 5.513620)
        assert (row["games_played_season"], row["games_in_last_7_days"]) == (19, 7)
        assert (row["minutes_in_last_7_days"], row["back_to_backs_last_14_days"]) == (210, 14)
        assert (row["primary_scoring_zone"], row["player_age"]) == ("paint", 34)

    def test_two_games_are_no_cache(self, rivals):
        for game in ("g17", "g18"):
            rivals.box(game, "new", 5)
        names = {row["player_lookup"] for row in rivals.table("player_daily_cache", 19, 19)}
        assert names == {"ann", "bob", "zoe"}
        row = of(rivals.table("player_composite_factors", 19, 19), player_lookup="new")
        assert (row["insufficient_data_reason"], row["shot_zone_mismatch_score"]) == (
            "2_of_10_games",
            None,
        )
        row = of(rivals.table("ml_feature_store_v2", 19, 19), player_lookup="new")
        assert row["points_avg_last_5"] is row["games_in_last_7_days"] is row["team_pace"] is None
        assert (row["points_avg_last_3"], row["minutes_load_last_7d"]) == (5, 60)

    def test_composite(self, rivals):
        row = of(rivals.table("player_composite_factors", 19, 19), player_lookup="zoe")
        # back-to-back -15, seven games -10, 210 minutes, thirty each, 14 back-to-backs -12
        assert (row["fatigue_score"], row["fatigue_adjustment"]) == (63, -1.85)
        # Boston allows threes 50 below the mean, but his zone is the paint: both allow all
        assert row["shot_zone_mismatch_score"] == 0
        # (20 + 2.2 + 2) possessions for one, twice that for two: mean 36.3 either way
        assert (row["pace_score"], row["usage_spike_score"]) == (0, 0)
        assert row["total_composite_adjustment"] == -1.85

    def test_mismatch_of_a_perimeter_player(self, rivals):
        for number in range(10, 19):
            rivals.box(f"g{number}", "tri", 3)
            rivals.shot(f"g{number}", "tri", "above_break_three", made=False)
        row = of(rivals.table("player_composite_factors", 19, 19), player_lookup="tri")
        assert row["shot_zone_mismatch_score"] == 10


class TestStore:
    name = "ml_feature_store_v2"

    def row(self, tiny, player="ann", number=19):
        return of(tiny.table(self.name, number, number), player_lookup=player)

    def test_form(self, rivals):
        row = self.row(rivals)
        # games 17 and 18 brought 18 and 31 points, the three before them 30, 25, 27
        assert row["recent_trend"] == -1
        assert (row["points_avg_last_3"], row["points_avg_last_5"]) == (25.333333, 26.2)
        assert (row["pct_paint"], row["pct_mid_range"], row["pct_three"]) == (0.5, 0.25, 0.25)
        assert (row["pct_free_throw"], row["dnp_rate"]) == (0.172414, 0)
        assert (row["games_vs_opponent"], row["games_since_structural_change"]) == (19, 19)
        # 31 > 23.263158 ends it at once
        assert row["consecutive_games_below_avg"] == 0
        assert row["breakout_flag"] == 0
        assert (row["home_away"], row["back_to_back"], row["playoff_game"]) == (1, 1, 0)
        assert row["missing_features"] == ""

    def test_free_throws_at_most_half(self, rivals):
        assert self.row(rivals, "bob")["pct_free_throw"] == 0.5

    def test_odds(self, rivals):
        rivals.spread("g19", -6.5, 230)
        rivals.line("g19", "ann", 24.5)
        rivals.line("g19", "ann", 25.5, bookmaker="fanduel")
        own, other = self.row(rivals), self.row(rivals, "zoe")
        assert (own["implied_team_total"], other["implied_team_total"]) == (118.25, 111.75)
        assert own["spread_magnitude"] == other["spread_magnitude"] == 6.5
        assert (own["vegas_points_line"], own["has_vegas_line"]) == (24.5, 1)
        assert (other["vegas_points_line"], other["has_vegas_line"]) == (None, 0)
        assert own["multi_book_line_std"] == 0.7071
        assert own["line_vs_season_avg"] == round(24.5 - own["points_avg_season"], 6)

    def test_no_report(self, rivals):
        row = self.row(rivals)
        assert row["injury_risk"] is row["teammate_usage_available"] is None

    def test_report(self, rivals):
        rivals.report("g19", "bob", "out")
        row, other = self.row(rivals), self.row(rivals, "zoe")
        # equal plays, 42 team minutes: 100 x 1 / 2 x 42 / 5 / 12
        assert (row["teammate_usage_available"], other["teammate_usage_available"]) == (35, 0)
        assert row["injury_risk"] == 0
        rows = rivals.table(self.name, 19, 19)
        assert [row["player_lookup"] for row in rows] == ["ann", "zoe"]

    def test_ten_minutes_are_too_few(self, rivals):
        for row in rivals.raw["nba_raw.player_boxscores"]:
            if row["player_lookup"] == "bob":
                row["minutes"] = "10:00"
        rivals.report("g19", "bob", "doubtful")
        assert self.row(rivals)["teammate_usage_available"] == 0

    def test_long_absence(self, rivals):
        for number in (33, 34):
            rivals.game(f"h{number}", number)
        # 14 days after the last game and 15
        counts = [self.row(rivals, "ann", n)["games_since_structural_change"] for n in (33, 34)]
        assert counts == [20, 0]

    def test_new_team(self, rivals):
        rivals.line("g19", "ann", 24.5, team="NYK")
        row = self.row(rivals)
        assert (row["team_abbr"], row["games_since_structural_change"]) == ("NYK", 0)
        assert row["dnp_rate"] is None

    def test_line_without_a_game(self, rivals):
        rivals.line("g19", "new", 9.5, team="NYK")
        names = [row["player_lookup"] for row in rivals.table(self.name, 19, 19)]
        assert names == ["ann", "bob", "zoe"]
        row = of(rivals.table("player_composite_factors", 19, 19), player_lookup="new")
        assert row["fatigue_score"] is row["total_composite_adjustment"] is None

    def test_a_year(self, tiny, rivals):
        tiny.game("old", -347, season_year=2023, home="NYK", away="BOS")
        tiny.box("old", "ann", 100, team="BOS")
        rows = [self.row(rivals, "ann", number) for number in (18, 19)]
        assert [row["games_vs_opponent"] for row in rows] == [19, 19]
        # 18 games of 22.833333 on average, and the hundred
        assert rows[0]["avg_points_vs_opponent"] == round(
            (18 * rows[0]["points_avg_season"] + 100) / 19, 6
        )
