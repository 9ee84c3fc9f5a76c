"""The rest of the box score: what follows from the shots, and who is listed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from league.sample.arrays import Bools, Floats, Ints, deal, ranks, round_to
from league.sample.people import ZONE_VALUES
from league.sample.play import Played
from league.sample.world import World

ASSISTED_BY_ZONE = np.array([0.52, 0.42, 0.93, 0.76, 0.0])
STEAL_SHARE, BLOCK_SHARE, DEAD_BALL_SHARE = 0.55, 0.115, 0.10
MOST_FOULS = 6
FEWEST_LISTED, UNLISTED_SHARE = 12, 0.30


@dataclass(frozen=True, kw_only=True)
class Boxscores:
    """Team-games × fifteen, but for `assisted`, which is by shot."""

    listed: Bools
    plays: Bools
    points: Ints
    attempts: Ints
    made: Ints
    threes: Ints
    threes_made: Ints
    offensive_rebounds: Ints
    defensive_rebounds: Ints
    assists: Ints
    steals: Ints
    blocks: Ints
    fouls: Ints
    plus_minus: Ints
    assisted: Bools


def boxscores(world: World, played: Played, rng: np.random.Generator) -> Boxscores:
    """Count what the shots say and deal the rest to those who were on the court."""
    people, who, seconds = world.squads.people, played.lineups.who, played.seconds
    shots, shape = played.shots, played.seconds.shape
    three = np.array(ZONE_VALUES)[shots.zone] == 3
    made, attempts = shots.count(shape, weights=shots.made), shots.count(shape)
    misses = (attempts - made).sum(axis=1)
    other = np.arange(shape[0]) ^ 1
    offensive = np.minimum(played.offensive_rebounds, misses)
    defensive = rng.binomial((misses - offensive)[other], 1 - DEAD_BALL_SHARE)
    assisted = shots.made & (rng.random(len(shots.row)) < ASSISTED_BY_ZONE[shots.zone])
    assists = np.bincount(shots.row, assisted, shape[0]).astype(np.int64)
    steals = rng.binomial(played.turnovers.sum(axis=1)[other], STEAL_SHARE)
    blocks = rng.binomial(misses[other], BLOCK_SHARE)
    fouls = np.round(0.5 * played.free_throws.sum(axis=1)[other]).astype(np.int64)
    fouls += rng.poisson(8.5, shape[0])
    margins = played.scores @ np.array([1, -1])
    passing = people.playmaking[who] * np.exp(0.22 * world.squads.talent[who])
    return Boxscores(
        listed=_listed(rng, played),
        plays=seconds > 0,
        points=played.points,
        attempts=attempts,
        made=made,
        threes=shots.count(shape, weights=three),
        threes_made=shots.count(shape, weights=three & shots.made),
        offensive_rebounds=deal(rng, offensive, seconds * people.offensive_boards[who]),
        defensive_rebounds=deal(rng, defensive, seconds * people.defensive_boards[who]),
        assists=deal(rng, assists, seconds * passing),
        steals=deal(rng, steals, seconds * people.steals[who]),
        blocks=deal(rng, blocks, seconds * people.blocks[who]),
        fouls=np.minimum(deal(rng, fouls, seconds * people.fouls[who]), MOST_FOULS),
        plus_minus=_plus_minus(rng, seconds, np.stack([margins, -margins], axis=1).ravel()),
        assisted=assisted,
    )


def _listed(rng: np.random.Generator, played: Played) -> Bools:
    """Who plays and most of the others: twelve at least, the fit before the hurt."""
    idle = played.seconds == 0
    preference: Floats = 2.0 * ~idle + 1.0 * played.lineups.fit + 0.5 * rng.random(idle.shape)
    dropped = idle & (rng.random(idle.shape) < UNLISTED_SHARE)
    listed: Bools = ~dropped | (ranks(preference) < FEWEST_LISTED)
    return listed


def _plus_minus(rng: np.random.Generator, seconds: Ints, margins: Ints) -> Ints:
    """The margin while each was on the court; five times the margin in all."""
    share = 5 * seconds / seconds.sum(axis=1, keepdims=True)
    swing = 9 * np.sqrt(np.clip(share * (1 - share), 0, None))
    noise = swing * rng.standard_normal(share.shape)
    noise -= share * noise.sum(axis=1, keepdims=True) / 5
    return round_to(margins[:, None] * share + noise, 5 * margins)
