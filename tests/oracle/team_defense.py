"""team_defense_zone_analysis: what each team allows from each zone."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from tests.oracle.eve import Eve
from tests.oracle.exact import exact, rounded, where_known
from tests.oracle.numbers import ratio
from tests.oracle.sample import sample
from tests.oracle.zones import ZONES

Row = dict[str, object]

ENOUGH = 5
WINDOW = 15

POINTS = {"paint": 2, "mid_range": 2, "three_pt": 3}

CALLED = {"paint": "paint", "mid_range": "mid_range", "three_pt": "perimeter"}


def team_defense(eve: Eve, league: Mapping[str, Fraction | None]) -> list[Row]:
    """The table's rows of one date."""
    return [
        _row(eve, team, form, league)
        for team, form in eve.team_forms.items()
        if form["games_played_season"] >= ENOUGH
    ]


def _row(eve: Eve, team: str, form: Row, league: Mapping[str, Fraction | None]) -> Row:
    versus = {zone: versus_league(_share(form, zone), league[zone]) for zone in ZONES}
    zones: Row = {}
    for zone in ZONES:
        zones |= _zone(form, zone)
        zones[f"{zone}_pct_league"] = rounded(league[zone])
        zones[f"{zone}_defense_vs_league_avg"] = rounded(versus[zone])
    return {
        "analysis_date": eve.day,
        "team_abbr": team,
        **sample(eve.season, form["games_last_15"], WINDOW, high=15, medium=10),
        "shot_games_in_sample": form["shot_games_last_15"],
        **zones,
        "defensive_rating_last_15": form["defensive_rating_last_15"],
        "opponent_points_per_game": form["opponent_points_per_game_last_15"],
        "opponent_pace": form["opponent_pace_last_15"],
        **extremes(versus),
    }


def versus_league(share: float | None, league: Fraction | None) -> Fraction | None:
    """How many points of a hundred the team's share lies above the league's."""
    return where_known(lambda own, mean: 100 * (own - mean), exact(share), league)


def extremes(versus: Mapping[str, Fraction | None]) -> Row:
    """The zones of the smallest and the largest value, the first of equal ones."""
    if None in versus.values():
        return {"strongest_zone": None, "weakest_zone": None}
    # min and max keep the first of equal ones
    return {
        "strongest_zone": CALLED[min(ZONES, key=lambda zone: versus[zone])],
        "weakest_zone": CALLED[max(ZONES, key=lambda zone: versus[zone])],
    }


def _zone(form: Row, zone: str) -> Row:
    games = form["shot_games_last_15"]
    divisor = games if games >= ENOUGH else None
    makes = form[f"{zone}_makes_allowed_sum_last_15"]
    points = None if makes is None else POINTS[zone] * makes
    return {
        f"{zone}_pct_allowed_last_15": _share(form, zone),
        f"{zone}_attempts_allowed_per_game": ratio(
            form[f"{zone}_attempts_allowed_sum_last_15"], divisor
        ),
        f"{zone}_points_allowed_per_game": ratio(points, divisor),
    }


def _share(form: Row, zone: str) -> float | None:
    if form["shot_games_last_15"] < ENOUGH:
        return None
    makes = form[f"{zone}_makes_allowed_sum_last_15"]
    return ratio(makes, form[f"{zone}_attempts_allowed_sum_last_15"])
