"""A player's time with one team: which of its games he played and started."""

from __future__ import annotations

Row = dict[str, object]

COLUMNS = (
    "team_game_number",
    "stint_first_team_game_number",
    "team_games_played_mask",
    "team_starts_mask",
)

LONG_GAP = 14
MOST = 30


def masks(history: list[Row]) -> Row:
    """The stint's columns after the last of the games he played."""
    stint = [row for row in _stint(history) if row["team_game_number"] is not None]
    now = history[-1]["team_game_number"]
    if now is None:  # his team is none of the game's two: an input error, and no number to count by
        return dict.fromkeys(COLUMNS)
    ago = [(now - row["team_game_number"], row["is_starter"]) for row in stint]
    recent = [(back, started) for back, started in ago if back <= 4]
    unknown = any(started is None for _, started in recent)
    played = sum(2**back for back, _ in ago if back <= 9)
    started = None if unknown else sum(2**back for back, on in recent if on)
    return dict(zip(COLUMNS, (now, stint[0]["team_game_number"], played, started), strict=True))


def games_since_change(history: list[Row]) -> int:
    """Games played since the season's start, a new team or a long gap, the first one included."""
    count = 1
    for game, before in zip(history[:0:-1], history[-2::-1], strict=True):
        gap = (game["game_date"] - before["game_date"]).days
        if game["team_abbr"] != before["team_abbr"] or gap > LONG_GAP:
            break
        count += 1
    return min(count, MOST)


def _stint(history: list[Row]) -> list[Row]:
    first = len(history) - 1
    while first and history[first - 1]["team_abbr"] == history[-1]["team_abbr"]:
        first -= 1
    return history[first:]
