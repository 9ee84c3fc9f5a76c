"""What is stored: dates that were written by other code than the one that runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from clients.drift.finding import Finding, Part, clean, differs, undetermined
from pipeline.audit.drift import NO_SEASON
from service.models.answers import Coverage, CoverageOf, DatesOf
from warehouse.differences import Difference


@dataclass(frozen=True, kw_only=True)
class Dates:
    """Of one table, over all seasons."""

    table: str
    dates: int
    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.dates} dates, {self.first} to {self.last},"


def over_seasons(found: Coverage, which: Callable[[CoverageOf], DatesOf]) -> Iterator[Dates]:
    """Table by table, those that have any."""
    by_table: dict[str, list[DatesOf]] = {}
    for one in found.coverage:
        by_table.setdefault(one.table, []).append(which(one))
    for table, several in by_table.items():
        firsts = [one.first for one in several if one.first]
        lasts = [one.last for one in several if one.last]
        if firsts:
            dates = sum(one.dates for one in several)
            yield Dates(table=table, dates=dates, first=min(firsts), last=max(lasts))


def of_data(where: str, found: Coverage) -> Iterator[Finding]:
    older = list(over_seasons(found, lambda one: one.other_code))
    unknown = list(over_seasons(found, lambda one: one.unproven))
    for one in older:
        repair = f"tipoff backfill --start {one.first} --end {one.last} --processors {one.table}"
        says = f"{one} were written by other code than the one that runs: {repair}"
        yield differs(Part.DATA, one.table, says, field="other_code", found=str(one.dates))
    for one in unknown:
        says = f"{one} are stored and in no ledger: which code wrote them nobody knows"
        yield undetermined(Part.DATA, one.table, says)
    if not found.coverage:
        yield undetermined(Part.DATA, where, NO_SEASON)
    elif not (older or unknown):
        standing = sum(one.standing for one in found.coverage)
        says = f"{standing:,} dates of tables stand, each by the code that runs"
        yield clean(Part.DATA, where, says)


def of_schema(where: str, found: Sequence[Difference], tables: int) -> Iterator[Finding]:
    for one in found:
        says = f"{one.kind}: {one}; {'by hand' if one.blocks else '`tipoff schema apply` mends it'}"
        yield differs(Part.TABLES, one.table, says, field=one.column)
    if not found:
        yield clean(Part.TABLES, where, f"{tables} tables are as the contracts here say")


def flat(found: Iterable[Sequence[Difference]]) -> list[Difference]:
    return [one for several in found for one in several]
