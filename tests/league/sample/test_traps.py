"""Every trap is planted, and is what the catalogue says it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from league.sample import FAULTS, TRAPS, League, make_league
from league.sample.planting_lines import NOBODY

Row = dict[str, Any]
Rows = Callable[[str], list[Row]]
Find = Callable[[str], list[Row]]


@pytest.fixture(scope="module")
def find(league: League, rows: Rows) -> Find:
    """The rows of a trap's table that have its planted keys."""

    def found(trap: str) -> list[Row]:
        cases = league.cases(trap)
        columns = tuple(cases[0].key)
        wanted = {tuple(case.key.values()) for case in cases}
        table = rows(cases[0].table.removeprefix("nba_raw."))
        return [row for row in table if tuple(row[name] for name in columns) in wanted]

    return found


def points(rows: Rows, row: Row) -> int | None:
    same = ("game_id", "player_lookup")
    return next(
        (
            box["points"]
            for box in rows("player_boxscores")
            if all(box[name] == row[name] for name in same)
        ),
        None,
    )


def test_catalogue(league: League) -> None:
    names = [trap.name for trap in (*TRAPS, *FAULTS)]
    assert len(set(names)) == len(names)
    keys = {trap.name: (trap.table, trap.key) for trap in TRAPS}
    assert {case.trap for case in league.planted} == set(keys)
    for case in league.planted:
        assert (case.table, tuple(case.key)) == keys[case.trap]


@pytest.mark.parametrize("seed", [1, 42])
def test_planted_in_every_league(seed: int) -> None:
    planted = {case.trap for case in make_league(seed=seed, last_season=2023).planted}
    assert planted == {trap.name for trap in TRAPS}


class TestScores:
    def test_sixty_point_game(self, find: Find) -> None:
        (row,) = find("sixty_point_game")
        assert row["points"] == 60
        assert row["game_date"] == date(2025, 10, 21) + timedelta(days=27)

    def test_in_game_line(self, find: Find, rows: Rows, games: dict[str, Row]) -> None:
        (row,) = find("in_game_line")
        assert (row["provider"], row["bookmaker"]) == ("odds_api", "draftkings")
        assert row["captured_at"] > games[row["game_id"]]["tipoff_at"]
        assert points(rows, row) == row["points_line"] + 0.5 == 60

    def test_line_at_tipoff(self, find: Find, rows: Rows, games: dict[str, Row]) -> None:
        (row,) = find("line_at_tipoff")
        assert row["captured_at"] == games[row["game_id"]]["tipoff_at"]
        assert points(rows, row) == row["points_line"]


class TestGames:
    def test_postponed_game(self, find: Find, games: dict[str, Row], rows: Rows) -> None:
        for row in find("postponed_game"):
            assert (row["status"], row["boxscore_expected"]) == ("postponed", False)
            assert row["home_score"] is row["away_score"] is row["overtime_periods"] is None
            assert not any(box["game_id"] == row["game_id"] for box in rows("player_boxscores"))
            (make_up,) = (
                other
                for other in find("make_up_game")
                if (other["home_team"], other["away_team"]) == (row["home_team"], row["away_team"])
            )
            assert make_up["game_date"] > row["game_date"]
            assert (make_up["status"], make_up["boxscore_expected"]) == ("final", True)

    def test_seven_games_on_day_14(self, find: Find, rows: Rows) -> None:
        for row in find("seven_games_on_day_14"):
            assert row["game_date"] == date(2025, 11, 4)
            played = [
                sum(
                    team in (game["home_team"], game["away_team"])
                    for game in rows("schedule")
                    if game["season_phase"] == "regular" and game["game_date"] < date(2025, 11, 4)
                )
                for team in (row["home_team"], row["away_team"])
            ]
            assert 7 in played

    @pytest.mark.parametrize(
        ("trap", "phase"),
        [
            ("preseason_game", "preseason"),
            ("all_star_game", "all_star"),
            ("cup_final_game", "cup_final"),
        ],
    )
    def test_games_that_do_not_count(self, find: Find, rows: Rows, trap: str, phase: str) -> None:
        for row in find(trap):
            assert (row["season_phase"], row["status"]) == (phase, "final")
            assert any(box["game_id"] == row["game_id"] for box in rows("player_boxscores"))
            if phase != "preseason":
                assert [
                    game["game_id"]
                    for game in rows("schedule")
                    if game["game_date"] == row["game_date"]
                ] == [row["game_id"]]

    def test_midnight(self, find: Find) -> None:
        for row in find("tipoff_after_midnight_utc"):
            assert row["tipoff_at"].date() == row["game_date"] + timedelta(days=1)

    def test_overtime_unknown(self, find: Find) -> None:
        (row,) = find("overtime_unknown")
        assert row["overtime_periods"] is None
        assert row["status"] == "final"

    def test_game_without_shots(self, find: Find, rows: Rows) -> None:
        (game,) = find("game_without_shots")
        assert not any(row["game_id"] == game["game_id"] for row in rows("shots"))
        assert any(row["game_id"] == game["game_id"] for row in rows("player_boxscores"))

    def test_game_without_report(self, find: Find, rows: Rows) -> None:
        for game in find("game_without_report"):
            assert not any(row["game_id"] == game["game_id"] for row in rows("injury_report"))


class TestBoxscores:
    def test_minutes(self, find: Find) -> None:
        (numeric,) = find("numeric_minutes")
        assert numeric["minutes"].endswith(".500000000")
        (whole,) = find("whole_minutes")
        assert whole["minutes"].isdigit()
        iso = [row["minutes"] for row in find("iso_minutes")]
        assert sum(minutes.startswith("PT") for minutes in iso) >= 16
        assert {minutes for minutes in iso if not minutes.startswith("PT")} == {""}

    def test_zeros_without_playing(self, find: Find) -> None:
        (row,) = find("zeros_without_playing")
        assert (row["minutes"], row["points"], row["fg_attempted"]) == ("00:00", 0, 0)
        assert row["dnp_reason"] is not None

    def test_unknown_details(self, find: Find) -> None:
        assert {row["assisted"] for row in find("assists_unknown")} == {None}
        for row in find("total_rebounds_only"):
            assert row["offensive_rebounds"] is row["defensive_rebounds"] is None
            assert (row["rebounds"] is None) == (row["points"] is None)

    def test_traded_player(self, find: Find, rows: Rows) -> None:
        for row in find("traded_player"):
            before = {
                box["team"]
                for box in rows("player_boxscores")
                if box["player_lookup"] == row["player_lookup"]
                and box["game_date"] < row["game_date"]
            }
            assert before - {row["team"], "EST", "WST"}


class TestLines:
    def test_name_spelled_otherwise(self, league: League, find: Find, rows: Rows) -> None:
        players = {row["player_lookup"]: row for row in rows("players")}
        for row in find("name_spelled_otherwise"):
            player = players[row["player_lookup"]]
            assert not player["player_name"].isascii()
            assert row["player_lookup"].startswith(player["aliases"])
        suffixed = {key for key, row in players.items() if row["aliases"]}
        assert league.report.resolved_aliases == sum(
            row["provider"] == "bettingpros" and row["player_lookup"] in suffixed
            for row in rows("odds_player_points")
        )

    def test_unknown_spelling(self, league: League, rows: Rows) -> None:
        assert league.report.unresolved == {NOBODY: len(league.cases("unknown_spelling"))}
        assert all(row["player_lookup"] != NOBODY for row in rows("odds_player_points"))

    def test_duplicates(self, league: League, find: Find) -> None:
        assert league.report.collapsed_duplicates == {
            "nba_raw.player_boxscores": len(find("identical_duplicate")),
            "nba_raw.odds_player_points": len(find("repeated_line")),
        }
        assert league.report.refused_contradictions == ()

    def test_mirrored_spread(
        self, league: League, find: Find, rows: Rows, games: dict[str, Row]
    ) -> None:
        cases = find("mirrored_spread")
        assert len(cases) == len(league.cases("mirrored_spread"))
        book = (cases[0]["provider"], cases[0]["bookmaker"])
        own, others = [], {}
        for row in rows("odds_game_lines"):
            if (row["provider"], row["bookmaker"]) == book:
                own.append(row)
            elif row["captured_at"] < games[row["game_id"]]["tipoff_at"]:
                others[row["game_id"]] = row["spread_home"]
        assert league.report.mirrored_spreads == len(own)
        far = [row for row in own if abs(others.get(row["game_id"], 0)) >= 9]
        assert all(row["spread_home"] * others[row["game_id"]] > 0 for row in far)

    def test_push(self, find: Find, rows: Rows) -> None:
        assert all(points(rows, row) == row["points_line"] for row in find("push"))

    def test_late_scratch(self, find: Find, rows: Rows, games: dict[str, Row]) -> None:
        for row in find("late_scratch"):
            assert row["captured_at"] < games[row["game_id"]]["tipoff_at"]
            assert points(rows, row) is None

    def test_inferred_capture_time(self, find: Find, games: dict[str, Row]) -> None:
        for row in find("inferred_capture_time"):
            before = games[row["game_id"]]["tipoff_at"] - row["captured_at"]
            assert (row["captured_at_inferred"], before) == (True, timedelta(seconds=1))


class TestReports:
    def test_late_report(self, find: Find, games: dict[str, Row]) -> None:
        for row in find("late_report"):
            assert row["reported_at"] > games[row["game_id"]]["tipoff_at"]

    def test_played_though_out(self, find: Find, rows: Rows) -> None:
        for row in find("played_though_out"):
            assert row["status"] == "out"
            assert points(rows, row) is not None

    def test_unknown_birth_date(self, find: Find) -> None:
        assert {row["birth_date"] for row in find("unknown_birth_date")} == {None}
