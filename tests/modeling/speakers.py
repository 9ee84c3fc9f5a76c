"""Models to speak of the sample season, and what is asked of them and of the raw table."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

from modeling.fitting.recipe import Framework, Recipe, parse_loss
from modeling.models.metadata import State
from modeling.models.shelf import METADATA, STATE, Kept, Shelf
from modeling.speaking import Spoken, speak
from pipeline.run import Pipeline

TRAIN_LAST = date(2026, 1, 22)
DAY = date(2026, 2, 10)
AFTERWARDS = datetime(2026, 4, 1, 12, 30, tzinfo=UTC)
CATBOOST = Recipe(framework=Framework.CATBOOST, loss=parse_loss("RMSE"))
STORE = "nba_predictions.ml_feature_store_v2"
KEPT = "nba_raw.model_predictions"


def named(shelf: Shelf, name: str) -> Kept:
    return next(one for one in shelf.all() if one.metadata.name == name)


def asked(pipeline: Pipeline, text: str, *values: object) -> list[tuple]:
    return pipeline.warehouse._connection.execute(text, list(values)).fetchall()


def backfilled(
    pipeline: Pipeline, shelf: Shelf | None, day: date = DAY, model_id: str | None = None
) -> Spoken:
    return speak(pipeline, day, shelf, moment=AFTERWARDS, is_backfill=True, model_id=model_id)


def used(kept: Kept) -> Kept:
    """As if it had passed every gate."""
    (kept.folder / STATE).write_text(State.ACTIVE.value)
    return replace(kept, state=State.ACTIVE)


def edit(kept: Kept, **more: object) -> None:
    path = kept.folder / METADATA
    path.write_text(json.dumps(json.loads(path.read_text()) | more))
