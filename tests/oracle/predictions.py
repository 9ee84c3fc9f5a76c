"""player_prop_predictions: the ensemble, what stands against the line, and what was told live."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.exact import exact, rounded

Row = dict[str, object]

BACK = timedelta(days=30)
ENOUGH = 50
HUNDREDTH = Fraction(1, 100)
MILLION = 10**6

LINE = (
    *("current_points_line", "points_line_provider", "points_line_bookmaker"),
    "points_line_captured_at",
)
READ = ("model_id", "model_state", "feature_set", "feature_vector", "feature_hash")
COLUMNS = (
    *("game_date", "player_lookup", "system_id", "is_backfill", "as_of", "game_id", "team_abbr"),
    *("opponent_team_abbr", "season_year", "tipoff_at", "predicted_points", *LINE, "edge"),
    *("recommendation", "confidence", *READ, "created_at"),
)


def weights(errors: Iterable[Row], day: date) -> dict[object, int]:
    """1 / mean absolute error of each system before the date, in millionths."""
    graded: dict[object, int] = {}
    sums: dict[object, Fraction] = {}
    for row in errors:
        if day - BACK <= row["game_date"] < day:
            system = row["system_id"]
            graded[system] = graded.get(system, 0) + row["predictions_graded"]
            sums[system] = sums.get(system, Fraction()) + exact(row["absolute_error_sum"], 2)
    return {
        system: _nearest(MILLION / max(sums[system] / count, HUNDREDTH))
        for system, count in graded.items()
        if count >= ENOUGH
    }


def _nearest(value: Fraction) -> int:
    return int(rounded(value, 0))


def backfilled(
    said: Sequence[Row], store: Row, context: Row, weighing: Mapping[object, int]
) -> Iterator[Row]:
    """Of one player: what each system says, and what they come to together."""
    every = [*said, *ensemble(said, weighing)]
    for row in every:
        seen = context["points_line_captured_at"]
        as_of = row["as_of"] if seen is None else max(row["as_of"], seen)
        deviation = exact(store["points_std_last_10"])
        told = {
            **row,
            **{name: context[name] for name in LINE},
            "is_backfill": True,
            "as_of": as_of,
        }
        yield _against(told, lambda edge, sd=deviation: _confidence(edge, sd))


def ensemble(said: Sequence[Row], weighing: Mapping[object, int]) -> Iterator[Row]:
    """Of those who speak of him and have a weight, if they are two."""
    members = sorted(
        (row for row in said if row["system_id"] in weighing), key=lambda row: row["system_id"]
    )
    if len(members) < 2:
        return
    points = [exact(row["predicted_points"], 2) for row in members]
    own = [weighing[row["system_id"]] for row in members]
    text = ",".join(
        f"{row['system_id']}:{int(value * MILLION)},{row['system_id']}_weight:{weight}"
        for row, value, weight in zip(members, points, own, strict=True)
    )
    mean = sum(weight * value for weight, value in zip(own, points, strict=True)) / sum(own)
    yield {
        **members[0],
        "system_id": "ensemble",
        "as_of": max(row["as_of"] for row in members),
        "predicted_points": rounded(mean, 2),
        **dict.fromkeys(READ),
        "feature_vector": text,
        "feature_hash": hashlib.sha256(text.encode()).hexdigest(),
        "created_at": None,
    }


def live(told: Iterable[Row], games: Mapping[object, Row]) -> Iterator[Row]:
    """What was told before the tip-off of its game, word for word."""
    for row in told:
        game = games.get(row["game_id"])
        if game is None or game["game_date"] != row["game_date"] or game["tipoff_at"] is None:
            continue
        seen = row["points_line_captured_at"]
        if row["as_of"] < game["tipoff_at"] and (seen is None or seen <= row["as_of"]):
            more = {name: game[name] for name in ("season_year", "tipoff_at")}
            said = {**row, **more, "is_backfill": False, "created_at": row["as_of"]}
            yield _against(said, lambda _, kept=row["confidence"]: kept)


def _against(row: Row, confidence) -> Row:
    line = exact(row["current_points_line"], 2)
    edge = None if line is None else exact(row["predicted_points"], 2) - line
    found = {
        **row,
        "edge": rounded(edge, 2),
        "recommendation": _word(edge),
        "confidence": confidence(edge),
    }
    return {name: found[name] for name in COLUMNS}


def _word(edge: Fraction | None) -> str:
    if edge is None:
        return "NO_LINE"
    return "PASS" if abs(edge) < 1 else "OVER" if edge > 0 else "UNDER"


def _confidence(edge: Fraction | None, deviation: Fraction | None) -> float | None:
    spread = None if edge is None or deviation is None else abs(edge) + deviation
    return rounded(abs(edge) / spread) if spread else None
