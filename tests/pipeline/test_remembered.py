"""What the ledger holds of each outcome, and of a run from its beginning to its end."""

from __future__ import annotations

import json

from tests.oracle.tiny import day
from tests.pipeline.small import (
    BOXES,
    GAMES,
    PLAYER_CONTEXT,
    league,
    ledger,
    outcome,
    run,
    two_games,
)


class TestLedger:
    def test_one_row_a_run_table_and_date(self):
        small = league(4)
        small.drop_boxes("g2")
        pipeline = small.pipeline()
        first = run(pipeline, -1, 4)
        second = run(pipeline, 0, 3, PLAYER_CONTEXT)
        for report in (first, second):
            rows = ledger(pipeline, ["table_name", "partition_date"], f"run_id = '{report.run_id}'")
            told = [(one.table, one.day) for one in (*report.results, *report.prepared)]
            assert len(rows) == len(set(rows))
            assert sorted(rows) == sorted(told)

    def test_says_what_the_report_says(self):
        pipeline = league(2).pipeline()
        report = run(pipeline, 0, 1)
        rows = ledger(pipeline, ["table_name", "partition_date", "status", "reason"])
        assert sorted(rows) == sorted(
            (one.table, one.day, one.status.value, one.reason) for one in report.results
        )

    def test_evidence(self):
        small = two_games()
        small.rows_of("east0", "bos0", fg_made=5, fg_attempted=4)
        small.rows_of("east0", "bos1", minutes="??")
        pipeline = small.pipeline()
        run(pipeline, 0, 0, GAMES)
        ((text, rows),) = ledger(pipeline, ["evidence", "row_count"])
        assert json.loads(text) == {
            "expectation": "2 games on season day 0 of 2024-25",
            "inputs": {
                "nba_raw.schedule": f"2 of 2 games of {day(0)} final",
                "nba_raw.player_boxscores": f"2 of 2 games of {day(0)} whole",
                "nba_raw.shots": f"0 rows of {day(0)}",
            },
            "computed": True,
            "rows": 31,
            "expected": 32,
            "written": 31,
            "quarantined": {"made_more_than_attempted": {"rows": 1, "example": "2024-10-22 bos0"}},
            "findings": {"minutes_malformed": 1, "minutes_unknown": 1, "no_shots_in_game": 31},
        }
        assert rows == 31

    def test_fingerprints_of_each_input(self):
        pipeline = league(1).pipeline()
        found = outcome(run(pipeline, 0, 0, GAMES), GAMES, 0)
        ((inputs, together, output),) = ledger(
            pipeline, ["inputs", "input_fingerprint", "output_fingerprint"]
        )
        assert json.loads(inputs) == found.inputs
        assert set(found.inputs) == {BOXES, "nba_raw.schedule", "nba_raw.shots"}
        assert found.inputs["nba_raw.shots"] == "0:0000000000000000"
        assert found.inputs[BOXES].startswith("16:")
        assert (together, output) == (found.input_fingerprint, found.output_fingerprint)

    def test_runs(self):
        pipeline = league(1).pipeline()
        report = run(pipeline, 0, 0, GAMES)
        rows = pipeline.warehouse.rows(
            "SELECT run_id, event, status, request FROM `nba_ops.runs` ORDER BY recorded_at"
        )
        assert [row[:3] for row in rows] == [
            (report.run_id, "started", None),
            (report.run_id, "finished", "completed"),
        ]
        assert json.loads(rows[0][3]) == {
            "tables": [GAMES],
            "days": ["2024-10-22"],
            "force": False,
            "prepare": True,
        }

    def test_run_ids_sort_by_time(self):
        pipeline = league(1).pipeline()
        ids = [run(pipeline, 0, 0, GAMES).run_id for _ in range(3)]
        assert ids == sorted(set(ids))
