"""Who is expected on a date: by his latest game, by his points line, or by both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

Row = dict[str, object]

RECENT = timedelta(60)
FIRST_WEEKS = 21


def expected(
    day: date,
    season_day: int,
    teams: dict[str, Row],
    lines: list[Row],
    latest: dict[str, Row],
) -> Iterator[tuple[str, str, str, Row | None]]:
    """Each expected player with his team, the source that named him, and his line."""
    roster = {
        player: row["team_abbr"]
        for player, row in latest.items()
        if row["team_abbr"] in teams
        and (row["last_game_date"] >= day - RECENT or season_day < FIRST_WEEKS)
    }
    chosen = _one_line_each(lines)
    for player in sorted(roster.keys() | chosen.keys()):
        line = chosen.get(player)
        if line is None:
            yield player, roster[player], "latest_game", None
            continue
        team = _team(line, teams, latest.get(player))
        if team is not None:
            yield player, team, "both" if roster.get(player) == team else "line", line


def _one_line_each(lines: list[Row]) -> dict[str, Row]:
    chosen: dict[str, Row] = {}
    for line in sorted(lines, key=lambda line: line["game_id"]):
        held = chosen.get(line["player_lookup"])
        if held is None or line["points_line_captured_at"] > held["points_line_captured_at"]:
            chosen[line["player_lookup"]] = line
    return chosen


def _team(line: Row, teams: dict[str, Row], last: Row | None) -> str | None:
    of_game = [team for team, row in teams.items() if row["game_id"] == line["game_id"]]
    if line["team_abbr"] in of_game:
        return line["team_abbr"]
    if last and last["team_abbr"] in of_game:
        return last["team_abbr"]
    return None
