"""`GET /audits`: what the audits last said of a date."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from pipeline.audit.spoken import read_verdicts
from pipeline.run import Pipeline
from service.models.audits import Audits, AuditsAsked, SpokenOf
from service.office import TheOffice

router = APIRouter(tags=["looking"])


@router.get("/audits")
def audits(asked: Annotated[AuditsAsked, Query()], office: TheOffice) -> Audits:
    """The latest verdict of each kind on each table, and whether it still speaks of its rows."""
    return answer(office.pipeline, asked.date)


def answer(pipeline: Pipeline, day: date) -> Audits:
    return Audits(
        date=day,
        audits=[
            SpokenOf(
                kind=one.kind,
                table=one.table,
                verdict=one.word,
                reason=one.reason,
                is_of_stored=one.is_of_stored,
                evidence=dict(one.evidence),
                audit_id=one.audit_id,
                recorded_at=one.recorded_at,
                earlier=one.earlier,
            )
            for one in read_verdicts(pipeline, day)
        ],
    )
