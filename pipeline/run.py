"""Running a plan: chunk by chunk, table by table, looking again before each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Lock

from pipeline.assessment import Assessor
from pipeline.calendar import read_calendar
from pipeline.content import Content
from pipeline.drafts import uncomputed
from pipeline.ledger import Ledger
from pipeline.outcome import (
    Outcome,
    Overall,
    overall,
)
from pipeline.placeholders import wants_placeholders
from pipeline.plan import Plan, Request, forced, make_plan, needed_dates
from pipeline.state import TO_COMPUTE, Item, State
from pipeline.work import Work
from processors.registry import Processor, Registry
from warehouse.interface import Step, Warehouse

GAP = timedelta(days=10)
"""Two dates to compute that are this near go through one statement; what lies between them is
computed along, which costs less than a second statement, and is not published."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Told after each statement."""

    what: str
    done: int
    in_all: int


@dataclass(frozen=True)
class Report:
    """What became of a request."""

    run_id: str
    request: Request
    results: Sequence[Outcome]
    prepared: Sequence[Outcome]

    @property
    def overall(self) -> Overall:
        """Of what was asked; what had to be prepared shows in it through what it blocked."""
        return overall(self.results)


def _ignore(_: object) -> None:
    return None


@dataclass
class Pipeline:
    """One warehouse with its registry, calendar, content and ledger."""

    warehouse: Warehouse
    registry: Registry
    on_step: Step = _ignore
    on_progress: Callable[[Progress], None] = _ignore
    bootstrap_placeholders: bool = False
    """Whether the bootstrap days of a table that has placeholders are filled with them."""
    assessor: Assessor = field(init=False)
    died: list[str] = field(init=False)
    _lane: Lock = field(init=False, default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        self.warehouse.migrate(list(self.registry.contracts.values()))
        self.refresh()
        self.died = self.assessor.ledger.reconcile()

    def refresh(self) -> None:
        """Look at everything anew: after a load, or when another process may have written."""
        calendar = read_calendar(self.warehouse)
        content = Content(self.warehouse, self.registry, calendar)
        ledger = Ledger(self.warehouse, self.registry)
        ledger.read()
        self.assessor = Assessor(self.registry, calendar, content, ledger)

    def plan(self, request: Request) -> Plan:
        return make_plan(request, self.assessor, placeholders=self.bootstrap_placeholders)

    def run(self, request: Request) -> Report:
        """One at a time: a second run of the same dates finds them done."""
        with self._lane:
            return self._run(request)

    def _run(self, request: Request) -> Report:
        ledger = self.assessor.ledger
        run_id = ledger.begin(request.as_json())
        self.on_step("started")
        results: list[Outcome] = []
        prepared: list[Outcome] = []
        asked = {(table, day) for table in request.tables for day in request.days}
        wanted = needed_dates(
            request,
            self.registry,
            self.assessor.calendar,
            placeholders=self.bootstrap_placeholders,
        )
        done, in_all = 0, sum(len(days) for days in wanted.values())
        for chunk in self._chunks(wanted):
            for table, days in chunk.items():
                for outcome in self._table(run_id, request, table, days, asked):
                    is_asked = (outcome.table, outcome.day) in asked
                    (results if is_asked else prepared).append(outcome)
                done += len(days)
                self.on_progress(Progress(what=table, done=done, in_all=in_all))
        report = Report(run_id, request, results, prepared)
        ledger.finish(run_id, request.as_json(), status=report.overall.word)
        self.on_step("finished")
        return report

    def _chunks(self, wanted: Mapping[str, Sequence[date]]) -> Iterator[dict[str, list[date]]]:
        """A season at a time, all tables in it."""
        calendar = self.assessor.calendar
        by_season: dict[date, dict[str, list[date]]] = {}
        for table, days in wanted.items():
            for day in days:
                season = calendar.season_start(day) if calendar.season_of(day) else date.min
                by_season.setdefault(season, {}).setdefault(table, []).append(day)
        for season in sorted(by_season):
            chunk = by_season[season]
            yield {one.table: chunk[one.table] for one in self.registry if one.table in chunk}

    def _table(
        self,
        run_id: str,
        request: Request,
        table: str,
        days: Sequence[date],
        asked: set[tuple[str, date]],
    ) -> Iterator[Outcome]:
        """One table's dates of a chunk: look, compute what has to be, remember the rest."""
        processor = self.registry.processors[table]
        work = Work(self.warehouse, self.assessor, self.on_step, run_id, processor)
        items = []
        for day in days:
            item = self.assessor.assess(processor, day, pending={}, asked=(table, day) in asked)
            if request.force and item.asked and item.state is State.FRESH:
                item = forced(item)
            items.append(item)
        held = [item for item in items if self._wants_placeholders(processor, item)]
        idle = [
            uncomputed(item) for item in items if item.state not in TO_COMPUTE and item not in held
        ]
        # Fresh partitions that nobody asked for are no news.
        news = [one for one, item in _paired(idle, items) if item.asked or one.evidence.missing]
        if news:
            work.remember(news)
        yield from news
        for group in _groups(held):
            yield from work.hold_places(group)
        for group in _groups([item for item in items if item.state in TO_COMPUTE]):
            yield from work.compute(group, force=request.force)

    def _wants_placeholders(self, processor: Processor, item: Item) -> bool:
        return self.bootstrap_placeholders and wants_placeholders(processor, item)


def _paired(outcomes: Sequence[Outcome], items: Sequence[Item]) -> Iterator[tuple[Outcome, Item]]:
    by_day = {item.day: item for item in items}
    return ((one, by_day[one.day]) for one in outcomes)


def _groups(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Dates near each other, ascending."""
    group: list[Item] = []
    for item in items:
        if group and item.day - group[-1].day > GAP:
            yield group
            group = []
        group.append(item)
    if group:
        yield group
