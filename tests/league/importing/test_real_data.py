"""Three real seasons, where they lie beside the project: every count of the report."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from league.importing import ImportReport, import_folder

from .conftest import about, refused

DATA = Path(__file__).parents[4] / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not (DATA / "games.parquet").exists(), reason=f"no real data in {DATA}"
)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real")


@pytest.fixture(scope="module")
def report(out: Path) -> ImportReport:
    return import_folder(DATA, out=out)


def test_rows(report: ImportReport) -> None:
    assert report.mapping == "archive"
    assert report.rows == {
        "nba_raw.schedule": 3962,
        "nba_raw.player_boxscores": 83640,
        "nba_raw.shots": 538179,
        "nba_raw.odds_game_lines": 6361,
        "nba_raw.odds_player_points": 130445,
        "nba_raw.players": 819,
    }


def test_refused(report: ImportReport) -> None:
    assert {one.file: refused(report, one.file[:-8]) for one in report.sources if one.refused} == {
        "game_odds.parquet": {
            "a closing line of a game without tip-off": 1166,
            "suspected in-play": 133,
        },
        "player_lines.parquet": {
            "alternate line": 38985,
            "ambiguous: different values of one key": 126,
            "the player is unknown": 27,
        },
        "injuries.parquet": {"day-level transactions are not an injury report": 7953},
    }
    assert len(report.unresolved) == 14
    assert report.findings == ()


def test_flags(report: ImportReport) -> None:
    assert about(report, "games").flags["tipoff_unknown"] == 1090
    assert about(report, "games").flags["boxscore_not_expected"] == 19
    assert about(report, "player_boxscores").flags == {
        "rebounds_total_only": 83640,
        "shooting_unknown": 13610,
        "starter_unknown": 78335,
    }
    assert about(report, "game_odds").flags["captured_at_inferred"] == 6361


def test_points_make_the_score(report: ImportReport) -> None:
    wrong = duckdb.sql(
        f"""
        SELECT count(*) FROM (
          SELECT game_id, team, sum(points) AS points
          FROM '{report.files["nba_raw.player_boxscores"]}' GROUP BY ALL
        )
        JOIN '{report.files["nba_raw.schedule"]}' USING (game_id)
        WHERE points <> CASE team WHEN home_team THEN home_score ELSE away_score END
        """
    ).fetchone()
    assert wrong == (0,)


def test_negative_means_home_favoured(report: ImportReport) -> None:
    found = duckdb.sql(
        f"""
        SELECT provider, corr(spread_home, away_score - home_score) > 0.35
        FROM '{report.files["nba_raw.odds_game_lines"]}'
        JOIN '{report.files["nba_raw.schedule"]}' USING (game_id)
        GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    assert found == [("kaggle", True), ("odds_api", True), ("sbr", True)]
