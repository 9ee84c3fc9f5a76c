"""Metrics, in a registry of the office's own."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from pipeline.clock import today
from pipeline.outcome import Outcome, Status
from pipeline.run import Pipeline, Report
from processors.names import processor_name
from service.places import Places
from service.settings import Settings

# A second series for each counter, of which nobody asks anything.
disable_created_metrics()  # type: ignore[no-untyped-call]

FEATURE_STORE = "nba_predictions.ml_feature_store_v2"
WRITING = (Status.SUCCESS, Status.PARTIAL)
STANDING = (Status.SUCCESS, Status.UNCHANGED, Status.PARTIAL)
WORK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
REQUEST_BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 480)


class Metrics:
    """What is counted as it happens, and what is looked up when somebody asks. Asking waits for no
    run: what a run holds is noted when it has ended a chunk."""

    def __init__(self, settings: Settings, pipeline: Pipeline, places: Places) -> None:
        self._pipeline = pipeline
        self._good: tuple[date, ...] = ()
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._outcomes = Counter(
            "tipoff_outcomes",
            "Dates of tables, by what became of them.",
            ("processor", "status"),
            registry=registry,
        )
        self._work = Histogram(
            "tipoff_date_seconds",
            "Time that a computed date of a table took; of dates done together, each its share.",
            ("processor",),
            buckets=WORK_BUCKETS,
            registry=registry,
        )
        self._rows = Counter(
            "tipoff_rows_written", "Rows published.", ("processor",), registry=registry
        )
        self._requests = Counter(
            "tipoff_requests",
            "Requests, by the template of their address.",
            ("method", "route", "code"),
            registry=registry,
        )
        self._latency = Histogram(
            "tipoff_request_seconds",
            "From a request's arrival to the end of its answer.",
            ("route",),
            buckets=REQUEST_BUCKETS,
            registry=registry,
        )
        self._dead_letters = Counter(
            "tipoff_dead_letters", "Messages set aside as dead letters.", registry=registry
        )
        self._looked_up("tipoff_places_taken", "Requests at work or waiting.", lambda: places.depth)
        self._looked_up("tipoff_places", "How many may be.", lambda: places.most)
        self._looked_up(
            "tipoff_lane_waiting",
            "Runs that wait for the writer lane.",
            lambda: pipeline.warehouse.lane.waiting,
        )
        self._looked_up(
            "tipoff_last_good_lag_days",
            "Days from the feature store's last good date to the last date with games, today's"
            " included; NaN where it has none.",
            self._lag,
        )
        Gauge(
            "tipoff_runs_died_found",
            "Runs that had died, found when this process started.",
            registry=registry,
        ).set(len(pipeline.died))
        Gauge(
            "tipoff_build_info",
            "What runs here; always 1.",
            ("version", "commit", "engine"),
            registry=registry,
        ).labels(version("tipoff"), settings.commit or "", pipeline.warehouse.engine).set(1)
        for processor in pipeline.registry:
            # From zero on, so that the first failure shows as a rise.
            for status in Status:
                self._outcomes.labels(processor_name(processor.table), status.value)
        self._look()

    def counted_elsewhere(self, name: str, what: str, count: Callable[[], int]) -> None:
        """A counter that somebody else keeps."""
        self._registry.register(_Kept(name, what, count))

    def answered(self, method: str, route: str, code: int, seconds: float) -> None:
        self._requests.labels(method, route, str(code)).inc()
        self._latency.labels(route).observe(seconds)

    def ran(self, report: Report) -> None:
        """What was asked, and what was done for it."""
        for one in (*report.results, *report.prepared):
            self._became(one)
        self._look()

    def dead_lettered(self) -> None:
        self._dead_letters.inc()

    def page(self) -> bytes:
        return generate_latest(self._registry)

    def _became(self, one: Outcome) -> None:
        processor = processor_name(one.table)
        self._outcomes.labels(processor, one.status.value).inc()
        if one.evidence.computed:
            self._work.labels(processor).observe(one.duration_ms / 1000)
            if one.status in WRITING:
                self._rows.labels(processor).inc(one.evidence.rows)

    def _look(self) -> None:
        with self._pipeline.looking() as known:
            proofs = known.ledger.proofs.get(FEATURE_STORE, {})
            self._good = tuple(sorted(day for day, one in proofs.items() if one.status in STANDING))

    def _lag(self) -> float:
        """A summer doesn't make it grow, nor do dates done ahead hide one that is missing."""
        now = today()
        played = self._pipeline.assessor.calendar.dates_with_games(date.min, now)
        good = self._good[: bisect_right(self._good, now)]
        return (played[-1] - good[-1]).days if played and good else float("nan")

    def _looked_up(self, name: str, what: str, look: Callable[[], float]) -> None:
        Gauge(name, what, registry=self._registry).set_function(look)


class _Kept(Collector):
    def __init__(self, name: str, what: str, count: Callable[[], int]) -> None:
        self._name, self._what, self._count = name, what, count

    def collect(self) -> Iterator[CounterMetricFamily]:
        yield CounterMetricFamily(self._name, self._what, value=self._count())
