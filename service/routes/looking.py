"""What stands, what would be done, and what was: nothing here changes anything."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from service import questions
from service.models.answers import Coverage, Handoff, Plan
from service.models.explained import Explained
from service.models.queries import Covering, Planning, Since, Tables
from service.models.requests import Day
from service.office import TheOffice

router = APIRouter(tags=["looking"])


@router.get("/plan")
def plan(asked: Annotated[Planning, Query()], office: TheOffice) -> Plan:
    """What a range would take, date by date and table by table, and why."""
    return questions.plan(
        office.pipeline,
        asked,
        prepare=office.settings.computes_analytics,
        chunk=office.settings.chunk_dates,
    )


@router.get("/coverage")
def coverage(asked: Annotated[Covering, Query()], office: TheOffice) -> Coverage:
    """How much of each table stands in each season or month, against how much can."""
    return questions.coverage(office.pipeline, asked)


@router.get("/handoff")
def handoff(asked: Annotated[Since, Query()], office: TheOffice) -> Handoff:
    """A page for whoever comes next: what stands, what runs, what failed, what to do."""
    return questions.handoff(office.pipeline, asked)


@router.get("/explain/{day}")
def explain_date(
    day: Annotated[Day, Path()], asked: Annotated[Tables, Query()], office: TheOffice
) -> Explained:
    """What a date's tables stand on, what is missing first, and the command that repairs it."""
    return questions.explain(office.pipeline, day, asked)
