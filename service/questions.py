"""What can be asked of a warehouse, and the answer: for routes and for commands alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, timedelta
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.audit.verification import verify as verify_stored
from pipeline.clock import today
from pipeline.coverage import read_coverage
from pipeline.explanation import explain as explain_day
from pipeline.handoff import read_handoff
from pipeline.plan import Request, make_request
from pipeline.run import Pipeline
from processors.errors import UsageError
from processors.names import resolve_tables
from processors.registry import Registry
from service.answering import coverage_of, handoff_of, plan_of, verified
from service.cells import plain
from service.explaining import explained
from service.faults import faults_of
from service.models.answers import Coverage, Handoff, Plan, Rows, Verified
from service.models.explained import Explained
from service.models.queries import Covering, Planning, Since, Tables
from service.models.requests import Query, Verify
from service.settings import Settings
from warehouse.interface import Warehouse

Asked = TypeVar("Asked", bound=BaseModel)

LONGEST = 400
"""Dates of a range to be verified: each leaves a verdict for each table."""


def checked(model: type[Asked], /, **fields: object) -> Asked:
    """A question that is asked right; what is wrong with it is said as a route says it."""
    try:
        return model(**fields)
    except ValidationError as error:
        faults = faults_of(error.errors(), list(model.model_fields))
        raise UsageError("; ".join(fault.message for fault in faults)) from error


def plan(pipeline: Pipeline, asked: Planning, *, prepare: bool, chunk: int | None) -> Plan:
    """What a range would take; priced in chunks of so many dates, or in one, unless the question
    says how many."""
    request = make_request(
        pipeline.registry,
        tables=tables_of(asked.names, pipeline.registry),
        start=asked.start,
        end=asked.end or asked.start,
        force=asked.force,
        prepare=prepare,
    )
    if not asked.bytes:
        return plan_of(pipeline.plan(request))
    found, cost = pipeline.priced(request, size=asked.chunk or chunk or len(request.days))
    return plan_of(found, cost)


def coverage(pipeline: Pipeline, asked: Covering) -> Coverage:
    """How much of each table stands."""
    return coverage_of(read_coverage(pipeline, tables_of(asked.names, pipeline.registry), asked.by))


def handoff(pipeline: Pipeline, asked: Since) -> Handoff:
    """What whoever comes next has to know."""
    since = asked.since.astimezone(UTC).replace(tzinfo=None) if asked.since else None
    return handoff_of(read_handoff(pipeline, since))


def verify(pipeline: Pipeline, asked: Verify) -> Verified:
    """Whether what is stored is what was proved."""
    return verified(verify_stored(pipeline, verification(pipeline, asked)))


def verification(
    pipeline: Pipeline, asked: Verify, about: Mapping[str, str] | None = None
) -> Request:
    """The dates whose rows are to be scanned."""
    registry, yesterday = pipeline.registry, today() - timedelta(days=1)
    tables = tables_of(asked.tables, registry)
    kept = {"kind": "verify", **(about or {})}
    if asked.whole and (days := _begun(pipeline, yesterday)):
        return make_request(registry, tables=tables, days=days, about=kept)
    end = asked.end or max(yesterday, asked.start or date.min)
    start = asked.start or end - timedelta(days=6)
    if (end - start).days >= LONGEST:
        raise UsageError(
            f"{start} to {end} is more than {LONGEST} dates; verify fewer at a time, or the whole"
        )
    return make_request(registry, tables=tables, start=start, end=end, about=kept)


def _begun(pipeline: Pipeline, last: date) -> list[date]:
    """Every day of every season, days off too: nothing may be stored there."""
    with pipeline.looking() as known:
        seasons = known.calendar.seasons
    return [
        one.start + timedelta(days=number)
        for one in seasons
        for number in range((min(one.last, last) - one.start).days + 1)
    ]


def explain(pipeline: Pipeline, day: date, asked: Tables) -> Explained:
    """What a date's tables stand on."""
    return explained(explain_day(pipeline, day, tables_of(asked.names, pipeline.registry)))


def query(warehouse: Warehouse, asked: Query, settings: Settings) -> Rows:
    """The rows of one SELECT, within the limits that are set."""
    found = warehouse.query(
        asked.sql,
        limit=min(asked.limit, settings.query_max_rows),
        seconds=settings.query_seconds,
    )
    return Rows(
        columns=list(found.columns),
        rows=[[plain(cell) for cell in row] for row in found.rows],
        truncated=found.truncated,
    )


def tables_of(names: Iterable[str], registry: Registry) -> tuple[str, ...]:
    """None named means every computed table."""
    return resolve_tables(names, registry) or tuple(one.table for one in registry)
