"""Box scores add up: to the second, to the point, and to the shots."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from league.sample import League

Row = dict[str, Any]
Rows = Callable[[str], list[Row]]


def seconds(minutes: str) -> int:
    """The four ways in which the sample writes minutes."""
    if minutes.startswith("PT"):
        minutes = minutes.removeprefix("PT").removesuffix(".00S").replace("M", ":")
    if ":" in minutes:
        whole, rest = minutes.split(":")
        return 60 * int(whole) + int(rest)
    return round(60 * float(minutes or 0))


@pytest.fixture(scope="module")
def sides(rows: Rows) -> dict[tuple[str, str], list[Row]]:
    """The rows of each team in each game."""
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows("player_boxscores"):
        grouped[row["game_id"], row["team"]].append(row)
    return grouped


Sides = dict[tuple[str, str], list[Row]]


def played(side: list[Row]) -> list[Row]:
    return [row for row in side if seconds(row["minutes"]) > 0]


def test_every_game_is_there(sides: Sides, games: dict[str, Row]) -> None:
    assert set(sides) == {
        (game, team)
        for game, row in games.items()
        if row["boxscore_expected"]
        for team in (row["home_team"], row["away_team"])
    }


def test_points_of_a_row(rows: Rows) -> None:
    for row in rows("player_boxscores"):
        if row["points"] is not None:
            made = 2 * row["fg_made"] + row["fg3_made"] + row["ft_made"]
            assert row["points"] == made
            assert row["fg3_made"] <= row["fg_made"] <= row["fg_attempted"]
            assert row["fg3_made"] <= row["fg3_attempted"] <= row["fg_attempted"]
            assert row["ft_made"] <= row["ft_attempted"]
            assert row["personal_fouls"] <= 6


def test_team_minutes(sides: Sides, games: dict[str, Row]) -> None:
    for (game, _), side in sides.items():
        total = sum(seconds(row["minutes"]) for row in side)
        extra, rest = divmod(total - 240 * 60, 25 * 60)
        assert rest == 0
        assert games[game]["overtime_periods"] in (extra, None)
        assert max(seconds(row["minutes"]) for row in side) <= (48 + 5 * extra) * 60


def test_scores(sides: Sides, games: dict[str, Row]) -> None:
    for (game, team), side in sides.items():
        row = games[game]
        scores = {row["home_team"]: row["home_score"], row["away_team"]: row["away_score"]}
        assert sum(one["points"] or 0 for one in side) == scores.pop(team)
        assert list(scores.values()) != [sum(one["points"] or 0 for one in side)]


def test_plus_minus(sides: Sides, games: dict[str, Row]) -> None:
    for (game, team), side in sides.items():
        row = games[game]
        margin = row["home_score"] - row["away_score"]
        margin = margin if team == row["home_team"] else -margin
        assert sum(one["plus_minus"] or 0 for one in side) == 5 * margin


def test_who_is_listed(sides: Sides, games: dict[str, Row]) -> None:
    for (game, _), side in sides.items():
        assert 12 <= len(side) <= 15
        assert 8 <= len(played(side)) <= 11
        if games[game]["season_phase"] != "preseason":
            assert sum(row["is_starter"] for row in side) == 5
        for row in side:
            assert (row["dnp_reason"] is None) == (seconds(row["minutes"]) > 0)


def test_opposing_counts(sides: Sides, games: dict[str, Row]) -> None:
    for row in games.values():
        if not row["boxscore_expected"]:
            continue
        home, away = (
            played(sides[row["game_id"], row[side]]) for side in ("home_team", "away_team")
        )
        for own, other in ((home, away), (away, home)):
            misses = sum(one["fg_attempted"] - one["fg_made"] for one in other)
            assert sum(one["steals"] for one in own) <= sum(one["turnovers"] for one in other)
            assert sum(one["blocks"] for one in own) <= misses
            if own[0]["offensive_rebounds"] is not None:
                boards = sum(one["defensive_rebounds"] for one in own)
                assert boards + sum(one["offensive_rebounds"] for one in other) <= misses
            assert sum(one["assists"] for one in own) <= sum(one["fg_made"] for one in own)


def test_shots_agree(league: League, rows: Rows) -> None:
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows("shots"):
        assert row["is_three"] == (row["zone"] not in ("paint", "mid_range"))
        counts[row["game_id"], row["player_lookup"]].update(
            fg_attempted=1,
            fg_made=row["made"],
            fg3_attempted=row["is_three"],
            fg3_made=row["is_three"] and row["made"],
        )
    (shotless,) = league.cases("game_without_shots")
    for row in rows("player_boxscores"):
        if row["points"] is not None and row["game_id"] != shotless.key["game_id"]:
            shots = counts[row["game_id"], row["player_lookup"]]
            for name in ("fg_attempted", "fg_made", "fg3_attempted", "fg3_made"):
                assert shots[name] == row[name]


def test_shot_numbers(rows: Rows) -> None:
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in rows("shots"):
        numbers[row["game_id"]].append(row["shot_number"])
    assert all(sorted(one) == list(range(1, len(one) + 1)) for one in numbers.values())


def test_assists_agree(league: League, rows: Rows) -> None:
    (silent,) = league.cases("assists_unknown")
    (shotless,) = league.cases("game_without_shots")
    skipped = {silent.key["game_id"], shotless.key["game_id"]}
    by_shots, by_boxes = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in rows("shots"):
        by_shots[row["game_id"], row["team"]] += row["assisted"] or 0
        assert row["made"] or not row["assisted"]
    for row in rows("player_boxscores"):
        by_boxes[row["game_id"], row["team"]] += row["assists"] or 0
    assert all(by_shots[side] == by_boxes[side] for side in by_boxes if side[0] not in skipped)
