"""player_composite_factors: four factors on a player's date, and their sum."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from tests.oracle.eve import Eve
from tests.oracle.exact import clamped, exact, rounded, where_known
from tests.oracle.fatigue import FRESH, fatigue_score
from tests.oracle.numbers import ratio
from tests.oracle.sample import sample

Row = dict[str, object]

WINDOW = 10
VERSION = "v2_4factors"

ZONE_OF = {
    "paint": "paint",
    "balanced": "paint",
    "mid_range": "mid_range",
    "perimeter": "three_pt",
}


def composite(
    eve: Eve,
    league_pace: Fraction | None,
    shot_zones: Mapping[str, Row],
    team_defense: Mapping[str, Row],
) -> list[Row]:
    """The table's rows of one date."""
    return [
        _row(
            eve,
            row,
            league_pace,
            shot_zones.get(row["player_lookup"], {}),
            team_defense.get(row["opponent_team_abbr"], {}),
        )
        for row in eve.context
    ]


def _row(eve: Eve, context: Row, league_pace: Fraction | None, shots: Row, defense: Row) -> Row:
    form = eve.form(context["player_lookup"])
    paces = [
        eve.team_form(context[side]).get("pace_last_10")
        for side in ("team_abbr", "opponent_team_abbr")
    ]
    fatigue = fatigue_score(
        context["back_to_back"],
        context["days_rest"],
        context["games_in_last_7_days"],
        context["minutes_in_last_7_days"],
        context["avg_minutes_per_game_last_7"],
        context["back_to_backs_last_14_days"],
        context["player_age"],
    )
    parts = {
        "fatigue_adjustment": fatigue_adjustment(fatigue),
        "shot_zone_mismatch_score": _mismatch_of(shots, defense),
        "pace_score": pace_score(*paces, league_pace),
        "usage_spike_score": usage_spike_score(
            context["projected_usage_rate"],
            form.get("usage_rate_season"),
            context["star_teammates_out"],
        ),
    }
    return {
        "game_date": eve.day,
        "player_lookup": context["player_lookup"],
        "analysis_date": eve.day,
        "game_id": context["game_id"],
        "team_abbr": context["team_abbr"],
        "opponent_team_abbr": context["opponent_team_abbr"],
        **sample(eve.season, min(form.get("games_played_season", 0), WINDOW), WINDOW),
        "fatigue_score": fatigue,
        **parts,
        "total_composite_adjustment": total(*parts.values()),
        "calculation_version": VERSION,
    }


def fatigue_adjustment(score: int | None) -> float | None:
    """What the fatigue score takes off the points."""
    return None if score is None else ratio(score - FRESH, 20, 2)


def mismatch_score(rate: float | None, versus: float | None) -> float | None:
    """The opponent's weakness in his zone, by how much he shoots from it."""
    if rate is None or versus is None:
        return None
    score = exact(versus) * min(exact(rate) / 50, 1)
    if abs(score) > 5:
        score *= Fraction(12, 10)
    return rounded(clamped(score, 10), 1)


def pace_score(own: float | None, opponent: float | None, league: Fraction | None) -> float | None:
    """Half of what the two teams' pace lies above the league's."""
    if own is None or opponent is None or league is None:
        return None
    mean = (exact(own) + exact(opponent)) / 2
    return rounded(clamped((mean - league) / 2, 3))


def usage_spike_score(
    projected: float | None, season: float | None, stars_out: int | None
) -> float | None:
    """What he is used more than in the season, and more still with stars out."""
    if projected is None or season is None:
        return None
    score = Fraction(3, 10) * (exact(projected) - exact(season))
    if score > 0 and stars_out:
        score *= Fraction(115, 100) if stars_out == 1 else Fraction(130, 100)
    return rounded(clamped(score, 3))


def total(*published: float | None) -> float | None:
    """Sum of the parts as published."""
    return rounded(where_known(lambda *parts: sum(parts), *(exact(part) for part in published)))


def _mismatch_of(shots: Row, defense: Row) -> float | None:
    zone = ZONE_OF.get(shots.get("primary_scoring_zone"))
    if zone is None:
        return None
    versus = defense.get(f"{zone}_defense_vs_league_avg")
    return mismatch_score(shots[f"{zone}_rate_last_10"], versus)
