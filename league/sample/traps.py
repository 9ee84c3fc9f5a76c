"""The catalogue of what is planted: traps that must be survived, faults that must be reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from league.sample.sources import (
    BOXSCORES,
    GAME_LINES,
    INJURIES,
    PLAYER_LINES,
    PLAYERS,
    SCHEDULE,
    SHOTS,
)


@dataclass(frozen=True, kw_only=True)
class Trap:
    """One kind of thing that has gone wrong somewhere: what it is and where it lies."""

    name: str
    what: str
    table: str
    key: tuple[str, ...]
    """The columns of the table by which each planted case is named."""


@dataclass(frozen=True, kw_only=True)
class Planted:
    """One case in a league: the trap, and the values of its key."""

    trap: str
    table: str
    key: Mapping[str, object]


GAME = ("game_date", "game_id")
PLAYER_GAME = ("game_date", "game_id", "player_lookup")
SNAPSHOT = (*PLAYER_GAME, "provider", "bookmaker", "captured_at")
GAME_SNAPSHOT = (*GAME, "provider", "bookmaker", "captured_at")
REPORT = (*PLAYER_GAME, "reported_at")


def _trap(name: str, table: str, key: tuple[str, ...], what: str) -> Trap:
    return Trap(name=name, what=what, table=table, key=key)


TRAPS: tuple[Trap, ...] = (
    _trap(
        "in_game_line",
        PLAYER_LINES,
        SNAPSHOT,
        "A DraftKings line from minutes before the final whistle: half a point off the result.",
    ),
    _trap(
        "line_at_tipoff",
        PLAYER_LINES,
        SNAPSHOT,
        "A DraftKings line seen at tip-off to the second, which is not before it: the result.",
    ),
    _trap(
        "sixty_point_game",
        BOXSCORES,
        PLAYER_GAME,
        "Sixty points on season day 27: no feature of that day may know of them.",
    ),
    _trap(
        "postponed_game",
        SCHEDULE,
        GAME,
        "Called off: status postponed, never a box score under this id; played under another.",
    ),
    _trap("make_up_game", SCHEDULE, GAME, "The game that makes up for a postponed one."),
    _trap(
        "name_spelled_otherwise",
        PLAYER_LINES,
        SNAPSHOT,
        "A name with suffix and diacritics; this provider leaves the suffix out.",
    ),
    _trap(
        "unknown_spelling",
        PLAYER_LINES,
        SNAPSHOT,
        "A spelling that is nobody's: the rows are refused and listed, none is loaded.",
    ),
    _trap(
        "numeric_minutes",
        BOXSCORES,
        PLAYER_GAME,
        "Minutes as a NUMERIC writes them: 34.500000000.",
    ),
    _trap("whole_minutes", BOXSCORES, PLAYER_GAME, "Minutes as a bare number: 34."),
    _trap("iso_minutes", BOXSCORES, GAME, "A game with minutes as ISO durations: PT34M30.00S."),
    _trap(
        "zeros_without_playing",
        BOXSCORES,
        PLAYER_GAME,
        "Did not play, but has 00:00 and zeros where others have nothing: still not played.",
    ),
    _trap(
        "identical_duplicate",
        BOXSCORES,
        PLAYER_GAME,
        "A row that the source sends twice, to the letter: it collapses and is counted.",
    ),
    _trap(
        "repeated_line",
        PLAYER_LINES,
        SNAPSHOT,
        "A snapshot of a line that the source sends twice: it collapses and is counted.",
    ),
    _trap(
        "game_without_shots", SCHEDULE, GAME, "A game with a box score and no rows in the shots."
    ),
    _trap("assists_unknown", SHOTS, GAME, "A game whose shots do not say whether assisted."),
    _trap(
        "total_rebounds_only",
        BOXSCORES,
        GAME,
        "A game whose rebounds are not told apart: possessions are estimated.",
    ),
    _trap("overtime_unknown", SCHEDULE, GAME, "An overtime game that does not say it was one."),
    _trap(
        "seven_games_on_day_14",
        SCHEDULE,
        (*GAME, "home_team", "away_team"),
        "The first processed day, with a team that has played seven games: fewer than windows ask.",
    ),
    _trap(
        "mirrored_spread",
        GAME_LINES,
        GAME_SNAPSHOT,
        "A spread told twice, +x for one team and -x for the other: their mean is always 0.",
    ),
    _trap("late_report", INJURIES, REPORT, "A report from after tip-off that settles a doubt."),
    _trap("game_without_report", SCHEDULE, GAME, "A game on which no report was ever made."),
    _trap("played_though_out", INJURIES, REPORT, "Out by the last report, and played."),
    _trap(
        "late_scratch",
        PLAYER_LINES,
        SNAPSHOT,
        "A player with a line before tip-off who did not play: the bet is void.",
    ),
    _trap("push", PLAYER_LINES, SNAPSHOT, "A whole line, met exactly: neither over nor under."),
    _trap(
        "inferred_capture_time",
        PLAYER_LINES,
        SNAPSHOT,
        "A closing line without a time: set to a second before tip-off and flagged.",
    ),
    _trap(
        "tipoff_after_midnight_utc",
        SCHEDULE,
        GAME,
        "A late Eastern game: its UTC date is the next day's.",
    ),
    _trap("traded_player", BOXSCORES, PLAYER_GAME, "A player's first game for another team."),
    _trap("preseason_game", SCHEDULE, GAME, "Box scores before opening night: no history."),
    _trap("all_star_game", SCHEDULE, GAME, "Box scores of teams that are none: no history."),
    _trap(
        "cup_final_game",
        SCHEDULE,
        GAME,
        "A game between two real teams that counts for nothing, alone on its date.",
    ),
    _trap("unknown_birth_date", PLAYERS, ("player_lookup",), "A player whose age is not known."),
)

FAULTS: tuple[Trap, ...] = (
    _trap(
        "contradicting_boxscore",
        BOXSCORES,
        PLAYER_GAME,
        "Two different rows for one player and game: both refused, and listed.",
    ),
    _trap(
        "contradicting_line",
        PLAYER_LINES,
        SNAPSHOT,
        "Two different lines of one book at one instant: both refused, and listed.",
    ),
    _trap(
        "broken_minutes",
        BOXSCORES,
        PLAYER_GAME,
        "Minutes like 34:75, abc, -3:10, six on one date: the date's summaries must be rejected.",
    ),
    _trap(
        "missing_boxscores",
        SCHEDULE,
        GAME,
        "A date whose games are final and have no box scores: what needs them must be blocked.",
    ),
)
