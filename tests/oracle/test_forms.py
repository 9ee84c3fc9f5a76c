"""The state after each game: windows, streaks, masks."""

from __future__ import annotations

from tests.oracle.tiny import NEWEST_FIRST, day, only


class TestTeamForm:
    name = "team_form"

    def play(self, tiny, scores, **said):
        for number, (own, other) in enumerate(scores):
            tiny.game(f"g{number}", 2 * number)
            tiny.box(f"g{number}", "ann", own, fg_attempted=100 + number, **said)
            tiny.box(f"g{number}", "zoe", other, team="NYK", fg_attempted=80)

    def test_results(self, tiny):
        self.play(tiny, [(100, 90), (100, 101), (100, 102), (100, 99)])
        rows = [row for row in tiny.table(self.name) if row["team_abbr"] == "BOS"]
        assert [row["win_streak"] for row in rows] == [1, 0, 0, 1]
        assert [row["loss_streak"] for row in rows] == [0, 1, 2, 0]
        assert [row["win_pct_season"] for row in rows] == [1, 0.5, 0.333333, 0.5]
        assert [row["previous_game_date"] for row in rows] == [None, day(0), day(2), day(4)]

    def test_unknown_result_ends_no_streak(self, tiny):
        self.play(tiny, [(100, 90), (100, 90), (100, 90)])
        tiny.raw["nba_raw.player_boxscores"][3:4] = []
        rows = [row for row in tiny.table(self.name) if row["team_abbr"] == "BOS"]
        assert [row["win_streak"] for row in rows] == [1, None, 2]
        assert [row["games_decided_season"] for row in rows] == [1, 1, 2]

    def test_windows(self, tiny):
        self.play(tiny, [(100 + number, 90 + number) for number in range(16)])
        row = tiny.table(self.name)[-2]
        assert (row["games_played_season"], row["games_last_15"]) == (16, 15)
        # games 6-15: points 106-115 of possessions 106-115
        assert (row["rated_points_sum_last_10"], row["possessions_x100_sum_last_10"]) == (
            1105,
            110500,
        )
        assert row["offensive_rating_last_10"] == 100
        assert (row["pace_last_10"], row["pace_micros_sum_season"]) == (110.5, 1720 * 10**6)
        # games 1-15: 91-105 points of 80 possessions each
        assert row["points_allowed_sum_last_15"] == row["rated_points_allowed_sum_last_15"] == 1470
        assert (row["opponent_points_per_game_last_15"], row["defensive_rating_last_15"]) == (
            98,
            122.5,
        )
        assert (row["shot_games_season"], row["paint_makes_allowed_sum_season"]) == (0, None)


class TestPlayerForm:
    name = "player_form"

    def play(self, tiny, points, **said):
        for number, scored in enumerate(points):
            tiny.game(f"g{number}", number)
            tiny.box(f"g{number}", "ann", scored, **said)

    def test_points(self, tiny):
        self.play(tiny, [50, *NEWEST_FIRST[::-1]], fg_attempted=10, ft_made=2)
        row = tiny.table(self.name)[-1]
        assert (row["points_avg_last_5"], row["points_avg_last_10"]) == (24.6, 23.2)
        assert round(row["points_std_last_10"], 4) == 5.5136
        assert row["points_slope_last_10"] == 0.521212
        assert row["points_avg_season"] == 25.636364
        assert (row["points_sum_last_2"], row["points_avg_last_3"]) == (53, 23.666667)
        assert row["ppm_avg_last_10"] == 0.773333
        assert (row["ts_pct_last_10"], row["ft_made_sum_last_10"]) == (1.16, 20)
        # alone on his team: 100 x 10 x (1800 / 5) / (1800 x 10)
        assert (row["usage_rate_season"], row["usage_micros_sum_last_5"]) == (20, 100 * 10**6)

    def test_first_games(self, tiny):
        self.play(tiny, [10, 20, 30, 40, 50])
        rows = tiny.table(self.name)
        assert [row["points_std_last_10"] is None for row in rows] == [True] + 4 * [False]
        assert [row["points_slope_last_7"] for row in rows] == [None, None, None, 10, 10]
        assert [row["points_slope_last_10"] for row in rows] == [None, None, None, None, 10]

    def test_minutes_unknown(self, tiny):
        self.play(tiny, [10, 20])
        tiny.raw["nba_raw.player_boxscores"][1]["minutes"] = "-"
        row = tiny.table(self.name)[-1]
        assert (row["minutes_games_last_10"], row["minutes_avg_season"]) == (1, 30)
        assert (row["ppm_avg_last_10"], row["points_sum_season"]) == (0.333333, 30)

    def test_later_games_change_nothing(self, tiny):
        self.play(tiny, NEWEST_FIRST)
        assert tiny.table(self.name)[:4] == tiny.table(self.name, last=3)

    def test_masks(self, tiny):
        for number in range(12):
            tiny.game(f"g{number}", number)
            tiny.box(f"g{number}", "bob", 1)
        for number in (0, 8, 9, 11):
            tiny.box(f"g{number}", "ann", 1, is_starter=number != 9)
        tiny.dnp("g10", "ann")
        rows = [row for row in tiny.table(self.name) if row["player_lookup"] == "ann"]
        assert [row["team_games_played_mask"] for row in rows] == [1, 0b100000001, 0b1000000011, 13]
        assert [row["team_starts_mask"] for row in rows] == [1, 1, 2, 0b1001]
        assert [row["team_game_number"] for row in rows] == [1, 9, 10, 12]
        assert {row["stint_first_team_game_number"] for row in rows} == {1}

    def test_unknown_start(self, tiny):
        self.play(tiny, 7 * [1])
        tiny.raw["nba_raw.player_boxscores"][1]["is_starter"] = None
        masks = [row["team_starts_mask"] for row in tiny.table(self.name)]
        assert masks == [1, None, None, None, None, None, 31]

    def test_trade(self, tiny):
        for number in range(4):
            tiny.game(f"g{number}", number)
            tiny.box(f"g{number}", "zoe", 1, team="NYK")
            tiny.box(f"g{number}", "ann", 1, team="BOS" if number < 2 else "NYK")
        rows = [row for row in tiny.table(self.name) if row["player_lookup"] == "ann"]
        assert [row["stint_first_team_game_number"] for row in rows] == [1, 1, 3, 3]
        assert [row["team_games_played_mask"] for row in rows] == [1, 3, 1, 3]
        assert [row["games_since_structural_change"] for row in rows] == [1, 2, 1, 2]

    def test_gap(self, tiny):
        for number in (0, 14, 29, 30):
            tiny.game(f"g{number}", number)
            tiny.box(f"g{number}", "ann", 1)
        rows = tiny.table(self.name)
        assert [row["games_since_structural_change"] for row in rows] == [1, 2, 1, 2]

    def test_change_counts_to_30(self, tiny):
        self.play(tiny, 33 * [1])
        assert tiny.table(self.name)[-1]["games_since_structural_change"] == 30

    def test_prop_streaks(self, tiny):
        self.play(tiny, [30, 30, 20, 20, 10])
        for number, line in ((1, 25.5), (2, 20), (4, 12.5)):
            tiny.line(f"g{number}", "ann", line)
        rows = tiny.table(self.name)
        # no line, over, push, no line, under
        assert [row["prop_over_streak"] for row in rows] == [None, 1, 1, 1, 0]
        assert [row["prop_under_streak"] for row in rows] == [None, 0, 0, 0, 1]

    def test_shot_windows_pass_over_games_without(self, tiny):
        self.play(tiny, 24 * [2])
        for number in (*range(12), *range(14, 24)):
            tiny.shot(f"g{number}", "ann", "paint")
        row = tiny.table(self.name)[-1]
        assert (row["shot_games_last_10"], row["paint_attempts_last_10"]) == (10, 10)
        assert (row["shot_games_last_20"], row["paint_makes_last_20"]) == (20, 20)
        assert row["assisted_fg_makes_last_10"] == 10
        assert tiny.table(self.name)[0]["mid_range_attempts_last_10"] == 0

    def test_no_shots(self, tiny):
        self.play(tiny, [2])
        row = only(tiny.table(self.name))
        assert (row["shot_games_last_10"], row["paint_attempts_last_10"]) == (0, None)
        assert row["assisted_fg_makes_last_10"] is None
