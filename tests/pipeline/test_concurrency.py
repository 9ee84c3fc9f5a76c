"""Who looks while a run computes: he waits for no statement, and sees nothing half-changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from pipeline.coverage import read_coverage
from pipeline.explanation import explain
from pipeline.history import recent_runs
from pipeline.run import Pipeline
from tests.oracle.tiny import day
from tests.pipeline.small import (
    BOXES,
    GAMES,
    OFFENSE,
    Watched,
    ask,
    correct,
    league,
    run,
    states,
    statuses,
)

TABLES = (GAMES, OFFENSE)


class Held(Watched):
    """A warehouse in which the statement of a table lasts until it is let go."""

    def __init__(self, inner, table: str) -> None:
        super().__init__(inner)
        self._table = table
        self.reached, self.let_go = threading.Event(), threading.Event()

    def stage(self, processor, span, errand=None) -> None:
        if processor.table == self._table:
            with self._inner._writing:
                self.reached.set()
                assert self.let_go.wait(60)
        super().stage(processor, span, errand)


@pytest.mark.parametrize(
    "look",
    [
        lambda pipeline: pipeline.plan(ask(pipeline, 0, 2, *TABLES)),
        lambda pipeline: read_coverage(pipeline, TABLES),
        lambda pipeline: explain(pipeline, day(0), TABLES),
        lambda pipeline: recent_runs(pipeline.warehouse, limit=5),
        lambda pipeline: pipeline.warehouse.query(
            f"SELECT COUNT(*) FROM {GAMES}", limit=5, seconds=30
        ),
    ],
    ids=["plan", "coverage", "explain", "history", "query"],
)
def test_a_reader_does_not_wait_for_a_statement(look: Callable[[Pipeline], object]):
    pipeline = league(3).pipeline()
    pipeline.warehouse = held = Held(pipeline.warehouse, OFFENSE)
    pipeline.refresh()
    working = threading.Thread(target=run, args=(pipeline, 0, 2, *TABLES), daemon=True)
    working.start()
    assert held.reached.wait(60)
    looking = threading.Thread(target=look, args=(pipeline,), daemon=True)
    looking.start()
    looking.join(timeout=30)
    stuck = looking.is_alive()
    held.let_go.set()
    working.join()
    looking.join()
    assert not stuck


def test_in_the_middle_it_sees_what_is_done():
    pipeline = league(2).pipeline()
    pipeline.warehouse = held = Held(pipeline.warehouse, OFFENSE)
    pipeline.refresh()
    working = threading.Thread(target=run, args=(pipeline, 0, 1, *TABLES), daemon=True)
    working.start()
    assert held.reached.wait(60)
    found = pipeline.plan(ask(pipeline, 0, 1, *TABLES))
    held.let_go.set()
    working.join()
    assert states(found, GAMES) == {0: "fresh", 1: "fresh"}
    assert states(found, OFFENSE) == {0: "missing", 1: "missing"}


class Slow(Watched):
    """A warehouse that takes its time to say what is stored."""

    def fingerprints(self, contract, views, *, first, last):
        found = self._inner.fingerprints(contract, views, first=first, last=last)
        time.sleep(0.02)
        return found


def test_never_half_changed():
    """Dates are corrected and published again; whoever looks meanwhile may find them stale, and
    never a proof without its rows."""
    small = league(6)
    pipeline = small.pipeline()
    pipeline.warehouse = Slow(pipeline.warehouse)
    run(pipeline, 0, 5, GAMES)
    seen: list[object] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            found = pipeline.plan(ask(pipeline, 0, 5, GAMES))
            (coverage,) = read_coverage(pipeline, [GAMES])
            seen.extend([*(item.state for item in found.items), coverage.rows])

    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for number in range(6):
            correct(pipeline, BOXES, small.rows_of(f"g{number}", "bos0", points=30))
            assert statuses(run(pipeline, number, number, GAMES), GAMES) == ["success"]
    finally:
        over.set()
        for reader in readers:
            reader.join()
    assert set(seen) <= {"fresh", "stale_input", 96}
    assert "fresh" in seen
