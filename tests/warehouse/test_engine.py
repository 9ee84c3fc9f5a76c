"""Any engine as a warehouse: what is written is there, and a publication is all or nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from processors.errors import TipoffError, UsageError, WarehouseFailed
from processors.statement import Statement
from tests.warehouse.toys import (
    D1,
    D2,
    D3,
    KINDS,
    MAKER,
    NOON,
    RAW,
    ROWS,
    TOYS,
    by_hand,
    dead_runs,
    prints,
    publish,
    span,
    stage,
    stored,
    toy,
)
from warehouse.interface import NOTHING, Fingerprint, proven_columns

DATELESS = (
    "SELECT CAST(NULL AS DATE) AS made_on, 'ann' AS name, 4 AS wheels, 1.5 AS weight,"
    " TRUE AS is_red, CAST(NULL AS TIMESTAMP) AS seen_at"
    " FROM `nba_raw.toys` WHERE made_on >= @start_date AND made_on <= @end_date"
    " UNION ALL SELECT NULL, 'ann', 4, 1.5, TRUE, NULL"
)


class TestFingerprints:
    def test_order(self, shop):
        found = prints(shop(ROWS))
        assert prints(shop(ROWS[::-1])) == found
        assert {day: one.rows for day, one in found.items()} == {D1: 10, D2: 10}

    @pytest.mark.parametrize(
        "change",
        [
            {"name": "toy x"},
            {"wheels": 99},
            {"wheels": None},
            {"weight": 1.51},
            {"weight": None},
            {"is_red": False},
            {"is_red": None},
            {"seen_at": NOON + timedelta(microseconds=1)},
            {"seen_at": None},
        ],
    )
    def test_any_cell(self, shop, change):
        before = prints(shop(ROWS))
        after = prints(shop([{**ROWS[0], **change}, *ROWS[1:]]))
        assert after[D1].content != before[D1].content
        assert after[D2] == before[D2]

    def test_values_that_change_places(self, shop):
        rows = [{**ROWS[0], "wheels": 1}, {**ROWS[1], "wheels": 0}, *ROWS[2:]]
        assert prints(shop(rows))[D1] != prints(shop(ROWS))[D1]

    def test_a_doubled_row_shows(self, shop):
        assert prints(shop([*ROWS, ROWS[0]]))[D1].rows == 11

    def test_only_the_named_columns(self, shop):
        """Several views in one reading, each blind to the others' columns."""
        red = [{**ROWS[0], "is_red": False}, *ROWS[1:]]
        views = [("name", "wheels"), ("name", "is_red")]
        before = shop(ROWS).fingerprints(RAW, views, first=D1, last=D3)
        after = shop(red).fingerprints(RAW, views, first=D1, last=D3)
        assert before[0] == after[0]
        assert before[1][D1] != after[1][D1]

    def test_only_the_asked_dates(self, shop):
        warehouse = shop(ROWS)
        assert warehouse.fingerprints(RAW, [("name",)], first=D2, last=D3)[0].keys() == {D2}

    def test_as_text(self):
        assert str(Fingerprint(3, 255)) == "3:00000000000000ff"
        assert str(Fingerprint(1, 2**64 - 1)) == "1:ffffffffffffffff"

    def test_whole(self, shop):
        """Of a table without dates, the same as its dates' together."""
        warehouse = shop(ROWS)
        warehouse.append({KINDS.table: ROWS})
        by_day = prints(warehouse, ("name", "wheels"))
        found = warehouse.fingerprint(KINDS, ("name", "wheels"))
        assert found == Fingerprint(20, by_day[D1].content ^ by_day[D2].content)
        assert shop().fingerprint(KINDS, ("name",)) == NOTHING


class TestFingerprintsByKey:
    @pytest.mark.parametrize(
        ("changed", "seen"), [("ann", {D1}), ("bob", {D1, D2}), ("cat", {D2}), ("dan", set())]
    )
    @pytest.mark.parametrize("staged", [False, True])
    def test_as_far_as_the_reader_holds_the_key(self, shop, changed, seen, staged):
        warehouse = shop([toy(D1, "ann"), toy(D1, "bob"), toy(D2, "bob"), toy(D2, "cat")])
        warehouse.append({KINDS.table: [toy(None, name) for name in ("ann", "bob", "cat", "dan")]})
        stage(warehouse)
        publish(warehouse, D1, D2)

        def found() -> dict:
            return warehouse.fingerprints_by_key(
                KINDS, ("name", "wheels"), reader=TOYS, staged=staged, first=D1, last=D3
            )

        before = found()
        by_hand(warehouse, f"UPDATE `{KINDS.table}` SET wheels = 9 WHERE name = '{changed}'")
        after = found()
        assert {day: one.rows for day, one in before.items()} == {D1: 2, D2: 2}
        assert {day for day in (D1, D2) if before[day] != after[day]} == seen

    def test_bad_staged_rows_hold_nothing(self, shop):
        """Published or staged, the same rows hold the same keys."""
        warehouse = shop([toy(D1, "ann"), toy(D1, "bob", weight=-1), toy(D1, "cat")])
        warehouse.append({KINDS.table: [toy(None, name) for name in ("ann", "bob", "cat")]})
        stage(warehouse)
        publish(warehouse, D1)
        found = [
            warehouse.fingerprints_by_key(
                KINDS, ("name", "wheels"), reader=TOYS, staged=staged, first=D1, last=D3
            )
            for staged in (False, True)
        ]
        assert found[0] == found[1]
        assert found[0][D1].rows == 2


class TestStage:
    def test_rounded_and_hashed(self, shop):
        warehouse = shop([toy(D1, "ann", weight=1.23456)])
        stage(warehouse)
        ((weight, hashed, reason),) = warehouse.rows(
            "SELECT weight, data_hash, quarantine_reason FROM `staging.toys_seen`"
        )
        assert (weight, len(hashed), reason) == (1.23, 64, None)

    def test_equal_rows_have_equal_hashes(self, shop):
        found = []
        for row in (toy(D1, "ann", weight=1.5), toy(D1, "ann", weight=1.501), toy(D1, "bob")):
            warehouse = shop([row])
            stage(warehouse)
            found.append(warehouse.rows("SELECT data_hash FROM `staging.toys_seen`"))
        assert found[0] == found[1] != found[2]

    def test_only_the_span(self, shop):
        warehouse = shop([toy(day, "ann") for day in (D1, D2, D3)])
        stage(warehouse, D2, D2)
        assert warehouse.rows("SELECT made_on FROM `staging.toys_seen`") == [(D2,)]

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            (toy(D1, "ann", weight=-0.01), "weight_out_of_range"),
            (toy(D1, "ann", weight=100.01), "weight_out_of_range"),
            (toy(D1, "ann", weight=-0.001), None),
            (toy(D1, None), "name_is_null"),
            (toy(D1, "ann", wheels=-1), "wheels_out_of_range"),
            (toy(D1, "ann", weight=None, wheels=None), None),
        ],
    )
    def test_bad_rows_are_marked(self, shop, row, reason):
        warehouse = shop([row])
        stage(warehouse)
        found = warehouse.rows("SELECT quarantine_reason FROM `staging.toys_seen`")
        assert found == [(reason,)]

    def test_doubled_keys(self, shop):
        rows = [toy(D1, "ann"), toy(D1, "ann", wheels=3), toy(D2, "ann"), toy(D1, "bob")]
        warehouse = shop(rows)
        stage(warehouse)
        assert warehouse.rows(
            "SELECT made_on, name, quarantine_reason FROM `staging.toys_seen`"
            " ORDER BY made_on, name"
        ) == [
            (D1, "ann", "key_doubled"),
            (D1, "ann", "key_doubled"),
            (D1, "bob", None),
            (D2, "ann", None),
        ]

    def test_doubled_nulls(self, shop):
        warehouse = shop([toy(D1, None), toy(D1, None)])
        stage(warehouse)
        found = warehouse.rows("SELECT DISTINCT quarantine_reason FROM `staging.toys_seen`")
        assert found == [("key_doubled",)]

    def test_good_rows_are_fingerprinted_as_if_stored(self, shop):
        warehouse = shop([*ROWS, toy(D1, "bad", weight=-1)])
        stage(warehouse)
        staged = warehouse.staged_fingerprints(TOYS)
        publish(warehouse, D1, D2)
        (found,) = warehouse.fingerprints(TOYS, [proven_columns(TOYS)], first=D1, last=D3)
        assert found == staged
        assert staged[D1].rows == 10

    def test_again_replaces_what_was_staged(self, shop):
        warehouse = shop(ROWS)
        stage(warehouse, D1, D1)
        stage(warehouse, D2, D2)
        assert warehouse.staged_fingerprints(TOYS).keys() == {D2}


class TestPublish:
    def test_replaces_exactly_its_dates(self, shop):
        warehouse = shop([toy(day, "ann") for day in (D1, D2, D3)])
        stage(warehouse)
        publish(warehouse, D1, D2, D3)
        by_hand(warehouse, "DELETE FROM `nba_raw.toys` WHERE made_on >= '2024-11-01'")
        warehouse.append({RAW.table: [toy(day, "bob", wheels=2) for day in (D1, D2, D3)]})
        stage(warehouse)
        publish(warehouse, D2, run_id="second")
        assert stored(warehouse) == [(D1, "ann", 4), (D2, "bob", 2), (D3, "ann", 4)]

    def test_a_date_without_rows_is_emptied(self, shop):
        warehouse = shop([toy(D1, "ann"), toy(D2, "ann")])
        stage(warehouse)
        publish(warehouse, D1, D2)
        by_hand(warehouse, "DELETE FROM `nba_raw.toys` WHERE made_on = '2024-11-01'")
        stage(warehouse)
        publish(warehouse, D1)
        assert stored(warehouse) == [(D2, "ann", 4)]

    def test_bookkeeping(self, shop):
        warehouse = shop([toy(D1, "ann"), toy(D2, "ann")])
        stage(warehouse)
        publish(warehouse, D1, D2)
        assert warehouse.rows(
            "SELECT logic_version, input_fingerprint, run_id, processed_at"
            " FROM `nba_analytics.toys_seen` ORDER BY made_on"
        ) == [
            ("today", "inputs of 2024-11-01", "run", NOON),
            ("today", "inputs of 2024-11-02", "run", NOON),
        ]

    def test_bad_rows_are_kept_whole(self, shop):
        warehouse = shop([toy(D1, "ann"), toy(D1, "it's", weight=-1, seen_at=None), toy(D2, None)])
        stage(warehouse)
        publish(warehouse, D1, quarantined=[D1])
        ((key, reason, text, recorded),) = warehouse.rows(
            "SELECT row_key, reason, row_text, recorded_at FROM `nba_ops.quarantine`"
        )
        assert (key, reason, recorded) == ("2024-11-01 it's", "weight_out_of_range", NOON)
        assert json.loads(text) == {
            "made_on": "2024-11-01",
            "name": "it's",
            "wheels": 4,
            "weight": -1.0,
            "is_red": True,
            "seen_at": None,
        }

    @pytest.mark.parametrize("days", [[D1], [D1, D2]])
    def test_a_ledger_that_cannot_be_written(self, shop, days):
        warehouse = shop([toy(day, "ann") for day in days])
        stage(warehouse)
        with pytest.raises(TipoffError):
            publish(warehouse, *days, ledger={"nba_ops.nothing": dead_runs(1)})
        assert stored(warehouse) == []

    @pytest.mark.parametrize("at", ["begun", "quarantined"])
    def test_an_error_in_the_middle(self, shop, at):
        """Of several dates; what comes of an error in one date's is each engine's own."""
        warehouse = shop([toy(D1, "ann"), toy(D2, "ann"), toy(D2, "bad", weight=-1)])
        stage(warehouse)

        def step(name: str) -> None:
            if name == at:
                raise RuntimeError(name)

        said = {"quarantined": [D2], "ledger": {"nba_ops.runs": dead_runs(1)}}
        with pytest.raises(RuntimeError):
            publish(warehouse, D1, D2, step=step, **said)
        assert stored(warehouse) == []
        for table in ("nba_ops.quarantine", "nba_ops.runs"):
            assert warehouse.rows(f"SELECT COUNT(*) FROM `{table}`") == [(0,)]
        # What was staged is still there, and can be published.
        publish(warehouse, D1, D2, **said)
        assert stored(warehouse) == [(D1, "ann", 4), (D2, "ann", 4)]
        for table in ("nba_ops.quarantine", "nba_ops.runs"):
            assert warehouse.rows(f"SELECT COUNT(*) FROM `{table}`") == [(1,)]

    def test_only_a_ledger(self, shop):
        """A date that came out as it stands is not rewritten, only remembered."""
        warehouse = shop([toy(D1, "ann")])
        stage(warehouse)
        publish(warehouse, D1)
        publish(warehouse, run_id="second", ledger={"nba_ops.runs": dead_runs(1)})
        assert warehouse.rows("SELECT DISTINCT run_id FROM `nba_analytics.toys_seen`") == [("run",)]
        assert warehouse.rows("SELECT run_id FROM `nba_ops.runs`") == [("run 0",)]

    def test_rows_without_a_date_are_kept(self, shop):
        """Whose they are can't be told: they go with any date that has bad ones."""
        warehouse = shop()
        dateless = replace(MAKER, statement=Statement(DATELESS))
        warehouse.stage(dateless, span())
        publish(warehouse, D1, quarantined=[D1])
        assert warehouse.rows(
            "SELECT partition_date, row_key, reason FROM `nba_ops.quarantine`"
        ) == [(None, "NULL ann", "made_on_is_null")]


class TestAppend:
    def test_words_of_all_kinds(self, shop):
        warehouse = shop()
        said = 'it\'s "Dončić"\n\\N {"a": [1, null]} 😀'
        warehouse.append({"nba_ops.runs": [{**dead_runs(1)[0], "request": said, "status": None}]})
        assert warehouse.rows("SELECT request, status, recorded_at FROM `nba_ops.runs`") == [
            (said, None, NOON)
        ]

    def test_nothing(self, shop):
        warehouse = shop()
        warehouse.append({"nba_ops.runs": []})
        assert warehouse.rows("SELECT COUNT(*) FROM `nba_ops.runs`") == [(0,)]

    def test_many(self, shop):
        warehouse = shop()
        warehouse.append({"nba_ops.runs": dead_runs(300)})
        assert warehouse.rows("SELECT COUNT(DISTINCT run_id) FROM `nba_ops.runs`") == [(300,)]


class TestRows:
    def test_only_the_parameters_that_it_wants(self, shop):
        found = shop(ROWS).rows(
            "SELECT COUNT(*) FROM `nba_raw.toys` WHERE made_on = @day", day=D1, another=D2
        )
        assert found == [(10,)]

    def test_parameters_that_are_missing(self, shop):
        with pytest.raises(UsageError, match="the text wants the parameters day, name"):
            shop().rows("SELECT 1 FROM `nba_raw.toys` WHERE made_on = @day AND name = @name")


class TestErrors:
    def test_of_the_engine(self, shop):
        warehouse = shop(ROWS)
        with pytest.raises(WarehouseFailed, match=r"a read failed in (duckdb|BigQuery)") as caught:
            warehouse.rows(
                "SELECT CAST(name AS INT64) FROM `nba_raw.toys` WHERE made_on = '2024-11-01'"
            )
        assert not caught.value.retryable
        assert "toy " in caught.value.message
        assert warehouse.rows("SELECT 1") == [(1,)]
