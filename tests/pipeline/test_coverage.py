"""Coverage: its numbers are those of the schedule, counted here by other means."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline.audit.verdict import AuditKind, Verdict, Word, remember
from pipeline.coverage import By, Coverage, fills, read_coverage
from pipeline.run import Pipeline
from pipeline.state import State
from processors.registry import load
from tests.pipeline.small import GAMES, PLAYER_ASOF, TEAM_ASOF, day, league, run
from warehouse.duckdb.engine import DuckDBWarehouse

TEAM_FORM = "nba_analytics.team_form"
CACHE = "nba_precompute.player_daily_cache"
COUNTED = """
SELECT strftime(game_date, '%Y-%m') AS month, COUNT(DISTINCT game_date), COUNT(*)
FROM nba_raw.schedule
WHERE boxscore_expected AND season_phase IN ('regular', 'play_in', 'playoffs')
  AND game_date >= (
    SELECT MIN(game_date) FROM nba_raw.schedule WHERE season_phase = 'regular'
  ) + $days::INT
GROUP BY month
ORDER BY month
"""


@pytest.fixture
def path(computed_season_file: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "season.duckdb"
    shutil.copy(computed_season_file, copy)
    return copy


def fetched(path: Path, text: str, **parameters: object) -> list[tuple]:
    with duckdb.connect(str(path)) as connection:
        return connection.execute(text, parameters).fetchall()


@contextmanager
def pipeline_at(path: Path) -> Iterator[Pipeline]:
    warehouse = DuckDBWarehouse(path)
    try:
        yield Pipeline(warehouse, load())
    finally:
        warehouse.close()


def covered(path: Path, *tables: str, by: By = By.SEASON) -> list[Coverage]:
    with pipeline_at(path) as pipeline:
        return read_coverage(pipeline, tables, by)


class TestNumbers:
    @pytest.mark.parametrize(("table", "left_out"), [(TEAM_FORM, 0), (CACHE, 14)])
    def test_whole(self, path: Path, table: str, left_out: int) -> None:
        months = fetched(path, COUNTED, days=left_out)
        column = "game_date" if table == TEAM_FORM else "analysis_date"
        rows = dict(
            fetched(path, f"SELECT strftime({column}, '%Y-%m'), COUNT(*) FROM {table} GROUP BY 1")
        )
        everything = sum(dates for _, dates, _ in fetched(path, COUNTED, days=0))
        (season,) = covered(path, table)
        assert (season.season, season.month) == ("2025-26", None)
        assert season.standing == season.achievable == sum(dates for _, dates, _ in months)
        assert season.games_standing == season.games == sum(games for *_, games in months)
        assert season.rows == sum(rows.values())
        assert season.bootstrap == everything - season.achievable
        assert (season.share, season.coming, season.gaps) == (1.0, 0, [])
        by_month = covered(path, table, by=By.MONTH)
        found = [
            (one.month, one.standing, one.games, one.rows) for one in by_month if one.achievable
        ]
        assert found == [(month, dates, games, rows[month]) for month, dates, games in months]
        assert sum(one.bootstrap for one in by_month) == season.bootstrap

    def test_gap(self, path: Path) -> None:
        """A deleted date takes its games and rows along, and only in its month."""
        lost = date(2025, 12, 1)
        before = {one.month: one for one in covered(path, TEAM_FORM, by=By.MONTH)}
        ((games,),) = fetched(
            path,
            "SELECT COUNT(*) FROM nba_raw.schedule WHERE game_date = $day AND boxscore_expected",
            day=lost,
        )
        fetched(path, f"DELETE FROM {TEAM_FORM} WHERE game_date = $day", day=lost)
        after = {one.month: one for one in covered(path, TEAM_FORM, by=By.MONTH)}
        december = after.pop("2025-12")
        whole = before.pop("2025-12")
        assert after == before
        assert (december.standing, december.achievable) == (whole.achievable - 1, whole.achievable)
        assert december.games_standing == whole.games - games
        assert december.games == whole.games
        assert december.rows == whole.rows - 2 * games
        (gap,) = december.gaps
        assert (gap.table, gap.first, gap.last, gap.dates) == (TEAM_FORM, lost, lost, 1)
        assert gap.state is State.MISSING
        assert gap.fill == "tipoff run --start 2025-12-01 --end 2025-12-01"

    def test_gaps_do_not_reach_over_what_stands(self, path: Path) -> None:
        days = [date(2025, 12, 1), date(2025, 12, 2), date(2025, 12, 5)]
        for one in days:
            fetched(path, f"DELETE FROM {TEAM_FORM} WHERE game_date = $day", day=one)
        (found,) = covered(path, TEAM_FORM)
        assert [(gap.first, gap.last, gap.dates) for gap in found.gaps] == [
            (days[0], days[1], 2),
            (days[2], days[2], 1),
        ]
        assert fills([found]) == ["tipoff run --start 2025-12-01 --end 2025-12-05"]


class TestFill:
    def test_what_nobody_can_compute_is_loaded_first(self) -> None:
        small = league(5)
        small.drop_boxes("g2")
        pipeline = small.pipeline()
        run(pipeline, 0, 4)
        found = read_coverage(pipeline, [GAMES, TEAM_ASOF])
        (raw,) = found[0].gaps
        assert (raw.first, raw.state, raw.fill) == (day(2), State.BLOCKED, "tipoff import DIR")
        (waiting,) = found[1].gaps
        assert waiting.fill.startswith("tipoff run --start 2024-10-25")
        assert fills(found) == ["tipoff import DIR", waiting.fill]

    def test_nothing_to_fill(self) -> None:
        pipeline = league(3).pipeline()
        run(pipeline, 0, 2)
        assert fills(read_coverage(pipeline, [GAMES])) == []


class TestComing:
    def test_a_game_to_come_is_no_gap(self, monkeypatch: pytest.MonkeyPatch) -> None:
        small = league(3)
        for number in (3, 4, 5):
            small.game(f"g{number}", number, status="scheduled")
        pipeline = small.pipeline()
        run(pipeline, 0, 2)
        monkeypatch.setenv("TIPOFF_NOW", f"{day(3)}T12:00:00-04:00")
        (found,) = read_coverage(pipeline, [GAMES])
        # Today's game is waited for; those after it are nobody's fault.
        assert (found.standing, found.achievable, found.coming) == (3, 4, 2)
        assert [(gap.first, gap.last) for gap in found.gaps] == [(day(3), day(3))]
        monkeypatch.setenv("TIPOFF_NOW", f"{day(9)}T12:00:00-04:00")
        (late,) = read_coverage(pipeline, [GAMES])
        assert (late.achievable, late.coming, late.gaps[0].dates) == (6, 0, 3)

    def test_done_ahead_counts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        small = league(3)
        small.game("g3", 3, status="scheduled")
        pipeline = small.pipeline()
        run(pipeline, 0, 3)
        monkeypatch.setenv("TIPOFF_NOW", f"{day(2)}T12:00:00-04:00")
        (found,) = read_coverage(pipeline, [TEAM_ASOF])
        assert (found.coming, found.standing) == (0, found.achievable)


class TestBlindness:
    def test_where_no_row_is_nothing_can_be_audited(self) -> None:
        """On opening night nobody has played before: it stands, with no row."""
        pipeline = league(3).pipeline()
        run(pipeline, 0, 2)
        (found,) = read_coverage(pipeline, [PLAYER_ASOF])
        assert found.standing == 3
        assert found.unaudited == [day(1), day(2)]

    def test_only_of_the_rows_that_stand_there(self, path: Path) -> None:
        lost = date(2025, 12, 1)
        days = [lost + timedelta(days=number) for number in range(3)]
        with pipeline_at(path) as pipeline:
            stored = pipeline.assessor.content.stored(pipeline.registry.contracts[TEAM_FORM])
            remember(
                pipeline.warehouse,
                [
                    Verdict(
                        kind=AuditKind.BLINDNESS,
                        table=TEAM_FORM,
                        day=one,
                        word=Word.PASSED,
                        reason="",
                        output_fingerprint=str(stored[one]),
                    )
                    for one in days
                ],
            )
            (before,) = read_coverage(pipeline, [TEAM_FORM])
        fetched(path, f"UPDATE {TEAM_FORM} SET data_hash = 'x' WHERE game_date = $day", day=lost)
        (after,) = covered(path, TEAM_FORM)
        assert before.blind == {Word.PASSED: 3}
        assert len(before.unaudited) == before.standing - 3
        assert after.blind == {Word.PASSED: 2}
        assert lost not in after.unaudited  # It doesn't stand any more.
