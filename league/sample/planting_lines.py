"""Planting traps in a season's player lines."""

from __future__ import annotations

import numpy as np

from league.sample.arrays import Ints
from league.sample.books import BOOKMAKERS, PROVIDERS
from league.sample.cells import Cells, Rows, change, join_rows, plain, take_rows, texts
from league.sample.finding import days_of, name_other_rows
from league.sample.planting import SETTLED_DAY, Step
from league.sample.season import Season
from league.sample.sixty import SIXTY, SIXTY_DAY, sixty_place
from league.sample.sources import PLAYER_LINES, Sources
from league.sample.teams import WORDS
from league.sample.traps import SNAPSHOT, Planted

NOBODY = "nemonobody"
LAST_MINUTES = np.timedelta64(128, "m")
UNKNOWN_ROWS, REPEATED_ROWS = 3, 5


def _draftkings(
    season: Season, lines: Rows, *, row: int, slot: int, captured_at: np.datetime64, line: float
) -> dict[str, Cells]:
    """One more DraftKings row for a place in a team-game."""
    template = take_rows(lines, np.flatnonzero(lines["game_id"].values == row // 2)[:1])
    first = np.array([0])
    sides = season.played.lineups
    return change(
        template,
        player_lookup=template["player_lookup"].with_values(first, sides.who[row, slot]),
        provider=texts(np.array([PROVIDERS.index("odds_api")]), PROVIDERS),
        bookmaker=texts(np.array([BOOKMAKERS.index("draftkings")]), BOOKMAKERS),
        captured_at=plain(np.array([captured_at])),
        team=texts(sides.team[row : row + 1], WORDS),
        points_line=plain(np.array([line])),
        over_price=plain(np.array([-110])),
        under_price=plain(np.array([-110])),
        captured_at_inferred=plain(np.array([False])),
    )


def telling_lines(season: Season, sources: Sources) -> tuple[Sources, list[Planted]]:
    """The sixty points and another's, told by lines from after tip-off and from tip-off itself."""
    points = season.played.points
    row, slot = sixty_place(season.games, points)
    others = np.where((np.repeat(season.games.day, 2) == SIXTY_DAY)[:, None], points, -1)
    others[row, slot] = -1
    other_row, other_slot = (int(one) for one in np.unravel_index(others.argmax(), others.shape))
    lines = sources[PLAYER_LINES]
    late = _draftkings(
        season,
        lines,
        row=row,
        slot=slot,
        captured_at=season.tipoffs[row // 2] + LAST_MINUTES,
        line=SIXTY - 0.5,
    )
    at_tipoff = _draftkings(
        season,
        lines,
        row=other_row,
        slot=other_slot,
        captured_at=season.tipoffs[other_row // 2],
        line=float(points[other_row, other_slot]),
    )
    changed = {**sources, PLAYER_LINES: join_rows([lines, late, at_tipoff])}
    first = np.array([0])
    return changed, [
        *name_other_rows("in_game_line", late, first, columns=SNAPSHOT),
        *name_other_rows("line_at_tipoff", at_tipoff, first, columns=SNAPSHOT),
    ]


def unknown_spelling(season: Season, sources: Sources) -> tuple[Sources, list[Planted]]:
    lines = sources[PLAYER_LINES]
    rows = take_rows(lines, _settled(season, lines)[:UNKNOWN_ROWS])
    nobody = rows["player_lookup"].with_words(np.arange(UNKNOWN_ROWS), [NOBODY] * UNKNOWN_ROWS)
    rows = change(rows, player_lookup=nobody)
    changed = {**sources, PLAYER_LINES: join_rows([lines, rows])}
    named = name_other_rows("unknown_spelling", rows, np.arange(UNKNOWN_ROWS), columns=SNAPSHOT)
    return changed, named


def repeated_line(season: Season, sources: Sources) -> tuple[Sources, list[Planted]]:
    lines = sources[PLAYER_LINES]
    rows = take_rows(lines, _settled(season, lines)[:REPEATED_ROWS])
    changed = {**sources, PLAYER_LINES: join_rows([lines, rows])}
    named = name_other_rows("repeated_line", rows, np.arange(REPEATED_ROWS), columns=SNAPSHOT)
    return changed, named


def _settled(season: Season, lines: Rows) -> Ints:
    """Rows of a provider that writes names in full, from where oddities may lie."""
    direct = lines["provider"].values == PROVIDERS.index("odds_api")
    return np.flatnonzero(direct & (days_of(lines, season) >= SETTLED_DAY))


STEPS: tuple[Step, ...] = (telling_lines, unknown_spelling, repeated_line)
