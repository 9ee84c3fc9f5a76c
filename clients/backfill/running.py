"""A backfill from its first look at the plan to its summary."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from secrets import token_hex

from clients.backfill.asked import Asked
from clients.backfill.choosing import Only, chosen
from clients.backfill.classifying import Classified, classify
from clients.backfill.estimate import Reading, estimate, reading
from clients.backfill.gate import Gate
from clients.backfill.journal import Journal
from clients.backfill.line import Line
from clients.backfill.looking import Looking
from clients.backfill.pace import IN_FLIGHT, RATE, Pace
from clients.backfill.posting import Posting
from clients.backfill.progress import Board, Progress
from clients.backfill.ranges import Ranges
from clients.backfill.results import Attempt, DateDone
from clients.backfill.retrying import Backoff, Breaker
from clients.backfill.stopping import Stopping
from clients.backfill.summary import Summary
from clients.drift.expecting import disagreements
from clients.identity import Identity
from processors.errors import DriftFound, OwnerFailed
from processors.registry import Registry, load

Tried = Callable[[date, int, Attempt], None]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the caller said."""

    days: tuple[date, ...]
    tables: tuple[str, ...]
    only: Only = Only.ALL
    force: bool = False
    sample: int | None = None
    reverse: bool = False
    whole_ranges: bool = False
    rate: float = RATE
    in_flight: int = IN_FLIGHT
    seconds: float
    allow_drift: bool = False
    """Also where the service runs other code than this checkout."""

    @property
    def is_choosy(self) -> bool:
        """Whether dates that could be asked for may be left out."""
        return self.only is not Only.ALL or self.sample is not None


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What will be asked, before it is."""

    classified: Classified
    days: tuple[date, ...]
    """In the order in which they are asked."""
    estimate: str
    reading: Reading | None
    drift: tuple[str, ...] = ()
    """What the service's code has otherwise than this checkout, where that is allowed."""


@dataclass
class Backfill:
    """One service and what is wanted of it. Whatever it does, it knows from the service: nothing
    is kept here from one run to the next."""

    url: str
    identity: Identity
    wanted: Wanted
    registry: Registry = field(default_factory=load)
    """Of this checkout: what the service is expected to run."""
    backoff: Backoff = field(default_factory=Backoff)
    stopping: Stopping = field(default_factory=Stopping)
    campaign: str = field(default_factory=lambda: token_hex(4))

    async def prepare(self) -> Prepared:
        wanted = self.wanted
        async with self._line() as line:
            looking = Looking(line, wanted.tables, self.backoff)
            drift = await self._drift(looking)
            items = await looking.plan(wanted.days)
            classified = classify(wanted.days, wanted.tables, items)
            days = chosen(
                classified,
                only=wanted.only,
                failed=await looking.failed(wanted.days) if wanted.only is Only.FAILED else (),
                force=wanted.force,
                sample=wanted.sample,
                reverse=wanted.reverse,
            )
            alone = not wanted.whole_ranges
            measured = await looking.measured(alone=alone) if days else None
            costs = await looking.costs(days, alone=alone, force=wanted.force) if days else None
        rate = None if wanted.whole_ranges else wanted.rate
        return Prepared(
            classified=classified,
            days=days,
            estimate=estimate(len(days), measured, rate=rate),
            reading=reading(costs, is_most=wanted.is_choosy),
            drift=drift,
        )

    async def _drift(self, looking: Looking) -> tuple[str, ...]:
        """Before anything else is asked: what computes must be what the caller has before him."""
        try:
            found = tuple(map(str, disagreements(await looking.version(), self.registry)))
        except OwnerFailed as error:
            if not self.wanted.allow_drift:
                raise
            return (f"which code it runs can't be told: {error.message}",)
        if found and not self.wanted.allow_drift:
            raise DriftFound(
                f"{self.url} runs other code than this checkout: {'; '.join(found)}. Deploy it, or"
                " check out what runs there; --allow-drift asks it all the same. Nothing was asked"
                " to be computed."
            )
        return found

    async def work(self, days: Sequence[date], *, journal: Journal) -> Summary:
        """Until all are done, it is told to stop, or too many fail alike."""
        begun = time.monotonic()
        board = Board(self.wanted.tables, len(days))
        breaker = Breaker()
        results: list[DateDone] = []
        journal.note("started", url=self.url, campaign=self.campaign, dates=len(days))
        with Progress(board) as progress, self.stopping.by_signals():

            def tried(day: date, number: int, attempt: Attempt) -> None:
                progress.tried(day, number, attempt)
                journal.note(
                    "tried",
                    date=day,
                    number=number,
                    ending=attempt.ending,
                    http_status=attempt.http_status,
                    message=attempt.message,
                    run_id=attempt.run_id,
                )

            async with self._line() as line, aclosing(self._done(line, days, tried)) as dates:
                async for done in dates:
                    results.append(done)
                    breaker.told(done)
                    progress.told(done)
                    journal.note("date", **_as_json(done))
                    if breaker.reason:
                        self.stopping.tell(breaker.reason)
        summary = Summary(
            url=self.url,
            done=results,
            asked=len(days),
            stopped=self.stopping.why,
            interrupted=self.stopping.interrupted and len(results) < len(days),
            seconds=time.monotonic() - begun,
        )
        journal.note("ended", **summary.as_json())
        return summary

    def _done(self, line: Line, days: Sequence[date], tried: Tried) -> AsyncGenerator[DateDone]:
        asked = Asked(
            tables=self.wanted.tables,
            force=self.wanted.force,
            campaign=self.campaign,
            seconds=self.wanted.seconds,
        )
        parts = line, asked, self.backoff, self.stopping, tried
        if self.wanted.whole_ranges:
            return Ranges(*parts).done(days)
        return self._one_by_one(Posting(*parts), days)

    async def _one_by_one(self, posting: Posting, days: Sequence[date]) -> AsyncGenerator[DateDone]:
        """So many dates at a time as may be in flight; told to stop, those are finished."""
        waiting = list(reversed(days))
        at_work: set[asyncio.Task[DateDone | None]] = set()
        try:
            while at_work or (waiting and not self.stopping):
                while waiting and not self.stopping and len(at_work) < self.wanted.in_flight:
                    at_work.add(asyncio.create_task(posting.done(waiting.pop())))
                ended, at_work = await asyncio.wait(at_work, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    if done := task.result():
                        yield done
        finally:
            for task in at_work:
                task.cancel()
            await asyncio.gather(*at_work, return_exceptions=True)

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Line]:
        pace = Pace(rate=self.wanted.rate, most=self.wanted.in_flight)
        line = Line(self.url, Gate(pace), self.identity)
        try:
            yield line
        finally:
            await line.close()


def _as_json(done: DateDone) -> dict[str, object]:
    return {
        "date": done.day,
        "word": done.word.word,
        "failure": done.failure,
        "attempts": done.attempts,
        "seconds": round(done.seconds, 3),
        "run_id": done.last.run_id,
        "tables": {one.table: {"status": one.status, "rows": one.rows} for one in done.last.said},
    }
