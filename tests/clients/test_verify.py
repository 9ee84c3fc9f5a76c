"""`tipoff verify`: whatever was done to the stored rows behind our back is found and named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipeline.audit.verdict import AuditKind, Verdict, Word, remember
from pipeline.run import Pipeline
from processors.registry import load
from tests.clients.serving import say, serving
from warehouse.duckdb.engine import DuckDBWarehouse

CACHE = "nba_precompute.player_daily_cache"
FORM = "nba_analytics.team_form"
DAY = date(2026, 1, 15)
EDITED = (
    f"UPDATE {CACHE} SET points_avg_last_5 = points_avg_last_5 + 1 WHERE analysis_date = '{DAY}'"
    f" AND player_lookup = (SELECT MIN(player_lookup) FROM {CACHE} WHERE analysis_date = '{DAY}')"
)
DELETED = f"DELETE FROM {FORM} WHERE game_date = '2025-12-01'"


@pytest.fixture
def path(computed_season_file: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "season.duckdb"
    shutil.copy(computed_season_file, copy)
    return copy


def edit(path: Path, *statements: str) -> None:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


def parts(path: Path, *arguments: str, code: int) -> dict[str, dict]:
    said = say(path, "verify", *arguments, "--json")
    assert said.code == code, said
    found = json.loads(said.out)
    assert found["verdict"] == ["passed", "failed", "undetermined"][code]
    return {one["part"]: one for one in found["parts"]}


@contextmanager
def pipeline_at(path: Path) -> Iterator[Pipeline]:
    warehouse = DuckDBWarehouse(path)
    try:
        yield Pipeline(warehouse, load())
    finally:
        warehouse.close()


def audited(path: Path, word: Word) -> None:
    """What an audit of blindness would have kept of the rows of one date."""
    with pipeline_at(path) as pipeline:
        stored = pipeline.assessor.content.stored(pipeline.registry.contracts[CACHE])
        verdict = Verdict(
            kind=AuditKind.BLINDNESS,
            table=CACHE,
            day=DAY,
            word=word,
            reason="told by the test",
            output_fingerprint=str(stored[DAY]),
        )
        remember(pipeline.warehouse, [verdict])


class TestRows:
    def test_untouched(self, path: Path) -> None:
        found = parts(path, code=0)
        assert [one["verdict"] for one in found.values()] == ["passed", "passed", "undetermined"]
        assert found["rows"]["findings"] == found["canaries"]["findings"] == []
        # Nobody has audited anything: said, with the command, and lowering nothing.
        assert "unaudited: tipoff audit blindness --start" in found["blindness"]["findings"][0]

    def test_deleted_and_edited(self, path: Path) -> None:
        edit(path, DELETED, EDITED)
        found = parts(path, code=1)
        deleted, edited = found["rows"]["findings"]
        assert deleted.startswith(f"{FORM} of 2025-12-01: 0 rows are stored, 14 were proved by run")
        assert edited.startswith(f"{CACHE} of {DAY}: ")
        assert f"don't have the content of their hash: {DAY} " in edited
        assert found["canaries"]["verdict"] == "passed"

    def test_the_ledger_lost_a_proof(self, path: Path) -> None:
        edit(
            path,
            f"DELETE FROM nba_ops.partitions WHERE table_name = '{FORM}'"
            " AND partition_date = '2025-12-01'",
        )
        (finding,) = parts(path, "--tables", "team_form", code=1)["rows"]["findings"]
        assert finding == f"{FORM} of 2025-12-01: 14 rows are stored that no run has proved"

    def test_only_what_is_asked(self, path: Path) -> None:
        edit(path, DELETED)
        parts(path, "--start", "2025-12-02", "--end", "2025-12-05", code=0)
        parts(path, "--start", "2025-12-01", "--tables", "player_lines", code=0)
        found = parts(path, "--start", "2025-12-01", "--tables", "team_form", code=1)
        assert len(found["rows"]["findings"]) == 1

    def test_many_are_counted(self, path: Path) -> None:
        edit(path, f"DELETE FROM {FORM} WHERE game_date >= '2026-03-01'")
        found = parts(path, "--tables", "team_form", code=1)["rows"]["findings"]
        assert len(found) == 6
        assert f"{FORM}: 84 more dates are failed, 2026-03-06 to 2026-06-20" in found[-1]

    def test_nothing_computed(self, raw_season_file: Path, tmp_path: Path) -> None:
        copy = tmp_path / "raw.duckdb"
        shutil.copy(raw_season_file, copy)
        found = parts(copy, "--tables", "team_form", code=2)
        assert "hold nothing where something should stand" in found["rows"]["said"]
        assert found["canaries"]["verdict"] == "undetermined"
        # Where no row is, nothing is left to be audited.
        assert found["blindness"]["findings"] == []

    def test_nothing_known(self, tmp_path: Path) -> None:
        parts(tmp_path / "new.duckdb", code=2)


class TestCanaries:
    def test_a_column_gone_for_months(self, path: Path) -> None:
        edit(
            path,
            f"UPDATE {CACHE} SET points_avg_last_5 = NULL WHERE analysis_date >= '2026-01-01'",
        )
        found = parts(path, "--start", "2025-12-01", "--tables", "player_daily_cache", code=1)
        # The asked date's rows are as they were proved: the season is what fails.
        assert (found["rows"]["verdict"], found["canaries"]["verdict"]) == ("passed", "failed")
        (finding,) = found["canaries"]["findings"]
        assert finding.startswith(f"{CACHE} of 2025-26: points_avg_last_5: NULL share: ")


class TestBlindness:
    ASKED = ("--start", str(DAY), "--tables", "player_daily_cache")

    def test_passed(self, path: Path) -> None:
        audited(path, Word.PASSED)
        found = parts(path, *self.ASKED, code=0)["blindness"]
        assert (found["verdict"], found["findings"]) == ("passed", [])

    def test_failed(self, path: Path) -> None:
        audited(path, Word.FAILED)
        found = parts(path, *self.ASKED, code=1)
        assert found["rows"]["verdict"] == "passed"
        (finding,) = found["blindness"]["findings"]
        assert finding.startswith(f"{CACHE} of {DAY}: the latest audit of these rows failed")
        audited(path, Word.PASSED)
        parts(path, *self.ASKED, code=0)

    def test_of_other_rows(self, path: Path) -> None:
        audited(path, Word.FAILED)
        edit(path, EDITED)
        found = parts(path, *self.ASKED, code=1)
        assert found["rows"]["verdict"] == "failed"
        assert found["blindness"]["verdict"] == "undetermined"


class TestWords:
    def test_findings(self, path: Path) -> None:
        edit(path, DELETED)
        said = say(path, "verify")
        assert said.code == 1
        assert f"{FORM} of 2025-12-01: 0 rows are stored" in said.out
        assert said.err.startswith("failed (audit ")

    def test_a_range_has_a_start(self, path: Path) -> None:
        said = say(path, "verify", "--end", "2025-12-01")
        assert (said.code, said.err) == (64, "usage: --end 2025-12-01 needs a --start\n")


class TestThroughOwner:
    def test_the_same(self, path: Path) -> None:
        """A service answers failures under codes of their own; they are answers all the same."""
        edit(path, DELETED, f"DELETE FROM {CACHE}")
        edit(path, f"DELETE FROM nba_ops.partitions WHERE table_name = '{CACHE}'")
        asked = {
            1: ["verify", "--tables", "team_form"],
            0: ["verify", "--start", "2025-12-02", "--tables", "team_form"],
            2: ["verify", "--start", "2026-01-15", "--tables", "player_daily_cache"],
            64: ["verify", "--start", "2020-01-01", "--end", "2026-01-01"],
        }
        without = {code: say(path, *words) for code, words in asked.items()}
        with serving(path):
            through = {code: say(path, *words) for code, words in asked.items()}
        for code in asked:
            assert through[code].code == without[code].code == code
            assert through[code].out == without[code].out
        assert "2025-12-01: 0 rows are stored" in through[1].out
        assert through[64].err == without[64].err
