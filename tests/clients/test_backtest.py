"""`tipoff backtest` on the sample season: honest, with features that leak, compared."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from clients.command import execute
from modeling.joined import TABLES
from modeling.provenance import Partition, read_partitions
from modeling.runs import read_run
from pipeline.audit.verdict import AuditKind, Verdict, Word, remember
from pipeline.outcome import USAGE_EXIT_CODE
from pipeline.run import Pipeline
from processors.registry import load
from tests.sharing import settle
from warehouse.duckdb.engine import DuckDBWarehouse

STORE = "nba_predictions.ml_feature_store_v2"
LEAK = f"""
UPDATE {STORE} AS store
SET points_avg_last_5 = 0.8 * store.points_avg_last_5 + 0.2 * played.points,
  points_avg_last_10 = 0.9 * store.points_avg_last_10 + 0.1 * played.points,
  points_avg_last_3 = (2 * store.points_avg_last_3 + played.points) / 3
FROM nba_analytics.player_game_summary AS played
WHERE played.game_date = store.game_date AND played.player_lookup = store.player_lookup
  AND NOT played.is_dnp
"""
DATES = (
    *("--train-start", "2025-11-04", "--train-end", "2026-01-04"),
    *("--eval-start", "2026-01-12", "--eval-end", "2026-04-12"),
)
RIDGE = ("--framework", "ridge", "--walkforward", "--refit-days", "84", "--skip-register")


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = execute(["backtest", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def spoken(partition: Partition, word: Word) -> Verdict:
    """As an audit would have of the rows that stand there."""
    return Verdict(
        kind=AuditKind.BLINDNESS,
        table=partition.table,
        day=partition.day,
        word=word,
        reason="said by a test",
        output_fingerprint=partition.fingerprint,
    )


@pytest.fixture(scope="module")
def audited_file(computed_season_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The season with a verdict on each partition; the audit itself has its own tests."""
    path = Path(shutil.copy(computed_season_file, tmp_path_factory.mktemp("backtest") / "a.duckdb"))
    with closing(DuckDBWarehouse(path)) as warehouse:
        pipeline = Pipeline(warehouse, load())
        found = read_partitions(pipeline, pipeline.assessor.calendar.game_dates)
        remember(warehouse, [spoken(one, Word.PASSED) for one in found if one.must_be_blind])
    return settle(path)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


class TestHonest:
    def test_report(
        self, audited_file: Path, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        given = ["--warehouse", f"duckdb://{audited_file}", "--home", str(home)]
        code, told = run_json(capsys, "--name", "a", *RIDGE, "--include-no-line", *given)
        assert told["flags"] == []
        assert told["model"] is None
        gates = {one["name"]: one["passed"] for one in told["gates"]}
        assert gates["blindness"]
        assert gates["baselines"]
        assert (code, told["promotable"]) == (1, False)
        assert not all(gates.values())
        run = read_run(home, "a")
        off = np.abs(run.predicted["model"] - run.points)
        everybody = told["summary"]["all"]
        assert everybody[0]["errors"]["mae"] == pytest.approx(off.mean())
        assert [one["predictor"] for one in everybody] == [
            *("model", "mean of 5", "mean of 10", "season mean", "blend"),
        ]
        assert (home / "backtests" / "a" / "report.html").stat().st_size > 10_000

        blind = ["--feature-set", "v12_blind", "--line-source", "consensus,draftkings"]
        code, other = run_json(capsys, "--name", "b", *RIDGE, *blind, *DATES, *given)
        assert code == 1
        assert other["fits"][0]["train_last"] <= "2026-01-04"
        assert "2026-01-12" <= other["about"]["first"] < other["about"]["last"] <= "2026-04-12"
        rows = {(one["source"], one["rows"]) for one in other["summary"]["lines"]}
        assert rows == {(one, other["about"]["rows"]) for one in ("consensus", "draftkings")}
        assert other["about"]["without_line"] > 0

        code, table = run_json(capsys, "compare", "a", "b", "--home", str(home))
        assert code == 0
        assert [one["name"] for one in table] == ["a", "b"]
        paired = table[1]["against_first"]
        assert paired["n"] == other["about"]["rows"] < told["about"]["rows"]
        second = read_run(home, "b")
        first = dict(zip(keys(run), off, strict=True))
        gaps = [
            abs(said - scored) - first[key]
            for key, said, scored in zip(
                keys(second), second.predicted["model"], second.points, strict=True
            )
        ]
        assert paired["mae"] == pytest.approx(np.mean(gaps))
        assert paired["low"] < paired["mae"] < paired["high"]

        assert execute(["backtest", "compare", "a", "b", "--home", str(home)]) == 0
        assert "differences are of MAE to a" in capsys.readouterr().out

    def test_words(
        self, audited_file: Path, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        given = ["--name", "w", "--framework", "ridge", "--home", str(home)]
        assert execute(["backtest", *given, "--warehouse", f"duckdb://{audited_file}"]) == 1
        told = capsys.readouterr()
        assert "against the line (cascade)" in told.out
        assert "break-even 52.38%" in told.out
        assert "the model is kept as w-" in told.err
        assert execute(["models", "list", "--home", str(home)]) == 0
        assert "shadow" in capsys.readouterr().out


def keys(run: Any) -> list[tuple]:
    return list(zip(run.days.tolist(), run.players, strict=True))


class TestLeaked:
    @pytest.fixture(scope="class")
    @classmethod
    def scratch(cls, audited_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """A copy in whose store the means count their own evening."""
        path = Path(shutil.copy(audited_file, tmp_path_factory.mktemp("leaked") / "s.duckdb"))
        with duckdb.connect(str(path)) as connection:
            connection.execute(LEAK)
        return settle(path)

    def test_is_refused(
        self, scratch: Path, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What stands there is not what was proven, and no audit has spoken of it."""
        given = ["--name", "l", *RIDGE, "--home", str(home), "--warehouse", f"duckdb://{scratch}"]
        code, told = run_json(capsys, *given)
        assert (code, told["error"]) == (1, "training_refused")
        assert "--allow-stale" in told["message"]
        code, told = run_json(capsys, *given, "--allow-stale")
        assert code == 1
        assert "--allow-unaudited" in told["message"]

    def test_flags_gate_and_exit_code(
        self, scratch: Path, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        given = ["--name", "l", *RIDGE, "--home", str(home), "--warehouse", f"duckdb://{scratch}"]
        allowed = ["--include-no-line", "--allow-stale", "--allow-unaudited"]
        code, told = run_json(capsys, *given, *allowed)
        said = " ".join(one["says"] for one in told["flags"])
        assert "below that of the best baseline" in said
        assert "below that of the line (cascade)" in said
        assert "picks at edge 3 win against the line (cascade)" in said
        assert told["flags"][0]["checks"][0].startswith("tipoff audit blindness")
        assert [one["name"] for one in told["gates"] if not one["passed"]] == [
            *("blindness", "freshness")
        ]
        assert (code, told["promotable"]) == (1, False)
        assert told["about"]["blindness"]["unaudited"] > 100

    def test_condemned_it_is_refused_for_good(
        self, scratch: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What an audit failed no option lets through, and one partition is enough."""
        path = Path(shutil.copy(scratch, tmp_path / "condemned.duckdb"))
        with closing(DuckDBWarehouse(path)) as warehouse:
            (found,) = (
                one
                for one in read_partitions(Pipeline(warehouse, load()), [date(2026, 1, 14)])
                if one.table == STORE
            )
            remember(warehouse, [spoken(found, Word.FAILED)])
        given = ["--name", "l", *RIDGE, "--home", str(tmp_path), "--allow-stale"]
        given += ["--allow-unaudited", "--warehouse", f"duckdb://{path}"]
        code, told = run_json(capsys, *given)
        assert (code, told["error"]) == (1, "training_refused")
        assert "2026-01-14: what stands there knows its own evening" in told["message"]
        assert not (tmp_path / "backtests").exists()


class TestUsage:
    """Refused before any warehouse is opened."""

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            (["--train-start", "2025-11-04", "--train-end", "2025-12-01"], "all or not at all"),
            (["--eval-end", "2025-12-01"], "1 of 4"),
            (["--refit-days", "7"], "add --walkforward"),
            (["--framework", "xgboost"], "catboost, lightgbm, ridge"),
            (["--feature-set", "v13"], "no feature set"),
            (["--framework", "ridge", "--loss-function", "MAE"], "a ridge makes squares small"),
            (["--loss-function", "Hubert"], "no loss is called"),
            (["--line-source", "cascade,caesars"], "draftkings"),
            (["--name", "../up"], "is no name for a backtest"),
            (["--demonstrate-leak"], "keeps nothing"),
        ],
    )
    def test_refused(self, given: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
        named = [] if "--name" in given else ["--name", "x"]
        nowhere = ["--warehouse", "duckdb:///nowhere/at/all.duckdb"]
        assert execute(["backtest", *named, *given, *nowhere]) == USAGE_EXIT_CODE
        assert says in capsys.readouterr().err

    def test_a_set_of_no_dates(self, capsys: pytest.CaptureFixture[str]) -> None:
        dates = ["--start", "2025-12-02", "--end", "2025-12-01", "--out", "rows.parquet"]
        assert execute(["dataset", *dates]) == USAGE_EXIT_CODE
        assert "ends on 2025-12-01, before it starts" in capsys.readouterr().err

    def test_name_is_wanted(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["backtest", "--framework", "ridge"]) == USAGE_EXIT_CODE
        assert "--name" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("dates", "says"),
        [
            (
                ("2025-11-04", "2026-02-01", "2026-02-01", "2026-03-01"),
                "nobody learns from what he is to predict",
            ),
            (("2026-01-05", "2025-11-04", "2026-02-01", "2026-03-01"), "before it begins"),
            (("2025-11-04", "2026-01-05", "2026-03-01", "2026-02-01"), "ends before it starts"),
        ],
    )
    def test_dates_that_cannot_be(
        self, dates: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        names = ["--train-start", "--train-end", "--eval-start", "--eval-end"]
        given = [one for pair in zip(names, dates, strict=True) for one in pair]
        nowhere = ["--warehouse", "duckdb:///nowhere/at/all.duckdb"]
        assert execute(["backtest", "--name", "o", *given, *nowhere]) == USAGE_EXIT_CODE
        assert says in capsys.readouterr().err

    def test_unknown_run(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["backtest", "compare", "a", "b", "--home", str(home)]) == USAGE_EXIT_CODE
        assert "there is no backtest 'a'" in capsys.readouterr().err


def test_demonstration(
    raw_season_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the first months of the season: what the leak is worth, and what names it."""
    path = Path(shutil.copy(raw_season_file, tmp_path / "raw.duckdb"))
    last = date(2025, 10, 21) + timedelta(days=95)
    with duckdb.connect(str(path)) as connection:
        for table in ("schedule", "player_boxscores", "shots", "odds_game_lines"):
            connection.execute(f"DELETE FROM nba_raw.{table} WHERE game_date > ?", [last])
        for table in ("odds_player_points", "injury_report"):
            connection.execute(f"DELETE FROM nba_raw.{table} WHERE game_date > ?", [last])
    given = ["--demonstrate-leak", "--framework", "ridge", "--warehouse", f"duckdb://{path}"]
    code, told = run_json(capsys, *given)
    assert [one["says"] for one in told["claims"] if not one["holds"]] == []
    assert (code, told["shown"]) == (0, True)
    assert told["honest"]["flags"] == []
    assert (told["honest"]["audit"], told["leaked"]["audit"]) == ("passed", "failed")
    maes = [told[one]["summary"]["all"][0]["errors"]["mae"] for one in ("honest", "leaked")]
    assert maes[1] < 0.8 * maes[0]


def test_tables_are_what_it_reads() -> None:
    assert set(TABLES) == {
        *(STORE, "nba_analytics.player_game_summary", "nba_analytics.player_lines"),
    }
