"""The training set of the sample season, counted again from the raw tables."""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from clients.command import execute
from modeling.arrays import day_of
from modeling.provenance import UNAUDITED, hold, read_partitions
from modeling.reading import read_training_set
from modeling.storing import read_origin, write_training_set
from modeling.training_set import VEGAS, LineSource, TrainingSet
from pipeline.audit.verdict import AuditKind, Verdict, Word, remember
from pipeline.run import Pipeline
from processors.errors import TrainingRefused
from processors.features import SETS
from processors.registry import load
from tests.modeling.small import FIRST, partition
from warehouse.duckdb.engine import DuckDBWarehouse

STORE, LINES = "nba_predictions.ml_feature_store_v2", "nba_analytics.player_lines"
DAY = date(2026, 1, 14)

STORED = f"SELECT game_date, player_lookup, game_id FROM {STORE}"
PLAYED = """
SELECT box.game_date, box.player_lookup, box.game_id, box.points
FROM nba_raw.player_boxscores AS box
JOIN nba_raw.schedule AS game ON game.game_id = box.game_id AND game.boxscore_expected
WHERE game.season_phase IN ('regular', 'play_in', 'playoffs') AND game.status = 'final'
  AND (regexp_matches(box.minutes, '[1-9]') OR box.points > 0 OR box.plus_minus != 0)
"""


@pytest.fixture(scope="module")
def stored(season_file: Path) -> dict[tuple[date, str], str]:
    with duckdb.connect(str(season_file), read_only=True) as connection:
        return {(day, who): game for day, who, game in connection.execute(STORED).fetchall()}


@pytest.fixture(scope="module")
def scored(season_file: Path) -> dict[tuple[date, str], tuple[str, int]]:
    """Of all who are on a box score with minutes, as the raw table has it."""
    with duckdb.connect(str(season_file), read_only=True) as connection:
        rows = connection.execute(PLAYED).fetchall()
    return {(day, who): (game, points) for day, who, game, points in rows}


class TestRows:
    def test_one_a_player_game(self, season_rows: TrainingSet, scored: dict) -> None:
        keys = list(zip(map(day_of, season_rows.days), season_rows.players, strict=True))
        assert len(set(keys)) == len(keys) > 15_000
        assert keys == sorted(keys)
        found = zip(keys, season_rows.games, season_rows.points, strict=True)
        assert [key for key, game, points in found if scored[key] != (game, points)] == []

    def test_nobody_is_lost(self, season_rows: TrainingSet, stored: dict, scored: dict) -> None:
        """Every stored row and everybody who played is in the set, or left out for a reason."""
        left = Counter({one.reason: one.rows for one in season_rows.left_out})
        of_store = left["did_not_play"] + left["no_result"] + left["another_game"]
        played_in = sum(scored.get(key, ("",))[0] == game for key, game in stored.items())
        assert len(season_rows) == played_in
        without = sum(key not in stored for key in scored)
        assert without == left["bootstrap"] + left["not_in_store"] + left["not_computed"] > 0
        assert of_store >= len(stored) - played_in

    def test_lines(self, season_rows: TrainingSet) -> None:
        """Where DraftKings has a line it is the cascade's; the consensus is a line of its own."""
        cascade, book, middle = (season_rows.line(one) for one in LineSource)
        known = np.isfinite(book)
        assert known.sum() > 5_000
        assert np.array_equal(book[known], cascade[known])
        assert np.array_equal(np.isfinite(cascade), np.isfinite(middle))
        assert 0.05 < np.mean(cascade[known] != middle[known]) < 0.95

    def test_readiness_is_of_each_set(self, season_rows: TrainingSet) -> None:
        ready = {name: int(season_rows.ready(name).sum()) for name in SETS}
        assert len(season_rows) > ready["v9"] >= ready["v10"] >= ready["v12"] > 0
        lacking = season_rows.lacking("v12")
        not_ready = len(season_rows) - ready["v12"]
        assert max(lacking.values()) <= not_ready <= sum(lacking.values())
        assert set(lacking) >= set(season_rows.lacking("v9"))


class TestFile:
    def test_same_bytes(self, season_rows: TrainingSet, season_file: Path, tmp_path: Path) -> None:
        """Of two readings, with one thread and with two."""
        with closing(DuckDBWarehouse(season_file, threads=2)) as warehouse:
            again = read_training_set(Pipeline(warehouse, load()), allow_unaudited=True)
        hashes = set()
        for number, rows in enumerate((season_rows, again)):
            path = tmp_path / f"{number}.parquet"
            assert write_training_set(rows, path, "v11") == season_rows.ready("v11").sum()
            hashes.add(hashlib.sha256(path.read_bytes()).hexdigest())
        assert len(hashes) == 1

    def test_content(self, season_rows: TrainingSet, tmp_path: Path) -> None:
        path = tmp_path / "rows.parquet"
        write_training_set(season_rows, path, "v12", no_vegas=True)
        with duckdb.connect() as connection:
            found = connection.execute(f"SELECT * FROM '{path}'")
            names = [one[0] for one in found.description or ()]
            rows = found.fetchall()
        assert [one for one in names if one in SETS["v12"]] == [
            one for one in SETS["v12"] if one not in VEGAS
        ]
        ready = season_rows.pick(season_rows.ready("v12"))
        assert len(rows) == len(ready)
        risk = names.index("injury_risk")
        expected = [None if np.isnan(one) else one for one in ready.feature("injury_risk")]
        assert [row[risk] for row in rows] == expected
        assert None in expected

    def test_says_where_it_comes_from(self, season_rows: TrainingSet, tmp_path: Path) -> None:
        path = tmp_path / "rows.parquet"
        write_training_set(season_rows, path, "v9")
        told = read_origin(path)
        assert (told["feature_set"], told["blindness"]) == ("v9", {UNAUDITED: 2 * dates(told)})
        one = next(one for one in told["partitions"] if one["table"] == STORE)
        assert set(one) == {
            *("table", "day", "fingerprint", "state", "logic_version", "blindness"),
        }
        assert told["left_out"]


def dates(told: dict) -> int:
    return len({one["day"] for one in told["partitions"]})


class TestProven:
    def test_unaudited_is_refused(self, pipeline: Pipeline) -> None:
        with pytest.raises(TrainingRefused, match="tipoff audit blindness --start 2026-01-14"):
            read_training_set(pipeline, DAY, DAY)
        told = {one.table: one for one in read_partitions(pipeline, [DAY])}
        verdicts = [
            Verdict(
                kind=AuditKind.BLINDNESS,
                table=table,
                day=DAY,
                word=Word.PASSED,
                reason="nothing moved",
                output_fingerprint=told[table].fingerprint,
            )
            for table in (STORE, LINES)
        ]
        remember(pipeline.warehouse, verdicts[:1])
        with pytest.raises(TrainingRefused, match="--tables player_lines"):
            read_training_set(pipeline, DAY, DAY)
        remember(pipeline.warehouse, verdicts[1:])
        rows = read_training_set(pipeline, DAY, DAY)
        assert len(rows) > 50
        assert {one.blindness for one in rows.partitions if one.must_be_blind} == {"passed"}

    def test_stale_is_refused(self, pipeline: Pipeline) -> None:
        """Somebody edits a stored row: what stands there is not what was proven."""
        pipeline.warehouse._connection.execute(
            f"UPDATE {STORE} SET points_avg_last_5 = points_avg_last_5 + 1 WHERE game_date = ?",
            [DAY],
        )
        pipeline.refresh()
        with pytest.raises(TrainingRefused, match="--allow-stale"):
            read_training_set(pipeline, DAY, DAY, allow_unaudited=True)
        rows = read_training_set(pipeline, DAY, DAY, allow_unaudited=True, allow_stale=True)
        assert not next(one for one in rows.partitions if one.table == STORE).is_fresh

    def test_unknown_points_are_no_target(self, pipeline: Pipeline) -> None:
        """A model that learns from one row without points knows nothing."""
        allowed = {"allow_unaudited": True, "allow_stale": True}
        before = read_training_set(pipeline, DAY, DAY, **allowed)
        pipeline.warehouse._connection.execute(
            "UPDATE nba_analytics.player_game_summary SET points = NULL"
            " WHERE game_date = ? AND player_lookup = ?",
            [DAY, before.players[0]],
        )
        pipeline.refresh()
        rows = read_training_set(pipeline, DAY, DAY, **allowed)
        assert list(rows.players) == list(before.players[1:])
        assert np.isfinite(rows.points).all()
        assert {one.reason: one.rows for one in rows.left_out}["points_unknown"] == 1

    def test_nothing_there(self, pipeline: Pipeline) -> None:
        with pytest.raises(TrainingRefused, match="holds no row"):
            read_training_set(pipeline, date(2025, 10, 21), date(2025, 10, 25))

    @pytest.mark.parametrize("word", [UNAUDITED, "undetermined"])
    def test_unproven(self, word: str) -> None:
        found = [partition(), partition(LINES, blindness=word)]
        with pytest.raises(TrainingRefused, match="player_lines"):
            hold(found, allow_stale=False, allow_unaudited=False)
        hold(found, allow_stale=False, allow_unaudited=True)

    def test_a_leak_is_never_let_through(self) -> None:
        with pytest.raises(TrainingRefused, match="knows its own evening"):
            hold([partition(blindness="failed")], allow_stale=True, allow_unaudited=True)

    def test_results_may_know_their_evening(self) -> None:
        told = partition("nba_analytics.player_game_summary", FIRST, blindness=UNAUDITED)
        hold([told], allow_stale=False, allow_unaudited=False)


def test_command(season_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "rows.parquet"
    given = ["dataset", "--out", str(out), "--warehouse", f"duckdb://{season_file}"]
    given += ["--start", "2026-01-05", "--end", "2026-01-18"]
    assert execute(given) == 1
    assert "no audit of blindness has passed" in capsys.readouterr().err
    assert not out.exists()
    assert execute([*given, "--allow-unaudited", "--feature-set", "v10"]) == 0
    told = capsys.readouterr()
    assert "did_not_play" in told.out
    assert f"rows in {out}" in told.err
    assert read_origin(out)["feature_set"] == "v10"
    assert execute([*given, "--feature-set", "v13"]) == 64
