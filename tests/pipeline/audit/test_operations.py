"""What the operations do to forbidden rows, and that allowed ones are left alone."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.audit.cutoff import RESULTS, Forbidden, forbidden
from pipeline.audit.fork import Touched, fork
from pipeline.audit.operations import PLACE, Operation, changed
from pipeline.run import Pipeline
from processors.contract import Cutoff
from processors.registry import load

DAY = date(2026, 1, 15)
CACHE = "nba_precompute.player_daily_cache"
FORM = "nba_analytics.player_form"
BOXES = "nba_raw.player_boxscores"
COPIES = {
    FORM: {Operation.DUPLICATE: (1, 1), Operation.REPEAT: (1, 2)},
    BOXES: {Operation.DUPLICATE: (2, 2), Operation.REPEAT: (0, 0)},
}
"""So many copies of each forbidden row, and how often its own key then stands there at most."""


def rule_of(table: str, cutoff: Cutoff = Cutoff.BEFORE_TIPOFF) -> Forbidden:
    return forbidden([load().contracts[table]], cutoff)[0]


@pytest.mark.parametrize("table", COPIES)
def test_rows(table: str, pipeline: Pipeline) -> None:
    """Counted by what is allowed and what is forbidden; a key of the forbidden ones by its rows."""
    what = rule_of(table)
    key = ", ".join(what.contract.key)
    day = what.contract.date_column
    with fork(pipeline, [pipeline.registry.processors[CACHE]], DAY) as opened:

        def rows(comparison: str) -> int:
            text = f"SELECT COUNT(*) FROM `{table}` WHERE {day} {comparison} @day"
            return opened.scratch.rows(text, day=DAY)[0][0]

        def at_most() -> int:
            counts = f"SELECT COUNT(*) AS held FROM `{table}` GROUP BY {key}"
            return opened.scratch.rows(f"SELECT MAX(held) FROM ({counts})")[0][0]

        allowed, held = rows("<"), rows(">=")
        assert held > 0
        for operation in Operation:
            touched = opened.operate(operation, [what])
            assert rows("<") == allowed
            if operation is Operation.DELETE:
                assert (touched.rows[table], rows(">=")) == (held, 0)
            elif operation in COPIES[table]:
                copies, doubled = COPIES[table][operation]
                assert rows(">=") == held * (1 + copies)
                assert at_most() == max(doubled, 1)
            else:
                assert rows(">=") == held
                assert touched.rows[table] == held


def test_each_column_but_key_and_date_is_falsified_or_misplaced() -> None:
    for contract in load().contracts.values():
        for cutoff in Cutoff:
            for what in forbidden([contract], cutoff):
                told = [changed(one, what) for one in (Operation.FALSIFY, Operation.MISPLACE)]
                both = set().union(*(one or () for one in told))
                kept = {*contract.key, contract.date_column}
                assert both == set(what.columns or contract.column_names) - kept


def test_of_the_days_schedule_the_results_alone() -> None:
    contract = load().contracts["nba_raw.schedule"]
    later, today = forbidden([contract], Cutoff.BEFORE_TIPOFF)
    assert (later.columns, today.columns) == (None, RESULTS)
    assert changed(Operation.MISPLACE, later) == set(PLACE) & {
        one for one in contract.column_names if one not in contract.key
    }
    assert changed(Operation.DELETE, today) == set()


def test_a_statement_sees_what_it_reads() -> None:
    processor = load().processors["nba_analytics.team_form"]
    table = "nba_analytics.team_offense_game_summary"
    touched = Touched()
    touched.add(table, 3, {"steals"})
    assert touched.seen_by(processor) == {}
    touched.add(table, 3, {"points_scored"})
    assert touched.seen_by(processor) == {table: 6}
    touched.add(table, 0, None)
    assert touched.columns[table] is None
