"""`GET /running` and `GET /failures`: what is being done now, and what wasn't done lately."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Query

from pipeline.at_work import Underway, read_at_work
from pipeline.campaigns import Campaign
from pipeline.clock import wall_clock
from pipeline.handoff import SINCE, read_undone
from pipeline.outcome import Status
from service.models.at_work import AtWork, CampaignOf, FailureOf, Failures, UnderwayOf
from service.models.queries import Since
from service.office import Office, TheOffice

router = APIRouter(tags=["looking"])


@router.get("/running")
def running(office: TheOffice) -> AtWork:
    """Requests that work or wait now, how far each is, and the backfills of the last day."""
    return at_work(office)


@router.get("/failures")
def failures(asked: Annotated[Since, Query()], office: TheOffice) -> Failures:
    """What failed, was rejected or is blocked since a moment, by reason."""
    return failed(office, asked)


def at_work(office: Office) -> AtWork:
    found = {prefix: read_at_work(one) for prefix, one in office.pipelines.items()}
    runs = [_underway(run, prefix) for prefix, one in found.items() for run in one.runs]
    campaigns = [one for each in found.values() for one in each.campaigns]
    return AtWork(
        as_of=wall_clock(),
        places=office.places.most,
        places_taken=office.places.depth,
        runs=sorted(runs, key=lambda one: one.run_id),
        campaigns=[
            _campaign(one) for one in sorted(campaigns, key=lambda one: one.began, reverse=True)
        ],
    )


def failed(office: Office, asked: Since) -> Failures:
    said = asked.since.astimezone(UTC).replace(tzinfo=None) if asked.since else None
    since = said or wall_clock() - SINCE
    return Failures(
        since=since,
        failures=[
            FailureOf(
                state=Status(one.state),
                tables=list(one.tables),
                dates=one.dates,
                first=one.first,
                last=one.last,
                example=one.example,
                example_table=one.example_table,
                example_date=one.example_day,
            )
            for one in read_undone(office.pipeline.warehouse, since)
        ],
    )


def _underway(run: Underway, prefix: str | None) -> UnderwayOf:
    return UnderwayOf(
        run_id=run.run_id,
        since=run.since,
        dataset_prefix=prefix,
        request=dict(run.request),
        at_hand=run.at_hand,
        table=run.table,
        dates=run.dates,
        dates_done=run.dates_done,
        outcomes=dict(run.outcomes),
        outcomes_in_all=run.in_all,
        last_date=run.last_day,
        last_said_at=run.last_said,
    )


def _campaign(one: Campaign) -> CampaignOf:
    return CampaignOf(
        campaign=one.campaign,
        at_work=one.is_lively,
        tables=list(one.tables),
        force=one.force,
        triggered_by=one.triggered_by,
        began_at=one.began,
        last_said_at=one.last_said,
        requests=one.requests,
        requests_open=one.open,
        dates_asked=one.asked,
        dates_done=sum(one.done.values()),
        statuses=dict(one.done),
        last_date=one.last_day,
        dates_per_minute=one.per_minute,
    )
