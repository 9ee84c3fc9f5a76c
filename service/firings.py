"""Firings: Cloud Scheduler may send one twice, at the same time or later; its work is done once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Annotated
from weakref import WeakValueDictionary

from anyio import Lock
from fastapi import Depends, Header, Request

from pipeline.history import RunSeen, recent_runs
from pipeline.ledger import Event
from warehouse.interface import Warehouse

ABOUT = "firing"
"""Its name in what is kept with a run."""
MOST = 100
"""Attempts of one firing that are looked at."""

JobName = Annotated[str | None, Header(alias="X-CloudScheduler-JobName", max_length=1000)]
Moment = Annotated[str | None, Header(alias="X-CloudScheduler-ScheduleTime", max_length=100)]


def _firing(request: Request, job: JobName = None, moment: Moment = None) -> str | None:
    """What identifies one; a request of anybody else's has none. What one address has done, another
    hasn't, whatever the job is called."""
    return f"{job}@{moment} {request.url.path}" if job and moment else None


Firing = Annotated[str | None, Depends(_firing)]


class Firings:
    """Those that are at work in this process, one at a time of each."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def alone(self, firing: str | None) -> AsyncIterator[None]:
        """Whoever comes second waits, and then finds in the ledger what the first has done."""
        lock = self._locks.setdefault(firing, Lock()) if firing else Lock()
        async with lock:
            yield


def attempts(warehouse: Warehouse, firing: str | None) -> list[RunSeen]:
    """Earlier runs of the same firing, in this process or before a restart; the latest first."""
    return recent_runs(warehouse, limit=MOST, firing=firing) if firing else []


def answered(earlier: Collection[RunSeen], words: Collection[str]) -> RunSeen | None:
    """The run that has done the firing's work to its end. After any other the scheduler's second
    try is meant to try again."""
    return next(
        (one for one in earlier if one.event is Event.FINISHED and one.status in words), None
    )
