"""Batches: a plan's statements one by one, each with its dates, as a run would send them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.calendar import Calendar
from pipeline.grouping import by_season, groups
from pipeline.plan import FORCED, Plan, Request, needed_dates
from pipeline.state import Item, State
from pipeline.work import span_of
from processors.registry import Processor, Registry
from warehouse.interface import Span


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One statement, the dates that it is sent for, and what it has to wait for."""

    processor: Processor
    span: Span
    days: tuple[date, ...]
    """To be replaced; what lies between them in the span is not."""
    waits: bool
    """Whether it reads rows that aren't there until an earlier statement of the plan is done."""

    @property
    def table(self) -> str:
        return self.processor.table


def batches(
    request: Request,
    plan: Plan,
    registry: Registry,
    calendar: Calendar,
    *,
    size: int,
    placeholders: bool,
) -> Iterator[Batch]:
    """So many asked dates at a time; what one chunk has prepared is there for the next. What may
    turn out fresh once its inputs are done is among them: they are the most that it comes to."""
    found = {(item.table, item.day): item for item in plan.items}
    coming = _coming(plan)
    done: set[tuple[str, date]] = set()
    for chunk in chunks(request, size=size):
        asked = {(table, day) for table in chunk.tables for day in chunk.days}
        wanted = needed_dates(chunk, registry, calendar, placeholders=placeholders)
        for season in by_season(wanted, calendar, registry):
            for table, days in season.items():
                processor = registry.processors[table]
                keys = [(table, day) for day in days]
                items = [
                    replace(found[key], asked=key in asked)
                    for key in keys
                    if _is_due(found[key], key in asked, key in done, force=request.force)
                ]
                for group in groups(processor, items, placeholders=placeholders):
                    sent = processor.in_bootstrap if group.holds_places else processor
                    group_days = tuple(item.day for item in group.items)
                    done.update((table, day) for day in group_days)
                    span = span_of(sent, group_days[0], group_days[-1], calendar)
                    yield Batch(
                        processor=sent, span=span, days=group_days, waits=_waits(sent, span, coming)
                    )


def chunks(request: Request, *, size: int) -> Iterator[Request]:
    """The request so many asked dates at a time."""
    for start in range(0, len(request.days), size):
        yield replace(request, days=request.days[start : start + size])


def _is_due(item: Item, is_asked: bool, is_done: bool, *, force: bool) -> bool:
    """What stands is computed by force only with the chunk that asks for it."""
    if is_asked and force:
        return True
    return not is_done and item.reason != FORCED


def _coming(plan: Plan) -> Mapping[str, Sequence[date]]:
    """By table, the dates that have no rows before the plan is carried out."""
    found: dict[str, list[date]] = {}
    for item in plan.items:
        if item.state is State.MISSING:
            found.setdefault(item.table, []).append(item.day)
    return found


def _waits(processor: Processor, span: Span, coming: Mapping[str, Sequence[date]]) -> bool:
    for feed in processor.contract.inputs:
        days = coming.get(feed.table, ())
        at = bisect_left(days, span.history_start)
        if at < len(days) and days[at] <= span.end:
            return True
    return False
