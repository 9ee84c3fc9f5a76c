"""The date that is computed end to end: the cheapest that shows all tables, where none is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from clients.doctor.deployment import Deployment
from clients.doctor.finding import Finding, passed, skipped, undetermined
from pipeline.assessment import SCHEDULE, WINDOW_SHARE
from pipeline.calendar import Kind
from pipeline.grouping import by_season
from pipeline.plan import Request, make_request, needed_dates
from pipeline.work import span_of
from processors.contract import Contract, Layer
from processors.registry import Processor
from warehouse.interface import Span
from warehouse.texts import games_present

NAME = "date"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A date with all that it stands on, which is computed along."""

    day: date
    request: Request
    statements: Sequence[tuple[Processor, Span]]
    size: int
    """Dates of all tables."""

    @property
    def first(self) -> date:
        """The earliest that any statement may look at."""
        return min(span.history_start for _, span in self.statements)

    def copied(self, raw: Iterable[Contract]) -> Mapping[str, tuple[date, date]]:
        """What is needed of raw tables elsewhere: the calendar is made from a whole schedule."""
        ever, near = (date.min, date.max), (self.first, self.day)
        return {one.table: ever if one.table == SCHEDULE else near for one in raw}


def choose(examined: Deployment, asked: date | None) -> tuple[Finding, Chosen | None]:
    """Of the asked date it is only seen that something is to be computed for it."""
    raw = [one for one in examined.registry.contracts.values() if one.layer is Layer.RAW]
    gone = examined.missing(one.table for one in raw)
    if gone:
        return skipped(NAME, f"waits for schema: {', '.join(gone)} not there"), None
    if asked is not None:
        expected = examined.calendar.expect(asked, bootstrap=True)
        if expected.kind is not Kind.PROCESS:
            return undetermined(NAME, f"{asked}: {expected.reason}", "name another --date"), None
    found = _cheapest(examined) if asked is None else with_all_below(examined, asked)
    if found is None:
        says = "no date after a season's first 14 days has all its games in the raw tables"
        return undetermined(NAME, says, "load a season's raw tables, or name a --date"), None
    says = f"{found.day}; with what it stands on {found.size:,} table-dates"
    return passed(NAME, says), found


def with_all_below(examined: Deployment, day: date) -> Chosen:
    registry, calendar = examined.registry, examined.calendar
    request = make_request(registry, days=[day])
    wanted = needed_dates(request, registry, calendar)
    return Chosen(
        day=day,
        request=request,
        statements=[
            (processor, span_of(processor, days[0], days[-1], calendar))
            for season in by_season(wanted, calendar, registry)
            for processor, days in ((registry.processors[one], season[one]) for one in season)
        ],
        size=sum(len(days) for days in wanted.values()),
    )


def _cheapest(examined: Deployment) -> Chosen | None:
    """Early in a season little has to be computed before; the latest of equals."""
    calendar = examined.calendar
    firsts = [calendar.first_processed(season) for season in reversed(calendar.seasons)]
    over = [day for day in firsts if day and calendar.final_on(day) == calendar.games_on(day)]
    for found in sorted((with_all_below(examined, day) for day in over), key=lambda one: one.size):
        if _is_held(examined, found):
            return found
    return None


def _is_held(examined: Deployment, chosen: Chosen) -> bool:
    """Whether games of its season up to it are in the raw tables, as far as they show there."""
    start = examined.calendar.season_start(chosen.day)
    for contract in examined.registry.contracts.values():
        if contract.layer is Layer.RAW and contract.presence:
            text = games_present(contract)
            by_day = {
                day: (games, whole)
                for day, games, _, whole in examined.warehouse.rows(
                    text, first_date=start, last_date=chosen.day
                )
            }
            games, whole = (sum(pair[at] for pair in by_day.values()) for at in (0, 1))
            if chosen.day not in by_day or whole < WINDOW_SHARE * games:
                return False
    return True
