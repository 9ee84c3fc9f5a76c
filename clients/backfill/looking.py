"""What the service is asked before the first date: its plan, its failures, its pace so far."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from pydantic import BaseModel

from clients.backfill.line import Line, Lost
from clients.backfill.reading import parsed, read_refusal
from clients.backfill.retrying import Backoff, retry_helps
from pipeline.since import BEGINNING
from processors.errors import OwnerFailed, UsageError
from service.models.answers import CostOf, Plan, PlannedItem, Rows, Version

SECONDS = 120.0
"""A look waits for a statement of whoever runs."""
TRIES = 4
STRETCH = timedelta(days=60)
"""Dates further apart are asked for in plans of their own: between seasons nothing is to do."""
RUNS_MEASURED = 20
PRICING = 300.0
"""A dry run for each statement takes its time."""
SINCE = f"{BEGINNING:%Y-%m-%d %H:%M:%S}+00:00"

FAILED = """
WITH latest AS (
  SELECT table_name, partition_date, status
  FROM `nba_ops.partitions`
  WHERE recorded_at >= TIMESTAMP '{since}'
    AND partition_date >= DATE '{first}' AND partition_date <= DATE '{last}'
    AND table_name IN ({tables})
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY table_name, partition_date ORDER BY recorded_at DESC, run_id DESC) = 1
)
SELECT DISTINCT partition_date
FROM latest
WHERE status IN ('failed', 'rejected', 'blocked')
"""

MEASURED = """
WITH done AS (
  SELECT run_id, SUM(duration_ms) AS milliseconds,
    COUNT(DISTINCT IF(table_name IN ({tables}), partition_date, NULL)) AS dates
  FROM `nba_ops.partitions`
  WHERE recorded_at >= TIMESTAMP '{since}' AND status = 'success'
  GROUP BY run_id
)
SELECT dates, milliseconds
FROM done
WHERE {alike}
ORDER BY run_id DESC
LIMIT {most}
"""
ALONE, TOGETHER = "dates = 1", "dates > 1"
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Measured:
    """What a date took here lately."""

    seconds: float
    dates: int


@dataclass(frozen=True)
class Looking:
    """Looks change nothing, so they are simply asked again."""

    line: Line
    tables: Sequence[str]
    backoff: Backoff

    async def version(self) -> Version:
        """Which code would do the work."""
        return await self._ask(Version, "GET", "/version")

    async def plan(self, days: Sequence[date]) -> list[PlannedItem]:
        found: list[PlannedItem] = []
        for first, last in stretches(days):
            asked = {"start": str(first), "end": str(last), "tables": ",".join(self.tables)}
            found += (await self._ask(Plan, "GET", "/plan", parameters=asked)).items
        return found

    async def costs(
        self, days: Sequence[date], *, alone: bool, force: bool
    ) -> Sequence[CostOf] | None:
        """Of the same dates as they will be asked for, and of those that lie between them."""
        found: list[CostOf] = []
        said = {"tables": ",".join(self.tables), "bytes": "true", "force": str(force).lower()}
        said |= {"chunk": "1"} if alone else {}
        for first, last in stretches(sorted(days)):
            asked = {"start": str(first), "end": str(last), **said}
            try:
                plan = await self._ask(Plan, "GET", "/plan", parameters=asked, seconds=PRICING)
            except (OwnerFailed, UsageError):
                return None  # nothing is worth stopping for that is only an estimate
            if plan.cost is None:
                return None
            found.append(plan.cost)
        return found

    async def failed(self, days: Sequence[date]) -> frozenset[date]:
        """Dates of which some asked table last failed, was rejected or blocked."""
        first, last = min(days), max(days)
        text = failed_text(first, last, self.tables)
        found = await self._query(text, (last - first).days + 1)
        if found.truncated:
            raise OwnerFailed(
                f"{self.line.url} gives {len(found.rows)} rows of a query at most, and more dates"
                " failed: ask for fewer at a time, or raise TIPOFF_QUERY_MAX_ROWS there"
            )
        return frozenset(date.fromisoformat(row[0]) for row in found.rows)

    async def measured(self, *, alone: bool) -> Measured | None:
        """The median of the latest runs of the same kind: of one date, or of many together."""
        try:
            found = (await self._query(measured_text(self.tables, alone=alone), RUNS_MEASURED)).rows
        except OwnerFailed:
            return None  # nothing is worth stopping for that is only an estimate
        if not found:
            return None
        seconds = statistics.median(milliseconds / dates / 1000 for dates, milliseconds in found)
        return Measured(seconds, sum(dates for dates, _ in found))

    async def _query(self, text: str, limit: int) -> Rows:
        return await self._ask(Rows, "POST", "/query", body={"sql": text, "limit": limit})

    async def _ask(
        self,
        model: type[Model],
        method: str,
        path: str,
        *,
        body: object = None,
        parameters: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
    ) -> Model:
        for number in range(1, TRIES + 1):
            try:
                answer = await self.line.ask(
                    method, path, seconds=seconds, body=body, parameters=parameters
                )
            except Lost as lost:
                attempt = lost.attempt
            else:
                if answer.status == 200 and (found := parsed(model, answer.body)):
                    return found
                attempt = read_refusal(answer.status, answer.headers, answer.body)
            if number == TRIES or not retry_helps(attempt):
                break
            await asyncio.sleep(max(self.backoff.pause(number), attempt.retry_after or 0))
        message = f"{method} {self.line.url}{path}: {attempt.message}"
        kind = UsageError if attempt.http_status == 422 else OwnerFailed
        raise kind(f"{message}. Nothing was asked to be computed.")


def failed_text(first: date, last: date, tables: Sequence[str]) -> str:
    """What failed may have failed at any time, and nobody has tried again."""
    return FAILED.format(first=first, last=last, tables=_quoted(tables), since=SINCE)


def measured_text(tables: Sequence[str], *, alone: bool) -> str:
    """The latest runs, however old: an estimate from long ago is better than none."""
    alike = ALONE if alone else TOGETHER
    return MEASURED.format(tables=_quoted(tables), alike=alike, most=RUNS_MEASURED, since=SINCE)


def _quoted(tables: Sequence[str]) -> str:
    return ", ".join(f"'{table}'" for table in tables)


def stretches(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """First and last of dates that are near each other, ascending."""
    first = previous = days[0]
    for day in days[1:]:
        if day - previous > STRETCH:
            yield first, previous
            first = day
        previous = day
    yield first, previous
