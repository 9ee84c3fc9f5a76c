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
from processors.errors import OwnerFailed, UsageError
from service.models.answers import Plan, PlannedItem, Rows

SECONDS = 120.0
"""A look waits for a statement of whoever runs."""
TRIES = 4
STRETCH = timedelta(days=60)
"""Dates further apart are asked for in plans of their own: between seasons nothing is to do."""
RUNS_MEASURED = 20

FAILED = """
WITH latest AS (
  SELECT table_name, partition_date, status
  FROM `nba_ops.partitions`
  WHERE partition_date >= DATE '{first}' AND partition_date <= DATE '{last}'
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
  WHERE status = 'success'
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

    async def plan(self, days: Sequence[date]) -> list[PlannedItem]:
        found: list[PlannedItem] = []
        for first, last in stretches(days):
            asked = {"start": str(first), "end": str(last), "tables": ",".join(self.tables)}
            found += (await self._ask(Plan, "GET", "/plan", parameters=asked)).items
        return found

    async def failed(self, days: Sequence[date]) -> frozenset[date]:
        """Dates of which some asked table last failed, was rejected or blocked."""
        first, last = min(days), max(days)
        text = FAILED.format(first=first, last=last, tables=self._names)
        found = await self._query(text, (last - first).days + 1)
        if found.truncated:
            raise OwnerFailed(
                f"{self.line.url} gives {len(found.rows)} rows of a query at most, and more dates"
                " failed: ask for fewer at a time, or raise TIPOFF_QUERY_MAX_ROWS there"
            )
        return frozenset(date.fromisoformat(row[0]) for row in found.rows)

    async def measured(self, *, alone: bool) -> Measured | None:
        """The median of the latest runs of the same kind: of one date, or of many together."""
        alike = ALONE if alone else TOGETHER
        text = MEASURED.format(tables=self._names, alike=alike, most=RUNS_MEASURED)
        try:
            found = (await self._query(text, RUNS_MEASURED)).rows
        except OwnerFailed:
            return None  # nothing is worth stopping for that is only an estimate
        if not found:
            return None
        seconds = statistics.median(milliseconds / dates / 1000 for dates, milliseconds in found)
        return Measured(seconds, sum(dates for dates, _ in found))

    @property
    def _names(self) -> str:
        return ", ".join(f"'{table}'" for table in self.tables)

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
    ) -> Model:
        for number in range(1, TRIES + 1):
            try:
                answer = await self.line.ask(
                    method, path, seconds=SECONDS, body=body, parameters=parameters
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


def stretches(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """First and last of dates that are near each other, ascending."""
    first = previous = days[0]
    for day in days[1:]:
        if day - previous > STRETCH:
            yield first, previous
            first = day
        previous = day
    yield first, previous
