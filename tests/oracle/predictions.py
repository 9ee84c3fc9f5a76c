"""player_prop_predictions and prediction_accuracy: what was said, and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction

from tests.oracle.exact import exact, rounded

Row = dict[str, object]

MORNING = timedelta(hours=8)
WEIGHTS = {"points_avg_last_5": 5, "points_avg_last_10": 3, "points_avg_season": 2}
MISMATCH = "shot_zone_mismatch_score"
READ = {"moving_average": tuple(WEIGHTS), "zone_matchup": (*WEIGHTS, MISMATCH)}


def predictions(store: Row, context: Row, game: Row) -> Iterator[Row]:
    """The systems' rows of one row of the store."""
    if game["tipoff_at"] is None:
        return
    seen = (context["points_line_captured_at"], context["injury_report_at"])
    as_of = max([game["tipoff_at"] - MORNING, *(one for one in seen if one is not None)])
    for system, names in READ.items():
        values = {name: exact(store[name]) for name in names}
        if None in values.values():
            continue
        points = sum(weight * values[name] for name, weight in WEIGHTS.items()) / 10
        if MISMATCH in values:
            points *= 1 + values[MISMATCH] / 100
        yield {
            "game_date": store["game_date"],
            "player_lookup": store["player_lookup"],
            "system_id": system,
            "as_of": as_of,
            "game_id": store["game_id"],
            "team_abbr": store["team_abbr"],
            "opponent_team_abbr": store["opponent_team_abbr"],
            "season_year": store["season_year"],
            "tipoff_at": game["tipoff_at"],
            "predicted_points": rounded(points, 2),
            "current_points_line": context["current_points_line"],
            "points_line_provider": context["points_line_provider"],
            "points_line_bookmaker": context["points_line_bookmaker"],
            "points_line_captured_at": context["points_line_captured_at"],
            **_against(
                exact(rounded(points, 2), 2),
                exact(context["current_points_line"], 2),
                exact(store["points_std_last_10"]),
            ),
            **_vector(values),
        }


def _against(points: Fraction, line: Fraction | None, deviation: Fraction | None) -> Row:
    if line is None:
        return {"edge": None, "recommendation": "NO_LINE", "confidence": None}
    edge = points - line
    word = "PASS" if abs(edge) < 1 else "OVER" if edge > 0 else "UNDER"
    spread = None if deviation is None else abs(edge) + deviation
    sure = abs(edge) / spread if spread else None
    return {"edge": rounded(edge, 2), "recommendation": word, "confidence": rounded(sure)}


def _vector(values: Mapping[str, Fraction]) -> Row:
    text = ",".join(f"{name}:{int(value * 10**6)}" for name, value in values.items())
    return {"feature_vector": text, "feature_hash": hashlib.sha256(text.encode()).hexdigest()}


def grades(said: list[Row], box_scores: list[Row], final: set[object]) -> list[Row]:
    """Of each player and system the last row before tip-off, where its game has a box score."""
    last: dict[tuple[object, ...], Row] = {}
    for row in sorted(said, key=lambda row: row["as_of"]):
        last[row["game_date"], row["player_lookup"], row["system_id"]] = row
    played = {(row["game_date"], row["player_lookup"]): row for row in box_scores}
    there = {row["game_id"] for row in box_scores} & final
    return [
        _grade(row, played.get((row["game_date"], row["player_lookup"])))
        for row in last.values()
        if row["game_id"] in there
    ]


def _grade(said: Row, box_score: Row | None) -> Row:
    reason = _void(said, box_score)
    actual = None if box_score is None or reason else box_score["points"]
    points, line = exact(said["predicted_points"], 2), exact(said["current_points_line"], 2)
    error = None if actual is None else rounded(points - actual, 2)
    kept = (
        *("game_date", "player_lookup", "system_id", "as_of", "game_id", "season_year"),
        *("predicted_points", "current_points_line", "points_line_provider"),
        *("points_line_bookmaker", "edge", "recommendation"),
    )
    return {
        **{name: said[name] for name in kept},
        "actual_points": actual,
        "error": error,
        "absolute_error": None if error is None else abs(error),
        "is_push": None if actual is None or line is None else actual == line,
        "prediction_correct": _is_right(said["recommendation"], actual, line),
        "is_voided": reason is not None,
        "void_reason": reason,
    }


def _void(said: Row, box_score: Row | None) -> str | None:
    if box_score is None:
        return "not_in_box_score"
    if box_score["game_id"] != said["game_id"]:
        return "another_game"
    if box_score["is_dnp"]:
        return "did_not_play"
    return "points_unknown" if box_score["points"] is None else None


def _is_right(word: object, actual: object, line: Fraction | None) -> bool | None:
    if actual is None or line is None or actual == line or word not in ("OVER", "UNDER"):
        return None
    return (actual > line) == (word == "OVER")
