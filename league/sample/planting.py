"""Planting traps in a season's box scores, shots and schedule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from league.sample.arrays import Ints
from league.sample.cells import change, join_rows, take_rows
from league.sample.finding import days_of, first_game, name_rows, of_game
from league.sample.season import Season
from league.sample.sixty import sixty_place
from league.sample.sources import BOXSCORES, CLOCK, SCHEDULE, SHOTS, Sources
from league.sample.traps import Planted

Step = Callable[[Season, Sources], tuple[Sources, list[Planted]]]

COUNTED = (
    *("points", "fg_made", "fg_attempted", "fg3_made", "fg3_attempted", "ft_made", "ft_attempted"),
    *("offensive_rebounds", "defensive_rebounds", "rebounds", "assists", "steals", "blocks"),
    *("turnovers", "personal_fouls", "plus_minus"),
)
SETTLED_DAY = 20
"""From here on planted oddities lie: well after the first processed day."""
NO_SHOTS_DAY, NO_ASSISTS_DAY, ISO_DAY, TOTALS_DAY = 31, 33, 35, 39


def boxscore_row(season: Season, sources: Sources, *, row: int, slot: int) -> Ints:
    """The box-score row of a place in a team-game."""
    box = sources[BOXSCORES]
    person = season.played.lineups.who[row, slot]
    return np.flatnonzero(
        (box["game_id"].values == row // 2) & (box["player_lookup"].values == person)
    )


def sixty_point_game(season: Season, sources: Sources) -> tuple[Sources, list[Planted]]:
    row, slot = sixty_place(season.games, season.played.points)
    found = boxscore_row(season, sources, row=row, slot=slot)
    return sources, name_rows("sixty_point_game", sources, found)


def odd_minutes(season: Season, sources: Sources) -> tuple[Sources, list[Planted]]:
    """A NUMERIC's nine digits, a bare number, and a game in ISO durations."""
    box = sources[BOXSCORES]
    settled = days_of(box, season) >= SETTLED_DAY
    seconds = np.where(box["minutes"].values < len(CLOCK), box["minutes"].values, 0)
    numeric = np.flatnonzero(settled & (seconds >= 30 * 60) & (seconds % 60 == 30))[:1]
    whole = np.flatnonzero(settled & (seconds >= 20 * 60) & (seconds % 60 == 0))[:1]
    iso_game = first_game(season, ISO_DAY)
    iso = np.flatnonzero(of_game(box, season, iso_game) & (seconds > 0))
    minutes = (
        box["minutes"]
        .with_words(numeric, [f"{seconds[row] / 60:.9f}" for row in numeric])
        .with_words(whole, [f"{seconds[row] // 60}" for row in whole])
        .with_words(iso, [f"PT{seconds[row] // 60:02d}M{seconds[row] % 60:02d}.00S" for row in iso])
    )
    changed = {**sources, BOXSCORES: change(box, minutes=minutes)}
    return changed, [
        *name_rows("numeric_minutes", changed, numeric),
        *name_rows("whole_minutes", changed, whole),
        *name_rows("iso_minutes", changed, iso[:1]),
    ]


def zeros_without_playing(season: Season, sources: Sources) -> tuple[Sources, list[Planted]]:
    box = sources[BOXSCORES]
    idle = box["minutes"].values == len(CLOCK)
    row = np.flatnonzero(idle & (days_of(box, season) >= SETTLED_DAY))[:1]
    zeros = {name: box[name].with_values(row, 0) for name in COUNTED}
    box = change(box, minutes=box["minutes"].with_values(row, 0), **zeros)
    changed = {**sources, BOXSCORES: box}
    return changed, name_rows("zeros_without_playing", changed, row)


def identical_duplicate(season: Season, sources: Sources) -> tuple[Sources, list[Planted]]:
    box = sources[BOXSCORES]
    row = np.flatnonzero(days_of(box, season) >= SETTLED_DAY + 2)[:1]
    changed = {**sources, BOXSCORES: join_rows([box, take_rows(box, row)])}
    return changed, name_rows("identical_duplicate", changed, row)


def incomplete_games(season: Season, sources: Sources) -> tuple[Sources, list[Planted]]:
    """One game without shots, one without assists by shot, one with rebounds in total only."""
    shotless, unassisted, totals = (
        first_game(season, day) for day in (NO_SHOTS_DAY, NO_ASSISTS_DAY, TOTALS_DAY)
    )
    shots, box = sources[SHOTS], sources[BOXSCORES]
    shots = take_rows(shots, ~of_game(shots, season, shotless))
    unknown = np.flatnonzero(of_game(shots, season, unassisted))
    shots = change(shots, assisted=shots["assisted"].without(unknown))
    whole = np.flatnonzero(of_game(box, season, totals))
    box = change(
        box,
        offensive_rebounds=box["offensive_rebounds"].without(whole),
        defensive_rebounds=box["defensive_rebounds"].without(whole),
    )
    changed = {**sources, SHOTS: shots, BOXSCORES: box}
    return changed, [
        *name_rows("game_without_shots", changed, np.array([shotless])),
        *name_rows("assists_unknown", changed, unknown[:1]),
        *name_rows("total_rebounds_only", changed, whole[:1]),
    ]


def overtime_unknown(season: Season, sources: Sources) -> tuple[Sources, list[Planted]]:
    longer = (season.played.overtimes > 0) & (season.games.day >= SETTLED_DAY)
    row = np.flatnonzero(longer)[:1]
    schedule = sources[SCHEDULE]
    schedule = change(schedule, overtime_periods=schedule["overtime_periods"].without(row))
    changed = {**sources, SCHEDULE: schedule}
    return changed, name_rows("overtime_unknown", changed, row)


STEPS: tuple[Step, ...] = (
    sixty_point_game,
    odd_minutes,
    zeros_without_playing,
    identical_duplicate,
    incomplete_games,
    overtime_unknown,
)
