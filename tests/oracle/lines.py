"""player_lines: the points line of every player who had one before tip-off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tests.oracle.cascade import Snapshot, cascade, each_book, latest
from tests.oracle.numbers import ratio, sample_deviation, whole
from tests.oracle.schedule import Schedule

Row = dict[str, object]


def player_lines(schedule: Schedule, odds: Iterable[Row]) -> list[Row]:
    """Make the table; a line that is not positive is quarantined."""
    groups: dict[tuple[object, object], list[Row]] = defaultdict(list)
    for row in odds:
        if before_tipoff(schedule, row, "captured_at"):
            groups[row["game_id"], row["player_lookup"]].append(row)
    rows = [_row(group) for group in groups.values()]
    return [row for row in rows if row and row["current_points_line"] > 0]


def before_tipoff(schedule: Schedule, row: Row, seen: str) -> bool:
    """Whether a raw row was seen before the tip-off of its game; never where that is unknown."""
    game = schedule.game_of(row)
    return bool(game and game["tipoff_at"] and row[seen] < game["tipoff_at"])


def snapshots_of(rows: Iterable[Row], column: str) -> list[Snapshot]:
    """The rows that hold the column, as snapshots."""
    return [
        Snapshot(row["captured_at"], row["provider"], row["bookmaker"], whole(row[column], 2))
        for row in rows
        if row[column] is not None
    ]


def _row(group: list[Row]) -> Row | None:
    snapshots = snapshots_of(group, "points_line")
    line = cascade(snapshots)
    if line is None:
        return None
    books = [last.value for last in each_book(snapshots, latest)]
    return {
        "game_date": group[0]["game_date"],
        "game_id": group[0]["game_id"],
        "player_lookup": group[0]["player_lookup"],
        "team_abbr": _team(group),
        "current_points_line": ratio(line.current, 100, 2),
        "opening_points_line": ratio(line.opening, 100, 2),
        "line_movement": ratio(line.current - line.opening, 100, 2),
        "points_line_provider": line.provider,
        "points_line_bookmaker": line.bookmaker,
        "points_line_captured_at": line.captured_at,
        "books_count": len(books),
        "multi_book_line_std": sample_deviation(books, 4, unit=100),
        "draftkings_line": _at_steps(snapshots, 0, 1),
        "consensus_line": _at_steps(snapshots, 4, 5),
    }


def _at_steps(snapshots: list[Snapshot], *steps: int) -> float | None:
    """The cascade as if it had these steps only."""
    line = cascade(snapshots, steps)
    return None if line is None else ratio(line.current, 100, 2)


def _team(group: list[Row]) -> object:
    named = [(row["captured_at"], row["team"]) for row in group if row["team"] is not None]
    return max(named)[1] if named else None
