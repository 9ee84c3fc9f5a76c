"""A season as the sources would deliver it: one table of rows each, before anything is resolved."""

from __future__ import annotations

import numpy as np

from league.lookup import player_lookup
from league.sample.arrays import Ints
from league.sample.books import BOOKMAKERS, PROVIDERS
from league.sample.cells import Cells, Rows, change, join_rows, plain, take_rows, text, texts
from league.sample.health import REASONS
from league.sample.names import base_name
from league.sample.people import ZONE_VALUES, People
from league.sample.season import Season
from league.sample.teams import WORDS
from processors.raw.injury_report import STATUSES as REPORT_STATUSES
from processors.raw.schedule import PHASES
from processors.raw.schedule import STATUSES as GAME_STATUSES
from processors.raw.shots import ZONES

SCHEDULE = "nba_raw.schedule"
BOXSCORES = "nba_raw.player_boxscores"
SHOTS = "nba_raw.shots"
GAME_LINES = "nba_raw.odds_game_lines"
PLAYER_LINES = "nba_raw.odds_player_points"
INJURIES = "nba_raw.injury_report"
PLAYERS = "nba_raw.players"

Sources = dict[str, dict[str, Cells]]

CLOCK = tuple(f"{seconds // 60:02d}:{seconds % 60:02d}" for seconds in range(70 * 60))
"""Minutes as the box score writes them, by seconds played."""
COACHS_DECISION = "DNP - Coach's Decision"
DNP_REASONS = (COACHS_DECISION, *(f"DNP - Injury/Illness - {reason}" for reason in REASONS))
REPORT_REASONS = (*(f"Injury/Illness - {reason}" for reason in REASONS), "Rest")
SIDES = ("home", "away")
NO_IDS_EVERY = 50
"""Of so many players, one has no ids."""
SUFFIX_DROPPERS, MIRRORERS = "bettingpros", ("bettingpros", "draftkings")
DISTANCES = ((0, 11), (8, 22), (22, 24), (23, 30), (48, 75))
"""Feet from the basket, by zone: from, and to but not reached."""


def alias_of(name: str) -> str | None:
    """The key under which some sources know him: the name without its suffix."""
    short = base_name(name)
    return None if short == name else player_lookup(short)


def season_sources(season: Season) -> Sources:
    """All dated tables; `players` is made once for all seasons."""
    ids = tuple(season.games.ids.tolist())
    keys = season.world.squads.people.keys
    return {
        SCHEDULE: _schedule(season),
        BOXSCORES: _boxscores(season, ids, keys),
        SHOTS: _shots(season, ids, keys),
        GAME_LINES: _game_lines(season, ids),
        PLAYER_LINES: _player_lines(season, ids, keys),
        INJURIES: _injuries(season, ids, keys),
    }


def players_source(people: People, members: Ints) -> dict[str, Cells]:
    """One row for each of the members, and what the sources know of him."""
    names = [people.names[person] for person in members]
    known = members % NO_IDS_EVERY > 0
    return {
        "player_lookup": text([player_lookup(name) for name in names]),
        "player_name": text([*names]),
        "birth_date": plain(people.births[members]),
        "position": text([people.positions[person] for person in members]),
        "aliases": text([alias_of(name) for name in names]),
        "source_ids": text(
            [
                f"nba:{1630000 + person} bettingpros:{20000 + 7 * person}" if told else None
                for person, told in zip(members.tolist(), known, strict=True)
            ]
        ),
    }


def _schedule(season: Season) -> dict[str, Cells]:
    games, dates = season.games, season.world.dates
    count = len(games)
    scores = season.played.scores
    held = {
        "game_id": text(games.ids.tolist()),
        "season_year": plain(np.full(count, season.world.season_year)),
        "game_date": plain(dates.times(games.day)),
        "tipoff_at": plain(season.tipoffs),
        "season_phase": texts(games.phase, PHASES),
        "home_team": texts(games.home, WORDS),
        "away_team": texts(games.away, WORDS),
        "home_score": plain(scores[:, 0]),
        "away_score": plain(scores[:, 1]),
        "status": texts(np.full(count, GAME_STATUSES.index("final")), GAME_STATUSES),
        "overtime_periods": plain(season.played.overtimes),
        "boxscore_expected": plain(np.ones(count, dtype=bool)),
    }
    called_off, rows = season.postponements.original, season.postponements.make_up
    first = take_rows(held, rows)
    everything = np.arange(len(rows))
    first = change(
        first,
        game_id=text(called_off.ids.tolist()),
        game_date=plain(dates.times(called_off.day)),
        tipoff_at=plain(called_off.tipoffs(dates)),
        home_score=first["home_score"].without(everything),
        away_score=first["away_score"].without(everything),
        overtime_periods=first["overtime_periods"].without(everything),
        status=texts(np.full(len(rows), GAME_STATUSES.index("postponed")), GAME_STATUSES),
        boxscore_expected=plain(np.zeros(len(rows), dtype=bool)),
    )
    return join_rows([held, first])


def _boxscores(season: Season, ids: tuple[str, ...], keys: tuple[str, ...]) -> dict[str, Cells]:
    played, boxes = season.played, season.boxes
    rows, slots = np.nonzero(boxes.listed)
    at = rows, slots
    people, teams = played.lineups.who[at], played.lineups.team
    plays = boxes.plays[at]
    empty = len(CLOCK)
    counted = {
        "points": boxes.points,
        "fg_made": boxes.made,
        "fg_attempted": boxes.attempts,
        "fg3_made": boxes.threes_made,
        "fg3_attempted": boxes.threes,
        "ft_made": played.free_throws_made,
        "ft_attempted": played.free_throws,
        "offensive_rebounds": boxes.offensive_rebounds,
        "defensive_rebounds": boxes.defensive_rebounds,
        "rebounds": boxes.offensive_rebounds + boxes.defensive_rebounds,
        "assists": boxes.assists,
        "steals": boxes.steals,
        "blocks": boxes.blocks,
        "turnovers": played.turnovers,
        "personal_fouls": boxes.fouls,
        "plus_minus": boxes.plus_minus,
    }
    preseason = season.games.phase[rows // 2] == PHASES.index("preseason")
    hurt = ~played.lineups.fit[at]
    reasons = np.where(hurt, 1 + np.maximum(played.lineups.ailment[at], 0), 0)
    return {
        "game_id": texts(rows // 2, ids),
        "player_lookup": texts(people, keys),
        "game_date": plain(season.world.dates.times(season.games.day[rows // 2])),
        "player_name": texts(people, season.world.squads.people.names),
        "team": texts(teams[rows], WORDS),
        "opponent": texts(teams[rows ^ 1], WORDS),
        "is_home": plain(rows % 2 == 0),
        "is_starter": plain(played.starters[at], known=~preseason),
        "minutes": texts(np.where(plays, played.seconds[at], empty), (*CLOCK, "")),
        **{name: plain(values[at], known=plays) for name, values in counted.items()},
        "dnp_reason": texts(np.where(plays, -1, reasons), DNP_REASONS),
    }


def _shots(season: Season, ids: tuple[str, ...], keys: tuple[str, ...]) -> dict[str, Cells]:
    rng = season.world.dice("shots")
    shots, sides = season.played.shots, season.played.lineups
    games = shots.row // 2
    order = np.lexsort((rng.random(len(games)), games))
    rows, slots, zones, games = (one[order] for one in (shots.row, shots.slot, shots.zone, games))
    firsts = np.searchsorted(games, np.arange(len(ids)))
    near, far = np.array(DISTANCES).T
    return {
        "game_id": texts(games, ids),
        "shot_number": plain(np.arange(len(games)) - firsts[games] + 1),
        "game_date": plain(season.world.dates.times(season.games.day[games])),
        "player_lookup": texts(sides.who[rows, slots], keys),
        "team": texts(sides.team[rows], WORDS),
        "zone": texts(zones, ZONES),
        "distance_ft": plain(rng.integers(near[zones], far[zones])),
        "is_three": plain(np.array(ZONE_VALUES)[zones] == 3),
        "made": plain(shots.made[order]),
        "assisted": plain(season.boxes.assisted[order]),
    }


def _game_lines(season: Season, ids: tuple[str, ...]) -> dict[str, Cells]:
    """One book tells the spread twice, once for each team: `side` says whose it is."""
    lines = season.game_lines
    rows: Rows = {
        "game_id": texts(lines.game, ids),
        "provider": texts(lines.provider, PROVIDERS),
        "bookmaker": texts(lines.bookmaker, BOOKMAKERS),
        "captured_at": plain(lines.captured_at),
        "game_date": plain(season.world.dates.times(season.games.day[lines.game])),
        "side": texts(np.zeros(len(lines.game)), SIDES),
        "spread": plain(lines.spread_home),
        "total": plain(lines.total),
        "captured_at_inferred": plain(lines.inferred),
    }
    twice = np.flatnonzero(
        (lines.provider == PROVIDERS.index(MIRRORERS[0]))
        & (lines.bookmaker == BOOKMAKERS.index(MIRRORERS[1]))
    )
    mirrored = take_rows(rows, twice)
    mirrored = change(
        mirrored,
        side=texts(np.ones(len(twice)), SIDES),
        spread=plain(0.0 - mirrored["spread"].values),
    )
    return join_rows([rows, mirrored])


def _player_lines(season: Season, ids: tuple[str, ...], keys: tuple[str, ...]) -> dict[str, Cells]:
    """One provider leaves out the suffixes of names."""
    lines, sides = season.player_lines, season.played.lineups
    people = sides.who[lines.row, lines.slot]
    aliases = [alias_of(name) for name in season.world.squads.people.names]
    short = tuple(alias or key for alias, key in zip(aliases, keys, strict=True))
    drops = lines.provider == PROVIDERS.index(SUFFIX_DROPPERS)
    return {
        "game_id": texts(lines.row // 2, ids),
        "player_lookup": texts(np.where(drops, people + len(keys), people), keys + short),
        "provider": texts(lines.provider, PROVIDERS),
        "bookmaker": texts(lines.bookmaker, BOOKMAKERS),
        "captured_at": plain(lines.captured_at),
        "game_date": plain(season.world.dates.times(season.games.day[lines.row // 2])),
        "team": texts(np.where(lines.team_known, sides.team[lines.row], -1), WORDS),
        "points_line": plain(lines.line),
        "over_price": plain(lines.over, known=lines.prices_known),
        "under_price": plain(lines.under, known=lines.prices_known),
        "captured_at_inferred": plain(lines.inferred),
    }


def _injuries(season: Season, ids: tuple[str, ...], keys: tuple[str, ...]) -> dict[str, Cells]:
    said, sides = season.reports, season.played.lineups
    ailment = sides.ailment[said.row, said.slot]
    return {
        "game_id": texts(said.row // 2, ids),
        "player_lookup": texts(sides.who[said.row, said.slot], keys),
        "reported_at": plain(said.reported_at),
        "game_date": plain(season.world.dates.times(season.games.day[said.row // 2])),
        "team": texts(sides.team[said.row], WORDS),
        "status": texts(said.status, REPORT_STATUSES),
        "reason": texts(np.where(ailment >= 0, ailment, len(REASONS)), REPORT_REASONS),
    }
