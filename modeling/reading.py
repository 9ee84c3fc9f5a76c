"""Reading a training set from the warehouse, with what it comes from and what it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

import numpy as np

from modeling.arrays import day_of, days_of, floats_of, texts_of
from modeling.joined import FIRST_FEATURE, LEFT_OUT, NAMES, ROWS
from modeling.provenance import Partition, hold, read_partitions
from modeling.training_set import LeftOut, TrainingSet
from pipeline.calendar import Calendar, Kind
from pipeline.readiness import STORE
from pipeline.run import Pipeline
from processors.errors import TrainingRefused
from warehouse.interface import Row


def read_training_set(
    pipeline: Pipeline,
    first: date | None = None,
    last: date | None = None,
    *,
    allow_stale: bool = False,
    allow_unaudited: bool = False,
) -> TrainingSet:
    """Between two dates, or all of it; season by season, so that little is held twice."""
    calendar = pipeline.assessor.calendar
    days = [
        one
        for one in calendar.game_dates
        if (first is None or one >= first) and (last is None or one <= last)
    ]
    parts = []
    left_out: Counter[tuple[date, str]] = Counter()
    for _, of_season in groupby(days, key=calendar.season_of):
        season_days = list(of_season)
        span = {"first_date": season_days[0], "last_date": season_days[-1]}
        if rows := pipeline.warehouse.rows(ROWS, **span):
            parts.append(_arrays(rows))
        for day, reason, count in pipeline.warehouse.rows(LEFT_OUT, **span):
            left_out[day, reason] += count
    if not parts:
        raise TrainingRefused(
            f"{STORE} holds no row of a player who played between {first or 'the beginning'} and"
            f" {last or 'now'}: tipoff run --tables ml_feature_store_v2 --start DATE --end DATE"
        )
    rows_read = _together(parts)
    partitions = read_partitions(pipeline, [day_of(one) for one in np.unique(rows_read.days)])
    hold(partitions, allow_stale=allow_stale, allow_unaudited=allow_unaudited)
    return replace(
        rows_read,
        partitions=partitions,
        left_out=list(_reasons(left_out, calendar, partitions)),
    )


def _arrays(rows: Sequence[Row]) -> TrainingSet:
    columns = list(zip(*(row[:FIRST_FEATURE] for row in rows), strict=True))
    return TrainingSet(
        days=days_of(list(columns[0])),
        players=texts_of(columns[1]),
        games=texts_of(columns[2]),
        seasons=np.array(columns[3], dtype=np.int64),
        phases=texts_of(columns[4]),
        games_in_sample=np.array(columns[5], dtype=np.int64),
        missing=texts_of(columns[6]),
        ready_sets=texts_of(columns[7]),
        points=floats_of(columns[8]),
        cascade=floats_of(columns[9]),
        draftkings=floats_of(columns[10]),
        consensus=floats_of(columns[11]),
        features=np.array([row[FIRST_FEATURE:] for row in rows], dtype=np.float64).reshape(
            len(rows), len(NAMES)
        ),
    )


def _together(parts: Sequence[TrainingSet]) -> TrainingSet:
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name, value in vars(parts[0]).items()
        if isinstance(value, np.ndarray)
    }
    return replace(parts[0], **joined)


def _reasons(
    counts: Counter[tuple[date, str]], calendar: Calendar, partitions: Sequence[Partition]
) -> Iterator[LeftOut]:
    """By season; who played without a row is told by what the store should have had of the date."""
    held = {one.day for one in partitions if one.table == STORE}
    said: Counter[tuple[str, str]] = Counter()
    for (day, reason), rows in counts.items():
        season = calendar.season_of(day)
        if reason == "not_in_store" and day not in held:
            expected = calendar.expect(day, bootstrap=True).kind
            reason = "bootstrap" if expected is Kind.BOOTSTRAP else "not_computed"
        said[season.label if season else "", reason] += rows
    for (label, reason), rows in sorted(said.items()):
        yield LeftOut(season=label, reason=reason, rows=rows)
