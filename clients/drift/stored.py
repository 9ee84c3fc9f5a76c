"""What is stored: dates that were written by other code than the one that runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from clients.drift.finding import Finding, Part, clean, differs, undetermined
from pipeline.state import State
from service.models.answers import Coverage, CoverageOf
from warehouse.differences import Difference


@dataclass(frozen=True, kw_only=True)
class Stale:
    """Of one table; the first and the last of those whose day has come."""

    table: str
    dates: int
    first: date | None
    last: date | None

    @property
    def says(self) -> str:
        when = f", {self.first} to {self.last}," if self.first else " ahead of their day"
        return f"{self.dates} dates{when} were written by other code than the one that runs"

    @property
    def repair(self) -> str:
        if self.first is None:
            return ""
        processors = f"--processors {self.table}"
        return f": tipoff backfill --start {self.first} --end {self.last} {processors}"


def stale(found: Coverage) -> Iterator[Stale]:
    """Table by table, over all seasons."""
    by_table: dict[str, list[CoverageOf]] = {}
    for one in found.coverage:
        if one.states.get(State.STALE_CODE):
            by_table.setdefault(one.table, []).append(one)
    for table, several in by_table.items():
        gaps = [gap for one in several for gap in one.gaps if gap.state is State.STALE_CODE]
        yield Stale(
            table=table,
            dates=sum(one.states[State.STALE_CODE] for one in several),
            first=min((gap.first for gap in gaps), default=None),
            last=max((gap.last for gap in gaps), default=None),
        )


def of_data(where: str, found: Coverage) -> Iterator[Finding]:
    several = list(stale(found))
    for one in several:
        yield differs(
            Part.DATA,
            one.table,
            one.says + one.repair,
            field=State.STALE_CODE.value,
            found=str(one.dates),
        )
    if not found.coverage:
        says = "the schedule there knows no season: no stored date could be looked at"
        yield undetermined(Part.DATA, where, says)
    elif not several:
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
