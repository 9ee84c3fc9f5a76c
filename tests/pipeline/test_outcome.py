"""The one function that statuses come from, and the one table that sums them up."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.calendar import Expectation, Kind
from pipeline.outcome import (
    BLOCKED,
    COMPLETED,
    FAILED,
    TRANSIENT,
    WITH_FINDINGS,
    BadRows,
    ErrorSeen,
    Evidence,
    InputState,
    Outcome,
    Status,
    decide,
    evidence_as_json,
    overall,
)
from tests.oracle.tiny import day

GAME_DAY = Expectation(Kind.PROCESS, "1 games on season day 20 of 2024-25", 2024, 20, 1)
EARLY = Expectation(Kind.PROCESS, "1 games on season day 0 of 2024-25", 2024, 0, 1)
BOOTSTRAP = Expectation(Kind.BOOTSTRAP, "season day 3 of 2024-25", 2024, 3, 1)
DAY_OFF = Expectation(Kind.NO_GAMES, "day off in 2024-25", 2024, 20, 0)

BAD = {"key_doubled": BadRows(rows=2, example="2024-11-11 bos0")}
BROKE = ErrorSeen(name="WarehouseFailed", message="division by zero", transient=False)


def feed(found: int, needed: int, *, present: bool, required: bool = True) -> InputState:
    return InputState(
        table="nba_raw.player_boxscores",
        required=required,
        present=present,
        found=found,
        needed=needed,
        what="games of 2024-11-11",
    )


HERE, GONE = feed(9, 9, present=True), feed(0, 9, present=False)
OPTIONAL = feed(0, 9, present=False, required=False)


def found(expectation: Expectation = GAME_DAY, **said: object) -> Evidence:
    """A date that was computed, published and verified: 16 rows of 16."""
    counts = {"rows": 16, "expected": 16, "written": 16}
    ordinary = {"inputs": (HERE,), "computed": True, "verified": True} | counts
    return Evidence(expectation=expectation, **{**ordinary, **said})


def proven(status: Status | None, rows: int = 16, expectation: Expectation = GAME_DAY) -> Evidence:
    return Evidence(expectation=expectation, proven=status, rows=rows)


class TestDecide:
    @pytest.mark.parametrize(
        ("evidence", "status", "reason"),
        [
            (found(), "success", "16 rows of 16 expected"),
            (found(same_as_stored=True), "unchanged", "computed again: the same 16 rows"),
            (
                found(quarantined=BAD),
                "partial",
                "16 rows, 2 in quarantine: key_doubled 2",
            ),
            (found(violations=("a", "b")), "rejected", "a; b"),
            (found(rows=0, written=0), "rejected", "no row of 16 expected entities"),
            (
                found(rows=0, expected=0, written=0),
                "blocked",
                "the inputs hold nothing for this date that may be read: 0 entities expected",
            ),
            (
                found(EARLY, rows=0, expected=0, written=0),
                "skipped_bootstrap",
                "season day 0: nobody in the warehouse has played before this date, so there is"
                " no row to write",
            ),
            (found(verified=False), "failed", "what was published is not what was staged"),
            (
                found(error=BROKE),
                "failed",
                "WarehouseFailed: division by zero",
            ),
            (
                Evidence(expectation=GAME_DAY, inputs=(GONE,)),
                "blocked",
                "nba_raw.player_boxscores: 0 of 9 games of 2024-11-11",
            ),
            (Evidence(expectation=BOOTSTRAP), "skipped_bootstrap", BOOTSTRAP.reason),
            (Evidence(expectation=DAY_OFF), "skipped_no_games", DAY_OFF.reason),
            (
                proven(Status.SUCCESS),
                "unchanged",
                "already there, made by today's code from today's inputs",
            ),
            (
                proven(Status.PARTIAL),
                "partial",
                "already there, with rows in quarantine; nothing has changed",
            ),
            (
                proven(Status.BLOCKED, rows=0),
                "blocked",
                "the inputs hold nothing for this date that may be read: 0 entities expected",
            ),
            (
                proven(None, rows=0),
                "failed",
                "nothing was computed and nothing is proven: a fault of ours",
            ),
        ],
    )
    def test_status(self, evidence, status, reason):
        assert decide(evidence) == (status, reason)

    @pytest.mark.parametrize(
        ("evidence", "status"),
        [
            (found(BOOTSTRAP, error=BROKE), Status.FAILED),
            (found(DAY_OFF, inputs=(GONE,)), Status.SKIPPED_NO_GAMES),
            (found(BOOTSTRAP, inputs=(GONE,)), Status.SKIPPED_BOOTSTRAP),
            (found(inputs=(GONE,), violations=("a",)), Status.BLOCKED),
            (found(inputs=(HERE, OPTIONAL)), Status.SUCCESS),
            (found(violations=("a",), quarantined=BAD), Status.REJECTED),
            (found(violations=("a",), verified=False), Status.REJECTED),
            (found(quarantined=BAD, verified=False), Status.FAILED),
            (found(quarantined=BAD, same_as_stored=True), Status.PARTIAL),
            (found(rows=0, expected=0, quarantined=BAD), Status.REJECTED),
            (proven(Status.UNCHANGED), Status.UNCHANGED),
            (proven(Status.SKIPPED_BOOTSTRAP, 0, EARLY), Status.SKIPPED_BOOTSTRAP),
            (proven(Status.SUCCESS, rows=0), Status.FAILED),
            (proven(Status.REJECTED), Status.FAILED),
        ],
    )
    def test_precedence(self, evidence, status):
        assert decide(evidence)[0] is status


def evidences() -> st.SearchStrategy[Evidence]:
    return st.builds(
        Evidence,
        expectation=st.sampled_from([GAME_DAY, EARLY, BOOTSTRAP, DAY_OFF]),
        inputs=st.lists(st.sampled_from([HERE, GONE, OPTIONAL]), max_size=3).map(tuple),
        proven=st.none() | st.sampled_from(Status),
        computed=st.booleans(),
        rows=st.integers(0, 3),
        expected=st.integers(0, 3),
        written=st.integers(0, 3),
        quarantined=st.sampled_from([{}, BAD]),
        violations=st.sampled_from([(), ("a",)]),
        same_as_stored=st.booleans(),
        verified=st.booleans(),
        error=st.none() | st.just(BROKE),
    )


class TestAnyEvidence:
    @given(evidences())
    def test_success_is_earned(self, evidence):
        if decide(evidence)[0] is Status.SUCCESS:
            assert evidence.rows > 0
            assert evidence.computed
            assert evidence.verified
            assert evidence.expectation.kind is Kind.PROCESS
            assert not evidence.violations
            assert not evidence.quarantined
            assert not evidence.same_as_stored
            assert not evidence.missing
            assert evidence.error is None

    @given(evidences())
    def test_unchanged_is_earned(self, evidence):
        if decide(evidence)[0] is Status.UNCHANGED:
            assert evidence.rows > 0
            assert evidence.same_as_stored or not evidence.computed
            assert evidence.error is None
            assert not evidence.missing

    @given(evidences())
    def test_errors_always_show(self, evidence):
        if evidence.error is not None:
            assert decide(evidence)[0] is Status.FAILED

    @given(evidences())
    def test_violations_never_pass(self, evidence):
        if evidence.computed and evidence.violations:
            assert decide(evidence)[0] not in {Status.SUCCESS, Status.UNCHANGED, Status.PARTIAL}

    @given(evidences())
    def test_always_a_word_with_a_reason(self, evidence):
        status, reason = decide(evidence)
        assert status in Status
        assert reason


def one(status: Status, *, transient: bool = False) -> Outcome:
    error = ErrorSeen(name="WarehouseTransient", message="memory", transient=transient)
    seen = error if status is Status.FAILED else None
    return Outcome(
        table="nba_analytics.team_form",
        day=day(20),
        status=status,
        reason="",
        evidence=Evidence(expectation=GAME_DAY, error=seen),
    )


FAILED_FOR_GOOD, FAILED_TRANSIENT = one(Status.FAILED), one(Status.FAILED, transient=True)


class TestOverall:
    @pytest.mark.parametrize(
        ("outcome", "word", "http_status", "exit_code"),
        [
            (one(Status.SUCCESS), "completed", 200, 0),
            (one(Status.UNCHANGED), "completed", 200, 0),
            (one(Status.SKIPPED_BOOTSTRAP), "completed", 200, 0),
            (one(Status.SKIPPED_NO_GAMES), "completed", 200, 0),
            (one(Status.PARTIAL), "completed_with_findings", 200, 2),
            (one(Status.BLOCKED), "blocked", 424, 2),
            (one(Status.REJECTED), "failed", 500, 1),
            (FAILED_FOR_GOOD, "failed", 500, 1),
            (FAILED_TRANSIENT, "failed", 503, 1),
        ],
    )
    def test_each(self, outcome, word, http_status, exit_code):
        found = overall([outcome])
        assert (found.word, found.http_status, found.exit_code) == (word, http_status, exit_code)

    @pytest.mark.parametrize(
        ("worse", "better"),
        [
            (FAILED_FOR_GOOD, FAILED_TRANSIENT),
            (one(Status.REJECTED), FAILED_TRANSIENT),
            (FAILED_TRANSIENT, one(Status.BLOCKED)),
            (one(Status.BLOCKED), one(Status.PARTIAL)),
            (one(Status.PARTIAL), one(Status.SUCCESS)),
        ],
    )
    def test_the_worst_decides(self, worse, better):
        assert overall([better, worse, better]) == overall([worse])

    def test_nothing(self):
        assert overall([]) is COMPLETED

    @given(st.lists(st.sampled_from(Status), max_size=6), st.booleans())
    def test_order_does_not_matter(self, statuses, transient):
        outcomes = [one(status, transient=transient) for status in statuses]
        assert overall(outcomes) == overall(outcomes[::-1])
        assert overall(outcomes) in (COMPLETED, WITH_FINDINGS, BLOCKED, TRANSIENT, FAILED)


class TestEvidenceAsJson:
    def test_says_everything(self):
        said = evidence_as_json(found(quarantined=BAD, findings={"no_line": 3}, inputs=(GONE,)))
        assert json.loads(json.dumps(said)) == {
            "expectation": GAME_DAY.reason,
            "inputs": {"nba_raw.player_boxscores": "0 of 9 games of 2024-11-11"},
            "missing": ["nba_raw.player_boxscores"],
            "computed": True,
            "rows": 16,
            "expected": 16,
            "written": 16,
            "quarantined": {"key_doubled": {"rows": 2, "example": "2024-11-11 bos0"}},
            "findings": {"no_line": 3},
        }

    def test_leaves_out_what_says_nothing(self):
        assert evidence_as_json(Evidence(expectation=DAY_OFF)) == {"expectation": DAY_OFF.reason}
