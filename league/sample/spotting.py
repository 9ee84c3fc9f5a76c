"""Finding the traps that lie in any season by nature."""

from __future__ import annotations

import numpy as np

from league.sample.arrays import Ints
from league.sample.books import PROVIDERS
from league.sample.cells import change, texts
from league.sample.finding import name_other_rows, name_rows
from league.sample.names import base_name
from league.sample.reports import OUT
from league.sample.season import Season
from league.sample.sources import (
    BOXSCORES,
    GAME_LINES,
    MIRRORERS,
    PLAYER_LINES,
    SUFFIX_DROPPERS,
    Sources,
)
from league.sample.traps import SNAPSHOT, Planted
from processors.raw.schedule import COUNTED_PHASES, PHASES

FIRST_PROCESSED_DAY, FEW_GAMES = 14, 7
CASES = 3
"""How many cases of a common trap are named."""


def spot(season: Season, sources: Sources) -> list[Planted]:
    """Name the first few cases of each; the sources are as drawn, row by row."""
    named = [
        name_rows(trap, sources, rows)
        for trap, rows in (
            *_games(season).items(),
            *_reports(season).items(),
            ("mirrored_spread", _mirrored(sources)),
            ("traded_player", _traded(season, sources)),
        )
    ]
    # Some rows spell players otherwise; a case is named by the key that it is loaded under.
    keys = season.world.squads.people.keys
    spelled = sources[PLAYER_LINES]["player_lookup"]
    lines = change(sources[PLAYER_LINES], player_lookup=texts(spelled.values, keys + keys))
    named += [
        name_other_rows(trap, lines, rows, columns=SNAPSHOT)
        for trap, rows in _lines(season).items()
    ]
    return [case for cases in named for case in cases]


def _games(season: Season) -> dict[str, Ints]:
    """Rows of the schedule."""
    games, phases = season.games, season.games.phase
    dates = season.world.dates.times(games.day)
    reported = np.zeros(len(games), dtype=bool)
    reported[season.reports.row // 2] = True
    counted = np.isin(phases, [PHASES.index(phase) for phase in COUNTED_PHASES])
    day_after = season.tipoffs.astype("datetime64[D]") > dates
    shows = {
        f"{phase}_game": np.flatnonzero(phases == PHASES.index(phase))[:CASES]
        for phase in ("preseason", "all_star", "cup_final")
    }
    postponed = len(games) + np.arange(len(season.postponements.make_up))
    return {
        "postponed_game": postponed,
        "make_up_game": season.postponements.make_up,
        "game_without_report": np.flatnonzero(~reported & counted)[:CASES],
        "tipoff_after_midnight_utc": np.flatnonzero(day_after & counted)[:CASES],
        "seven_games_on_day_14": _seven_games(season),
        **shows,
    }


def _seven_games(season: Season) -> Ints:
    """Games of the first processed day in which a team has played seven."""
    games = season.games
    early = (games.day >= 0) & (games.day < FIRST_PROCESSED_DAY)
    played = np.bincount(np.concatenate([games.home[early], games.away[early]]), minlength=32)
    first_day = games.day[games.day >= FIRST_PROCESSED_DAY].min()
    few = (played[games.home] == FEW_GAMES) | (played[games.away] == FEW_GAMES)
    return np.flatnonzero((games.day == first_day) & few)


def _reports(season: Season) -> dict[str, Ints]:
    """Rows of the injury report."""
    said = season.reports
    tipoffs = season.tipoffs[said.row // 2]
    last_word = (said.reported_at < tipoffs) & (
        said.reported_at > tipoffs - np.timedelta64(120, "m")
    )
    plays = season.played.seconds[said.row, said.slot] > 0
    return {
        "late_report": np.flatnonzero(said.reported_at > tipoffs)[:CASES],
        "played_though_out": np.flatnonzero(last_word & (said.status == OUT) & plays)[:CASES],
    }


def _mirrored(sources: Sources) -> Ints:
    lines = sources[GAME_LINES]
    book = [
        texts(lines[name].values, lines[name].words or ()).plain() == word
        for name, word in zip(("provider", "bookmaker"), MIRRORERS, strict=True)
    ]
    return np.flatnonzero(book[0] & book[1] & (lines["spread"].values != 0))[:CASES]


def _traded(season: Season, sources: Sources) -> Ints:
    """Each traded player's first row for his new team."""
    box = sources[BOXSCORES]
    firsts: list[int] = []
    days = season.games.day[box["game_id"].values]
    for trade in season.world.rosters.trades:
        for player, team in zip(trade.players, trade.teams[::-1], strict=True):
            his = (box["player_lookup"].values == player) & (box["team"].values == team)
            rows = np.flatnonzero(his & (days >= trade.day))
            firsts += rows[np.argsort(days[rows], kind="stable")][:1].tolist()
    return np.array(firsts, dtype=np.int64)


def _lines(season: Season) -> dict[str, Ints]:
    """Rows of the player lines."""
    lines, played = season.player_lines, season.played
    names = season.world.squads.people.names
    special = np.array([base_name(name) != name and not name.isascii() for name in names])
    before = lines.captured_at < season.tipoffs[lines.row // 2]
    plays = played.seconds[lines.row, lines.slot] > 0
    met = played.points[lines.row, lines.slot] == lines.line
    dropped = lines.provider == PROVIDERS.index(SUFFIX_DROPPERS)
    spelled = special[played.lineups.who[lines.row, lines.slot]] & dropped
    return {
        "name_spelled_otherwise": np.flatnonzero(spelled)[:CASES],
        "late_scratch": np.flatnonzero(before & ~plays)[:CASES],
        "push": np.flatnonzero(before & plays & met)[:CASES],
        "inferred_capture_time": np.flatnonzero(lines.inferred)[:CASES],
    }
