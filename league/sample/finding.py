"""Finding rows in a season's sources, and naming them by their keys."""

from __future__ import annotations

import numpy as np

from league.sample.arrays import Bools, Ints
from league.sample.cells import Rows, take_rows
from league.sample.season import Season
from league.sample.sources import Sources
from league.sample.traps import FAULTS, TRAPS, Planted

KEYS = {trap.name: (trap.table, trap.key) for trap in (*TRAPS, *FAULTS)}


def name_rows(trap: str, sources: Sources, rows: Ints) -> list[Planted]:
    """The given rows of the trap's table as cases of it."""
    table, columns = KEYS[trap]
    return name_other_rows(trap, sources[table], rows, columns=columns)


def name_other_rows(
    trap: str, source: Rows, rows: Ints, *, columns: tuple[str, ...]
) -> list[Planted]:
    some = take_rows({name: source[name] for name in columns}, np.asarray(rows, dtype=np.int64))
    values = [cells.plain().tolist() for cells in some.values()]
    return [
        Planted(trap=trap, table=KEYS[trap][0], key=dict(zip(columns, row, strict=True)))
        for row in zip(*values, strict=True)
    ]


def first_game(season: Season, day: int) -> int:
    """The first counted game on that season day or the next one with games."""
    later = np.where(season.games.day >= day, season.games.day, np.iinfo(np.int64).max)
    return int(np.argmin(later))


def of_game(rows: Rows, season: Season, game: int) -> Bools:
    """The rows of one game."""
    words = rows["game_id"].words or ()
    found: Bools = rows["game_id"].values == words.index(season.games.ids[game])
    return found


def days_of(rows: Rows, season: Season) -> Ints:
    """The season day of each row of a table with games."""
    days: Ints = season.games.day[rows["game_id"].values]
    return days
