"""Whole ranges over HTTP: many dates a request, told line by line."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date

from clients.backfill.asked import Asked
from clients.backfill.line import Line, Lost
from clients.backfill.reading import parsed, read_processed, read_refusal
from clients.backfill.results import Attempt, DateDone, Ending
from clients.backfill.retrying import Backoff, retry_helps
from clients.backfill.stopping import Stopping
from service.models.answers import Processed, RangeEnd

MOST_DATES = 4000
"""Of one request, as the service allows."""
NDJSON = "application/x-ndjson"


@dataclass
class Ranges:
    """Asks for what is left until nothing is: the service stops before its deadline, and says from
    which date on it left the rest."""

    line: Line
    asked: Asked
    backoff: Backoff
    stopping: Stopping
    on_attempt: Callable[[date, int, Attempt], None]
    _requests: int = field(init=False, default=0)
    _tries: Counter[date] = field(init=False, default_factory=Counter)

    async def done(self, days: Sequence[date]) -> AsyncGenerator[DateDone]:
        """Each date once it is done; none where it was told to stop before."""
        left = list(days)
        failures = 0
        while left and not self.stopping:
            settled: set[date] = set()
            trouble: Attempt | None = None
            async with aclosing(self._told(tuple(left[:MOST_DATES]))) as told:
                async for day, attempt in told:
                    if day is None:
                        trouble = attempt
                        break
                    if self._is_settled(day, attempt):
                        settled.add(day)
                        yield self._of(day, attempt)
            left = [day for day in left if day not in settled]
            failures = 0 if settled else failures + 1
            if trouble and not (retry_helps(trouble) and failures < self.backoff.attempts):
                for day in left:
                    self._tries[day] += 1
                    yield self._of(day, trouble)
                return
            if (trouble or not settled) and left:
                pause = self.backoff.pause(max(1, failures))
                await self.stopping.within(max(pause, (trouble and trouble.retry_after) or 0))

    def _is_settled(self, day: date, attempt: Attempt) -> bool:
        self._tries[day] += 1
        self.on_attempt(day, self._tries[day], attempt)
        return not retry_helps(attempt) or self._tries[day] >= self.backoff.attempts

    def _of(self, day: date, attempt: Attempt) -> DateDone:
        seconds = sum(one.seconds for one in attempt.said)
        return DateDone(day=day, last=attempt, attempts=self._tries[day], seconds=seconds)

    async def _told(self, days: tuple[date, ...]) -> AsyncGenerator[tuple[date | None, Attempt]]:
        """Each date that a line tells; what went wrong instead comes without a date."""
        self._requests += 1
        untold = set(days)
        try:
            async with self.line.open(
                "POST",
                "/process-range",
                seconds=self.asked.seconds,
                body=self.asked.body_of_range(days, self._requests),
            ) as response:
                if response.status_code != 200 or NDJSON not in response.headers["content-type"]:
                    body = await response.aread()
                    yield None, read_refusal(response.status_code, response.headers, body)
                    return
                lines = response.aiter_lines()
                while (line := await self._next(lines)) is not None:
                    if end := parsed(RangeEnd, line.encode()):
                        if wrong := _contradiction(end, untold):
                            yield None, wrong
                        return
                    answer = parsed(Processed, line.encode())
                    if answer is None or answer.analysis_date not in untold:
                        yield None, _garbled(line)
                        return
                    day = answer.analysis_date
                    untold.discard(day)
                    yield day, read_processed(answer, day=day, tables=self.asked.tables)
            if not self.stopping:
                yield None, Attempt(ending=Ending.BROKEN_OFF, message="the range has no last line")
        except Lost as lost:
            yield None, lost.attempt

    async def _next(self, lines: AsyncIterator[str]) -> str | None:
        """None at the end, and where it is told to stop: the service finishes the chunk at hand."""
        if self.stopping:
            return None
        line = asyncio.ensure_future(anext(lines, None))
        told = asyncio.ensure_future(self.stopping.told())
        try:
            await asyncio.wait((line, told), return_when=asyncio.FIRST_COMPLETED)
            return line.result() if line.done() else None
        finally:
            for one in (line, told):
                one.cancel()
            await asyncio.gather(line, told, return_exceptions=True)


def _garbled(line: str) -> Attempt:
    message = f"a line of {len(line)} characters that tells of no asked date"
    return Attempt(ending=Ending.GARBLED, message=message, http_status=200)


def _contradiction(end: RangeEnd, untold: set[date]) -> Attempt | None:
    """What it leaves for the next request must be what it didn't tell."""
    if end.continue_from == min(untold, default=None):
        return None
    message = f"it says to go on from {end.continue_from}, untold are {len(untold)} dates"
    return Attempt(ending=Ending.BROKE_CONTRACT, message=message)
