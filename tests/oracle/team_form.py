"""team_form: the state of a team after each of its games."""

from __future__ import annotations

from collections import defaultdict

from tests.oracle.numbers import known, ratio, sum_known, whole
from tests.oracle.zones import ATTEMPTS_AND_MAKES

Row = dict[str, object]

MILLION = 10**6


def team_form(offense: list[Row], defense: list[Row], seasons: set[int]) -> list[Row]:
    """Make the table for the seasons asked for."""
    against = {(row["game_id"], row["defending_team_abbr"]): row for row in defense}
    teams: dict[tuple[object, object], list[tuple[Row, Row]]] = defaultdict(list)
    for row in sorted(offense, key=lambda row: (row["game_date"], row["game_id"])):
        if row["season_year"] in seasons:
            allowed = against.get((row["game_id"], row["team_abbr"]), {})
            teams[row["team_abbr"], row["season_year"]].append((row, allowed))
    return [_row(games[: place + 1]) for games in teams.values() for place in range(len(games))]


def _row(history: list[tuple[Row, Row]]) -> Row:
    own = [game[0] for game in history]
    allowed = [game[1] for game in history]
    return {
        "game_date": own[-1]["game_date"],
        "team_abbr": own[-1]["team_abbr"],
        "game_id": own[-1]["game_id"],
        "season_year": own[-1]["season_year"],
        "games_played_season": len(own),
        "previous_game_date": own[-2]["game_date"] if len(own) > 1 else None,
        **_results([row["win_flag"] for row in own]),
        **_offense(own),
        **_defense(allowed[-15:]),
        **_shots(allowed[-15:], "last_15"),
        **_shots(allowed, "season"),
    }


def _results(flags: list[bool | None]) -> Row:
    decided = [flag for flag in flags if flag is not None]
    unknown = flags[-1] is None
    return {
        "wins_season": sum(decided),
        "games_decided_season": len(decided),
        "win_pct_season": ratio(sum(decided), len(decided)),
        "win_streak": None if unknown else run(decided, value=True),
        "loss_streak": None if unknown else run(decided, value=False),
    }


def run(outcomes: list[bool], *, value: bool) -> int:
    """How many outcomes in a row, up to the last, are the value."""
    length = 0
    while length < len(outcomes) and outcomes[-1 - length] is value:
        length += 1
    return length


def _offense(own: list[Row]) -> Row:
    points, possessions = _rated(own[-10:], "points_scored", "possessions")
    paces = known(whole(row["pace"], 6) for row in own)
    recent = known(whole(row["pace"], 6) for row in own[-10:])
    return {
        "rated_points_sum_last_10": points,
        "possessions_x100_sum_last_10": possessions,
        "offensive_rating_last_10": _rating(points, possessions),
        "pace_micros_sum_last_10": sum_known(recent),
        "pace_games_last_10": len(recent),
        "pace_last_10": ratio(sum_known(recent), MILLION * len(recent)),
        "pace_micros_sum_season": sum_known(paces),
        "pace_games_season": len(paces),
    }


def _defense(window: list[Row]) -> Row:
    allowed = known(row.get("points_allowed") for row in window)
    points, possessions = _rated(window, "points_allowed", "opponent_possessions")
    paces = known(whole(row.get("opponent_pace"), 6) for row in window)
    return {
        "games_last_15": len(window),
        "points_allowed_sum_last_15": sum_known(allowed),
        "opponent_points_per_game_last_15": ratio(sum_known(allowed), len(allowed)),
        "rated_points_allowed_sum_last_15": points,
        "opponent_possessions_x100_sum_last_15": possessions,
        "defensive_rating_last_15": _rating(points, possessions),
        "opponent_pace_micros_sum_last_15": sum_known(paces),
        "opponent_pace_games_last_15": len(paces),
        "opponent_pace_last_15": ratio(sum_known(paces), MILLION * len(paces)),
    }


def _rated(window: list[Row], points: str, possessions: str) -> tuple[int | None, int | None]:
    rated = [
        (row[points], whole(row[possessions], 2))
        for row in window
        if row.get(points) is not None and row.get(possessions) is not None
    ]
    return sum_known(pair[0] for pair in rated), sum_known(pair[1] for pair in rated)


def _rating(points: int | None, possessions_x100: int | None) -> float | None:
    return None if points is None else ratio(100 * 100 * points, possessions_x100)


def _shots(window: list[Row], name: str) -> Row:
    games = [row for row in window if row.get("has_shots")]
    return {
        f"shot_games_{name}": len(games),
        **{
            f"{part}_allowed_sum_{name}": sum_known(row[f"{part}_allowed"] for row in games)
            for part in ATTEMPTS_AND_MAKES
        },
    }
