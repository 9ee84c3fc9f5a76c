"""Answers as a service gives them, to be bent one by one."""

from __future__ import annotations

from datetime import date

from clients.backfill.results import Attempt, DateDone, Ending, Said
from pipeline.outcome import Status

DAY = date(2026, 1, 5)
CACHE, STORE = "nba_precompute.player_daily_cache", "nba_predictions.ml_feature_store_v2"
TABLES = (CACHE, STORE)


def result(table: str, status: str = "success", *, day: date = DAY, rows: int = 9, **said: object):
    return {
        "processor": "P",
        "table": table,
        "date": str(day),
        "status": status,
        "reason": "as it is",
        "rows": rows,
        "evidence": {},
        "duration_ms": 7,
        "transient": False,
        **said,
    }


def processed(*results: dict[str, object], day: date = DAY) -> dict[str, object]:
    return {
        "status": "completed",
        "analysis_date": str(day),
        "season_year": 2025,
        "season_day": 76,
        "results": list(results) or [result(table, day=day) for table in TABLES],
        "prepared": [],
        "run_id": "R1",
        "logic_versions": {},
    }


def answered(*statuses: Status, transient: bool = False, reason: str = "so") -> Attempt:
    said = tuple(
        Said(table=table, status=status, reason=reason, rows=1, transient=transient)
        for table, status in zip(TABLES, statuses, strict=False)
    )
    return Attempt(ending=Ending.ANSWERED, said=said, http_status=200)


def done(attempt: Attempt, day: date = DAY) -> DateDone:
    return DateDone(day=day, last=attempt, attempts=1, seconds=0.1)
