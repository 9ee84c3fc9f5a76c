"""Canaries: an honest season passes, each planted fault is named with table, season and column."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pytest

from clients.command import execute
from pipeline.audit.canaries import SeasonVerdict, What, audit_canaries, presence, spreads
from pipeline.audit.verdict import Word
from pipeline.run import Pipeline
from processors.columns import Type
from processors.contract import ORDINARY, Contract
from processors.errors import UsageError
from processors.registry import load
from tests.googlesql.analysis import analyse
from warehouse.duckdb.engine import DuckDBWarehouse

STORE = "nba_predictions.ml_feature_store_v2"
ZONES = "nba_precompute.player_shot_zone_analysis"
GAMES = "nba_analytics.player_game_summary"
TEAMS = "nba_analytics.team_asof"
SEASON = "2025-26"


@pytest.fixture
def season_file(computed_season_file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "season.duckdb"
    shutil.copy(computed_season_file, path)
    return path


def edit(path: Path, *statements: str) -> None:
    """What somebody does to the stored rows behind our back, in DuckDB's words."""
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


def audited(
    path: Path, tables: Sequence[str] = (), year: int | None = None
) -> dict[str, SeasonVerdict]:
    warehouse = DuckDBWarehouse(path)
    try:
        pipeline = Pipeline(warehouse, load())
        chosen = [load().contracts[one] for one in tables or load().processors]
        calendar = pipeline.assessor.calendar
        return {one.table: one for one in audit_canaries(warehouse, calendar, chosen, year)}
    finally:
        warehouse.close()


def findings(verdict: SeasonVerdict) -> list[tuple[str, What]]:
    return [(one.column, one.what) for one in verdict.findings]


class TestHonest:
    def test_every_table_passes(self, season_file: Path) -> None:
        verdicts = audited(season_file)
        assert set(verdicts) == set(load().processors)
        for table, one in verdicts.items():
            assert (one.word, one.reason) == (
                Word.PASSED,
                f"{len(load().contracts[table].columns)} columns are within",
            ), one.findings
            assert one.season == SEASON

    def test_a_season_of_thirty_dates_passes_and_a_younger_one_is_not_judged(
        self, season_file: Path
    ) -> None:
        tables = load().processors.values()
        days = {one.table: one.contract.date_column for one in tables}

        def keep(dates: int) -> list[str]:
            return [
                f"DELETE FROM {table} WHERE {day} NOT IN"
                f" (SELECT DISTINCT {day} FROM {table} ORDER BY 1 LIMIT {dates})"
                for table, day in days.items()
            ]

        edit(season_file, *keep(30))
        young = audited(season_file)
        assert {one.word for one in young.values()} == {Word.PASSED}, [
            (one.table, one.findings) for one in young.values() if one.findings
        ]
        edit(season_file, *keep(29))
        younger = audited(season_file)
        assert {one.word for one in younger.values()} == {Word.UNDETERMINED}
        assert younger[STORE].reason == "29 dates are stored, 30 are asked for"

    def test_evidence(self, season_file: Path) -> None:
        with duckdb.connect(str(season_file)) as connection:
            expected = connection.execute(
                f"SELECT count(*), count(DISTINCT game_date), min(game_date), max(game_date),"
                f" count(*) - count(vegas_points_line), count(DISTINCT vegas_points_line),"
                f" min(vegas_points_line), max(vegas_points_line) FROM {STORE}"
            ).fetchone()
        verdict = audited(season_file, [STORE])[STORE]
        said, column = verdict.evidence, verdict.evidence["columns"]["vegas_points_line"]
        found = (
            *(said[name] for name in ("rows", "dates", "first_date", "last_date")),
            *(column[name] for name in ("nulls", "distinct")),
            *(float(column[name]) for name in ("lowest", "highest")),
        )
        assert found == expected
        assert verdict.day == expected[3]


class TestPlanted:
    def test_a_default_everywhere(self, season_file: Path) -> None:
        edit(season_file, f"UPDATE {STORE} SET opponent_def_rating = 110")
        verdict = audited(season_file, [STORE])[STORE]
        assert verdict.word is Word.FAILED
        assert verdict.season == SEASON
        assert findings(verdict) == [("opponent_def_rating", What.ONE_VALUE)]
        (found,) = verdict.findings
        assert found.found == "100.0% hold 110.0 (1 distinct)"
        assert found.threshold == "at most 99%"

    def test_a_default_nearly_everywhere(self, season_file: Path) -> None:
        """One row in 200 is as it was."""
        edit(season_file, f"UPDATE {STORE} SET pace_score = 0 WHERE hash(player_lookup) % 200 > 0")
        verdict = audited(season_file, [STORE])[STORE]
        assert findings(verdict) == [("pace_score", What.ONE_VALUE)]
        assert verdict.evidence["columns"]["pace_score"]["distinct"] > 1

    def test_a_column_that_is_mostly_null(self, season_file: Path) -> None:
        """From 2025-11-15 on nothing at all."""
        edit(
            season_file,
            f"UPDATE {ZONES} SET paint_rate_last_10 = NULL WHERE analysis_date > '2025-11-14'",
        )
        verdict = audited(season_file, [ZONES])[ZONES]
        assert findings(verdict) == [("paint_rate_last_10", What.NULLS)]
        (found,) = verdict.findings
        column = verdict.evidence["columns"]["paint_rate_last_10"]
        assert column["null_share"] > 0.9
        assert column["first_empty_date"] == date(2025, 11, 15)
        assert column["last_empty_date"] == verdict.day
        assert found.found == (
            f"{column['null_share']:.1%} NULL; no value at all on {column['empty_dates']} dates,"
            f" 2025-11-15 to {verdict.day}"
        )
        assert found.threshold == f"at most {ORDINARY.null_share:.0%}"

    def test_the_longest_stretch_without_a_value_is_named(self, season_file: Path) -> None:
        """A stray date in spring must not hide that it was the winter."""
        edit(
            season_file,
            f"UPDATE {ZONES} SET paint_rate_last_10 = NULL"
            " WHERE analysis_date BETWEEN '2025-12-01' AND '2026-02-12'"
            " OR analysis_date = '2026-04-12'",
        )
        (found,) = audited(season_file, [ZONES])[ZONES].findings
        assert "dates, 2025-12-01 to 2026-04-12, " in found.found
        assert found.found.endswith(" in a row from 2025-12-01 to 2026-02-12")

    def test_null_here_and_there_names_no_dates(self, season_file: Path) -> None:
        edit(season_file, f"UPDATE {ZONES} SET paint_pct_last_20 = NULL WHERE hash(rowid) % 20 > 0")
        (found,) = audited(season_file, [ZONES])[ZONES].findings
        assert (found.column, found.what) == ("paint_pct_last_20", What.NULLS)
        assert "dates" not in found.found

    @pytest.mark.parametrize(
        ("column", "value", "threshold"),
        [
            ("fatigue_score", "101", "not fatigue_score < 0 OR fatigue_score > 100"),
            ("fatigue_score", "-1", "not fatigue_score < 0 OR fatigue_score > 100"),
            ("data_quality_tier", "'best'", "not data_quality_tier NOT IN"),
        ],
    )
    def test_a_value_out_of_range(
        self, column: str, value: str, threshold: str, season_file: Path
    ) -> None:
        edit(
            season_file,
            f"UPDATE {STORE} SET {column} = {value}"
            f" WHERE rowid = (SELECT min(rowid) FROM {STORE} WHERE game_date = '2026-01-15')",
        )
        verdict = audited(season_file, [STORE])[STORE]
        assert findings(verdict) == [(column, What.RANGE)]
        (found,) = verdict.findings
        assert found.found.startswith("1 rows; ")
        assert found.threshold.startswith(threshold)

    def test_null_where_it_is_never(self, season_file: Path) -> None:
        edit(
            season_file,
            f"ALTER TABLE {GAMES} ALTER is_home DROP NOT NULL",
            f"UPDATE {GAMES} SET is_home = NULL"
            f" WHERE rowid = (SELECT min(rowid) FROM {GAMES} WHERE game_date = '2026-01-15')",
        )
        (found,) = audited(season_file, [GAMES])[GAMES].findings
        assert (found.column, found.threshold) == ("is_home", "never NULL")
        assert found.found.endswith("% NULL")
        assert not found.found.startswith("0.0%")

    def test_placeholders_of_bootstrap_days_do_not_count(self, season_file: Path) -> None:
        edit(
            season_file,
            f"INSERT INTO {STORE} SELECT * REPLACE (DATE '2025-10-25' AS game_date,"
            f" NULL AS pace_score, player_lookup || rowid AS player_lookup) FROM {STORE}",
        )
        verdict = audited(season_file, [STORE])[STORE]
        assert verdict.word is Word.PASSED, verdict.findings
        assert verdict.evidence["first_date"] > date(2025, 10, 25)


def test_a_table_that_holds_nothing(season_file: Path) -> None:
    edit(season_file, f"DELETE FROM {TEAMS}")
    verdict = audited(season_file, [TEAMS])[TEAMS]
    assert verdict.word is Word.UNDETERMINED
    assert verdict.reason == "0 dates are stored, 30 are asked for"
    assert verdict.day.year == 2026


def test_a_season_that_is_not_there(season_file: Path) -> None:
    with pytest.raises(UsageError, match="season 2031 is over; seasons that have begun: 2025"):
        audited(season_file, [TEAMS], 2031)


@pytest.mark.parametrize(
    "contract", [one.contract for one in load()], ids=lambda contract: contract.name
)
def test_google_reads_the_texts(contract: Contract) -> None:
    asked = {"first_date": Type.DATE, "last_date": Type.DATE}
    assert len(analyse(spreads(contract), [contract], asked)) == 10
    assert len(analyse(presence(contract), [contract], asked)) == 2 + len(contract.columns)


class TestCommand:
    def run(self, path: Path, *more: str) -> int:
        return execute(["audit", "canaries", "--warehouse", f"duckdb:///{path}", *more])

    def test_exit_codes_and_kept_verdicts(
        self, season_file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        store = ["--tables", "ml_feature_store_v2", "--season", "2025", "--json"]
        assert self.run(season_file, *store) == 0
        said = json.loads(capsys.readouterr().out)
        assert said["verdict"] == "passed"
        assert said["verdicts"][0]["evidence"]["columns"]["home_away"]["distinct"] == 2
        edit(
            season_file,
            f"UPDATE {STORE} SET home_away = 1",
            f"DELETE FROM {TEAMS} WHERE analysis_date > '2025-11-01'",
        )
        assert self.run(season_file, "--tables", "team_asof", "--json") == 2
        assert json.loads(capsys.readouterr().out)["verdict"] == "undetermined"
        assert self.run(season_file, *store) == 1
        (verdict,) = json.loads(capsys.readouterr().out)["verdicts"]
        (found,) = verdict["evidence"]["failed"]
        assert (found["column"], found["what"]) == ("home_away", "one value")

        with duckdb.connect(str(season_file)) as connection:
            kept = connection.execute(
                "SELECT table_name, partition_date, verdict, evidence FROM nba_ops.audits"
                " WHERE kind = 'canaries' ORDER BY recorded_at"
            ).fetchall()
            last = connection.execute(f"SELECT max(game_date) FROM {STORE}").fetchone()[0]
        assert [(table, day, word) for table, day, word, _ in kept] == [
            (STORE, last, "passed"),
            (TEAMS, date(2025, 11, 1), "undetermined"),
            (STORE, last, "failed"),
        ]
        assert json.loads(kept[2][3])["failed"][0]["column"] == "home_away"

    def test_what_people_read(self, season_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        edit(season_file, f"UPDATE {STORE} SET home_away = 1")
        assert self.run(season_file, "--tables", "ml_feature_store_v2,team_asof") == 1
        lines = capsys.readouterr().out.splitlines()
        (line,) = [one for one in lines if "home_away" in one and "one value" in one]
        assert " ".join(line.split()) == (
            f"{STORE} {SEASON} home_away one value 100.0% hold 1 (1 distinct) at most 99%"
        )
