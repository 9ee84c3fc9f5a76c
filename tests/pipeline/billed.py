"""A warehouse that bills for what it reads: a kilobyte for each day that a statement looks back."""

from __future__ import annotations

from threading import Lock

from pipeline.run import Pipeline
from processors.errors import WarehouseDenied
from processors.registry import Processor
from tests.pipeline.small import Watched
from warehouse.interface import Span

KILOBYTE = 1000


def read_by(span: Span) -> int:
    return KILOBYTE * ((span.end - span.history_start).days + 1)


class Billed(Watched):
    """Remembers what it was asked to foretell; refuses to where it is told so."""

    def __init__(self, inner) -> None:
        super().__init__(inner)
        self.asked: list[tuple[str, Span]] = []
        self.is_denied = False
        self._lock = Lock()

    def foretold_bytes(self, processor: Processor, span: Span) -> int | None:
        with self._lock:
            self.asked.append((processor.table, span))
        if self.is_denied:
            raise WarehouseDenied(f"the price of {processor.table}: Access Denied")
        return read_by(span)

    def stage(self, processor: Processor, span: Span, errand=None) -> int | None:
        super().stage(processor, span, errand)
        return read_by(span)


def bill(pipeline: Pipeline) -> Billed:
    """From now on the pipeline's statements cost something."""
    billed = Billed(pipeline.warehouse)
    pipeline.warehouse = billed
    pipeline.refresh()
    return billed
