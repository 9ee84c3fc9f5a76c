"""Running a plan: chunk by chunk, table by table, looking again before each."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from threading import RLock

from pipeline.assessment import Assessor
from pipeline.batches import batches
from pipeline.calendar import read_calendar
from pipeline.content import Content
from pipeline.cost import Cost, cost_of, foretell, hold_to_cap
from pipeline.died import bury
from pipeline.drafts import uncomputed
from pipeline.grouping import by_season, groups
from pipeline.ledger import Ledger
from pipeline.outcome import (
    Outcome,
    Overall,
    deciding,
    overall,
)
from pipeline.plan import Plan, Request, forced, make_plan, needed_dates
from pipeline.running import Running
from pipeline.state import Item, State
from pipeline.work import Work
from processors.errors import UsageError
from processors.registry import Processor, Registry
from warehouse.interface import Step, Warehouse

GLANCE = 30.0
"""A look is not asked of the warehouse again within so many seconds."""


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
        return overall(deciding(self.results, self.prepared))


def _ignore(_: object) -> None:
    return None


@dataclass
class Pipeline:
    """One warehouse with its registry, calendar, content and ledger.

    Any thread may call it. What it knows changes only under `_state`, which a run holds for a
    statement at a time and a reader while he looks; the warehouse's lane is held for a whole run,
    or for a chunk of it.
    """

    warehouse: Warehouse
    registry: Registry
    on_step: Step = _ignore
    on_progress: Callable[[Progress], None] = _ignore
    on_report: Callable[[Report], None] = _ignore
    """Told what each chunk came to, whoever asked for it."""
    bootstrap_placeholders: bool = False
    """Whether the bootstrap days of a table that has placeholders are filled with them."""
    bytes_cap: int | None = None
    """A request that would read more is refused before it begins."""
    assessor: Assessor = field(init=False)
    died: list[str] = field(init=False)
    _ledger: Ledger | None = field(init=False, default=None, repr=False)
    _state: RLock = field(init=False, default_factory=RLock, repr=False)
    _writes: int = field(init=False)
    """Of the warehouse, when what is known here was last true."""
    _at_work: bool = field(init=False, default=False)
    _at_hand: dict[str, Running] = field(init=False, default_factory=dict, repr=False)
    _interrupts: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.warehouse.migrate(list(self.registry.contracts.values()))
        self.refresh()
        self.died = []
        self.bury()

    def refresh(self) -> None:
        """Look at everything anew: where somebody else may have written into the file."""
        self.warehouse.look()
        with self.warehouse.lane, self._state:
            self._look_anew()

    def bury(self) -> None:
        """Tell the ledger of runs that have died; `died` holds those that this process found."""
        self.died += bury(self.warehouse, self.registry, self.assessor.calendar)

    def _look_anew(self) -> None:
        self._writes = self.warehouse.writes
        calendar = read_calendar(self.warehouse)
        content = Content(self.warehouse, self.registry, calendar)
        ledger = Ledger(self.warehouse, self.registry)
        # Where others write it is looked at often. A file is read whole: who knows who edited it.
        ledger.read(self._ledger if self.warehouse.is_shared else None)
        self._ledger = ledger
        self.assessor = Assessor(self.registry, calendar, content, ledger)

    @contextmanager
    def looking(self) -> Iterator[Assessor]:
        """What is known, to be read from any thread: nothing of it changes meanwhile. A run waits
        as long, so be quick. What others have written shows within `GLANCE` seconds."""
        self.warehouse.look(older_than=GLANCE)
        with self._state:
            # A run of ours at work has looked before it began, and knows what it does itself.
            if not self._at_work and self._writes != self.warehouse.writes:
                self._look_anew()
            yield self.assessor

    @property
    def at_hand(self) -> list[Running]:
        """The runs that work or wait for their turn right now, the first come first."""
        return list(self._at_hand.values())

    def plan(self, request: Request) -> Plan:
        with self.looking() as assessor:
            return make_plan(request, assessor, placeholders=self.bootstrap_placeholders)

    def priced(self, request: Request, *, size: int) -> tuple[Plan, Cost]:
        """The plan, and what it would cost so many asked dates at a time."""
        plan = self.plan(request)
        with self.looking() as assessor:
            calendar = assessor.calendar
        found = batches(
            request,
            plan,
            self.registry,
            calendar,
            size=size,
            placeholders=self.bootstrap_placeholders,
        )
        return plan, cost_of(foretell(self.warehouse, list(found)))

    def run(self, request: Request) -> Report:
        """One at a time: a second run of the same dates finds them done."""
        with closing(self.run_in_chunks(request, size=len(request.days))) as reports:
            return next(reports)

    def run_in_chunks(
        self, request: Request, *, size: int, go_on: Callable[[], bool] = lambda: True
    ) -> Generator[Report]:
        """One run, so many asked dates at a time; between chunks the lane is free for others. It
        stops where `go_on` says no, where the caller goes away, and at an interrupt; the ledger
        knows from which date to continue."""
        if size < 1:
            raise UsageError(f"a chunk holds at least one date, not {size}")
        if self.bytes_cap is not None:
            hold_to_cap(lambda: self.priced(request, size=size)[1], self.bytes_cap)
        running = self._running(request)
        self._at_hand[running.run_id] = running
        try:
            while running.left and go_on():
                chunk = replace(request, days=running.left[:size])
                with self._lane():
                    results, prepared = self._chunk(running, chunk)
                report = Report(running.run_id, chunk, results, prepared)
                self.on_report(report)
                yield report
                if running.is_given_up():
                    break
        except GeneratorExit:
            running.end()
            raise
        except BaseException as error:
            running.die(error)
            raise
        else:
            running.end()
        finally:
            del self._at_hand[running.run_id]

    def interrupt(self) -> None:
        """Give up what is being done and what waits for its turn: the statement at hand ends, what
        is left of its chunk fails in a way that a second try cures, and the run stops."""
        self._interrupts += 1
        self.warehouse.interrupt()

    def _running(self, request: Request) -> Running:
        before = self._interrupts
        return Running(self.warehouse, request, self.on_step, lambda: self._interrupts != before)

    @contextmanager
    def _lane(self) -> Iterator[None]:
        with self.warehouse.lane:
            self.warehouse.look()
            with self.looking():
                self._at_work = True
            try:
                yield
            finally:
                with self._state:
                    self._writes = self.warehouse.writes
                    self._at_work = False

    def _chunk(
        self, running: Running, request: Request
    ) -> tuple[Sequence[Outcome], Sequence[Outcome]]:
        """What became of the asked dates, and of what was done for them, each table by table."""
        asked = {(table, day) for table in request.tables for day in request.days}
        wanted = needed_dates(
            request,
            self.registry,
            self.assessor.calendar,
            placeholders=self.bootstrap_placeholders,
        )
        results: list[Outcome] = []
        prepared: list[Outcome] = []
        done, in_all = 0, sum(len(days) for days in wanted.values())
        for season in by_season(wanted, self.assessor.calendar, self.registry):
            for table, days in season.items():
                running.table = table
                for outcome in self._table(running, request, table, days, asked):
                    is_asked = (outcome.table, outcome.day) in asked
                    (results if is_asked else prepared).append(outcome)
                done += len(days)
                self.on_progress(Progress(what=table, done=done, in_all=in_all))
        running.table = None
        running.chunk_done(request.days, results, prepared)
        return self._in_order(results), self._in_order(prepared)

    def _in_order(self, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
        place = {one.table: number for number, one in enumerate(self.registry)}
        return sorted(outcomes, key=lambda one: (place[one.table], one.day))

    def _table(
        self,
        running: Running,
        request: Request,
        table: str,
        days: Sequence[date],
        asked: set[tuple[str, date]],
    ) -> Iterator[Outcome]:
        """One table's dates of a chunk: look, compute what has to be, remember the rest."""
        processor = self.registry.processors[table]
        work = Work(self.warehouse, self.assessor, self._state, self.on_step, running, processor)
        with self._state:
            items = [
                self._item(processor, day, request, asked=(table, day) in asked) for day in days
            ]
        if running.is_given_up():
            yield from work.give_up([item for item in items if item.asked and item.is_undone])
            items = [item for item in items if not item.is_undone]
        todo = groups(processor, items, placeholders=self.bootstrap_placeholders)
        days_of_work = {item.day for group in todo for item in group.items}
        # Fresh partitions that nobody asked for are no news.
        news = [
            uncomputed(item)
            for item in items
            if item.day not in days_of_work
            and (item.asked or (item.state is State.BLOCKED and running.is_news(item)))
        ]
        running.remember(news)
        yield from news
        for group in todo:
            if group.holds_places:
                yield from work.hold_places(group.items)
            else:
                yield from work.compute(group.items, force=request.force)

    def _item(self, processor: Processor, day: date, request: Request, *, asked: bool) -> Item:
        item = self.assessor.assess(processor, day, pending={}, asked=asked)
        return forced(item) if request.force and asked and item.state is State.FRESH else item
