"""player_shot_zone_analysis: where each player shoots from."""

from __future__ import annotations

from tests.oracle.eve import Eve
from tests.oracle.exact import exact, rounded, where_known
from tests.oracle.numbers import ratio, sum_all
from tests.oracle.roster import RECENT
from tests.oracle.sample import sample
from tests.oracle.zones import ZONES

Row = dict[str, object]

ENOUGH = 3
WINDOW = 10


def shot_zones(eve: Eve) -> list[Row]:
    """The table's rows of one date."""
    return [
        _row(eve, player, form)
        for player, form in eve.player_forms.items()
        if form["games_played_season"] >= ENOUGH and form["game_date"] >= eve.day - RECENT
    ]


def _row(eve: Eve, player: str, form: Row) -> Row:
    games, attempts, makes = _window(form, 10)
    games_20, attempts_20, makes_20 = _window(form, 20)
    total, total_20 = sum_all(attempts.values()), sum_all(attempts_20.values())
    assisted = _rate(form["assisted_fg_makes_last_10"], sum_all(makes.values()))
    return {
        "analysis_date": eve.day,
        "player_lookup": player,
        "team_abbr": eve.player_asof[player]["team_abbr"],
        **sample(eve.season, games, WINDOW),
        **{f"{zone}_rate_last_10": _rate(attempts[zone], total) for zone in ZONES},
        **{f"{zone}_pct_last_10": ratio(makes[zone], attempts[zone]) for zone in ZONES},
        **{f"{zone}_attempts_per_game": ratio(attempts[zone], games) for zone in ZONES},
        "paint_rate_last_20": _rate(attempts_20["paint"], total_20),
        "paint_pct_last_20": ratio(makes_20["paint"], attempts_20["paint"]),
        "total_shots_last_10": total,
        "assisted_rate_last_10": assisted,
        "unassisted_rate_last_10": rounded(where_known(lambda rate: 100 - rate, exact(assisted))),
        "primary_scoring_zone": primary_zone(*attempts.values()),
        "sample_quality_10": quality(games, 10, 7, 5),
        "sample_quality_20": quality(games_20, 20, 14, 10),
    }


def primary_zone(paint: int | None, mid_range: int | None, threes: int | None) -> str | None:
    """The zone that the most of his shots come from, by the rates that the table asks."""
    total = sum_all((paint, mid_range, threes))
    if not total:
        return None
    if 100 * paint >= 40 * total:
        return "paint"
    if 100 * threes >= 40 * total:
        return "perimeter"
    return "mid_range" if 100 * mid_range >= 35 * total else "balanced"


def quality(games: int, excellent: int, good: int, limited: int) -> str:
    """The word for so many games."""
    if games >= excellent:
        return "excellent"
    if games >= good:
        return "good"
    return "limited" if games >= limited else "insufficient"


def _window(form: Row, count: int) -> tuple[int, dict[str, int | None], dict[str, int | None]]:
    return (
        form[f"shot_games_last_{count}"],
        {zone: form[f"{zone}_attempts_last_{count}"] for zone in ZONES},
        {zone: form[f"{zone}_makes_last_{count}"] for zone in ZONES},
    )


def _rate(part: int | None, total: int | None) -> float | None:
    return None if part is None else ratio(100 * part, total)
