"""Drift as a service sees it by itself: dates that other code wrote, tables that differ."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from pipeline.audit.verdict import AuditKind, Verdict, Word, overall, remember
from pipeline.clock import today
from pipeline.ledger import RUNS, Event, new_run_id, run_row
from pipeline.plan import Request
from pipeline.run import Pipeline
from pipeline.standing import read_standing
from pipeline.state import State
from processors.errors import TipoffError
from warehouse.differences import Difference


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
    contracts = pipeline.registry.contracts
    stood = _stood(pipeline)
    try:
        differing = pipeline.warehouse.differences(list(contracts.values()))
        unreadable = None
    except TipoffError as error:
        differing, unreadable = {}, f"its columns can't be read: {error.message}"
    computed = [one.table for one in pipeline.registry]
    for table in dict.fromkeys([*computed, *differing]):
        dark = [] if unreadable is None else [unreadable]
        found = stood.get(table, Stood())
        if table in computed and not stood:
            dark.append("the schedule knows no season: no stored date could be looked at")
        if found.unproven:
            dark.append(
                f"{len(found.unproven)} stored dates, {min(found.unproven)} to"
                f" {max(found.unproven)}, are in no ledger: which code wrote them nobody knows"
            )
        yield _verdict(table, day, found.stale, differing.get(table, ()), dark)


@dataclass(frozen=True)
class Stood:
    """Dates of one table that aren't proven to be by the code that runs."""

    stale: dict[date, str] = field(default_factory=dict)
    """With the logic version that wrote them."""
    unproven: list[date] = field(default_factory=list)
    """Stored, and the ledger has no word of them."""


def _stood(pipeline: Pipeline) -> Mapping[str, Stood]:
    """By table, of all seasons; dates done ahead of their day too. What is blocked is no exception:
    it can't be computed anew, and stands there all the same."""
    found: dict[str, Stood] = {}
    standing = read_standing(pipeline, [each.table for each in pipeline.registry])
    with pipeline.looking() as known:
        for one in standing:
            told = found.setdefault(one.table, Stood())
            today_s = pipeline.registry.processors[one.table].logic_version
            for item in one.items:
                proof = known.ledger.proof(one.table, item.day)
                is_judged = item.state in (State.STALE_CODE, State.BLOCKED)
                if proof is not None and is_judged and proof.logic_version != today_s:
                    told.stale[item.day] = proof.logic_version
                elif proof is None and item.day in one.stored:
                    told.unproven.append(item.day)
    return found


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
