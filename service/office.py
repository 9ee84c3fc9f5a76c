"""What every request works with: one warehouse, one pipeline, and the rules of the door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Lock
from typing import Annotated, ParamSpec, TypeVar, cast

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

from pipeline.run import Pipeline
from processors.errors import UsageError
from processors.registry import load
from service.auth.guard import Guard
from service.auth.opening import guard_of, hosts_of
from service.distributions import Distributing
from service.firings import Firings
from service.observing.metrics import Metrics
from service.observing.watching import Watch
from service.places import Places
from service.publishing.publisher import Publisher
from service.settings import Settings
from warehouse.opening import open_warehouse

Given = ParamSpec("Given")
Made = TypeVar("Made")

MOST_REHEARSALS = 4
"""Open at a time: each keeps a file of its own and what is known of it."""


@dataclass
class Office:
    """Lives as long as the service."""

    settings: Settings
    pipeline: Pipeline
    guard: Guard
    hosts: frozenset[str] = frozenset()
    """Where browsers may post."""
    stopping: Event = field(default_factory=Event)
    """Set when the service has been told to end: no chunk is begun any more."""
    ready_until: float = field(init=False, default=0.0)
    """By the monotonic clock: so long nobody asks the warehouse again whether it answers."""

    def __post_init__(self) -> None:
        self.places = Places(self.settings.max_waiting)
        # Threads of their own: whoever waits for the lane must not keep a look from being answered.
        self._threads = CapacityLimiter(self.settings.max_waiting)
        self.publisher = Publisher(self.settings.completion_topic, self.pipeline.registry)
        self.firings = Firings()
        self.distributing = Distributing(self.pipeline)
        self.metrics = Metrics(self.settings, self.pipeline, self.places)
        self.metrics.counted_elsewhere(
            "tipoff_publish_failures",
            "Completion messages and alerts that could not be sent.",
            lambda: self.publisher.failures,
        )
        self.pipeline.on_report = Watch(self.metrics)
        self._rehearsals: dict[str, Pipeline] = {}
        self._opening = Lock()

    def pipeline_of(self, prefix: str | None) -> Pipeline:
        """The one; or that of a rehearsal, which is kept open once it is asked for."""
        if prefix is None:
            return self.pipeline
        with self._opening:
            if prefix not in self._rehearsals:
                if len(self._rehearsals) >= MOST_REHEARSALS:
                    known = ", ".join(self._rehearsals)
                    raise UsageError(
                        f"dataset_prefix {prefix!r}: {known} are rehearsed already, which is all"
                        " that may be at a time; use one of them, or start the service anew",
                        dataset_prefix=prefix,
                    )
                self._rehearsals[prefix] = Pipeline(
                    self.pipeline.warehouse.rehearsal(prefix),
                    self.pipeline.registry,
                    bootstrap_placeholders=self.pipeline.bootstrap_placeholders,
                    bytes_cap=self.pipeline.bytes_cap,
                    on_report=Watch(None),
                )
            return self._rehearsals[prefix]

    @property
    def pipelines(self) -> dict[str | None, Pipeline]:
        """The one, and by their prefixes those of the rehearsals that are open."""
        found: dict[str | None, Pipeline] = {None: self.pipeline}
        return found | dict(self._rehearsals.items())

    def interrupt(self) -> None:
        """Give up what is at hand."""
        for one in self.pipelines.values():
            one.interrupt()

    def close(self) -> None:
        self.publisher.close()
        for one in self._rehearsals.values():
            one.warehouse.close()

    async def work(
        self, work: Callable[Given, Made], *args: Given.args, **named: Given.kwargs
    ) -> Made:
        """Once there is a place; who leaves before the end doesn't stop it."""
        with self.places.place():
            return await self.in_thread(work, *args, **named)

    async def in_thread(
        self, work: Callable[Given, Made], *args: Given.args, **named: Given.kwargs
    ) -> Made:
        return await to_thread.run_sync(partial(work, *args, **named), limiter=self._threads)


@contextmanager
def opened(settings: Settings, *, url: str | None = None) -> Iterator[Office]:
    """The office over the warehouse that the settings name; the warehouse is closed at the end."""
    guard = guard_of(settings)
    warehouse = open_warehouse(
        settings.warehouse,
        wait=settings.wait,
        threads=settings.threads,
        memory_limit=settings.memory_limit,
        url=url,
        owned=settings.owned_layers,
        maximum_bytes=settings.maximum_bytes,
    )
    try:
        office = Office(
            settings,
            Pipeline(
                warehouse,
                load(),
                bootstrap_placeholders=settings.bootstrap_placeholders,
                bytes_cap=settings.cap,
            ),
            guard,
            hosts_of(settings, url),
        )
        try:
            yield office
        finally:
            office.close()
    finally:
        warehouse.close()


def _office(request: Request) -> Office:
    return cast(Office, request.app.state.office)


TheOffice = Annotated[Office, Depends(_office)]
