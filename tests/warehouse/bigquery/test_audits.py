"""Audits and rehearsals upon BigQuery: they come to what they come to upon DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from pipeline.audit import canaries
from pipeline.audit.blindness import audit_date
from pipeline.audit.repetition import audit_idempotence, audit_range
from pipeline.audit.verdict import Verdict, Word
from pipeline.run import Pipeline
from processors.registry import load
from tests.bigquery.server import BigQueryServer
from tests.oracle.tiny import day
from tests.pipeline.audit.plants import LEAKS, plant
from tests.pipeline.small import LINES, PLAYER_ASOF, league, run
from warehouse.bigquery.address import Address
from warehouse.bigquery.connection import EMULATOR
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.interface import Warehouse, proven_columns

DATES = 4
DAY = day(2)
LATE = LEAKS["a line from after tip-off"]


@dataclass(frozen=True)
class Both:
    """The same rows on two engines."""

    duckdb: Pipeline
    bigquery: Pipeline

    def agree(self, said: Sequence[Sequence[Verdict]]) -> list[Verdict]:
        """What both say, apart from how their engine sums up rows."""
        ours, theirs = ([replace(one, output_fingerprint="") for one in each] for each in said)
        assert theirs == ours
        return theirs


@pytest.fixture(scope="module")
def both(shared_server: BigQueryServer) -> Iterator[Both]:
    """A game a date; of the lines of each the last was seen after tip-off."""
    small = league(DATES)
    for number in range(DATES):
        small.line(f"g{number}", "bos0", 20.5)
        small.line(f"g{number}", "bos0", 29.5, hours=-1)
    pipeline = small.pipeline()
    run(pipeline, 0, DATES - 1, LINES, PLAYER_ASOF)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(EMULATOR, shared_server.endpoint)
        warehouse = BigQueryWarehouse(Address(shared_server.project, "US", "audited_"))
        warehouse.migrate(list(load().contracts.values()))
        move(pipeline.warehouse, warehouse)
        yield Both(pipeline, Pipeline(warehouse, load()))
        warehouse.close()
    pipeline.warehouse.close()


def move(source: Warehouse, target: Warehouse) -> None:
    """All rows of all tables, as they are."""
    found = {}
    for table, contract in load().contracts.items():
        names = [one.name for one in contract.stored_columns]
        rows = source.rows(f"SELECT {', '.join(names)} FROM `{table}`")
        found[table] = [dict(zip(names, row, strict=True)) for row in rows]
    target.append(found)


def test_blindness(both: Both, server: BigQueryServer) -> None:
    """In the direct inputs, and through all that stands between the raw tables and this one."""
    pair = (both.duckdb, both.bigquery)
    (verdict,) = both.agree([audit_date(one, [PLAYER_ASOF], DAY) for one in pair])
    assert verdict.word is Word.PASSED
    assert verdict.evidence["end_to_end"]["delete"]["nba_raw.player_boxscores"] > 0


def test_a_leak_is_named(both: Both, server: BigQueryServer) -> None:
    """Planted, published and found on each of them, down to the line that gave it away."""
    leaky = [plant(one, LATE, DAY) for one in (both.duckdb, both.bigquery)]
    (verdict,) = both.agree([audit_date(one, [LINES], DAY) for one in leaky])
    assert verdict.word is Word.FAILED
    assert verdict.evidence["leak"]["row"]["points_line"] == 29.5


def test_repetition(both: Both, server: BigQueryServer) -> None:
    for audit in (audit_range, audit_idempotence):
        said = [list(audit(one, [LINES], [day(0), day(1)])) for one in (both.duckdb, both.bigquery)]
        assert {one.word for one in both.agree(said)} == {Word.PASSED}


def test_canaries(both: Both, server: BigQueryServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canaries, "ENOUGH_DATES", 2)
    contracts = [load().contracts[table] for table in (LINES, PLAYER_ASOF)]
    said = []
    for pipeline in (both.duckdb, both.bigquery):
        calendar = pipeline.assessor.calendar
        verdicts = list(canaries.audit_canaries(pipeline.warehouse, calendar, contracts))
        for one in verdicts:
            for column in one.evidence["columns"].values():
                # Of values that are held equally often it is any.
                del column["favourite"]
        said.append(verdicts)
    assert said[0] == said[1]
    assert len(said[1]) == 2


def test_rehearsed(both: Both, server: BigQueryServer) -> None:
    """A rehearsal computes from the same raw tables what stands here, and nobody hears of it."""
    warehouse = both.bigquery.warehouse
    before = warehouse.rows("SELECT COUNT(*) FROM `nba_ops.partitions`")
    rehearsal = Pipeline(warehouse.rehearsal("trial"), load())
    (rehearsed,) = run(rehearsal, 1, 1, LINES).results
    assert rehearsed.status.value == "success"
    contract = load().contracts[LINES]
    stored = warehouse.fingerprints(contract, [proven_columns(contract)], first=day(1), last=day(1))
    assert rehearsed.output_fingerprint == str(stored[0][day(1)])
    assert warehouse.rows("SELECT COUNT(*) FROM `nba_ops.partitions`") == before
    rehearsal.warehouse.close()
