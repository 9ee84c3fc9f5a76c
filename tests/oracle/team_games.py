"""The two team summaries: what a team did, and what was done against it."""

from __future__ import annotations

from collections import defaultdict

from tests.oracle.numbers import ratio, sum_all
from tests.oracle.player_games import COUNTS
from tests.oracle.schedule import Schedule, sides
from tests.oracle.zones import ATTEMPTS_AND_MAKES

Row = dict[str, object]

REGULATION = 240 * 60
OVERTIME = 25 * 60

ALLOWED = ("fg_made", "fg_attempted", "fg3_made", "fg3_attempted", "ft_made", "ft_attempted")


def team_offense_game_summary(schedule: Schedule, summaries: list[Row]) -> list[Row]:
    """Sum the players of each team and game who played."""
    rosters: dict[tuple[object, object], list[Row]] = defaultdict(list)
    for row in summaries:
        rosters[row["game_id"], row["team_abbr"]].append(row)
    rows = []
    for game in schedule.games.values():
        pair = [
            _offense(game, side, rosters[game["game_id"], side[0]])
            for side in sides(game)
            if (game["game_id"], side[0]) in rosters
        ]
        _add_result(pair)
        rows += pair
    return rows


def team_defense_game_summary(offense: list[Row]) -> list[Row]:
    """Turn each team's game around: the opponent's row, seen by the team that defended."""
    by_team = {(row["game_id"], row["team_abbr"]): row for row in offense}
    rows = []
    for own in offense:
        other = by_team.get((own["game_id"], own["opponent_team_abbr"]))
        if other:
            rows.append(_defense(own, other))
    return rows


def _offense(game: Row, side: tuple[str, str, bool], roster: list[Row]) -> Row:
    team, opponent, is_home = side
    played = [row for row in roster if not row["is_dnp"]]
    seconds = sum_all(row["seconds_played"] for row in played)
    counts = {name: sum_all(row[name] for row in played) for name in COUNTS}
    points = counts.pop("points")
    scheduled = game["overtime_periods"]
    overtimes = _overtimes(seconds) if scheduled is None else scheduled
    return {
        "game_date": game["game_date"],
        "team_abbr": team,
        "game_id": game["game_id"],
        "season_year": game["season_year"],
        "season_phase": game["season_phase"],
        "opponent_team_abbr": opponent,
        "is_home": is_home,
        "points_scored": points,
        **counts,
        "team_seconds": seconds,
        "overtime_periods": overtimes,
        "overtime_inferred": scheduled is None and overtimes is not None,
        "has_shots": any(row["has_shots"] for row in roster),
        **{name: sum_all(row[name] for row in played) for name in ATTEMPTS_AND_MAKES},
        **_rates(counts, points, overtimes),
        "win_flag": None,
        "margin": None,
    }


def _overtimes(seconds: int | None) -> int | None:
    if seconds is None:
        return None
    return max(0, (2 * (seconds - REGULATION) + OVERTIME) // (2 * OVERTIME))


def _rates(counts: Row, points: int | None, overtimes: int | None) -> Row:
    possessions, estimated = _possessions_x100(counts)
    both = None not in (possessions, points)
    paced = None not in (possessions, overtimes)
    return {
        "possessions": ratio(possessions, 100, 2),
        "possessions_estimated": estimated,
        "offensive_rating": ratio(100 * 100 * points, possessions) if both else None,
        "pace": ratio(possessions * 48, 100 * (48 + 5 * overtimes)) if paced else None,
    }


def _possessions_x100(counts: Row) -> tuple[int | None, bool]:
    attempted, free_throws = counts["fg_attempted"], counts["ft_attempted"]
    turnovers, made = counts["turnovers"], counts["fg_made"]
    if None in (attempted, free_throws, turnovers):
        return None, False
    used = 100 * attempted + 44 * free_throws + 100 * turnovers
    if counts["offensive_rebounds"] is not None:
        return used - 100 * counts["offensive_rebounds"], False
    if made is None:
        return None, False
    return used - 23 * (attempted - made), True


def _add_result(pair: list[Row]) -> None:
    if len(pair) < 2 or None in (pair[0]["points_scored"], pair[1]["points_scored"]):
        return
    for own, other in (pair, pair[::-1]):
        own["margin"] = own["points_scored"] - other["points_scored"]
        own["win_flag"] = own["margin"] > 0


def _defense(own: Row, other: Row) -> Row:
    return {
        "game_date": own["game_date"],
        "defending_team_abbr": own["team_abbr"],
        "game_id": own["game_id"],
        "season_year": own["season_year"],
        "season_phase": own["season_phase"],
        "opponent_team_abbr": other["team_abbr"],
        "is_home": own["is_home"],
        "points_allowed": other["points_scored"],
        **{f"opponent_{name}": other[name] for name in (*ALLOWED, "turnovers")},
        "has_shots": other["has_shots"],
        **{f"{name}_allowed": other[name] for name in ATTEMPTS_AND_MAKES},
        "blocks": own["blocks"],
        "steals": own["steals"],
        "opponent_possessions": other["possessions"],
        "defensive_rating": other["offensive_rating"],
        "opponent_pace": other["pace"],
    }
