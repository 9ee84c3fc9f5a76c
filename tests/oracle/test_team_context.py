"""The door to history, and what a team is known by before tip-off."""

from __future__ import annotations

from tests.oracle.tiny import day, only


class TestAsof:
    def test_strictly_before(self, tiny):
        for number in (0, 1, 2):
            tiny.game(f"g{number}", number)
            tiny.box(f"g{number}", "ann", 1)
        rows = tiny.table("player_asof")
        assert [(row["analysis_date"], row["last_game_date"]) for row in rows] == [
            (day(1), day(0)),
            (day(2), day(1)),
        ]

    def test_played_only(self, tiny):
        for number in (0, 1, 2):
            tiny.game(f"g{number}", number)
        tiny.box("g0", "ann", 1)
        tiny.dnp("g1", "ann")
        assert tiny.table("player_asof", 2)[0]["last_game_date"] == day(0)

    def test_the_season_before(self, tiny):
        tiny.game("older", -600, season_year=2022)
        tiny.game("old", -300, season_year=2023)
        tiny.game("new", 0)
        tiny.box("older", "ann", 1)
        tiny.box("old", "bob", 1)
        row = only(tiny.table("player_asof", 0))
        assert (row["player_lookup"], row["season_year"]) == ("bob", 2023)

    def test_team(self, tiny):
        tiny.game("old", -300, season_year=2023)
        tiny.game("g0", 0, "LAL", "DEN")
        tiny.game("g1", 1)
        for game, team in (("old", "BOS"), ("g0", "LAL"), ("g1", "BOS")):
            tiny.box(game, "ann", 1, team=team)
        rows = tiny.table("team_asof", 1)
        assert [(row["team_abbr"], row["last_game_date"]) for row in rows] == [
            ("BOS", None),
            ("LAL", day(0)),
            ("NYK", None),
        ]


class TestTeamContext:
    name = "upcoming_team_game_context"

    def test_rest(self, tiny):
        for number in (0, 6, 12, 13, 20):
            tiny.game(f"g{number}", number)
            tiny.box(f"g{number}", "ann", 1)
        rows = [row for row in tiny.table(self.name) if row["team_abbr"] == "BOS"]
        assert [row["team_days_rest"] for row in rows] == [None, 5, 5, 0, 6]
        assert [row["games_in_last_7_days"] for row in rows] == [0, 1, 1, 2, 1]
        assert [row["games_in_last_14_days"] for row in rows] == [0, 1, 2, 3, 3]
        assert rows[0]["win_streak"] is None

    def test_spread_is_the_teams_own(self, tiny):
        tiny.game("a", 0)
        tiny.spread("a", -4.5, None, hours=9)
        tiny.spread("a", -6.5, None, hours=2)
        tiny.spread("a", None, 230, bookmaker="fanduel")
        tiny.spread("a", 9.5, 200, hours=0)
        bos, nyk = tiny.table(self.name)
        assert (bos["game_spread"], bos["opening_spread"], bos["spread_movement"]) == (
            -6.5,
            -4.5,
            -2,
        )
        assert (nyk["game_spread"], nyk["opening_spread"], nyk["spread_movement"]) == (6.5, 4.5, 2)
        assert bos["game_total"] == nyk["game_total"] == 230
        assert (bos["spread_bookmaker"], bos["total_bookmaker"]) == ("draftkings", "fanduel")

    def test_no_odds(self, tiny):
        tiny.game("a", 0, tipoff_at=None)
        tiny.spread("a", -4.5, 220)
        row = tiny.table(self.name)[0]
        assert row["game_spread"] is row["total_movement"] is row["spread_captured_at"] is None

    def starters(self, tiny, games=5):
        for number in range(games):
            tiny.game(f"g{number}", number)
            tiny.box(f"g{number}", "ann", 1)
            tiny.box(f"g{number}", "bob", 1, is_starter=number >= 3)
            if number < 4:
                tiny.box(f"g{number}", "cat", 1, is_starter=number > 0)
        tiny.game("next", games)

    def test_starters_out(self, tiny):
        self.starters(tiny)
        for player in ("ann", "bob", "cat"):
            tiny.report("next", player, "questionable", hours=5)
            tiny.report("next", player, "out")
        tiny.report("next", "ann", "available", hours=-1)
        # ann started 5 of 5, bob 2, cat games 2-4
        rows = tiny.table(self.name, 5)
        assert [row["starters_out_count"] for row in rows] == [2, None]

    def test_starters_unknown(self, tiny):
        self.starters(tiny)
        assert tiny.table(self.name, 5)[0]["starters_out_count"] is None
        tiny.report("next", "zoe", "probable")
        assert tiny.table(self.name, 5)[0]["starters_out_count"] == 0
        tiny.raw["nba_raw.player_boxscores"][1]["is_starter"] = None
        assert tiny.table(self.name, 5)[0]["starters_out_count"] is None

    def test_four_games_are_too_few(self, tiny):
        self.starters(tiny, games=4)
        tiny.report("next", "ann", "out")
        assert tiny.table(self.name, 4)[0]["starters_out_count"] is None
