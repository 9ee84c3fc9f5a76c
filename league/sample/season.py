"""One season, drawn: games, what happened in them, what was said before them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from league.sample.arrays import Times
from league.sample.boxscore import Boxscores, boxscores
from league.sample.fixtures import (
    Games,
    Postponements,
    join_games,
    regular_games,
    show_games,
)
from league.sample.lines import GameLines, PlayerLines, game_lines, player_lines
from league.sample.market import outlook
from league.sample.play import Played, join_played, play
from league.sample.postseason import Batch, postseason
from league.sample.reports import Reports, reports
from league.sample.sixty import sixty_points
from league.sample.world import World, world
from processors.raw.schedule import PHASES

UNPRICED = (PHASES.index("preseason"), PHASES.index("all_star"))


@dataclass(frozen=True, kw_only=True)
class Season:
    """Everything drawn; rows are by game or, in pairs, by team-game."""

    world: World
    games: Games
    postponements: Postponements
    played: Played
    boxes: Boxscores
    tipoffs: Times
    reports: Reports
    player_lines: PlayerLines
    game_lines: GameLines


def draw_season(seed: int, season_year: int) -> Season:
    """Draw a season; the same seed and year give the same season, whatever else is drawn."""
    setting = world(seed, season_year)
    regular, postponements = regular_games(setting)
    shows = show_games(setting)

    def play_games(games: Games, label: str) -> Played:
        return play(setting, games, label=label)

    first = Batch(games=regular, played=play_games(regular, "regular"))
    batches = [first, *postseason(setting, first, play_games)]
    unpriced = np.isin(shows.phase, UNPRICED)
    # Games without lines and reports come last: what is priced keeps its row numbers.
    for rows in (np.flatnonzero(~unpriced), np.flatnonzero(unpriced)):
        if len(rows):
            some = shows.take(rows)
            batches.append(Batch(games=some, played=play_games(some, f"shows {rows[0]}")))
    games = join_games(*(batch.games for batch in batches))
    played = sixty_points(games, join_played([batch.played for batch in batches]))

    priced = np.flatnonzero(~np.isin(games.phase, UNPRICED))
    tipoffs = games.tipoffs(setting.dates)
    shown, starts = played.take(priced), tipoffs[priced]
    said = reports(setting.dice("reports"), shown, starts)
    expected = outlook(setting, games.take(priced), shown.lineups, said.expected)
    return Season(
        world=setting,
        games=games,
        postponements=postponements,
        played=played,
        boxes=boxscores(setting, played, setting.dice("boxscores")),
        tipoffs=tipoffs,
        reports=said,
        player_lines=player_lines(setting.dice("player lines"), shown, expected, starts),
        game_lines=game_lines(setting.dice("game lines"), shown, expected, starts),
    )
