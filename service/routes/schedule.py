"""`POST /reconcile` and `POST /verify`: what a scheduler asks for, who looks at nothing but the
code, and may ask twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Response

from pipeline.audit.verdict import Word
from pipeline.audit.verification import verify as verify_stored
from pipeline.clock import today
from pipeline.history import RunSeen, outcomes_of
from pipeline.outcome import COMPLETED, TRANSIENT, WITH_FINDINGS, Outcome, Status
from pipeline.plan import Request
from processors.errors import TooBusy
from service.answering import verified
from service.firings import ABOUT, Firing, answered, attempts
from service.models.answers import Error, RangeEnd, Verified
from service.models.requests import Reconcile, Verify
from service.office import Office, TheOffice
from service.questions import verification
from service.ranging import Ranging, line_of
from service.routes.process import NDJSON, announcing, request_of
from warehouse.interface import Warehouse

router = APIRouter(tags=["schedule"])

DONE = {one.word: one for one in (COMPLETED, WITH_FINDINGS)}
CODES = {Word.PASSED: 200, Word.FAILED: 500, Word.UNDETERMINED: 424}
RETRY_SECONDS = 10
LINES: dict[str, Any] = {"content": {NDJSON: {"schema": {"type": "string"}}}}
RECONCILED: dict[int | str, dict[str, Any]] = {
    200: {"description": "Everything that can stand stands; or this firing is done already."}
    | LINES,
    424: {"description": "Something is blocked: its input hasn't landed."} | LINES,
    429: {"description": "It stopped before all was done: come back.", "model": Error} | LINES,
    500: {"description": "Something was rejected or has failed.", "model": Error} | LINES,
    503: {"description": "Something failed in a way that a second try cures.", "model": Error}
    | LINES,
}
VERIFIED: dict[int | str, dict[str, Any]] = {
    424: {"description": "Undetermined: something that should stand doesn't.", "model": Verified},
    500: {"description": "Failed: something differs.", "model": Verified | Error},
}
STANDING = (Status.SUCCESS, Status.UNCHANGED, Status.PARTIAL)
"""What a second look at the same rows finds unchanged."""


@router.post("/reconcile", response_class=Response, responses=RECONCILED)
async def reconcile(asked: Reconcile, office: TheOffice, firing: Firing) -> Response:
    """Do what is missing or stale of the last days and today: lines as a range has them, under the
    code of the worst outcome."""
    async with office.firings.alone(firing):
        pipeline = await office.in_thread(office.pipeline_of, asked.dataset_prefix)
        earlier = await office.in_thread(attempts, pipeline.warehouse, firing)
        if done := answered(earlier, DONE):
            return _lines(line_of(_again(done)), DONE[str(done.status)].http_status)
        ranging = await last_days_at_work(asked, office, firing=firing, earlier=earlier)
        body = b"".join([line async for line in ranging.lines()])
        return _lines(body, ranging.http_status)


def last_days(
    asked: Reconcile, office: Office, *, about: Mapping[str, str] | None = None
) -> Request:
    """Today and so many days before it."""
    start = today() - timedelta(days=asked.days)
    return request_of(asked, office, start=start, end=today(), about=about)


async def last_days_at_work(
    asked: Reconcile,
    office: Office,
    *,
    firing: str | None = None,
    earlier: Iterable[RunSeen] = (),
) -> Ranging:
    """Ready to be worked off, line by line; what earlier tries have told nobody is told again."""
    pipeline = await office.in_thread(office.pipeline_of, asked.dataset_prefix)
    # A service may live for weeks: what has died beside it is not found only at its start.
    await office.in_thread(pipeline.bury)
    is_told = await office.in_thread(_told_by, pipeline.warehouse, earlier)
    request = last_days(asked, office, about=_about(firing))
    return Ranging(office, pipeline, request, announcing(asked, office, is_told=is_told))


@router.post("/verify", responses=VERIFIED)
async def verify(asked: Verify, office: TheOffice, firing: Firing, response: Response) -> Verified:
    """Scan the stored rows of some dates again: they must be what the ledger last proved. No canary
    of their seasons and no audit of their blindness may have failed."""
    request = await office.in_thread(verification, office.pipeline, asked, _about(firing))
    async with office.firings.alone(firing):
        answer = await office.work(_verified, office, request, firing)
    response.status_code = CODES[answer.verdict]
    return answer


def _verified(office: Office, request: Request, firing: str | None) -> Verified:
    warehouse = office.pipeline.warehouse
    if done := answered(attempts(warehouse, firing), [Word.PASSED]):
        return Verified.model_validate(
            {
                **done.detail,
                "verdict": done.status,
                "run_id": done.run_id,
                "differences": [],
                "duplicate_of": done.run_id,
            }
        )
    return verified(verify_stored(office.pipeline, request))


def _about(firing: str | None) -> dict[str, str]:
    return {ABOUT: firing} if firing else {}


def _told_by(warehouse: Warehouse, earlier: Iterable[RunSeen]) -> Callable[[Outcome], bool]:
    """Whether an earlier try of the same firing has told of it: then nobody is told again."""
    told: dict[tuple[str, date], set[Status]] = {}
    for run in earlier:
        for one in outcomes_of(warehouse, run.run_id):
            told.setdefault((one.table, one.day), set()).add(one.status)

    def is_told(outcome: Outcome) -> bool:
        statuses = told.get((outcome.table, outcome.day), set())
        stood = outcome.status is Status.UNCHANGED and not statuses.isdisjoint(STANDING)
        return stood or outcome.status in statuses

    return is_told


def _again(done: RunSeen) -> RangeEnd:
    return RangeEnd(
        status=str(done.status),
        exit_code=DONE[str(done.status)].exit_code,
        run_id=done.run_id,
        dates_done=0,
        continue_from=None,
        stopped_because=None,
        counts={},
        duplicate_of=done.run_id,
    )


def _lines(body: bytes, code: int) -> Response:
    come_back = code in (TooBusy.http_status, TRANSIENT.http_status)
    headers = {"Retry-After": str(RETRY_SECONDS)} if come_back else {}
    return Response(body, code, headers, media_type=NDJSON)
