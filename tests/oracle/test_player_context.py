"""Who is expected, and what he is known by before tip-off."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.oracle.player_context import age
from tests.oracle.tiny import of, tipoff


class TestRoster:
    name = "upcoming_player_game_context"

    def sources(self, tiny, number):
        rows = tiny.table(self.name, number, number)
        return {row["player_lookup"]: (row["team_abbr"], row["roster_source"]) for row in rows}

    def test_sixty_days(self, tiny):
        for number in (30, 31, 91):
            tiny.game(f"g{number}", number)
        tiny.game("first", 0)
        tiny.box("g30", "ann", 1)
        tiny.box("g31", "bob", 1)
        assert self.sources(tiny, 91) == {"bob": ("BOS", "latest_game")}

    @pytest.mark.parametrize(("number", "found"), [(20, 1), (21, 0)])
    def test_first_three_weeks(self, tiny, number, found):
        tiny.game("old", -150, season_year=2023)
        tiny.box("old", "ann", 1)
        tiny.game("first", 0, "LAL", "DEN")
        tiny.game("next", number)
        assert len(self.sources(tiny, number)) == found

    def test_lines(self, tiny):
        tiny.game("g0", 0)
        for player in ("ann", "bob", "cat"):
            tiny.box("g0", player, 1)
        tiny.game("x", 0, "LAL", "DEN")
        tiny.box("x", "dan", 1, team="LAL")
        tiny.game("g1", 1)
        tiny.line("g1", "ann", 20.5, team="BOS")
        tiny.line("g1", "bob", 20.5, team="NYK")
        tiny.line("g1", "cat", 20.5, team="LAL")
        tiny.line("g1", "dan", 20.5)
        tiny.line("g1", "eve", 20.5, team="NYK")
        tiny.line("g1", "fay", 20.5)
        assert self.sources(tiny, 1) == {
            "ann": ("BOS", "both"),
            "bob": ("NYK", "line"),
            "cat": ("BOS", "both"),
            "eve": ("NYK", "line"),
        }

    def test_the_lines_game_wins(self, tiny):
        tiny.game("g0", 0)
        tiny.box("g0", "ann", 1)
        tiny.game("a", 1)
        tiny.game("b", 1, "LAL", "DEN")
        tiny.line("b", "ann", 20.5, team="LAL")
        assert self.sources(tiny, 1) == {"ann": ("LAL", "line")}
        tiny.line("a", "ann", 19.5, team="NYK", hours=2)
        assert self.sources(tiny, 1) == {"ann": ("LAL", "line")}
        tiny.line("a", "ann", 18.5, team="NYK", hours=1)
        assert self.sources(tiny, 1) == {"ann": ("NYK", "line")}

    def test_the_days_box_score_is_not_read(self, tiny):
        tiny.game("g0", 0)
        tiny.box("g0", "ann", 1)
        before = tiny.table(self.name)
        tiny.box("g0", "bob", 50)
        assert tiny.table(self.name) == before == []


class TestPlayerContext:
    name = "upcoming_player_game_context"

    def row(self, tiny, player="ann", number=None):
        number = tiny.last_day if number is None else number
        return of(tiny.table(self.name, number, number), player_lookup=player)

    def test_load(self, tiny):
        for number, minutes in ((0, "40:00"), (1, "30:00"), (8, "20:10"), (13, "30:00")):
            tiny.game(f"g{number}", number)
            tiny.box(f"g{number}", "ann", 1, minutes=minutes)
        tiny.game("next", 15)
        row = self.row(tiny)
        assert (row["days_rest"], row["back_to_back"]) == (1, False)
        assert (row["games_in_last_7_days"], row["games_in_last_14_days"]) == (2, 3)
        assert (row["minutes_in_last_7_days"], row["minutes_in_last_14_days"]) == (50.1667, 80.1667)
        assert row["avg_minutes_per_game_last_7"] == 25.0833
        # day 1 = D-14 stands in the window; day 0, which made it a back-to-back, does not
        assert row["back_to_backs_last_14_days"] == 1

    def test_unknown_minutes(self, tiny):
        tiny.game("g0", 0)
        tiny.box("g0", "ann", 1, minutes="")
        tiny.game("next", 1)
        row = self.row(tiny)
        assert row["back_to_back"] is True
        assert row["minutes_in_last_7_days"] is row["avg_minutes_per_game_last_7"] is None

    def test_first_game_of_the_season(self, tiny):
        tiny.game("old", -150, season_year=2023)
        tiny.box("old", "ann", 1, fg_attempted=5)
        tiny.game("next", 0)
        row = self.row(tiny)
        assert row["days_rest"] is row["projected_usage_rate"] is None
        assert (row["games_in_last_14_days"], row["minutes_in_last_7_days"]) == (0, 0)
        assert row["avg_minutes_per_game_last_7"] is None

    def test_line_and_odds(self, tiny):
        tiny.game("g0", 0)
        tiny.box("g0", "ann", 1, team="NYK", fg_attempted=4)
        tiny.game("next", 1)
        tiny.line("next", "ann", 18.5, team="NYK")
        tiny.spread("next", -6.5, 230)
        row = self.row(tiny)
        assert (row["current_points_line"], row["has_prop_line"]) == (18.5, True)
        assert (row["game_spread"], row["game_total"], row["is_home"]) == (6.5, 230, False)
        assert row["projected_usage_rate"] == 20

    def test_status(self, tiny):
        tiny.game("g0", 0)
        tiny.box("g0", "ann", 1)
        tiny.game("next", 1)
        tiny.report("next", "ann", "questionable", hours=4)
        tiny.report("next", "ann", "probable", hours=2)
        tiny.report("next", "ann", "out", hours=2)
        tiny.report("next", "ann", "available", hours=0)
        row = self.row(tiny)
        assert row["player_status"] == "out"
        assert row["injury_report_at"] == tipoff(1) - timedelta(hours=2)

    def season(self, tiny, games=10):
        for number in range(games):
            tiny.game(f"g{number}", number)
            tiny.box(f"g{number}", "ann", 18, minutes="20:00")
            tiny.box(f"g{number}", "bob", 12, minutes="28:00")
            tiny.box(f"g{number}", "cat", 17, minutes="27:00")
            if number:
                tiny.box(f"g{number}", "dan", 30)
        tiny.game("next", games)

    def test_stars(self, tiny):
        self.season(tiny)
        tiny.report("next", "ann", "out")
        tiny.report("next", "bob", "doubtful")
        tiny.report("next", "cat", "out")
        tiny.report("next", "dan", "out")
        rows = tiny.table(self.name, 10)
        stars = {row["player_lookup"]: row["star_teammates_out"] for row in rows}
        assert stars == {"ann": 1, "bob": 1, "cat": 2, "dan": 2}

    def test_stars_unknown_without_a_report(self, tiny):
        self.season(tiny)
        assert self.row(tiny)["star_teammates_out"] is None
        tiny.report("next", "zoe", "out")
        assert self.row(tiny)["star_teammates_out"] == 0

    def test_stars_unknown_before_ten_games(self, tiny):
        self.season(tiny, games=9)
        tiny.report("next", "ann", "out")
        assert self.row(tiny)["star_teammates_out"] is None

    @pytest.mark.parametrize(
        ("birth", "expected"),
        [
            (date(1994, 10, 22), 30),
            (date(1994, 10, 23), 29),
            (date(1996, 2, 29), 28),
            (None, None),
        ],
    )
    def test_age(self, birth, expected):
        assert age(birth, date(2024, 10, 22)) == expected

    def test_age_in_the_row(self, tiny):
        tiny.game("g0", 0)
        tiny.box("g0", "ann", 1)
        tiny.box("g0", "bob", 1)
        tiny.game("next", 1)
        tiny.person("ann", date(2000, 10, 24))
        assert self.row(tiny)["player_age"] == 23
        assert self.row(tiny, "bob")["player_age"] is None
