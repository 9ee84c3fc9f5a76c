"""From an answer's bytes to an attempt: nothing is believed that the contract doesn't allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from clients.backfill.results import Attempt, Ending, Said
from pipeline.outcome import Status
from service.models.answers import Error, OutcomeOf, Processed, RunSeen

Answer = TypeVar("Answer", bound=BaseModel)
WITH_ROWS = frozenset({Status.SUCCESS, Status.UNCHANGED, Status.PARTIAL})
PROCESSED = frozenset({200, 424, 500, 503})


def read_answer(
    code: int, headers: Mapping[str, str], body: bytes, *, day: date, tables: Sequence[str]
) -> Attempt:
    """Of `POST /process-date`."""
    if code in PROCESSED and (answer := parsed(Processed, body)) is not None:
        return read_processed(
            answer, day=day, tables=tables, code=code, retry_after=seconds_to_wait(headers)
        )
    return read_refusal(code, headers, body)


def read_refusal(code: int, headers: Mapping[str, str], body: bytes) -> Attempt:
    """An error of the service's, or something that stands between."""
    wait = seconds_to_wait(headers)
    refusal = parsed(Error, body)
    if code >= 400 and refusal is not None:
        return Attempt(
            ending=Ending.REFUSED,
            message=f"{code} {refusal.error}: {refusal.message}",
            http_status=code,
            retry_after=wait,
            retryable=refusal.retryable,
        )
    kind = headers.get("content-type", "no content type").split(";")[0]
    message = f"{code} with {len(body)} bytes of {kind[:60]}"
    return Attempt(ending=Ending.GARBLED, message=message, http_status=code, retry_after=wait)


def read_processed(
    answer: Processed,
    *,
    day: date,
    tables: Sequence[str],
    code: int = 200,
    retry_after: float | None = None,
) -> Attempt:
    said = tuple(_said(one) for one in answer.results)
    broken = _broken(answer.analysis_date, {one.date for one in answer.results}, day)
    broken += _contradictions(said, tables)
    return Attempt(
        ending=Ending.BROKE_CONTRACT if broken else Ending.ANSWERED,
        message="; ".join(broken),
        said=said,
        run_id=answer.run_id,
        http_status=code,
        retry_after=retry_after,
    )


def read_run(run: RunSeen, *, day: date, tables: Sequence[str]) -> Attempt | None:
    """What the ledger has of a run whose answer was lost, where that says all of the date: whether
    a failure is transient it doesn't say, so a failed one is asked again."""
    said = tuple(
        Said(
            table=one.table,
            status=one.status,
            reason=one.reason,
            rows=one.rows if one.rows is not None else int(one.evidence.get("rows", 0)),
            seconds=one.duration_ms / 1000,
        )
        for one in run.outcomes or ()
        if one.date == day and one.table in tables
    )
    if _contradictions(said, tables) or any(one.status is Status.FAILED for one in said):
        return None
    return Attempt(ending=Ending.ANSWERED, said=said, run_id=run.run_id)


def parsed(model: type[Answer], body: bytes) -> Answer | None:
    try:
        return model.model_validate_json(body)
    except ValidationError:
        return None


def seconds_to_wait(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """`Retry-After` as seconds or as a moment."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def _said(one: OutcomeOf) -> Said:
    return Said(
        table=one.table,
        status=one.status,
        reason=one.reason,
        rows=one.rows,
        transient=one.transient,
        seconds=one.duration_ms / 1000,
    )


def _broken(said_day: date, days: set[date], day: date) -> list[str]:
    strangers = sorted({said_day, *days} - {day})
    return [f"asked for {day}, it speaks of {', '.join(map(str, strangers))}"] if strangers else []


def _contradictions(said: Sequence[Said], tables: Sequence[str]) -> list[str]:
    names = [one.table for one in said]
    found = [f"nothing is said of {table}" for table in tables if table not in names]
    found += [f"{table} is there twice" for table in sorted({*names}) if names.count(table) > 1]
    found += [f"nobody asked for {table}" for table in sorted({*names} - {*tables})]
    found += [
        f"{one.table} is {one.status} without rows"
        for one in said
        if one.status in WITH_ROWS and one.rows <= 0
    ]
    return found
