"""`POST /process-date` and `POST /process-range`: the work that this service is for."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from datetime import date
from functools import partial

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from pipeline.outcome import Outcome
from pipeline.plan import Request, make_request
from pipeline.run import Pipeline, Report
from processors.contract import Layer
from processors.names import resolve_tables
from processors.registry import Registry
from service.answering import planned, processed
from service.examples import process_responses
from service.models.answers import Processed
from service.models.requests import ProcessDate, ProcessRange, Work
from service.office import Office, TheOffice
from service.publishing.publisher import Sent, never, nothing
from service.ranging import Ranging

router = APIRouter(tags=["work"])
NDJSON = "application/x-ndjson"


@router.post("/process-date", responses=process_responses())
async def process_date(asked: ProcessDate, office: TheOffice, response: Response) -> Processed:
    """Compute one date's tables; the body says of each what happened, whatever the code."""
    answer, response.status_code = await date_done(asked, office)
    return answer


@router.post("/process-range", response_class=StreamingResponse)
async def process_range(asked: ProcessRange, office: TheOffice) -> StreamingResponse:
    """Compute many dates: a JSON line a date after each chunk, a last line that sums up."""
    lines = (await range_at_work(asked, office)).lines()
    # What is refused is refused before the answer begins: after it, the code can't change.
    first = await anext(lines)
    return StreamingResponse(_all(first, lines), media_type=NDJSON)


async def date_done(asked: ProcessDate, office: Office) -> tuple[Processed, int]:
    """What became of it, and the code that says the worst; for a dry run what would."""
    request = request_of(asked, office, days=[asked.analysis_date])
    pipeline = await office.in_thread(office.pipeline_of, asked.dataset_prefix)
    if asked.dry_run:
        return await office.in_thread(_dry, pipeline, request), 200
    return await office.work(_one, pipeline, request, announcing(asked, office))


async def range_at_work(asked: ProcessRange, office: Office) -> Ranging:
    """Ready to be worked off, line by line."""
    request = request_of(asked, office, days=asked.dates, start=asked.start, end=asked.end)
    pipeline = await office.in_thread(office.pipeline_of, asked.dataset_prefix)
    return Ranging(office, pipeline, request, announcing(asked, office))


async def _all(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    try:
        yield first
        async for line in rest:
            yield line
    finally:
        await rest.aclose()


def request_of(
    asked: Work,
    office: Office,
    *,
    days: Iterable[date] | None = None,
    start: date | None = None,
    end: date | None = None,
    about: Mapping[str, str] | None = None,
) -> Request:
    """Of these dates, or of this range."""
    return make_request(
        office.pipeline.registry,
        tables=asked_tables(asked, office.pipeline.registry),
        days=days,
        start=start,
        end=end,
        force=asked.force,
        # A rehearsal has no tables but those that it makes itself.
        prepare=office.settings.computes_analytics or asked.dataset_prefix is not None,
        about={**asked.about, **(about or {})},
    )


def announcing(
    asked: Work, office: Office, *, is_told: Callable[[Outcome], bool] = never
) -> Callable[[Report], Sent]:
    """Of a backfill and of a rehearsal nobody is told."""
    if asked.backfill_mode or asked.dataset_prefix is not None:
        return nothing
    return partial(office.publisher.announce, is_told=is_told)


def asked_tables(asked: Work, registry: Registry) -> tuple[str, ...]:
    """None named means the five precompute tables."""
    return resolve_tables(asked.processors, registry) or tuple(
        one.table for one in registry if one.contract.layer is Layer.PRECOMPUTE
    )


def _one(
    pipeline: Pipeline, request: Request, announce: Callable[[Report], Sent]
) -> tuple[Processed, int]:
    report = pipeline.run(request)
    sent = announce(report)
    with pipeline.looking() as known:
        (answer,) = processed(report, sent, known.calendar, known.registry)
    return answer, report.overall.http_status


def _dry(pipeline: Pipeline, request: Request) -> Processed:
    plan = pipeline.plan(request)
    with pipeline.looking() as known:
        return planned(plan, request.days[0], known.calendar, known.registry)
