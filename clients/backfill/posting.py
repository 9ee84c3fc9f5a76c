"""One date over HTTP, until it is done or another try doesn't help."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import count

from clients.backfill.asked import Asked
from clients.backfill.line import Line, Lost
from clients.backfill.reading import parsed, read_answer, read_run
from clients.backfill.results import Attempt, DateDone
from clients.backfill.retrying import Backoff, may_have_worked, retry_helps
from clients.backfill.stopping import Stopping
from pipeline.ledger import Event
from service.models.answers import Runs, RunSeen

LOOK_SECONDS = 30.0
PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class Posting:
    """What every date is asked with."""

    line: Line
    asked: Asked
    backoff: Backoff
    stopping: Stopping
    on_attempt: Callable[[date, int, Attempt], None]

    async def done(self, day: date) -> DateDone | None:
        """None where it was told to stop before the date was done."""
        begun = time.monotonic()
        for number in count(1):
            attempt = await self._post(day, number)
            if may_have_worked(attempt):
                attempt = await self._recorded(day, number) or attempt
            self.on_attempt(day, number, attempt)
            if not retry_helps(attempt) or number >= self.backoff.attempts:
                break
            if await self.stopping.within(self.backoff.pause(number)):
                return None
        return DateDone(day=day, last=attempt, attempts=number, seconds=time.monotonic() - begun)

    async def _post(self, day: date, number: int) -> Attempt:
        try:
            answer = await self.line.ask(
                "POST",
                "/process-date",
                seconds=self.asked.seconds,
                body=self.asked.body_of(day, number),
            )
        except Lost as lost:
            return lost.attempt
        return read_answer(
            answer.status, answer.headers, answer.body, day=day, tables=self.asked.tables
        )

    async def _recorded(self, day: date, number: int) -> Attempt | None:
        """What the ledger has of the request whose answer was lost. While it is being worked on,
        another would only wait behind it."""
        deadline = time.monotonic() + self.asked.seconds
        name = self.asked.correlation_id(str(day), number)
        while True:
            run = await self._run({"correlation_id": name, "limit": "1"})
            if run is None or run.event in (Event.DIED, Event.STOPPED):
                return None
            if run.event is Event.FINISHED:
                whole = await self._run({"run_id": run.run_id})
                return read_run(whole, day=day, tables=self.asked.tables) if whole else None
            if time.monotonic() >= deadline or await self.stopping.within(PAUSE_SECONDS):
                return None

    async def _run(self, asked: dict[str, str]) -> RunSeen | None:
        try:
            answer = await self.line.ask("GET", "/runs", seconds=LOOK_SECONDS, parameters=asked)
        except Lost:
            return None
        runs = parsed(Runs, answer.body) if answer.status == 200 else None
        return runs.runs[0] if runs and runs.runs else None
