"""An answer of each outcome, as the document shows it: built from the models."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipeline.outcome import Status
from processors.errors import ModelRefused
from processors.names import processor_name
from service.models.answers import Error, OutcomeOf, Processed
from service.models.predicted import Predicted

TABLE = "nba_precompute.player_daily_cache"
DAY = date(2024, 11, 18)
VERSION = "bc5cb01b13591b24"

SAID: dict[Status, tuple[str, int, str, int, dict[str, Any]]] = {
    Status.SUCCESS: ("completed", 200, "171 rows of 171 expected", 171, {"left_out": {}}),
    Status.UNCHANGED: (
        "completed",
        200,
        "already there, made by today's code from today's inputs",
        171,
        {},
    ),
    Status.PARTIAL: (
        "completed_with_findings",
        200,
        "169 rows, 2 in quarantine: points_avg_last_5_below_minimum 2",
        169,
        {"quarantined": {"points_avg_last_5_below_minimum": {"rows": 2, "example": "lebronjames"}}},
    ),
    Status.SKIPPED_BOOTSTRAP: (
        "completed",
        200,
        "season day 9 of 2024-25: rolling windows need history; the first date processed is"
        " 2024-11-05",
        0,
        {},
    ),
    Status.SKIPPED_NO_GAMES: ("completed", 200, "day off in 2024-25", 0, {}),
    Status.BLOCKED: (
        "blocked",
        424,
        "nba_raw.player_boxscores: 11 of 12 games of 2024-11-17 whole",
        0,
        {"missing": ["nba_raw.player_boxscores"]},
    ),
    Status.REJECTED: (
        "failed",
        500,
        "140 of 171 expected entities were written, less than 90%",
        0,
        {"violations": ["140 of 171 expected entities were written, less than 90%"]},
    ),
    Status.FAILED: (
        "failed",
        503,
        "WarehouseTransient: publishing was given up by duckdb 1.5.6: Out of Memory Error",
        0,
        {"error": "WarehouseTransient"},
    ),
}
"""Of each status: the overall word, the code, the reason, the rows, the evidence."""


def _processed(status: Status) -> dict[str, Any]:
    word, _, reason, rows, evidence = SAID[status]
    computed = status in (Status.SUCCESS, Status.PARTIAL, Status.REJECTED)
    outcome = OutcomeOf(
        processor=processor_name(TABLE),
        table=TABLE,
        date=DAY,
        status=status,
        reason=reason,
        rows=rows,
        rows_expected=171 if computed else None,
        evidence=evidence,
        duration_ms=41 if computed else 0,
        logic_version=VERSION,
        output_fingerprint="171:00f1e2d3c4b5a697" if rows else None,
        transient=status is Status.FAILED,
    )
    answer = Processed(
        status=word,
        analysis_date=DAY,
        season_year=2024,
        season_day=27,
        results=[outcome],
        prepared=[],
        run_id="20241119T111500000000-a1b2c3",
        logic_versions={TABLE: VERSION},
    )
    return answer.model_dump(mode="json")


def process_responses() -> dict[int | str, dict[str, Any]]:
    """Each code that a processed date can come to, with an example of each outcome behind it."""
    found: dict[int | str, dict[str, Any]] = {}
    for status, (_, code, *_) in SAID.items():
        model = Processed if code in (200, 424) else Processed | Error
        response = found.setdefault(
            code, {"model": model, "content": {"application/json": {"examples": {}}}}
        )
        examples = response["content"]["application/json"]["examples"]
        examples[status.value] = {"summary": SAID[status][2], "value": _processed(status)}
    return found


def predict_responses() -> dict[int | str, dict[str, Any]]:
    """The same codes, of what a prediction can come to; and where a model may not speak."""
    said: dict[int | str, dict[str, Any]] = {
        code: {"model": Predicted if code in (200, 424) else Predicted | Error}
        for code in sorted({code for _, code, *_ in SAID.values()})
    }
    return {**said, ModelRefused.http_status: {"model": Error}}
