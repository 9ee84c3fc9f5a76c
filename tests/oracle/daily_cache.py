"""player_daily_cache: what is asked of a player again and again on his date."""

from __future__ import annotations

from collections.abc import Mapping

from tests.oracle.eve import Eve
from tests.oracle.sample import sample

Row = dict[str, object]

ENOUGH = 3
WINDOW = 10

FORM = (
    "points_avg_last_5",
    "points_avg_last_10",
    "points_avg_season",
    "points_std_last_10",
    "minutes_avg_last_10",
    "usage_rate_last_10",
    "ts_pct_last_10",
    "games_played_season",
)
CONTEXT = (
    "games_in_last_7_days",
    "games_in_last_14_days",
    "minutes_in_last_7_days",
    "minutes_in_last_14_days",
    "back_to_backs_last_14_days",
)
SHOTS = (
    "primary_scoring_zone",
    "paint_rate_last_10",
    "three_pt_rate_last_10",
    "assisted_rate_last_10",
)


def daily_cache(eve: Eve, shot_zones: Mapping[str, Row]) -> list[Row]:
    """The table's rows of one date."""
    return [
        _row(eve, row, shot_zones.get(row["player_lookup"], {}))
        for row in eve.context
        if eve.form(row["player_lookup"]).get("games_played_season", 0) >= ENOUGH
    ]


def _row(eve: Eve, context: Row, shots: Row) -> Row:
    form = eve.form(context["player_lookup"])
    team = eve.team_form(context["team_abbr"])
    return {
        "analysis_date": eve.day,
        "player_lookup": context["player_lookup"],
        "game_id": context["game_id"],
        "team_abbr": context["team_abbr"],
        **sample(eve.season, min(form["games_played_season"], WINDOW), WINDOW),
        **{name: form[name] for name in FORM},
        "player_usage_rate_season": form["usage_rate_season"],
        "team_pace_last_10": team.get("pace_last_10"),
        "team_off_rating_last_10": team.get("offensive_rating_last_10"),
        **{name: context[name] for name in CONTEXT},
        **{name: shots.get(name) for name in SHOTS},
        "player_age": context["player_age"],
    }
