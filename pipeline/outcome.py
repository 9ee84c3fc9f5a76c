"""Outcomes: a closed set of words, decided by one pure function over the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pipeline.calendar import BOOTSTRAP_DAYS, Expectation, Kind


class Status(StrEnum):
    """What became of one date of one table."""

    SUCCESS = "success"
    UNCHANGED = "unchanged"
    PARTIAL = "partial"
    SKIPPED_BOOTSTRAP = "skipped_bootstrap"
    SKIPPED_NO_GAMES = "skipped_no_games"
    BLOCKED = "blocked"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class InputState:
    """One input of one date: how much of it was found, how much is needed."""

    table: str
    required: bool
    present: bool
    found: int
    needed: int
    what: str

    def __str__(self) -> str:
        """`11 of 12 games of 2024-11-04`; what is optional or counted from one has no "of"."""
        share = f" of {self.needed}" if self.needed > 1 else ""
        return f"{self.found}{share} {self.what}"


@dataclass(frozen=True, kw_only=True)
class ErrorSeen:
    """An error of ours, as far as an outcome needs it."""

    name: str
    message: str
    transient: bool


@dataclass(frozen=True, kw_only=True)
class BadRows:
    """Rows set aside for one reason."""

    rows: int
    example: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything that an outcome is decided from."""

    expectation: Expectation
    inputs: tuple[InputState, ...] = ()
    proven: Status | None = None
    """Set where nothing had to be computed: what the ledger says of the stored rows."""
    computed: bool = False
    rows: int = 0
    expected: int = 0
    written: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    quarantined: Mapping[str, BadRows] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    violations: tuple[str, ...] = ()
    same_as_stored: bool = False
    verified: bool = False
    error: ErrorSeen | None = None

    @property
    def missing(self) -> tuple[InputState, ...]:
        return tuple(one for one in self.inputs if one.required and not one.present)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The word, the sentence, and what it was decided from."""

    table: str
    day: date
    status: Status
    reason: str
    evidence: Evidence
    duration_ms: int = 0
    bytes_billed: int | None = None
    logic_version: str | None = None
    input_fingerprint: str | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    output_fingerprint: str | None = None

    @property
    def transient(self) -> bool:
        return bool(self.evidence.error and self.evidence.error.transient)


def decide(evidence: Evidence) -> tuple[Status, str]:
    """The one place where a status comes from."""
    expectation = evidence.expectation
    if evidence.error is not None:
        return Status.FAILED, f"{evidence.error.name}: {evidence.error.message}"
    if expectation.kind is Kind.BOOTSTRAP:
        return Status.SKIPPED_BOOTSTRAP, expectation.reason
    if expectation.kind is Kind.NO_GAMES:
        return Status.SKIPPED_NO_GAMES, expectation.reason
    if evidence.missing:
        return Status.BLOCKED, "; ".join(f"{one.table}: {one}" for one in evidence.missing)
    if not evidence.computed:
        return _as_proven(evidence)
    return _as_computed(evidence)


def _as_proven(evidence: Evidence) -> tuple[Status, str]:
    match evidence.proven:
        case Status.PARTIAL:
            return Status.PARTIAL, "already there, with rows in quarantine; nothing has changed"
        case Status.SKIPPED_BOOTSTRAP:
            return Status.SKIPPED_BOOTSTRAP, _nobody(evidence)
        case Status.BLOCKED:
            return Status.BLOCKED, _nothing_to_read()
        case Status.SUCCESS | Status.UNCHANGED if evidence.rows:
            return Status.UNCHANGED, "already there, made by today's code from today's inputs"
        case _:
            return Status.FAILED, "nothing was computed and nothing is proven: a fault of ours"


def _as_computed(evidence: Evidence) -> tuple[Status, str]:
    if evidence.expected == 0 and evidence.rows == 0 and not evidence.quarantined:
        day = evidence.expectation.season_day
        if day is not None and day < BOOTSTRAP_DAYS:
            return Status.SKIPPED_BOOTSTRAP, _nobody(evidence)
        return Status.BLOCKED, _nothing_to_read()
    if evidence.violations:
        return Status.REJECTED, "; ".join(evidence.violations)
    if evidence.rows == 0:
        return Status.REJECTED, f"no row of {evidence.expected} expected entities"
    if not evidence.verified:
        return Status.FAILED, "what was published is not what was staged"
    if evidence.quarantined:
        bad = sum(one.rows for one in evidence.quarantined.values())
        reasons = ", ".join(f"{name} {one.rows}" for name, one in evidence.quarantined.items())
        return Status.PARTIAL, f"{evidence.rows} rows, {bad} in quarantine: {reasons}"
    if evidence.same_as_stored:
        return Status.UNCHANGED, f"computed again: the same {evidence.rows} rows"
    return Status.SUCCESS, f"{evidence.rows} rows of {evidence.expected} expected"


def _nobody(evidence: Evidence) -> str:
    return (
        f"season day {evidence.expectation.season_day}: nobody in the warehouse has played before"
        " this date, so there is no row to write"
    )


def _nothing_to_read() -> str:
    return "the inputs hold nothing for this date that may be read: 0 entities expected"


@dataclass(frozen=True)
class Overall:
    """One word for many outcomes, with its HTTP and exit code."""

    word: str
    http_status: int
    exit_code: int


COMPLETED = Overall("completed", 200, 0)
WITH_FINDINGS = Overall("completed_with_findings", 200, 2)
BLOCKED = Overall("blocked", 424, 2)
TRANSIENT = Overall("failed", 503, 1)
FAILED = Overall("failed", 500, 1)
USAGE_EXIT_CODE = 64
INTERRUPTED_EXIT_CODE = 130


def overall(outcomes: Iterable[Outcome]) -> Overall:
    """The worst outcome decides."""
    return worst(_overall_of(one) for one in outcomes)


def worst(words: Iterable[Overall]) -> Overall:
    ranking = (COMPLETED, WITH_FINDINGS, BLOCKED, TRANSIENT, FAILED)
    return max(words, key=ranking.index, default=COMPLETED)


def deciding(results: Sequence[Outcome], prepared: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """What the overall word is decided by: what was asked; and where that is blocked, also what
    failed while it was prepared, for that is why, and says whether a retry helps."""
    if not any(one.status is Status.BLOCKED for one in results):
        return tuple(results)
    broken = (one for one in prepared if one.status in (Status.FAILED, Status.REJECTED))
    return (*results, *broken)


def _overall_of(outcome: Outcome) -> Overall:
    match outcome.status:
        case Status.FAILED:
            return TRANSIENT if outcome.transient else FAILED
        case Status.REJECTED:
            return FAILED
        case Status.BLOCKED:
            return BLOCKED
        case Status.PARTIAL:
            return WITH_FINDINGS
        case _:
            return COMPLETED


def evidence_as_json(evidence: Evidence) -> dict[str, object]:
    """Only what says something: empty parts are left out."""
    said: dict[str, object] = {
        "expectation": evidence.expectation.reason,
        "inputs": {one.table: str(one) for one in evidence.inputs},
        "missing": [one.table for one in evidence.missing],
        "computed": evidence.computed,
        "rows": evidence.rows,
        "expected": evidence.expected,
        "written": evidence.written,
        "left_out": dict(evidence.left_out),
        "quarantined": {
            name: {"rows": one.rows, "example": one.example}
            for name, one in evidence.quarantined.items()
        },
        "findings": dict(evidence.findings),
        "violations": list(evidence.violations),
        "same_as_stored": evidence.same_as_stored,
        "error": evidence.error.name if evidence.error else None,
    }
    return {name: value for name, value in said.items() if value}
