"""The books are honest: nothing known before tip-off beats them, and the result does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Row = dict[str, Any]
Rows = Callable[[str], list[Row]]
COUNTED = ("regular", "play_in", "playoffs")
EDGE = 3


@pytest.fixture(scope="module")
def closing(rows: Rows, games: dict[str, Row]) -> dict[tuple[str, str], float]:
    """The last line before tip-off, of whichever book."""
    latest: dict[tuple[str, str], Row] = {}
    for row in rows("odds_player_points"):
        if row["captured_at"] < games[row["game_id"]]["tipoff_at"]:
            key = row["game_id"], row["player_lookup"]
            if key not in latest or latest[key]["captured_at"] < row["captured_at"]:
                latest[key] = row
    return {key: row["points_line"] for key, row in latest.items()}


@pytest.fixture(scope="module")
def careers(rows: Rows, games: dict[str, Row]) -> dict[str, list[Row]]:
    """Each player's counted games, in order."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows("player_boxscores"), key=lambda row: row["game_date"]):
        counts = games[row["game_id"]]["season_phase"] in COUNTED
        if counts and row["minutes"] not in ("", "00:00"):
            grouped[row["player_lookup"]].append(row)
    return grouped


def hit_rate(
    careers: dict[str, list[Row]],
    closing: dict[tuple[str, str], float],
    *,
    games: int,
    leaked: bool,
) -> float:
    """Bet over where the mean exceeds the line by the edge, under where it falls short by it."""
    wins = losses = 0
    for career in careers.values():
        points = [row["points"] for row in career]
        for place, row in enumerate(career):
            end = place + 1 if leaked else place
            line = closing.get((row["game_id"], row["player_lookup"]))
            if line is None or end < games or points[place] == line:
                continue
            edge = sum(points[end - games : end]) / games - line
            if abs(edge) >= EDGE:
                won = (points[place] > line) == (edge > 0)
                wins, losses = wins + won, losses + (not won)
    assert wins + losses > 2000
    return wins / (wins + losses)


def test_honest_rule(careers: dict[str, list[Row]], closing: dict[tuple[str, str], float]) -> None:
    assert 0.45 <= hit_rate(careers, closing, games=10, leaked=False) <= 0.55


def test_leaked_rule(careers: dict[str, list[Row]], closing: dict[tuple[str, str], float]) -> None:
    assert hit_rate(careers, closing, games=5, leaked=True) >= 0.70


def test_line_errors(careers: dict[str, list[Row]], closing: dict[tuple[str, str], float]) -> None:
    errors = [
        row["points"] - closing[key]
        for career in careers.values()
        for row in career
        if (key := (row["game_id"], row["player_lookup"])) in closing
    ]
    assert 4.6 < np.abs(errors).mean() < 5.4
    assert 0.46 < np.mean(np.array(errors) > 0) < 0.54
    assert sum(error == 0 for error in errors) > 50


def test_only_the_rotation_is_offered(closing: dict[tuple[str, str], float]) -> None:
    offered: dict[str, int] = defaultdict(int)
    for game, _ in closing:
        offered[game] += 1
    assert 14 <= np.mean(list(offered.values())) <= 18


def test_books(rows: Rows, games: dict[str, Row]) -> None:
    for name in ("odds_player_points", "odds_game_lines"):
        books = {(row["provider"], row["bookmaker"]) for row in rows(name)}
        assert {
            ("odds_api", "draftkings"),
            ("odds_api", "fanduel"),
            ("bettingpros", "draftkings"),
            ("bettingpros", "fanduel"),
            ("bettingpros", "consensus"),
        } < books
        late = [row["captured_at"] >= games[row["game_id"]]["tipoff_at"] for row in rows(name)]
        assert 0.05 < np.mean(late) < 0.3


def test_prices(rows: Rows) -> None:
    for row in rows("odds_player_points"):
        over, under = row["over_price"], row["under_price"]
        if over is not None:
            assert abs(over) >= 100
            chances = [100 / (100 + p) if p > 0 else -p / (100 - p) for p in (over, under)]
            assert 1.0 < sum(chances) < 1.1


def test_lines_move(rows: Rows, games: dict[str, Row]) -> None:
    seen: dict[tuple[str, str], set[float]] = defaultdict(set)
    for row in rows("odds_player_points"):
        main = (row["provider"], row["bookmaker"]) == ("odds_api", "draftkings")
        if main and row["captured_at"] < games[row["game_id"]]["tipoff_at"]:
            seen[row["game_id"], row["player_lookup"]].add(row["points_line"])
    assert 0.5 < np.mean([len(lines) > 1 for lines in seen.values()]) < 0.95


def test_spreads(rows: Rows, games: dict[str, Row]) -> None:
    closing: dict[str, Row] = {}
    for row in sorted(rows("odds_game_lines"), key=lambda row: row["captured_at"]):
        game = games[row["game_id"]]
        if row["captured_at"] < game["tipoff_at"] and game["season_phase"] in COUNTED:
            closing[row["game_id"]] = row
    margins = np.array([games[g]["home_score"] - games[g]["away_score"] for g in closing])
    spreads = np.array([row["spread_home"] for row in closing.values()])
    favoured = spreads != 0
    assert 0.61 < np.mean((spreads < 0)[favoured] == (margins > 0)[favoured]) < 0.73
    assert 4 < np.abs(spreads).mean() < 8
    assert 0.45 < np.mean(margins + spreads > 0) < 0.55
    assert np.corrcoef(spreads, margins)[0, 1] < -0.3
