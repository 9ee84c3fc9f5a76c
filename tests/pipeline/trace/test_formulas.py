"""Each feature from games made by hand."""

from __future__ import annotations

import pytest

from pipeline.trace.checking import FORMULAS
from pipeline.trace.facts import Facts
from pipeline.trace.history import ALL_OPEN, HONEST, Door, history
from tests.pipeline.trace.worlds import (
    POINTS,
    every_other_day,
    facts,
    game,
    line,
    team_game,
)

TEN = facts(every_other_day())


def value(name: str, of: Facts, opened: frozenset[Door] = HONEST) -> object:
    return FORMULAS[name](history(of, opened)).value


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("points_avg_last_3", 23.666667),
        ("points_avg_last_5", 24.6),
        ("points_avg_last_10", 23.2),
        ("points_avg_season", 23.2),
        ("points_std_last_10", 5.513620),
        ("pts_slope_10g", 0.521212),
        # (12 x 520 - 6 x 6 x 167) / (7 x 48) over 14, 30, 25, 27, 18, 31, 22.
        ("scoring_trend_slope", 0.678571),
        # (22 + 31) / 2 - (18 + 27 + 25) / 3 = 3.166667.
        ("recent_trend", 1),
        # (24.6 - 23.2) / 5.51362.
        ("pts_vs_season_zscore", 0.253917),
        ("breakout_flag", 0),
        ("minutes_avg_last_10", 30.0),
        ("minutes_change", 0),
        # 232 points in 300 minutes.
        ("ppm_avg_last_10", 0.773333),
        ("usage_rate_last_5", 20.0),
        ("usage_spike_score", 0.0),
        # 20 free throws of 232 points.
        ("pct_free_throw", 0.086207),
        ("pct_paint", 0.5),
        ("pct_mid_range", 0.3),
        ("pct_three", 0.2),
        ("avg_points_vs_opponent", 23.2),
        ("games_vs_opponent", 10),
        ("games_in_last_7_days", 3),
        ("minutes_load_last_7d", 90.0),
        ("days_rest", 1),
        ("back_to_back", 0),
        ("fatigue_score", 100),
        ("games_since_structural_change", 10),
        ("deviation_from_avg_last3", 0.084639),
        ("consecutive_games_below_avg", 1),
    ],
)
def test_ten_games(name: str, expected: float) -> None:
    assert value(name, TEN) == expected


class TestFew:
    def test_the_cache_wants_three_games(self) -> None:
        two, three = facts(every_other_day((10, 20))), facts(every_other_day((10, 20, 33)))
        assert value("points_avg_last_5", two) is None
        assert value("points_avg_last_3", two) == 15
        assert value("points_avg_last_5", three) == 21

    def test_nothing_is_known_of_whoever_has_not_played(self) -> None:
        nobody = facts()
        known = {name for name in FORMULAS if value(name, nobody) is not None}
        true_zeros = {"games_vs_opponent", "minutes_load_last_7d", "back_to_back", "has_vegas_line"}
        assert known == true_zeros

    def test_last_season_counts_only_against_the_opponent(self) -> None:
        old = facts([game(300, 40, season_year=2024), game(366, 2, season_year=2024)])
        assert value("points_avg_last_3", old) is None
        assert value("avg_points_vs_opponent", old) == 40

    def test_who_did_not_play_is_no_game(self) -> None:
        games = every_other_day((10, 20, 33))
        games.insert(0, game(1, 0, played=False, seconds=0))
        assert value("points_avg_last_3", facts(games)) == 21
        assert value("days_rest", facts(games)) == 1


class TestBetween:
    def test_back_to_back(self) -> None:
        of = facts([game(1), game(2), game(4)], age=36)
        assert value("days_rest", of) == 0
        assert value("back_to_back", of) == 1
        # 100 - 15, no 4 games, one back-to-back among those before: -5, age: -10.
        assert value("fatigue_score", of) == 70

    def test_rest_against_the_opponent(self) -> None:
        of = facts([game(1)], opponent_games=[team_game(6)])
        assert value("rest_advantage", of) == -2
        assert value("rest_advantage", facts([game(1)])) is None

    def test_absences_since_he_joined(self) -> None:
        team = [team_game(day) for day in range(2, 20)]
        games = [game(2), game(4), game(9), game(10, team="LAL")]
        # His stint began 9 days before: eight games of the team, three of them his.
        assert value("dnp_rate", facts(games, team)) == 0.625
        assert value("dnp_rate", facts([game(2, team="LAL")], team)) is None

    def test_change_of_team_and_gap(self) -> None:
        assert value("games_since_structural_change", facts([game(2), game(17), game(18)])) == 1
        assert value("games_since_structural_change", facts([game(2), game(16), game(18)])) == 3
        assert value("games_since_structural_change", facts([game(15), game(16)])) == 0
        assert value("games_since_structural_change", facts([game(2, team="LAL")])) == 0

    def test_streaks_pass_over_pushes(self) -> None:
        games = [game(2, 20, line=15.5), game(3, 20, line=20.0), game(4, 20, line=19.5)]
        of = facts([*games, game(5, 20), game(6, 20, line=21.5)])
        assert value("prop_over_streak", of) == 2
        assert value("prop_under_streak", of) == 0


class TestTeams:
    def test_rates(self) -> None:
        of = facts(every_other_day(), [team_game(2), team_game(4, points=90, pace=98.0)])
        assert value("team_pace", of) == 99.0
        # 100 x 202 / 201.36.
        assert value("team_off_rating", of) == 100.317839
        assert value("team_win_pct", of) is None

    def test_the_latest_fifteen_of_the_opponent(self) -> None:
        games = [team_game(day, allowed=98) for day in range(1, 16)]
        games.append(team_game(20, allowed=500))
        assert value("opponent_def_rating", facts(opponent_games=games)) == 100
        assert value("opponent_def_rating", facts(opponent_games=games[:4])) is None
        assert value("opponent_pace", facts(opponent_games=games)) == 98


class TestBoards:
    def test_the_cascade(self) -> None:
        lines = [line(9, 20.5), line(60, 19.5), line(1, 25.5, "fanduel"), line(2, 30.5, "betmgm")]
        of = facts(every_other_day(), lines=lines)
        assert value("vegas_points_line", of) == 20.5
        assert value("vegas_opening_line", of) == 19.5
        assert value("vegas_line_move", of) == 1
        assert value("has_vegas_line", of) == 1
        # 20.5, 25.5 and 30.5.
        assert value("multi_book_line_std", of) == 5
        assert value("line_vs_season_avg", of) == -2.7

    @pytest.mark.parametrize(
        ("books", "current"),
        [
            ([("fanduel", "bettingpros"), ("draftkings", "bettingpros")], 11.5),
            ([("fanduel", "odds_api"), ("draftkings", "bettingpros")], 11.5),
            ([("fanduel", "bettingpros"), ("fanduel", "odds_api")], 11.5),
            ([("betmgm", "odds_api"), ("consensus", "bettingpros")], 11.5),
            ([("betmgm", "odds_api"), ("consensus", "odds_api")], 10.5),
            ([("betmgm", "odds_api"), ("caesars", "odds_api")], 11.0),
        ],
    )
    def test_its_order(self, books: list[tuple[str, str]], current: float) -> None:
        lines = [line(5, 10.5 + place, *one) for place, one in enumerate(books)]
        assert value("vegas_points_line", facts(lines=lines)) == current

    def test_the_game(self) -> None:
        of = facts(lines=[line(5, 20.5)])
        assert value("game_total_line", of) == 230
        assert value("spread_magnitude", of) == 6.5
        assert value("implied_team_total", of) == 118.25
        away = facts(lines=[line(5, 20.5)], is_home=False)
        assert value("implied_team_total", away) == 111.75


class TestDoors:
    """What each lets in, and nothing else."""

    GAMES = facts(
        [game(0, 60), *every_other_day()],
        [team_game(0, pace=50.0), *[team_game(2 * day) for day in range(1, 6)]],
        [team_game(0, opponent_pace=50.0), *[team_game(2 * day) for day in range(1, 6)]],
        [line(-10, 40.5), line(10, 20.5)],
    )

    @pytest.mark.parametrize(
        ("name", "door", "expected"),
        [
            ("points_avg_last_10", Door.PLAYER, (60 + sum(POINTS[:9])) / 10),
            ("days_rest", Door.PLAYER, -1),
            ("games_in_last_7_days", Door.WINDOW, 4),
            ("games_vs_opponent", Door.WINDOW, 11),
            ("team_pace", Door.TEAM, 91.666667),
            ("opponent_pace", Door.TEAM, 90.0),
            ("vegas_points_line", Door.BOARD, 40.5),
        ],
    )
    def test_one(self, name: str, door: Door, expected: float) -> None:
        honest = value(name, self.GAMES)
        assert value(name, self.GAMES, frozenset({door})) == expected != honest
        assert value(name, self.GAMES, ALL_OPEN) == expected
        assert value(name, self.GAMES, ALL_OPEN - {door}) == honest
