"""`GET /runs`: what was asked, what became of it, and what is being done now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from pipeline.history import outcomes_of, recent_runs
from pipeline.run import Pipeline
from pipeline.told import said_by_run
from processors.names import resolve_tables
from processors.registry import Registry
from service.answering import run_seen
from service.models.answers import Runs
from service.models.queries import Runs as WhichRuns
from service.office import TheOffice

router = APIRouter(tags=["looking"])


@router.get("/runs")
def runs(asked: Annotated[WhichRuns, Query()], office: TheOffice) -> Runs:
    """The newest first; one that is asked for by its id has its outcomes with it, those of a date
    have how many of its tables came to what."""
    return answer(office.pipeline, asked)


def answer(pipeline: Pipeline, asked: WhichRuns) -> Runs:
    warehouse = pipeline.warehouse
    found = recent_runs(
        warehouse,
        limit=asked.limit,
        run_id=asked.run_id,
        correlation_id=asked.correlation_id,
        table=_table(asked.table, pipeline.registry),
        day=asked.date,
        status=asked.status,
    )
    said = said_by_run(warehouse, asked.date) if asked.date else None
    return Runs(
        runs=[
            run_seen(
                one,
                outcomes_of(warehouse, one.run_id) if asked.run_id else None,
                None if said is None else said.get(one.run_id, {}),
            )
            for one in found
        ]
    )


def _table(name: str | None, registry: Registry) -> str | None:
    return resolve_tables([name], registry)[0] if name is not None else None
