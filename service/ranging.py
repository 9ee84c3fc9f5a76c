"""A range over HTTP: a line a date after each chunk, and a last line with what came of it all."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from anyio import CancelScope
from pydantic import BaseModel

from pipeline.outcome import FAILED, TRANSIENT, Outcome, Status, deciding, overall
from pipeline.plan import Request
from pipeline.run import Pipeline, Report
from processors.errors import TooBusy
from service.answering import first_error, processed
from service.models.answers import RangeEnd
from service.office import Office
from service.publishing.publisher import Sent

MARGIN = 1.5
"""The next chunk may take so much longer than the longest so far."""
DEADLINE, STOPPING = "the deadline is near", "the service is stopping"


@dataclass
class Ranging:
    """One range at work; of what is done it remembers counts only."""

    office: Office
    pipeline: Pipeline
    request: Request
    announce: Callable[[Report], Sent]
    """Tells others of a chunk before its lines are told."""
    _started: float = field(default_factory=time.monotonic)
    _longest: float = 0.0
    _left: tuple[date, ...] = ()
    _run_id: str = ""
    _stopped_because: str | None = None
    _counts: Counter[Status] = field(default_factory=Counter)
    _kinds: dict[tuple[Status, bool], Outcome] = field(default_factory=dict)
    _published: int = 0
    _publish_error: str | None = None

    async def lines(self) -> AsyncGenerator[bytes]:
        """Chunk by chunk; a caller who goes away ends it after the chunk at hand."""
        self._left = self.request.days
        chunks = self.pipeline.run_in_chunks(
            self.request, size=self.office.settings.chunk_dates, go_on=self._may_go_on
        )
        with self.office.places.place():
            try:
                while lines := await self.office.in_thread(self._chunk, chunks):
                    for line in lines:
                        yield line
                yield line_of(self.end)
            finally:
                with CancelScope(shield=True):
                    await self.office.in_thread(chunks.close)

    @property
    def end(self) -> RangeEnd:
        """What has come of it so far; once the lines have ended, of all."""
        found = overall(self._kinds.values())
        return RangeEnd(
            status=found.word,
            exit_code=found.exit_code,
            run_id=self._run_id,
            dates_done=len(self.request.days) - len(self._left),
            continue_from=self._left[0] if self._left else None,
            stopped_because=self._stopped_because if self._left else None,
            counts=dict(self._counts),
            published=self._published,
            publish_error=self._publish_error,
        )

    @property
    def http_status(self) -> int:
        """For a caller who looks at nothing else: where nothing failed and dates are left, that it
        was too much for one time."""
        found = overall(self._kinds.values())
        is_left = self._left and found not in (TRANSIENT, FAILED)
        return TooBusy.http_status if is_left else found.http_status

    def _chunk(self, chunks: Iterator[Report]) -> list[bytes]:
        """In one go: whoever leaves meanwhile can't keep what is done from being announced."""
        begun = time.monotonic()
        report = next(chunks, None)
        lines = self._told(report) if report else []
        self._longest = max(self._longest, time.monotonic() - begun)
        return lines

    def _may_go_on(self) -> bool:
        if self.office.stopping.is_set():
            self._stopped_because = STOPPING
        elif self._seconds + MARGIN * self._longest > self.office.settings.deadline_seconds:
            self._stopped_because = DEADLINE
        return self._stopped_because is None

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._started

    def _told(self, report: Report) -> list[bytes]:
        self._run_id = report.run_id
        self._left = self._left[len(report.request.days) :]
        self._counts.update(one.status for one in report.results)
        self._kinds.update(
            {(one.status, one.transient): one for one in deciding(report.results, report.prepared)}
        )
        sent = self.announce(report)
        self._published += list(sent.values()).count(None)
        self._publish_error = self._publish_error or first_error(sent.values())
        with self.pipeline.looking() as known:
            return [line_of(one) for one in processed(report, sent, known.calendar, known.registry)]


def line_of(answer: BaseModel) -> bytes:
    return answer.model_dump_json().encode() + b"\n"
