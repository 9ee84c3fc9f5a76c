"""`GET /quarantine`: rows of a date that were computed and set aside."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from pipeline.quarantine import read_quarantine
from pipeline.run import Pipeline
from processors.names import resolve_tables
from service.models.quarantine import BadRowOf, Quarantine, QuarantineAsked, SetAsideOf
from service.office import TheOffice

router = APIRouter(tags=["looking"])


@router.get("/quarantine")
def quarantine(asked: Annotated[QuarantineAsked, Query()], office: TheOffice) -> Quarantine:
    """By table, run and reason: how many, since when, and some of them whole."""
    return answer(office.pipeline, asked)


def answer(pipeline: Pipeline, asked: QuarantineAsked) -> Quarantine:
    table = resolve_tables([asked.table], pipeline.registry)[0] if asked.table else None
    found = read_quarantine(pipeline.warehouse, asked.date, table=table, examples=asked.limit)
    return Quarantine(
        date=asked.date,
        set_aside=[
            SetAsideOf(
                table=one.table,
                reason=one.reason,
                run_id=one.run_id,
                is_latest=one.is_latest,
                rows=one.rows,
                recorded_at=one.recorded_at,
                examples=[BadRowOf(key=bad.key, row=dict(bad.row)) for bad in one.examples],
            )
            for one in found
        ],
    )
