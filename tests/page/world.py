"""One season up to a morning in December, with everything to see that can go wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from pipeline.audit.blindness import audit_date
from pipeline.audit.canaries import audit_canaries
from pipeline.audit.verdict import AuditKind, Verdict, Word, remember
from pipeline.drafts import failed
from pipeline.ledger import PARTITIONS, RUNS, Event, new_run_id, partition_rows, run_row
from pipeline.outcome import ErrorSeen
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.contract import Layer
from processors.registry import load
from service.push.letters import Letters
from service.push.message import read_push
from service.push.receipt import Kind, dead
from service.push.working import Worker
from tests.service.push.envelopes import BOXES, envelope, landed
from tests.sharing import settling
from warehouse.duckdb.engine import DuckDBWarehouse

TODAY = date(2025, 12, 6)

OPENING = date(2025, 10, 21)
BOOTSTRAP = date(2025, 10, 28)
MISSING = (date(2025, 11, 5), date(2025, 11, 14))
"""Of these dates only what happened is computed."""
FAILED = date(2025, 11, 12)
TRACED = date(2025, 11, 18)
LEAKY = date(2025, 11, 19)
QUARANTINED = date(2025, 11, 21)
OLD_CODE = date(2025, 11, 25)
CORRECTED = date(2025, 12, 1)
REJECTED = date(2025, 12, 3)
BLOCKED = date(2025, 12, 5)

SUMMARY = "nba_analytics.player_game_summary"
ZONES = "nba_precompute.player_shot_zone_analysis"
CACHE = "nba_precompute.player_daily_cache"
COMPOSITE = "nba_precompute.player_composite_factors"
STORE = "nba_predictions.ml_feature_store_v2"

HOSTILE = """<script>alert(1)</script><b onmouseover=alert(1)>O'Neil "Jr."</b>"""
BAD_NEWS = """<img src=x onerror=alert(1)> & "it" wasn't </td></table>{{ 7*7 }}"""


@dataclass(frozen=True)
class World:
    """Copy the file to serve it."""

    file: Path
    player: str
    """The key of the one with the hostile name."""


def build(raw: Path, file: Path) -> World:
    """From the raw tables of a whole season."""
    shutil.copy(raw, file)
    with closing(duckdb.connect(str(file))) as connection:
        forget_what_comes(connection, TODAY)
        player = _traced_player(connection)
        _break_inputs(connection, player)
    with _pipeline(file) as pipeline:
        _compute(pipeline)
    with closing(duckdb.connect(str(file))) as connection:
        _change_since(connection)
    with _pipeline(file) as pipeline:
        _audit(pipeline)
        _fail(pipeline)
        _keep_letters(pipeline)
    return World(file, player)


@contextmanager
def _pipeline(file: Path) -> Iterator[Pipeline]:
    with settling(DuckDBWarehouse(file)) as warehouse:
        yield Pipeline(warehouse, load())


def forget_what_comes(connection: duckdb.DuckDBPyConnection, today: date) -> None:
    """What isn't known yet this morning is taken away."""
    connection.execute(
        "UPDATE nba_raw.schedule SET status = 'scheduled', home_score = NULL, away_score = NULL,"
        " overtime_periods = NULL WHERE game_date >= $today AND status = 'final'",
        {"today": today},
    )
    for table in ("player_boxscores", "shots"):
        connection.execute(
            f"DELETE FROM nba_raw.{table} WHERE game_date >= $today", {"today": today}
        )
    for table, moment in (
        ("odds_player_points", "captured_at"),
        ("odds_game_lines", "captured_at"),
        ("injury_report", "reported_at"),
    ):
        connection.execute(
            f"DELETE FROM nba_raw.{table} WHERE {moment} >= $now::TIMESTAMPTZ",
            {"now": morning_of(today)},
        )


def morning_of(day: date) -> str:
    """Nine o'clock in the East, in winter."""
    return f"{day}T09:00:00-05:00"


def _traced_player(connection: duckdb.DuckDBPyConnection) -> str:
    """Who has played most before the traced date and plays on it, and a correction later."""
    found = connection.execute(
        """
        SELECT player_lookup FROM nba_raw.player_boxscores
        WHERE game_date <= $day AND points IS NOT NULL AND regexp_matches(minutes, '^[1-9]')
        GROUP BY player_lookup
        HAVING COUNT(*) FILTER (game_date < $day) >= 11 AND COUNT(*) FILTER (game_date = $day) = 1
        ORDER BY SUM(points) DESC, player_lookup LIMIT 1
        """,
        {"day": TRACED},
    ).fetchone()
    assert found is not None
    return str(found[0])


def _break_inputs(connection: duckdb.DuckDBPyConnection, player: str) -> None:
    """One name that is markup, one bad row, a team of bad rows, a night without box scores."""
    for table in ("players", "player_boxscores"):
        connection.execute(
            f"UPDATE nba_raw.{table} SET player_name = $name WHERE player_lookup = $player",
            {"name": HOSTILE, "player": player},
        )
    connection.execute(
        "UPDATE nba_raw.injury_report SET reason = $reason WHERE player_lookup = $player",
        {"reason": BAD_NEWS, "player": player},
    )
    for day, rows in ((QUARANTINED, 1), (REJECTED, 40)):
        connection.execute(
            "UPDATE nba_raw.player_boxscores SET fg_made = fg_attempted + 1"
            " WHERE game_date = $day AND fg_attempted > 0 AND (game_id, player_lookup) IN"
            " (SELECT (game_id, player_lookup) FROM nba_raw.player_boxscores"
            "  WHERE game_date = $day AND fg_attempted > 0 ORDER BY ALL LIMIT $rows)",
            {"day": day, "rows": rows},
        )
    connection.execute(
        "DELETE FROM nba_raw.player_boxscores WHERE game_date = $day", {"day": BLOCKED}
    )


def _compute(pipeline: Pipeline) -> None:
    registry, end = pipeline.registry, TODAY - timedelta(days=1)
    analytics = [one.table for one in registry if one.contract.layer is Layer.ANALYTICS]
    first, last = MISSING
    pipeline.run(make_request(registry, tables=analytics, start=OPENING, end=last))
    pipeline.run(make_request(registry, start=OPENING, end=first - timedelta(days=1)))
    # What is predicted stands on a month before, and would mend what is to be missing.
    said = [one.table for one in registry if one.contract.layer is Layer.PREDICTIONS]
    below = [one.table for one in registry if one.table not in said]
    after = last + timedelta(days=1)
    pipeline.run(make_request(registry, tables=below, start=after, end=end))
    pipeline.run(make_request(registry, tables=said, start=after, end=end, prepare=False))


def _change_since(connection: duckdb.DuckDBPyConnection) -> None:
    """A correction that has arrived since, and rows of a code that is no longer ours."""
    connection.execute(
        "UPDATE nba_raw.player_boxscores SET points = points + 1 WHERE player_lookup ="
        " (SELECT MIN(player_lookup) FROM nba_raw.player_boxscores"
        "  WHERE game_date = $day AND points > 10) AND game_date = $day",
        {"day": CORRECTED},
    )
    connection.execute(
        "UPDATE nba_ops.partitions SET logic_version = reverse(logic_version)"
        " WHERE table_name = $table AND partition_date = $day",
        {"table": ZONES, "day": OLD_CODE},
    )


def _audit(pipeline: Pipeline) -> None:
    contracts = pipeline.registry.contracts
    verdicts = audit_date(pipeline, [CACHE], TRACED)
    watched = [contracts[one] for one in (SUMMARY, CACHE, STORE)]
    verdicts += audit_canaries(pipeline.warehouse, pipeline.assessor.calendar, watched, None)
    proof = pipeline.assessor.ledger.proof(CACHE, LEAKY)
    assert proof is not None
    verdicts.append(
        Verdict(
            kind=AuditKind.BLINDNESS,
            table=CACHE,
            day=LEAKY,
            word=Word.FAILED,
            reason=BAD_NEWS,
            output_fingerprint=proof.output_fingerprint,
        )
    )
    remember(pipeline.warehouse, verdicts)


def _fail(pipeline: Pipeline) -> None:
    """A run that an engine gave up, with what the engine said."""
    request = make_request(pipeline.registry, tables=[COMPOSITE], start=FAILED, end=FAILED)
    item = pipeline.assessor.assess(
        pipeline.registry.processors[COMPOSITE], FAILED, pending={}, asked=True
    )
    error = ErrorSeen(name="warehouse_failed", message=BAD_NEWS, transient=False)
    run_id, said = new_run_id(), json.dumps(request.as_json())
    pipeline.warehouse.append(
        {
            RUNS: [
                run_row(run_id, Event.STARTED, said),
                run_row(run_id, Event.FINISHED, said, status="failed"),
            ],
            PARTITIONS: partition_rows(run_id, [failed(item, error)]),
        }
    )


def _keep_letters(pipeline: Pipeline) -> None:
    """One whose cause is gone, and one that can't be read by anybody."""
    letters = Letters(pipeline.warehouse)
    worker = Worker(pipeline, owns_analytics=True)
    mended = read_push(json.dumps(envelope(landed(BOXES, TRACED), message_id="mended")).encode())
    letters.keep(mended, dead(Kind.REJECTED, "no row of 140 expected entities"))
    strange = read_push(json.dumps(envelope(landed(BAD_NEWS, TRACED))).encode())
    letters.keep(strange, worker.work(strange))
    unreadable = read_push(BAD_NEWS.encode())
    letters.keep(unreadable, worker.work(unreadable))
