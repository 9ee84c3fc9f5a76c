"""Seasons by lot: what is said, weighed, told and graded is what the oracle makes of the rows."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

import pytest

from tests.oracle import PRECOMPUTE_KEYS, compute
from tests.oracle.compare import differences
from tests.oracle.player_games import COUNTS
from tests.oracle.tiny import day, tipoff
from tests.worlds import stored_rows

from .small import BOXES, Small, run
from .test_ensemble import LIVE, MODELS, said, told

TABLES = ("system_predictions", "system_errors", "player_prop_predictions", "prediction_accuracy")
DATES = (*range(0, 14, 2), *range(14, 19), 44, 45, 47, 48)
"""On 44 the errors of 14 count and on 45 no more; on 47 and 48 there are too few."""
ON_TIME = (9, 3, 1, 1 / 3600)
TOO_LATE = (0, -1)
SYSTEMS = ("gradient_boosted", "ridge")
MICROSECOND = timedelta(microseconds=1)


def season(lot: random.Random) -> Small:
    small = Small()
    for number in DATES:
        is_known = number < 14 or lot.random() < 0.7
        small.play(f"g{number}", number, size=9, **({} if is_known else {"tipoff_at": None}))
    for row in small.raw[BOXES]:
        row["points"] = lot.randrange(40)
        if lot.random() < 0.1:
            row.update(dict.fromkeys((*COUNTS, "minutes", "plus_minus")))
    small.raw[MODELS], small.raw[LIVE] = [], []
    for row in [one for one in small.raw[BOXES] if one["game_date"] >= day(14)]:
        _speak(lot, small, row["game_id"], row["player_lookup"])
    return small


def _speak(lot: random.Random, small: Small, game: str, player: str) -> None:
    number = int(game[1:])
    if lot.random() < 0.6:
        small.line(game, player, lot.randrange(1, 60) / 2, hours=lot.choice(ON_TIME + TOO_LATE))
    about = {"game_id": game, "game_date": day(number)}
    ten = datetime.combine(day(number), time(10))
    for system in SYSTEMS:
        moments = {tipoff(number) - timedelta(hours=one) for one in ON_TIME + TOO_LATE}
        moments |= {ten, ten + MICROSECOND}
        for at in lot.sample(sorted(moments), 3 if lot.random() < 0.8 else 0):
            points = lot.randrange(4000) / 100
            more = {**about, "system_id": system, "as_of": at}
            small.raw[MODELS].append(said(player, number, points, **more))
            if lot.random() < 0.3:
                seen = at + MICROSECOND * lot.choice((-1, 0, 1))
                row = told(player, points, hours=1, **more, points_line_captured_at=seen)
                small.raw[LIVE].append(row)


@pytest.mark.parametrize("seed", range(2))
def test_agrees(seed: int) -> None:
    small = season(random.Random(seed))
    pipeline = small.pipeline()
    run(pipeline, 14, DATES[-1], *TABLES)
    expected = compute(small.raw, TABLES, day(14), day(DATES[-1]))
    for table in TABLES:
        found = stored_rows(pipeline.warehouse, f"nba_predictions.{table}")
        for row in found:
            del row["data_hash"]
        assert expected[table]
        assert differences(expected[table], found, PRECOMPUTE_KEYS[table]) == [], table
    systems = [row["system_id"] for row in expected["player_prop_predictions"]]
    assert {*SYSTEMS, "ensemble", "moving_average"} == set(systems)
