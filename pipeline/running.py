"""A run at hand: what it has told so far, and its rows for the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.clock import wall_clock
from pipeline.ledger import PARTITIONS, RUNS, Event, new_run_id, partition_rows, run_row
from pipeline.outcome import Outcome, Status, deciding, overall
from pipeline.plan import Request
from pipeline.state import Item
from warehouse.interface import Step, Warehouse


@dataclass
class Running:
    """Its rows are written before anything is published, after each chunk and at the end: a run
    that computes nothing costs one step."""

    warehouse: Warehouse
    request: Request
    on_step: Step
    is_given_up: Callable[[], bool]
    """Whether somebody wants it to end at once."""
    left: tuple[date, ...] = field(init=False)
    """Asked dates that are not done yet."""
    run_id: str = field(init=False, default_factory=new_run_id)
    begun: datetime = field(init=False, default_factory=wall_clock)
    table: str | None = field(init=False, default=None)
    """Being looked at or computed right now; None while it waits for its turn."""
    _kinds: dict[tuple[Status, bool], Outcome] = field(init=False, default_factory=dict)
    """One result of each kind: the overall word needs no more."""
    _told: dict[tuple[str, date], Status] = field(init=False, default_factory=dict)
    _started: bool = field(init=False, default=False)
    _ended: bool = field(init=False, default=False)
    _rows: dict[str, list[Mapping[str, object]]] = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.request.days
        self._rows = {RUNS: [self._row(Event.STARTED)], PARTITIONS: []}

    def is_news(self, blocked: Item) -> bool:
        """Whether an earlier chunk of the run hasn't said so already."""
        return self._told.get((blocked.table, blocked.day)) is not Status.BLOCKED

    def remember(self, outcomes: Sequence[Outcome]) -> None:
        """To be written with the next rows."""
        self._rows[PARTITIONS] += partition_rows(self.run_id, outcomes)

    def chunk_done(
        self, days: Sequence[date], results: Sequence[Outcome], prepared: Sequence[Outcome]
    ) -> None:
        """These have become of the dates; what was asked decides the overall word."""
        self._kinds.update(
            {(one.status, one.transient): one for one in deciding(results, prepared)}
        )
        self._told.update({(one.table, one.day): one.status for one in (*results, *prepared)})
        if not self.is_given_up():
            self.left = self.left[len(days) :]
        if self.left:
            self.write()
        else:
            self.end()

    def write(self) -> None:
        """From here on a killed process leaves a trace."""
        if any(self._rows.values()):
            self.warehouse.append(self._rows)
            self._rows = {RUNS: [], PARTITIONS: []}
        if not self._started:
            self._started = True
            self.on_step("started")

    def end(self) -> None:
        """All is done, or it stops here."""
        if self.left:
            self._close(Event.STOPPED, detail={"continue_from": self.left[0]})
        else:
            self._close(Event.FINISHED)

    def die(self, error: BaseException) -> None:
        """A fault of ours ended it."""
        self._close(Event.DIED, detail={"error": type(error).__name__})

    def _close(self, event: Event, *, detail: Mapping[str, object] | None = None) -> None:
        if self._ended:
            return
        self._ended = True
        status = None if event is Event.DIED else overall(self._kinds.values()).word
        self._rows[RUNS].append(self._row(event, status=status, detail=detail))
        self.write()
        self.on_step("finished")

    def _row(
        self,
        event: Event,
        *,
        status: str | None = None,
        detail: Mapping[str, object] | None = None,
    ) -> Mapping[str, object]:
        request = json.dumps(self.request.as_json())
        return run_row(self.run_id, event, request, status=status, detail=detail)
