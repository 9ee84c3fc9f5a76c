"""Breaking a season's sources in ways that must be refused, rejected or blocked, never survived."""

from __future__ import annotations

import numpy as np

from league.sample.arrays import Bools, Ints
from league.sample.books import PROVIDERS
from league.sample.cells import Rows, change, join_rows, plain, take_rows
from league.sample.finding import days_of, name_rows
from league.sample.planting import Step
from league.sample.season import Season
from league.sample.sources import BOXSCORES, PLAYER_LINES, Sources
from league.sample.traps import Planted

BROKEN_MINUTES = ("34:75", "abc", "-3:10", "12:60", "??", "-1:00")
CONTRADICTION_DAY, BROKEN_DAY, MISSING_DAY = 60, 63, 66
FEWEST_GAMES = 3


def contradicting_boxscore(season: Season, sources: Sources) -> tuple[Sources, list[Planted]]:
    box = sources[BOXSCORES]
    day = _day_with_games(season, CONTRADICTION_DAY)
    row = np.flatnonzero((days_of(box, season) == day) & _known(box))[:1]
    other = take_rows(box, row)
    points = plain(other["points"].values + 2)
    changed = {**sources, BOXSCORES: join_rows([box, change(other, points=points)])}
    return changed, name_rows("contradicting_boxscore", changed, row)


def contradicting_line(season: Season, sources: Sources) -> tuple[Sources, list[Planted]]:
    lines = sources[PLAYER_LINES]
    day = _day_with_games(season, CONTRADICTION_DAY)
    direct = lines["provider"].values == PROVIDERS.index("odds_api")
    row = np.flatnonzero((days_of(lines, season) == day) & direct)[:1]
    other = take_rows(lines, row)
    line = plain(other["points_line"].values + 4)
    changed = {**sources, PLAYER_LINES: join_rows([lines, change(other, points_line=line)])}
    return changed, name_rows("contradicting_line", changed, row)


def broken_minutes(season: Season, sources: Sources) -> tuple[Sources, list[Planted]]:
    box = sources[BOXSCORES]
    day = _day_with_games(season, BROKEN_DAY)
    rows = np.flatnonzero((days_of(box, season) == day) & _known(box))
    rows = rows[: 3 * len(BROKEN_MINUTES) : 3]
    minutes = box["minutes"].with_words(rows, list(BROKEN_MINUTES))
    changed = {**sources, BOXSCORES: change(box, minutes=minutes)}
    return changed, name_rows("broken_minutes", changed, rows)


def missing_boxscores(season: Season, sources: Sources) -> tuple[Sources, list[Planted]]:
    box = sources[BOXSCORES]
    day = _day_with_games(season, MISSING_DAY)
    changed = {**sources, BOXSCORES: take_rows(box, days_of(box, season) != day)}
    games = np.flatnonzero(season.games.day == day)
    return changed, name_rows("missing_boxscores", changed, games)


def _day_with_games(season: Season, day: int) -> int:
    """That season day or the next with a few games."""
    per_day: Ints = np.bincount(np.maximum(season.games.day, 0))
    return int(day + np.argmax(per_day[day:] >= FEWEST_GAMES))


def _known(box: Rows) -> Bools:
    """Rows of those who played more than a moment, so that a break of theirs is noticed."""
    known = box["points"].known
    return box["points"].values > 0 if known is None else known & (box["points"].values > 0)


STEPS: tuple[Step, ...] = (
    contradicting_boxscore,
    contradicting_line,
    broken_minutes,
    missing_boxscores,
)
