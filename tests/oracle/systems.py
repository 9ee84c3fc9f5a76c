"""system_predictions and system_errors: what each system says by itself, and how far off it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta
from fractions import Fraction

from tests.oracle.exact import exact, rounded

Row = dict[str, object]

LEAD = timedelta(hours=8)
TEN = time(10)
WEIGHTS = {"points_avg_last_5": 5, "points_avg_last_10": 3, "points_avg_season": 2}
MISMATCH = "shot_zone_mismatch_score"
READ = {"moving_average": tuple(WEIGHTS), "zone_matchup": (*WEIGHTS, MISMATCH)}
OF_MODELS = ("model_id", "model_state", "feature_set")


def system_predictions(
    store: Row, context: Row, game: Row, by_models: Iterable[Row]
) -> Iterator[Row]:
    """What is said of one row of the store: by the rules, and by those models of the date whose
    rows are handed in."""
    about = {
        **{name: store[name] for name in ("game_date", "player_lookup", "game_id")},
        **{name: store[name] for name in ("team_abbr", "opponent_team_abbr", "season_year")},
        "tipoff_at": game["tipoff_at"],
    }
    for system, names in READ.items():
        values = {name: exact(store[name]) for name in names}
        if None not in values.values():
            yield _row(about, system, _moment(context, game), _by_rule(values))
    for said in _last_words(store, game, by_models):
        told = {
            "predicted_points": said["predicted_points"],
            **{name: said[name] for name in (*OF_MODELS, "feature_vector", "feature_hash")},
            "created_at": said["created_at"],
        }
        yield _row(about, said["system_id"], said["as_of"], told)


def _row(about: Row, system: object, as_of: object, said: Row) -> Row:
    return {
        **{name: about[name] for name in ("game_date", "player_lookup")},
        "system_id": system,
        "as_of": as_of,
        **about,
        **said,
    }


def _morning(game: Row) -> datetime:
    return datetime.combine(game["game_date"], TEN)


def _moment(context: Row, game: Row) -> datetime:
    tipoff = game["tipoff_at"]
    eve = _morning(game) if tipoff is None else tipoff - LEAD
    seen = (context["points_line_captured_at"], context["injury_report_at"])
    return max([eve, *(one for one in seen if one is not None)])


def _by_rule(values: Mapping[str, Fraction]) -> Row:
    points = sum(weight * values[name] for name, weight in WEIGHTS.items()) / 10
    if MISMATCH in values:
        points *= 1 + values[MISMATCH] / 100
    text = ",".join(f"{name}:{int(value * 10**6)}" for name, value in values.items())
    return {
        "predicted_points": rounded(points, 2),
        **dict.fromkeys(OF_MODELS),
        "feature_vector": text,
        "feature_hash": hashlib.sha256(text.encode()).hexdigest(),
        "created_at": None,
    }


def _last_words(store: Row, game: Row, by_models: Iterable[Row]) -> list[Row]:
    last: dict[object, Row] = {}
    for said in sorted(by_models, key=lambda said: said["as_of"]):
        is_his = all(said[name] == store[name] for name in ("game_date", "player_lookup"))
        if is_his and said["game_id"] == game["game_id"] and _is_early(said, game):
            last[said["system_id"]] = said
    return list(last.values())


def _is_early(said: Row, game: Row) -> bool:
    tipoff = game["tipoff_at"]
    return said["as_of"] <= _morning(game) if tipoff is None else said["as_of"] < tipoff


def system_errors(said: list[Row], box_scores: list[Row], final: set[object]) -> list[Row]:
    """Of each date and system, over those who played in the game that was spoken of."""
    scored = {
        (row["game_id"], row["player_lookup"]): row["points"]
        for row in box_scores
        if not row["is_dnp"] and row["points"] is not None and row["game_id"] in final
    }
    errors: dict[tuple[object, object], list[Fraction]] = {}
    for row in said:
        points = scored.get((row["game_id"], row["player_lookup"]))
        if points is not None:
            error = abs(exact(row["predicted_points"], 2) - points)
            errors.setdefault((row["game_date"], row["system_id"]), []).append(error)
    return [
        {
            "game_date": day,
            "system_id": system,
            "predictions_graded": len(found),
            "absolute_error_sum": rounded(sum(found, Fraction()), 2),
        }
        for (day, system), found in errors.items()
    ]
