"""A training set as a Parquet file: the same rows and the same origins make the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from modeling.provenance import verdicts
from modeling.training_set import VEGAS, LineSource, TrainingSet, features_of
from processors.features import FEATURES
from warehouse.files import Desk

ORIGIN = "tipoff"
"""The key under which the file's own metadata says what it comes from."""
WHOLE = {feature.name for feature in FEATURES if feature.whole}


def origin(rows: TrainingSet) -> Mapping[str, object]:
    """What a file of these rows carries with it: nothing of when and where it was written."""
    return {
        "rows": len(rows),
        "partitions": [asdict(one) | {"day": one.day.isoformat()} for one in rows.partitions],
        "blindness": verdicts(rows.partitions),
        "left_out": [asdict(one) for one in rows.left_out],
    }


def write_training_set(
    rows: TrainingSet, path: Path, feature_set: str, *, no_vegas: bool = False
) -> int:
    """The rows that the set can be read from; say how many."""
    ready = rows.pick(rows.ready(feature_set))
    names = features_of(feature_set, no_vegas=no_vegas)
    arrays: dict[str, Any] = {
        "game_date": ready.days.astype("datetime64[us]"),
        "player_lookup": ready.players,
        "game_id": ready.games,
        "season_year": ready.seasons,
        "season_phase": ready.phases,
        "games_in_sample": ready.games_in_sample,
        "points": ready.points,
        **{f"line_{one.value}": ready.line(one) for one in LineSource},
        **{name: ready.feature(name) for name in names},
    }
    typed = ", ".join(_column(name) for name in arrays)
    told = json.dumps(
        {"feature_set": feature_set, "without": VEGAS if no_vegas else (), **origin(ready)},
        sort_keys=True,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    # One thread: the bytes must not depend on who comes first.
    with Desk(threads=1) as desk:
        desk.put("training", arrays)
        written = desk.rows(
            f"COPY (SELECT {typed} FROM training ORDER BY game_date, player_lookup)"
            f" TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd,"
            f" KV_METADATA {{{ORIGIN}: {quoted(told)}}})"
        )
    return int(written[0][0])


def read_origin(path: Path) -> dict[str, Any]:
    """What the file says that it comes from; nothing where it doesn't."""
    with Desk() as desk:
        said = desk.rows(
            f"SELECT value FROM parquet_kv_metadata({quoted(str(path))}) WHERE key = '{ORIGIN}'"
        )
    found: dict[str, Any] = json.loads(said[0][0]) if said else {}
    return found


def _column(name: str) -> str:
    if name == "game_date":
        return "CAST(game_date AS DATE) AS game_date"
    if name in ("player_lookup", "game_id", "season_phase", "season_year", "games_in_sample"):
        return name
    known = f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END"
    return f"CAST({known} AS {'BIGINT' if name in WHOLE | {'points'} else 'DOUBLE'}) AS {name}"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
