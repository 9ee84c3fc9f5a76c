"""player_form: the state of a player after each game he played."""

from __future__ import annotations

from collections import defaultdict

from tests.oracle.numbers import known, ratio, sample_deviation, slope, sum_all, sum_known, whole
from tests.oracle.stint import games_since_change, masks
from tests.oracle.team_form import MILLION, run
from tests.oracle.zones import ATTEMPTS_AND_MAKES

Row = dict[str, object]


def player_form(
    summaries: list[Row], team_forms: list[Row], lines: list[Row], seasons: set[int]
) -> list[Row]:
    """Make the table for the seasons asked for."""
    numbers = {(row["game_id"], row["team_abbr"]): row["games_played_season"] for row in team_forms}
    own_lines = {
        (row["game_id"], row["player_lookup"]): row["current_points_line"] for row in lines
    }
    players: dict[tuple[object, object], list[Row]] = defaultdict(list)
    for row in sorted(summaries, key=lambda row: (row["game_date"], row["game_id"])):
        if row["season_year"] in seasons and not row["is_dnp"]:
            game = {
                **row,
                "team_game_number": numbers.get((row["game_id"], row["team_abbr"])),
                "line": own_lines.get((row["game_id"], row["player_lookup"])),
            }
            players[row["player_lookup"], row["season_year"]].append(game)
    return [_row(games[: place + 1]) for games in players.values() for place in range(len(games))]


def _row(history: list[Row]) -> Row:
    game = history[-1]
    return {
        "game_date": game["game_date"],
        "player_lookup": game["player_lookup"],
        "game_id": game["game_id"],
        "season_year": game["season_year"],
        "team_abbr": game["team_abbr"],
        "games_played_season": len(history),
        "previous_game_date": history[-2]["game_date"] if len(history) > 1 else None,
        **masks(history),
        **_points([row["points"] for row in history]),
        **_minutes(history),
        **_usage([whole(row["usage_rate"], 6) for row in history]),
        **_shooting(history[-10:]),
        **_shots(history),
        **_streaks(history),
        "games_since_structural_change": games_since_change(history),
    }


def _points(points: list[int | None]) -> Row:
    # a window is games, not known values: it is cut before the unknown are left out
    windows = {count: known(points[-count:]) for count in (2, 3, 5, 7, 10)}
    season = known(points)
    last_10 = windows[10]
    return {
        **{f"points_sum_last_{count}": sum_known(windows[count]) for count in (2, 3, 5, 10)},
        "points_sum_season": sum_known(season),
        "points_squares_sum_last_10": sum_known(value * value for value in last_10),
        **{
            f"points_avg_last_{count}": ratio(sum_known(windows[count]), len(windows[count]))
            for count in (3, 5, 10)
        },
        "points_avg_season": ratio(sum_known(season), len(season)),
        "points_std_last_10": sample_deviation(last_10, 6),
        "points_slope_last_10": slope(last_10, at_least=5),
        "points_slope_last_7": slope(windows[7], at_least=4),
    }


def _minutes(history: list[Row]) -> Row:
    timed = [row for row in history[-10:] if row["seconds_played"] is not None]
    last_10 = [row["seconds_played"] for row in timed]
    season = known(row["seconds_played"] for row in history)
    points = sum_known(row["points"] for row in timed)
    return {
        "seconds_sum_last_10": sum_known(last_10),
        "minutes_games_last_10": len(last_10),
        "minutes_avg_last_10": ratio(sum_known(last_10), 60 * len(last_10)),
        "seconds_sum_season": sum_known(season),
        "minutes_games_season": len(season),
        "minutes_avg_season": ratio(sum_known(season), 60 * len(season)),
        "ppm_avg_last_10": None if points is None else ratio(60 * points, sum_known(last_10)),
    }


def _usage(micros: list[int | None]) -> Row:
    columns: Row = {}
    for name, window in (
        ("last_5", micros[-5:]),
        ("last_10", micros[-10:]),
        ("season", micros),
    ):
        rates = known(window)
        columns[f"usage_micros_sum_{name}"] = sum_known(rates)
        columns[f"usage_games_{name}"] = len(rates)
        columns[f"usage_rate_{name}"] = ratio(sum_known(rates), MILLION * len(rates))
    return columns


def _shooting(window: list[Row]) -> Row:
    games = [
        row
        for row in window
        if None not in (row["points"], row["fg_attempted"], row["ft_attempted"])
    ]
    points = sum_known(row["points"] for row in games)
    attempts = sum_known(100 * row["fg_attempted"] + 44 * row["ft_attempted"] for row in games)
    return {
        "shooting_points_sum_last_10": points,
        "shooting_attempts_x100_sum_last_10": attempts,
        "ts_pct_last_10": None if points is None else ratio(100 * points, 2 * attempts),
        "ft_made_sum_last_10": sum_known(row["ft_made"] for row in window),
    }


def _shots(history: list[Row]) -> Row:
    charted = [row for row in history if row["has_shots"]]
    columns: Row = {}
    for count in (10, 20):
        window = charted[-count:]
        columns[f"shot_games_last_{count}"] = len(window)
        for part in ATTEMPTS_AND_MAKES:
            columns[f"{part}_last_{count}"] = sum_known(row[part] for row in window)
        if count == 10:
            assisted = sum_all(row["assisted_fg_makes"] for row in window)
            columns["assisted_fg_makes_last_10"] = assisted
    return columns


def _streaks(history: list[Row]) -> Row:
    decided = [
        row["points"] > row["line"]
        for row in history
        if None not in (row["points"], row["line"]) and row["points"] != row["line"]
    ]
    return {
        "prop_over_streak": run(decided, value=True) if decided else None,
        "prop_under_streak": run(decided, value=False) if decided else None,
    }
