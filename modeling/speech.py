"""What a model says of a date's players, as rows of the raw table that keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from modeling.arrays import Bools, Floats, Ints, Moments, Texts, day_of, moment_of
from modeling.spoken_of import SpokenOf
from pipeline.run import Pipeline
from processors.errors import ModelRefused
from warehouse.files import Desk

TABLE = "nba_raw.model_predictions"

LAST_WORDS = f"""
SELECT game_date, player_lookup, game_id, feature_hash,
  CAST(ROUND(100 * predicted_points) AS INT64) AS points_x100, is_backfill, model_id, model_state
FROM `{TABLE}`
WHERE game_date >= @first_date AND game_date <= @last_date AND system_id = @system_id
QUALIFY ROW_NUMBER() OVER (PARTITION BY game_date, player_lookup ORDER BY as_of DESC) = 1
"""


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """Who speaks, and what of a row it reads."""

    system_id: str
    model_id: str
    state: str
    feature_set: str
    features: Sequence[str]
    """In the order in which the model reads them."""


@dataclass(frozen=True, kw_only=True)
class When:
    """At which moment it is said, and whether that is before the games."""

    moment: datetime
    """By the clock, with its zone."""
    is_backfill: bool

    def as_of(self, rows: SpokenOf) -> Moments:
        """Live, what is said speaks for now; backfilled, for the moment that rules speak for, or
        for now where that is still to come: else it would outlast what is said live by then."""
        now = np.full(len(rows), self._now)
        return np.minimum(rows.as_rules_speak, now) if self.is_backfill else now

    @property
    def _now(self) -> np.datetime64:
        return moment_of(self.moment)


@dataclass(frozen=True, kw_only=True, eq=False)
class Speech:
    """What one speaker says, and how many of the date's players he left out, by reason."""

    speaker: Speaker
    when: When
    rows: SpokenOf
    points: Floats
    left_out: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def arrays(self) -> dict[str, Any]:
        """By the raw table's columns."""
        rows, speaker = self.rows, self.speaker
        told: dict[str, object] = {
            "system_id": speaker.system_id,
            "is_backfill": self.when.is_backfill,
            "created_at": moment_of(self.when.moment),
            "model_id": speaker.model_id,
            "model_state": speaker.state,
            "feature_set": speaker.feature_set,
        }
        return {
            "game_date": rows.days.astype("datetime64[us]"),
            "player_lookup": rows.players,
            "as_of": self.when.as_of(rows),
            "game_id": rows.games,
            "predicted_points": self.points,
            "feature_vector": vectors(rows.matrix(speaker.features), speaker.features),
            "feature_hash": rows.hashes,
            **{name: _repeated(value, len(rows)) for name, value in told.items()},
        }


def in_time(rows: SpokenOf, speaker: Speaker, when: When) -> tuple[Bools, Mapping[str, int]]:
    """Of whom it may speak, and of how many it may not, by reason."""
    ready = rows.ready(speaker.feature_set)
    late = ready & rows.too_late(when.as_of(rows))
    unknown = np.isnat(rows.tipoffs)
    counts = {"not_ready": ~ready, "begun": late & ~unknown, "no_tipoff": late & unknown}
    return ready & ~late, {name: int(one.sum()) for name, one in counts.items() if one.any()}


def to_hundredths(predicted: Floats, speaker: Speaker) -> Floats:
    """Nobody scores less than nothing; what is no number is not said."""
    if not np.isfinite(predicted).all():
        raise ModelRefused(
            f"{speaker.model_id} says what is no number of {int((~np.isfinite(predicted)).sum())}"
            " players: train it anew",
            why="no_number",
        )
    points: Floats = np.rint(100 * np.maximum(predicted, 0)) / 100
    return points


def keep(pipeline: Pipeline, speeches: Sequence[Speech]) -> None:
    """Load all that is new of it or nothing. The next plan sees it."""
    spoken = [new for one in speeches if len(one) and len(new := _news(pipeline, one))]
    if not spoken:
        return
    contract = pipeline.registry.contracts[TABLE]
    with TemporaryDirectory() as folder, Desk() as desk:
        path = Path(folder) / f"{contract.name}.parquet"
        for number, one in enumerate(spoken):
            desk.put(f"speech_{number}", one.arrays)
        together = " UNION ALL BY NAME ".join(
            f"SELECT * FROM speech_{n}" for n in range(len(spoken))
        )
        desk.write(together, contract, path)
        pipeline.warehouse.load({TABLE: path}, {TABLE: contract})


def _news(pipeline: Pipeline, speech: Speech) -> Speech:
    """What isn't the system's last word of a player already: who is asked twice says it once.
    Backfilled, a row has the moment that it had before, and takes its own place."""
    if speech.when.is_backfill:
        return speech
    rows, speaker = speech.rows, speech.speaker
    last_words = pipeline.warehouse.rows(
        LAST_WORDS,
        first_date=day_of(rows.days.min()),
        last_date=day_of(rows.days.max()),
        system_id=speaker.system_id,
    )
    said = set(last_words)
    hundredths = np.rint(100 * speech.points).astype(np.int64).tolist()
    is_new = np.array(
        [
            (*row, False, speaker.model_id, speaker.state) not in said
            for row in zip(
                rows.days.tolist(), rows.players, rows.games, rows.hashes, hundredths, strict=True
            )
        ]
    )
    return replace(speech, rows=rows.pick(is_new), points=speech.points[is_new])


def vectors(read: Floats, names: Sequence[str]) -> Texts:
    """`NAME:VALUE` between commas, in millionths; nothing after the colon where NULL."""
    absent = np.isnan(read)
    micros: Ints = np.rint(1_000_000 * np.where(absent, 0, read)).astype(np.int64)
    return np.array(
        [
            ",".join(
                f"{name}:{'' if missing else value}"
                for name, value, missing in zip(names, of_row, gone, strict=True)
            )
            for of_row, gone in zip(micros.tolist(), absent.tolist(), strict=True)
        ],
        dtype=np.object_,
    )


def _repeated(value: object, count: int) -> np.ndarray[tuple[int, ...], np.dtype[Any]]:
    kind = np.object_ if isinstance(value, str) else None
    return np.full(count, value, dtype=kind)
