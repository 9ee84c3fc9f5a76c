"""Canaries: over a season, how empty, how uniform and how far out each stored column is.

A verdict stands under the season's last stored date, or under its last date with games where the
table holds nothing of it; the evidence names the range and what was found in every column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import groupby

from pipeline.audit.verdict import AuditKind, Verdict, Word
from pipeline.calendar import Calendar, Season
from processors.columns import Column
from processors.contract import Contract, Tolerance
from processors.errors import UsageError
from warehouse.interface import Warehouse
from warehouse.texts import value_checks

ENOUGH_DATES = 30
"""A younger season is not judged: its windows are still filling."""


class What(StrEnum):
    """What can be wrong with a column."""

    NULLS = "NULL share"
    ONE_VALUE = "one value"
    RANGE = "out of range"


@dataclass(frozen=True, kw_only=True)
class Spread:
    """One column over the stored dates of a season."""

    rows: int
    nulls: int
    distinct: int
    most: int
    """Rows that hold the most frequent value."""
    favourite: str | None
    lowest: str | None
    highest: str | None
    outside: int
    """Rows that the column's range or words forbid."""
    empty_dates: Sequence[date]
    """Dates of which no row has a value."""
    longest: Sequence[date]
    """The most of them in a row, as dates are stored."""

    @property
    def null_share(self) -> float:
        return self.nulls / self.rows

    @property
    def one_value_share(self) -> float:
        held = self.rows - self.nulls
        return self.most / held if held else 0


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A column that broke its threshold."""

    column: str
    what: What
    found: str
    threshold: str


@dataclass(frozen=True, kw_only=True)
class SeasonVerdict(Verdict):
    """Of one table over one season."""

    season: str
    findings: Sequence[Finding]


def audit_canaries(
    warehouse: Warehouse,
    calendar: Calendar,
    contracts: Sequence[Contract],
    year: int | None = None,
) -> Iterator[SeasonVerdict]:
    """A verdict for each table and season in which a game is over."""
    begun = [one for one in calendar.seasons if any(one.final.values())]
    seasons = [one for one in begun if year in (None, one.year)]
    if year is not None and not seasons:
        known = ", ".join(str(one.year) for one in begun) or "none"
        raise UsageError(f"no game of season {year} is over; seasons that have begun: {known}")
    for contract in contracts:
        for season in seasons:
            yield _of(warehouse, calendar, contract, season)


def _of(
    warehouse: Warehouse, calendar: Calendar, contract: Contract, season: Season
) -> SeasonVerdict:
    first = calendar.first_processed(season) if contract.bootstrap else season.start
    asked = {"first_date": first or season.last, "last_date": season.last}
    dates = {
        day: (rows, counts)
        for day, rows, *counts in sorted(warehouse.rows(presence(contract), **asked))
    }
    evidence: dict[str, object] = {
        "season": season.label,
        "first_date": min(dates, default=None),
        "last_date": max(dates, default=None),
        "dates": len(dates),
        "rows": sum(rows for rows, _ in dates.values()),
    }
    findings: list[Finding] = []
    word, reason = Word.UNDETERMINED, f"{len(dates)} dates are stored, {ENOUGH_DATES} are asked for"
    if len(dates) >= ENOUGH_DATES:
        counted = warehouse.rows(spreads(contract), **asked)
        empty = [
            [day for day, (_, counts) in dates.items() if not counts[at]]
            for at, _ in enumerate(contract.columns)
        ]
        found = {
            name: Spread(
                **dict(zip(MEASURES, measured, strict=True)),
                empty_dates=empty[at],
                longest=_longest(list(dates), empty[at]),
            )
            for at, name, *measured in counted
        }
        findings = [
            finding
            for column in contract.columns
            for finding in judge(column, contract.tolerance(column.name), found[column.name])
        ]
        word = Word.FAILED if findings else Word.PASSED
        names = ", ".join(dict.fromkeys(one.column for one in findings))
        reason = f"beyond the thresholds: {names}" if names else f"{len(found)} columns are within"
        evidence["failed"] = [asdict(one) for one in findings]
        evidence["columns"] = {name: _as_evidence(one) for name, one in found.items()}
    return SeasonVerdict(
        kind=AuditKind.CANARIES,
        table=contract.table,
        day=max(dates, default=season.last),
        word=word,
        reason=reason,
        evidence=evidence,
        season=season.label,
        findings=findings,
    )


def judge(column: Column, tolerance: Tolerance, spread: Spread) -> Iterator[Finding]:
    """What of a column is beyond what is tolerated."""
    allowed = tolerance.null_share if column.nullable else 0
    if spread.null_share > allowed:
        found = f"{_percent(spread.null_share)} NULL"
        if spread.empty_dates:
            days, longest = spread.empty_dates, spread.longest
            found += f"; no value at all on {len(days)} dates, {days[0]} to {days[-1]}"
            if len(longest) < len(days):
                found += f", {len(longest)} in a row from {longest[0]} to {longest[-1]}"
        threshold = f"at most {allowed:.0%}" if column.nullable else "never NULL"
        yield Finding(column=column.name, what=What.NULLS, found=found, threshold=threshold)
    if spread.one_value_share > tolerance.one_value_share:
        yield Finding(
            column=column.name,
            what=What.ONE_VALUE,
            found=f"{_percent(spread.one_value_share)} hold {spread.favourite}"
            f" ({spread.distinct} distinct)",
            threshold=f"at most {tolerance.one_value_share:.0%}",
        )
    if spread.outside:
        yield Finding(
            column=column.name,
            what=What.RANGE,
            found=f"{spread.outside} rows; {spread.lowest} to {spread.highest} stored",
            threshold=" or ".join(f"not {one.bad_when}" for one in value_checks(column)),
        )


def _longest(dates: Sequence[date], empty: Sequence[date]) -> Sequence[date]:
    gone = set(empty)
    stretches = [list(days) for there, days in groupby(dates, gone.__contains__) if there]
    return max(stretches, key=len, default=[])


def _percent(share: float) -> str:
    """Never rounded up to all or down to nothing."""
    return f"{share:.1%}" if share in (0, 1) or 0.0005 <= share < 0.9995 else f"{share:.4%}"


def _as_evidence(spread: Spread) -> dict[str, object]:
    empty = spread.empty_dates
    return {
        **{name: getattr(spread, name) for name in MEASURES[1:]},
        "null_share": round(spread.null_share, 6),
        "one_value_share": round(spread.one_value_share, 6),
        "empty_dates": len(empty),
        "first_empty_date": min(empty, default=None),
        "last_empty_date": max(empty, default=None),
        "longest_empty": [spread.longest[0], spread.longest[-1]] if empty else None,
    }


@cache
def presence(contract: Contract) -> str:
    """One row a date: how many rows, and how many with a value in each column."""
    counts = ",\n  ".join(f"COUNT({one.name}) AS {one.name}_present" for one in contract.columns)
    return (
        f"SELECT {contract.date_column} AS day, COUNT(*) AS stored_rows,\n  {counts}\n"
        f"FROM `{contract.table}`\n{_asked(contract)}\nGROUP BY day"
    )


MEASURES = ("rows", "nulls", "distinct", "most", "favourite", "lowest", "highest", "outside")


@cache
def spreads(contract: Contract) -> str:
    """One row a column, in MEASURES' order: each is counted by value first, which tells all."""
    return "\nUNION ALL\n".join(
        _spread(contract, column, at) for at, column in enumerate(contract.columns)
    )


def _spread(contract: Contract, column: Column, at: int) -> str:
    name = column.name
    bad = " OR ".join(one.bad_when for one in value_checks(column)) or "FALSE"
    present = f"IF({name} IS NULL, 0, held)"
    return (
        f"SELECT {at} AS number, '{name}' AS name, SUM(held), SUM(held) - SUM({present}),"
        f" COUNT({name}), MAX({present}), CAST(ANY_VALUE({name} HAVING MAX {present}) AS STRING),"
        f" CAST(MIN({name}) AS STRING), CAST(MAX({name}) AS STRING), SUM(IF({bad}, held, 0))\n"
        f"FROM (SELECT {name}, COUNT(*) AS held FROM `{contract.table}` {_asked(contract)}"
        f" GROUP BY {name}) AS counted"
    )


def _asked(contract: Contract) -> str:
    day = contract.date_column
    return f"WHERE {day} >= @first_date AND {day} <= @last_date"
