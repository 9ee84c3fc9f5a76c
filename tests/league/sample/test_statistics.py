"""The league looks like one: scores, stars, shooting, home courts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Row = dict[str, Any]
Rows = Callable[[str], list[Row]]


@pytest.fixture(scope="module")
def finals(rows: Rows) -> list[Row]:
    return [
        row
        for row in rows("schedule")
        if row["season_phase"] == "regular" and row["status"] == "final"
    ]


def test_scores(finals: list[Row]) -> None:
    scores = np.array([[row["home_score"], row["away_score"]] for row in finals])
    margins = scores @ np.array([1, -1])
    assert 105 < scores.mean() < 120
    assert 8 < scores.std() < 14
    assert 12 < margins.std() < 16
    assert 0.53 < (margins > 0).mean() < 0.61
    assert 0.01 < np.mean([(row["overtime_periods"] or 0) > 0 for row in finals]) < 0.08


def test_standings(finals: list[Row]) -> None:
    wins: dict[str, int] = defaultdict(int)
    for row in finals:
        home_won = row["home_score"] > row["away_score"]
        wins[row["home_team"] if home_won else row["away_team"]] += 1
    assert len(wins) == 30
    assert 7 < np.std(list(wins.values())) < 15


def test_players(rows: Rows, finals: list[Row]) -> None:
    regular = {row["game_id"] for row in finals}
    points: dict[str, list[int]] = defaultdict(list)
    for row in rows("player_boxscores"):
        if row["game_id"] in regular and row["plus_minus"] is not None:
            points[row["player_lookup"]].append(row["points"])
    means = sorted(np.mean(own) for own in points.values() if len(own) >= 30)
    assert 24 < means[-1] < 34
    assert means[-10] > 21
    assert 5 < np.median(means) < 13
    best = max((own for own in points.values() if len(own) >= 30), key=np.mean)
    assert 5 < np.std(best) < 11


def test_shooting(rows: Rows) -> None:
    boxes = [row for row in rows("player_boxscores") if row["points"] is not None]

    def total(name: str) -> int:
        return sum(row[name] for row in boxes)

    assert 0.45 < total("fg_made") / total("fg_attempted") < 0.51
    assert 0.33 < total("fg3_made") / total("fg3_attempted") < 0.39
    assert 0.72 < total("ft_made") / total("ft_attempted") < 0.82
    assert 0.35 < total("fg3_attempted") / total("fg_attempted") < 0.45
    assert 0.55 < total("assists") / total("fg_made") < 0.70
    sides = len({(row["game_id"], row["team"]) for row in boxes})
    assert 84 < total("fg_attempted") / sides < 92
    assert 12 < total("turnovers") / sides < 15
    assert 40 < total("rebounds") / sides < 50


def test_zones(rows: Rows) -> None:
    made: dict[str, list[bool]] = defaultdict(list)
    for row in rows("shots"):
        made[row["zone"]].append(row["made"])
    assert set(made) == {"paint", "mid_range", "corner_three", "above_break_three", "backcourt"}
    assert np.mean(made["paint"]) > np.mean(made["mid_range"]) > np.mean(made["corner_three"])
    assert np.mean(made["corner_three"]) > np.mean(made["above_break_three"]) > 0.3
    assert np.mean(made["backcourt"]) < 0.1


def test_reports(rows: Rows, games: dict[str, Row]) -> None:
    last: dict[tuple[str, str], Row] = {}
    for row in rows("injury_report"):
        if row["reported_at"] < games[row["game_id"]]["tipoff_at"]:
            key = row["game_id"], row["player_lookup"]
            if key not in last or last[key]["reported_at"] < row["reported_at"]:
                last[key] = row
    played = {
        (row["game_id"], row["player_lookup"])
        for row in rows("player_boxscores")
        if row["plus_minus"] is not None and row["minutes"] != "00:00"
    }
    share: dict[str, list[bool]] = defaultdict(list)
    for key, row in last.items():
        share[row["status"]].append(key in played)
    assert set(share) == {"out", "doubtful", "questionable", "probable", "available"}
    assert np.mean(share["out"]) < 0.05 < np.mean(share["questionable"]) < 0.8
    assert len({game for game, _ in last}) > 0.9 * len(games)
