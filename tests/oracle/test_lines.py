"""The cascade and the points lines."""

from __future__ import annotations

from datetime import timedelta

from tests.oracle.tiny import only, tipoff


class TestLines:
    name = "player_lines"

    def test_cascade(self, tiny):
        tiny.game("a", 0)
        steps = [
            ("draftkings", "odds_api"),
            ("draftkings", "bettingpros"),
            ("fanduel", "odds_api"),
            ("fanduel", "bettingpros"),
            ("consensus", "bettingpros"),
        ]
        for rank, (bookmaker, provider) in enumerate(steps):
            for behind, name in enumerate(("ann", "bob", "cat", "dan", "eve")):
                if rank >= behind:
                    tiny.line("a", name, 20 + rank, bookmaker=bookmaker, provider=provider)
        rows = tiny.table(self.name)
        assert [row["current_points_line"] for row in rows] == [20, 21, 22, 23, 24]
        won = [(row["points_line_bookmaker"], row["points_line_provider"]) for row in rows]
        assert won == steps
        assert [row["books_count"] for row in rows] == [2, 2, 1, 1, 0]
        assert [row["draftkings_line"] for row in rows] == [20, 21, None, None, None]
        assert [row["consensus_line"] for row in rows] == [24, 24, 24, 24, 24]

    def test_opening_and_movement(self, tiny):
        tiny.game("a", 0)
        for hours, points in ((30, 20.5), (10, 21.5), (1, 22.5)):
            tiny.line("a", "ann", points, hours=hours)
        tiny.line("a", "ann", 10.5, hours=40, provider="other")
        row = only(tiny.table(self.name))
        assert (row["current_points_line"], row["opening_points_line"]) == (22.5, 20.5)
        assert row["line_movement"] == 2
        assert row["points_line_captured_at"] == tipoff(0) - timedelta(hours=1)
        assert row["books_count"] == 1

    def test_before_tipoff(self, tiny):
        tiny.game("a", 0)
        tiny.line("a", "ann", 20.5)
        tiny.line("a", "ann", 30.5, hours=0)
        tiny.line("a", "bob", 30.5, hours=-1)
        tiny.game("b", 1, tipoff_at=None)
        tiny.line("b", "ann", 20.5)
        assert only(tiny.table(self.name))["current_points_line"] == 20.5

    def test_rank_of_other_providers(self, tiny):
        tiny.game("a", 0)
        tiny.line("a", "ann", 20.5, provider="odds_api", hours=2)
        tiny.line("a", "ann", 21.5, provider="zebra", hours=1)
        tiny.line("a", "ann", 22.5, provider="yak", hours=1)
        tiny.line("a", "ann", 23.5, provider="bettingpros", hours=0.5)
        row = only(tiny.table(self.name))
        assert (row["current_points_line"], row["points_line_provider"]) == (22.5, "yak")
        assert row["opening_points_line"] == 22.5

    def test_median(self, tiny):
        tiny.game("a", 0)
        tiny.line("a", "ann", 20.5, bookmaker="mgm", hours=9)
        tiny.line("a", "ann", 21, bookmaker="mgm", hours=3)
        tiny.line("a", "ann", 22, bookmaker="mgm", provider="bettingpros", hours=2)
        tiny.line("a", "ann", 24.5, bookmaker="bet365", hours=5)
        tiny.line("a", "ann", 99, bookmaker="consensus", hours=1)
        row = only(tiny.table(self.name))
        assert (row["current_points_line"], row["opening_points_line"]) == (23.25, 22.5)
        assert row["points_line_provider"] == row["points_line_bookmaker"] == "median"
        assert row["points_line_captured_at"] == tipoff(0) - timedelta(hours=2)
        assert (row["books_count"], row["multi_book_line_std"]) == (2, 1.7678)
        assert (row["draftkings_line"], row["consensus_line"]) == (None, 23.25)

    def test_foreign_consensus_is_nothing(self, tiny):
        tiny.game("a", 0)
        tiny.line("a", "ann", 20.5, bookmaker="consensus")
        assert tiny.table(self.name) == []

    def test_team(self, tiny):
        tiny.game("a", 0)
        tiny.line("a", "ann", 20.5, hours=3, team="BOS", bookmaker="mgm")
        tiny.line("a", "ann", 20.5, hours=2, team="NYK", bookmaker="consensus")
        tiny.line("a", "ann", 20.5, hours=2, team="LAL")
        tiny.line("a", "ann", 20.5, hours=1)
        assert only(tiny.table(self.name))["team_abbr"] == "NYK"

    def test_not_positive(self, tiny):
        tiny.game("a", 0)
        tiny.line("a", "ann", 0)
        assert tiny.table(self.name) == []
