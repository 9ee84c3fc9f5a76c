"""prediction_accuracy: what became of what was said."""

from __future__ import annotations

from fractions import Fraction

from tests.oracle.exact import exact, rounded

Row = dict[str, object]

WHO = ("game_date", "player_lookup", "system_id", "is_backfill")
KEPT = (
    *("as_of", "game_id", "season_year", "predicted_points", "current_points_line"),
    *("points_line_provider", "points_line_bookmaker", "edge", "recommendation"),
    *("model_id", "model_state"),
)


def grades(said: list[Row], box_scores: list[Row], final: set[object]) -> list[Row]:
    """Of each player and system, live and not, the last row before tip-off, where its game has a
    box score."""
    last: dict[tuple[object, ...], Row] = {}
    for row in sorted(said, key=lambda row: row["as_of"]):
        last[tuple(row[name] for name in WHO)] = row
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
    return {
        **{name: said[name] for name in (*WHO, *KEPT)},
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
