"""The parts of a verification: the rows, the canaries of their seasons, their blindness.

The rows decide. A canary or an audit of blindness that failed makes the whole fail. Where a season
is too young to be judged, or no audit has spoken of the rows that stand there, that is said and
lowers nothing: nobody audits every date every night.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from pipeline.audit.canaries import SeasonVerdict, audit_canaries
from pipeline.audit.verdict import AuditKind, Verdict, Word, overall, standing
from pipeline.calendar import Calendar
from pipeline.plan import Request
from processors.registry import Registry
from warehouse.interface import NOTHING, Warehouse

SHOWN = 5
"""Dates of one table, one by one; the others are counted."""


class Of(StrEnum):
    """What a part looks at."""

    ROWS = "rows"
    CANARIES = "canaries"
    BLINDNESS = "blindness"


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one look has found."""

    part: Of
    verdict: Word
    said: str
    findings: Sequence[str]

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def whole(parts: Sequence[Part]) -> Word:
    """One word for all of them."""
    if any(one.verdict is Word.FAILED for one in parts):
        return Word.FAILED
    return next(one.verdict for one in parts if one.part is Of.ROWS)


def rows_part(verdicts: Sequence[Verdict]) -> Part:
    """Row counts and fingerprints by scan, against what the ledger last proved."""
    counts = Counter(one.word for one in verdicts)
    by_table: dict[tuple[str, Word], list[Verdict]] = {}
    for one in verdicts:
        by_table.setdefault((one.table, one.word), []).append(one)
    said = f"{counts[Word.PASSED]:,} dates of tables are as the ledger proved them"
    if counts[Word.FAILED]:
        said += f", {counts[Word.FAILED]:,} are not"
    if counts[Word.UNDETERMINED]:
        said += f", {counts[Word.UNDETERMINED]:,} hold nothing where something should stand"
    return Part(
        part=Of.ROWS,
        verdict=overall(verdicts),
        said=said,
        findings=[
            line
            for (table, word), found in by_table.items()
            if word is not Word.PASSED
            for line in _dates(table, word, found)
        ],
    )


def _dates(table: str, word: Word, found: Sequence[Verdict]) -> Iterator[str]:
    for one in found[:SHOWN]:
        yield f"{table} of {one.day}: {one.reason}"
    if more := found[SHOWN:]:
        yield f"{table}: {len(more)} more dates are {word}, {more[0].day} to {more[-1].day}"


def canaries_part(
    warehouse: Warehouse, registry: Registry, calendar: Calendar, asked: Request
) -> Part:
    """Of each table over each whole season that a date is asked of."""
    touched = {season.year for day in asked.days if (season := calendar.season_of(day))}
    years = [
        one.year for one in calendar.seasons if one.year in touched and any(one.final.values())
    ]
    contracts = [registry.contracts[table] for table in asked.tables]
    verdicts = [
        one for year in years for one in audit_canaries(warehouse, calendar, contracts, year)
    ]
    counts = Counter(one.word for one in verdicts)
    said = f"{counts[Word.PASSED]} seasons of tables are within their thresholds"
    if counts[Word.FAILED]:
        said += f", {counts[Word.FAILED]} are not"
    if counts[Word.UNDETERMINED]:
        said += f", {counts[Word.UNDETERMINED]} are too young to be judged"
    return Part(
        part=Of.CANARIES,
        verdict=overall(verdicts),
        said=said,
        findings=list(_columns(verdicts)),
    )


def _columns(verdicts: Iterable[SeasonVerdict]) -> Iterator[str]:
    for one in verdicts:
        for found in one.findings:
            yield (
                f"{one.table} of {one.season}: {found.column}: {found.what}: {found.found},"
                f" {found.threshold}"
            )


def blindness_part(warehouse: Warehouse, verdicts: Sequence[Verdict]) -> Part:
    """What the latest audits said of the rows that were just scanned."""
    scanned: dict[str, dict[date, object]] = {}
    for one in verdicts:
        if one.output_fingerprint != str(NOTHING):
            scanned.setdefault(one.table, {})[one.day] = one.output_fingerprint
    known = standing(warehouse, AuditKind.BLINDNESS, scanned)
    words = Counter(word for days in known.values() for word in days.values())
    open_days = [
        day
        for table, days in scanned.items()
        for day in days
        if known.get(table, {}).get(day, Word.UNDETERMINED) is Word.UNDETERMINED
    ]
    failed = [
        (table, day)
        for table, days in known.items()
        for day, word in days.items()
        if word is Word.FAILED
    ]
    findings = [
        f"{table} of {day}: the latest audit of these rows failed:"
        f" tipoff audit blindness --start {day} --tables {table}"
        for table, day in failed
    ]
    if open_days:
        findings.append(
            f"{len(open_days):,} stored dates of tables are unaudited:"
            f" tipoff audit blindness --start {min(open_days)} --end {max(open_days)} --sample 3"
        )
    verdict = Word.UNDETERMINED if open_days or not scanned else Word.PASSED
    return Part(
        part=Of.BLINDNESS,
        verdict=Word.FAILED if failed else verdict,
        said=f"{words[Word.PASSED]:,} stored dates of tables are proven blind,"
        f" {words[Word.FAILED]:,} failed, {len(open_days):,} are unaudited",
        findings=findings,
    )
