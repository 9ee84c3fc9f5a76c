"""player_game_summary: one row a player and final game."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from tests.oracle.minutes import is_malformed, seconds_played
from tests.oracle.numbers import ratio, sum_all
from tests.oracle.schedule import Schedule
from tests.oracle.zones import ShotCounts

Row = dict[str, object]

SHOOTING = ("points", "fg_made", "fg_attempted", "fg3_made", "fg3_attempted")
FREE_THROWS = ("ft_made", "ft_attempted")
SPLIT_REBOUNDS = ("offensive_rebounds", "defensive_rebounds")
REST = ("assists", "steals", "blocks", "turnovers", "personal_fouls")
COUNTS = (*SHOOTING, *FREE_THROWS, *SPLIT_REBOUNDS, "rebounds", *REST)
"""Everything a box score counts, in the contract's order; plus_minus is no count."""


def player_game_summary(
    schedule: Schedule, boxscores: Iterable[Row], shots: Iterable[Row]
) -> list[Row]:
    """Make the table; quarantined rows and rejected dates are left out."""
    shot_counts = ShotCounts(schedule, shots)
    by_date: dict[date, list[Row]] = defaultdict(list)
    for box in boxscores:
        game = schedule.game_of(box)
        if game and game["status"] == "final":
            by_date[game["game_date"]].append(_row(game, box, shot_counts))
    published = []
    for rows in by_date.values():
        _add_usage(rows)
        if not _is_rejected(rows):
            published += [row for row in rows if not _is_quarantined(row)]
    return published


def _row(game: Row, box: Row, shot_counts: ShotCounts) -> Row:
    seconds = seconds_played(box["minutes"])
    counts = {name: box[name] for name in COUNTS}
    if counts["rebounds"] is None:
        counts["rebounds"] = sum_all(counts[name] for name in SPLIT_REBOUNDS)
    is_dnp = not _played(seconds, counts, box["plus_minus"])
    return {
        "game_date": game["game_date"],
        "player_lookup": box["player_lookup"],
        "game_id": game["game_id"],
        "season_year": game["season_year"],
        "season_phase": game["season_phase"],
        "player_name": box["player_name"],
        "team_abbr": box["team"],
        "opponent_team_abbr": box["opponent"],
        "is_home": box["is_home"],
        "is_starter": box["is_starter"],
        "is_dnp": is_dnp,
        "dnp_reason": box["dnp_reason"],
        "seconds_played": seconds,
        "minutes_played": ratio(seconds, 60, 4),
        "minutes_malformed": is_malformed(box["minutes"]),
        **counts,
        "plus_minus": box["plus_minus"],
        **shot_counts.of(game["game_id"], box["player_lookup"]),
        **_efficiency(counts),
        "usage_rate": None,
    }


def _played(seconds: int | None, counts: Row, plus_minus: int | None) -> bool:
    if seconds:
        return True
    return any((value or 0) > 0 for value in counts.values()) or (plus_minus or 0) != 0


def _efficiency(counts: Row) -> Row:
    made, attempted, threes = counts["fg_made"], counts["fg_attempted"], counts["fg3_made"]
    points, free_throws = counts["points"], counts["ft_attempted"]
    ts_pct = efg_pct = None
    if None not in (points, attempted, free_throws):
        ts_pct = ratio(100 * points, 2 * _x100(attempted, free_throws))
    if None not in (made, threes, attempted):
        efg_pct = ratio(2 * made + threes, 2 * attempted)
    return {"ts_pct": ts_pct, "efg_pct": efg_pct}


def _x100(attempted: int, free_throws: int, turnovers: int = 0) -> int:
    return 100 * attempted + 44 * free_throws + 100 * turnovers


def _add_usage(rows: list[Row]) -> None:
    teams: dict[tuple[object, object], list[Row]] = defaultdict(list)
    for row in rows:
        if not row["is_dnp"]:
            teams[row["game_id"], row["team_abbr"]].append(row)
    for played in teams.values():
        team_seconds = sum_all(row["seconds_played"] for row in played)
        team_uses = sum_all(_uses(row) for row in played)
        if team_seconds is None or team_uses is None:
            continue
        for row in played:
            numerator = 100 * _uses(row) * team_seconds
            row["usage_rate"] = ratio(numerator, 5 * row["seconds_played"] * team_uses)


def _uses(row: Row) -> int | None:
    parts = row["fg_attempted"], row["ft_attempted"], row["turnovers"]
    return None if None in parts else _x100(*parts)


def _is_quarantined(row: Row) -> bool:
    made, attempted = row["fg_made"], row["fg_attempted"]
    return (
        (not row["is_dnp"] and row["points"] is None)
        or (made is not None and attempted is not None and made > attempted)
        or row["team_abbr"] == row["opponent_team_abbr"]
    )


def _is_rejected(rows: list[Row]) -> bool:
    played = [row for row in rows if not row["is_dnp"]]
    unknown = sum(row["seconds_played"] is None for row in played)
    return unknown >= 3 and 100 * unknown > len(played)
