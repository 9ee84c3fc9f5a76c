"""Warming: what the first look would have to wait for is read before anybody looks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from pipeline.plan import Request, make_plan
from pipeline.run import Pipeline
from pipeline.season import newest_begun_first, see_season
from processors.errors import TipoffError
from service.observing.logs import tell
from service.office import Office
from service.page.rendering import environment

QUIET_SECONDS, LOOK_SECONDS = 2.0, 0.05
"""A service that was started to compute a date is asked at once: work goes before looks that nobody
has asked for yet."""


@contextmanager
def warming(office: Office, *, quiet: float = QUIET_SECONDS) -> Iterator[Thread]:
    """Beside what is done within; told to end, it begins no further table and is waited for."""
    ended = Event()

    def is_over() -> bool:
        """Asked before each table: answered once nothing is at work, or the service ends."""
        while not (ended.is_set() or office.stopping.is_set()) and office.pipeline.at_hand:
            ended.wait(LOOK_SECONDS)
        return ended.is_set() or office.stopping.is_set()

    def warm() -> None:
        ended.wait(quiet)
        _warm(office.pipeline, is_over)

    thread = Thread(target=warm, name="warming", daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        ended.set()
        thread.join()


def _warm(pipeline: Pipeline, is_over: Callable[[], bool]) -> None:
    """The newest season first, a table at a time: whoever comes meanwhile waits for one of them."""
    try:
        environment().get_template("calendar.html")
        tables = [one.table for one in pipeline.registry]
        with pipeline.looking() as assessor:
            seasons = newest_begun_first(assessor.calendar.seasons)
        for season in seasons:
            for table in tables:
                if is_over():
                    return
                request = Request(tables=(table,), days=season.dates, prepare=False)
                with pipeline.looking() as assessor:
                    make_plan(request, assessor)
            see_season(pipeline, tables, season.label)
    except TipoffError as error:
        # Whoever asks will be told himself.
        tell(logging.WARNING, f"not warmed up: {error.code}: {error.message}")
