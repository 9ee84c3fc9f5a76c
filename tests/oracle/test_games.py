"""The three game summaries in worlds worked out by hand."""

from __future__ import annotations

import pytest

from tests.oracle.tiny import of, only


class TestPlayerGames:
    name = "player_game_summary"

    def test_efficiency(self, tiny):
        tiny.game("a", 0)
        tiny.box("a", "ann", 28, fg_made=10, fg_attempted=19, fg3_made=3, ft_attempted=7)
        row = only(tiny.table(self.name))
        assert (row["ts_pct"], row["efg_pct"]) == (0.634058, 0.605263)
        assert (row["seconds_played"], row["minutes_played"]) == (1800, 30.0)

    def test_usage(self, tiny):
        tiny.game("a", 0)
        tiny.box("a", "ann", 10, fg_attempted=10, turnovers=2, minutes="24:00")
        tiny.box("a", "bob", 10, fg_attempted=20, ft_attempted=25, minutes="36:00")
        tiny.dnp("a", "cat")
        rows = tiny.table(self.name)
        # 100 x 12 x (3600 / 5) / (1440 x 43) and 100 x 31 x 720 / (2160 x 43)
        assert of(rows, player_lookup="ann")["usage_rate"] == 13.953488
        assert of(rows, player_lookup="bob")["usage_rate"] == 24.031008
        assert of(rows, player_lookup="cat")["usage_rate"] is None

    def test_usage_needs_every_part(self, tiny):
        tiny.game("a", 0)
        tiny.box("a", "ann", 10, fg_attempted=10)
        tiny.box("a", "bob", 10, fg_attempted=20, turnovers=None)
        assert [row["usage_rate"] for row in tiny.table(self.name)] == [None, None]

    def test_played(self, tiny):
        tiny.game("a", 0)
        tiny.dnp("a", "ann")
        tiny.box("a", "bob", minutes="0:01")
        tiny.box("a", "cat", minutes="0:00")
        tiny.box("a", "dan", minutes="0:00", plus_minus=-2)
        tiny.box("a", "eve", minutes=None, personal_fouls=1)
        assert [row["is_dnp"] for row in tiny.table(self.name)] == [True, False, True, False, False]

    def test_rebounds(self, tiny):
        tiny.game("a", 0)
        tiny.box("a", "ann", rebounds=None, offensive_rebounds=2, defensive_rebounds=5)
        tiny.box("a", "bob", rebounds=6, offensive_rebounds=None, defensive_rebounds=None)
        tiny.box("a", "cat", rebounds=None, offensive_rebounds=None)
        assert [row["rebounds"] for row in tiny.table(self.name)] == [7, 6, None]

    def test_counts_only_final_games(self, tiny):
        phases = ("regular", "play_in", "playoffs", "preseason", "all_star", "cup_final")
        for number, phase in enumerate(phases):
            tiny.game(phase, number, season_phase=phase)
            tiny.box(phase, "ann", 1)
        tiny.game("moved", 10, boxscore_expected=False)
        tiny.box("moved", "ann", 1)
        tiny.game("open", 11, status="scheduled")
        tiny.box("open", "ann", 1)
        assert [row["season_phase"] for row in tiny.table(self.name)] == list(phases[:3])

    def test_zones(self, tiny):
        tiny.game("a", 0)
        tiny.box("a", "ann", 9)
        tiny.box("a", "bob", 0)
        tiny.shot("a", "ann", "paint")
        tiny.shot("a", "ann", "paint", made=False, assisted=None)
        tiny.shot("a", "ann", "corner_three", assisted=False)
        tiny.shot("a", "ann", "above_break_three", made=False)
        tiny.shot("a", "ann", "backcourt", assisted=None)
        ann, bob = tiny.table(self.name)
        assert (ann["paint_attempts"], ann["paint_makes"]) == (2, 1)
        assert (ann["mid_range_attempts"], ann["mid_range_makes"]) == (0, 0)
        assert (ann["three_pt_attempts"], ann["three_pt_makes"]) == (2, 1)
        assert (ann["assisted_fg_makes"], bob["assisted_fg_makes"]) == (1, 0)
        assert (bob["has_shots"], bob["paint_attempts"]) == (True, 0)

    def test_assist_unknown(self, tiny):
        tiny.game("a", 0)
        tiny.box("a", "ann", 4)
        tiny.shot("a", "ann", "paint")
        tiny.shot("a", "ann", "paint", assisted=None)
        assert only(tiny.table(self.name))["assisted_fg_makes"] is None

    def test_no_shots(self, tiny):
        tiny.game("a", 0)
        tiny.box("a", "ann", 4)
        row = only(tiny.table(self.name))
        assert row["has_shots"] is False
        assert row["paint_attempts"] is row["assisted_fg_makes"] is None

    def test_quarantined(self, tiny):
        tiny.game("a", 0)
        tiny.box("a", "ann", None, assists=1)
        tiny.box("a", "bob", 4, fg_made=2, fg_attempted=1)
        tiny.box("a", "cat", 4, opponent="BOS")
        tiny.box("a", "dan", 4)
        assert only(tiny.table(self.name))["player_lookup"] == "dan"

    @pytest.mark.parametrize(("unknown", "published"), [(2, 4), (3, 0)])
    def test_rejected(self, tiny, unknown, published):
        tiny.game("a", 0)
        for number in range(4):
            tiny.box("a", f"p{number}", 4, minutes="" if number < unknown else "30:00")
        assert len(tiny.table(self.name)) == published


class TestTeamGames:
    def test_vector(self, tiny):
        tiny.game("a", 0)
        line = {"fg_attempted": 88, "ft_attempted": 22, "turnovers": 13, "offensive_rebounds": 10}
        tiny.box("a", "ann", 112, minutes="48:00", **line)
        tiny.box("a", "zoe", 100, team="NYK", fg_attempted=90, steals=7)
        rows = tiny.table("team_offense_game_summary")
        bos, nyk = of(rows, team_abbr="BOS"), of(rows, team_abbr="NYK")
        assert (bos["possessions"], bos["possessions_estimated"]) == (100.68, False)
        assert bos["offensive_rating"] == 111.243544
        assert bos["pace"] == 100.68
        assert (bos["win_flag"], bos["margin"], nyk["win_flag"], nyk["margin"]) == (
            True,
            12,
            False,
            -12,
        )
        assert (bos["is_home"], nyk["is_home"], nyk["opponent_team_abbr"]) == (True, False, "BOS")
        defense = of(tiny.table("team_defense_game_summary"), defending_team_abbr="NYK")
        assert (defense["points_allowed"], defense["steals"]) == (112, 7)
        assert (defense["opponent_possessions"], defense["defensive_rating"]) == (
            100.68,
            111.243544,
        )

    def test_estimate(self, tiny):
        tiny.game("a", 0)
        line = {"fg_made": 40, "fg_attempted": 88, "ft_attempted": 22, "turnovers": 13}
        tiny.box("a", "ann", 112, offensive_rebounds=None, **line)
        row = only(tiny.table("team_offense_game_summary"))
        # 88 + 9.68 + 13 - 0.23 x 48
        assert (row["possessions"], row["possessions_estimated"]) == (99.64, True)

    @pytest.mark.parametrize(
        ("minutes", "overtimes"), [("48:00", 0), ("50:29", 0), ("50:30", 1), ("53:00", 1)]
    )
    def test_overtime_inferred(self, tiny, minutes, overtimes):
        tiny.game("a", 0, overtime_periods=None)
        for player in ("ann", "bob", "cat", "dan", "eve"):
            tiny.box("a", player, 20, fg_attempted=20, minutes=minutes)
        row = only(tiny.table("team_offense_game_summary"))
        assert (row["overtime_periods"], row["overtime_inferred"]) == (overtimes, True)
        assert row["pace"] == round(4800 / (48 + 5 * overtimes), 6)
        assert row["win_flag"] is row["margin"] is None

    def test_unknown_part(self, tiny):
        tiny.game("a", 0)
        tiny.box("a", "ann", 10, steals=2)
        tiny.box("a", "bob", 10, steals=None)
        tiny.dnp("a", "cat")
        row = only(tiny.table("team_offense_game_summary"))
        assert (row["points_scored"], row["steals"], row["paint_attempts"]) == (20, None, None)
