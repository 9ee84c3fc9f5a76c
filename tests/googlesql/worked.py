"""A small warehouse in which something has happened: runs, quarantine, verdicts, dead letters."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.audit.verdict import AuditKind, Verdict, Word, remember
from pipeline.clock import wall_clock
from pipeline.ledger import RUNS, Event, new_run_id, run_row
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.registry import load
from service.push.letters import LETTERS
from tests.oracle.tiny import day
from tests.pipeline.small import GAMES, Small, by_hand, nth
from warehouse.interface import Warehouse

LAST = 16
"""The season's day on which all is asked; the store's own days begin two days before it."""
PLAYER = nth("BOS", 1)
GAME = f"east{LAST}"
STORE = "nba_predictions.ml_feature_store_v2"
LETTER = "20261121T120000000000-aaaaaa"
CAMPAIGN = {"correlation_id": "backfill-0a1b-2024-11-07-1", "firing": "nightly@2024-11-07"}
PUSHED = {"subscription": "raw-landed", "message_id": "17", "part": "1/1"}


def worked() -> Pipeline:
    """One table of some dates, then all on the last two. Of each table and date somebody changed
    a row behind our back."""
    pipeline = _league().pipeline()
    names = list(load().processors)
    for tables, days, about in (
        ([GAMES], [0], {}),
        ([GAMES], range(2), PUSHED),
        (names, [LAST - 1, LAST], CAMPAIGN),
    ):
        pipeline.run(
            make_request(pipeline.registry, tables=tables, days=map(day, days), about=about)
        )
    _say(pipeline)
    for one in pipeline.registry:
        first = f"SELECT MIN(rowid) FROM {one.table} GROUP BY {one.contract.date_column}"
        by_hand(pipeline, f"UPDATE {one.table} SET data_hash = 'gone' WHERE rowid IN ({first})")
    return pipeline


def _league() -> Small:
    """Two games a date, a bad row in the last; lines, spreads, reports and shots of it."""
    small = Small()
    for number in range(LAST + 1):
        small.play(f"east{number}", number)
        for player in range(3):
            small.shot(f"east{number}", nth("BOS", player), "paint")
    small.play(f"west{LAST}", LAST, "LAL", "UTA")
    small.rows_of(f"west{LAST}", "lal3", fg_made=5, fg_attempted=4)
    for hours in (1, 5):
        small.line(GAME, PLAYER, 10.5 + hours, hours=hours)
        small.spread(GAME, -3.5, 220.5, hours=hours)
    small.report(GAME, nth("BOS", 2), "out", hours=2)
    small.modelled(GAME, PLAYER, 14.5, hours=3)
    small.told(GAME, PLAYER, 13.25, hours=2)
    for team in ("BOS", "NYK"):
        for player in range(2):
            small.person(nth(team, player), day(-9000))
    return small


def _say(pipeline: Pipeline) -> None:
    """What is told by others than a run: verdicts, letters, and a run whose process was killed."""
    warehouse = pipeline.warehouse
    with pipeline.looking() as known:
        contract = pipeline.registry.contracts[STORE]
        stored = str(known.content.stored(contract).get(day(LAST)))
    for word in (Word.FAILED, Word.PASSED):
        remember(
            warehouse,
            [
                Verdict(
                    kind=kind,
                    table=STORE,
                    day=day(LAST),
                    word=word,
                    reason=f"it is {word}",
                    output_fingerprint=stored,
                )
                for kind in (AuditKind.BLINDNESS, AuditKind.CANARIES)
            ],
        )
    killed = run_row(new_run_id(), Event.STARTED, "{}")
    failed = run_row("20200101T000000000000-old", Event.DIED, "{}", detail={"error": "OSError"})
    warehouse.append({RUNS: [killed, failed | {"recorded_at": datetime(2020, 1, 1, 1)}]})
    for number, letter in enumerate((LETTER, "20261121T120000000001-bbbbbb")):
        _letter(warehouse, letter, "kept", number)
    _letter(warehouse, LETTER, "replayed", 2)


def _letter(warehouse: Warehouse, letter: str, event: str, number: int) -> None:
    row = {
        "letter_id": letter,
        "event": event,
        "subscription": "raw-landed",
        "message_id": str(number),
        "source_table": None,
        "analysis_date": None,
        "kind": "unreadable",
        "reason": "it holds no table",
        "body": None if event == "replayed" else "{}",
        "recorded_at": wall_clock() + timedelta(seconds=number),
    }
    warehouse.append({LETTERS: [row]})
