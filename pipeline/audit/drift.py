"""Drift as a service sees it by itself: dates that other code wrote, tables that differ."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from pipeline.audit.verdict import AuditKind, Verdict, Word, overall, remember
from pipeline.clock import today
from pipeline.ledger import RUNS, Event, new_run_id, run_row
from pipeline.plan import Request
from pipeline.run import Pipeline
from pipeline.standing import read_standing
from processors.errors import TipoffError
from warehouse.differences import Difference

NO_SEASON = "the schedule knows no season: no stored date could be looked at"


@dataclass(frozen=True, kw_only=True)
class Runs:
    """The code that runs, as far as it knows itself."""

    version: str
    commit: str | None
    built_at: str | None
    revision: str | None
    """Of Cloud Run; None elsewhere."""

    @property
    def is_unknown(self) -> bool:
        """Deployed, and nobody can say from which commit."""
        return self.revision is not None and self.commit is None


@dataclass(frozen=True, kw_only=True)
class Drift:
    """A verdict for each table, and where they are kept."""

    run_id: str
    audit_id: str
    day: date
    runs: Runs
    verdicts: Sequence[Verdict]

    @property
    def word(self) -> Word:
        word = overall(self.verdicts)
        return Word.UNDETERMINED if word is Word.PASSED and self.runs.is_unknown else word


def look(pipeline: Pipeline, runs: Runs) -> Drift:
    """Keeps the verdicts."""
    run_id, day = new_run_id(), today()
    verdicts = list(audit_drift(pipeline, day))
    audit_id = remember(pipeline.warehouse, verdicts)
    return Drift(run_id=run_id, audit_id=audit_id, day=day, runs=runs, verdicts=verdicts)


def note(pipeline: Pipeline, found: Drift, about: Mapping[str, str], *, told: bool) -> None:
    """The look as a run: so that it can be found by what was said of it, and whether anybody was
    told."""
    tables = tuple(one.table for one in pipeline.registry)
    kept = {"kind": AuditKind.DRIFT.value, **about}
    request = Request(tables=tables, days=(found.day,), prepare=False, about=kept)
    as_text = json.dumps(request.as_json())
    detail = {
        "audit_id": found.audit_id,
        "date": found.day,
        "counts": Counter(one.word.value for one in found.verdicts),
        **asdict(found.runs),
        "published": told,
    }
    started = run_row(found.run_id, Event.STARTED, as_text)
    ended = run_row(found.run_id, Event.FINISHED, as_text, status=found.word, detail=detail)
    pipeline.warehouse.append({RUNS: [started, ended]})


def audit_drift(pipeline: Pipeline, day: date) -> Iterator[Verdict]:
    """Of each computed table, and of each other one that differs from its contract."""
    computed = [one.table for one in pipeline.registry]
    standing = read_standing(pipeline, computed)
    try:
        differing = pipeline.warehouse.differences(list(pipeline.registry.contracts.values()))
        unreadable = []
    except TipoffError as error:
        differing, unreadable = {}, [f"its columns can't be read: {error.message}"]
    for table in dict.fromkeys([*computed, *differing]):
        ones = [one for one in standing if one.table == table]
        stale = {day: one.written_by[day] for one in ones for day in one.other_code}
        dark = [*unreadable, *([] if standing else [NO_SEASON])]
        if unproven := [day for one in ones for day in one.unproven]:
            dark.append(
                f"{len(unproven)} stored dates, {min(unproven)} to {max(unproven)}, are in no"
                " ledger: which code wrote them nobody knows"
            )
        yield _verdict(table, day, stale, differing.get(table, ()), dark)


def _verdict(
    table: str,
    day: date,
    stale: Mapping[date, str],
    differing: Iterable[Difference],
    dark: Sequence[str],
) -> Verdict:
    said, evidence = [], dict[str, object]()
    if stale:
        days, written_by = list(stale), Counter(stale.values())
        evidence |= {
            "dates": len(days),
            "first": str(min(days)),
            "last": str(max(days)),
            "written_by": dict(written_by),
        }
        said.append(
            f"{len(days)} dates, {min(days)} to {max(days)}, were written by other code than the"
            " one that runs"
        )
    if schema := [str(one) for one in differing]:
        evidence["schema"] = schema
        said.append("; ".join(schema))
    word = Word.FAILED if said else Word.PASSED
    if dark:
        said += dark
        word = Word.FAILED if word is Word.FAILED else Word.UNDETERMINED
    return Verdict(
        kind=AuditKind.DRIFT,
        table=table,
        day=day,
        word=word,
        reason="; ".join(said) or "every date is by the code that runs, every column as contracted",
        evidence=evidence,
    )
