"""The import as a whole: which mapping, what ends it, and that nothing is half written."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from league.importing import import_folder
from league.importing.errors import ImportRefused, MappingError

from .conftest import BOXSCORES, GAMES, ODDS, Folder


class TestMapping:
    def test_detected(self, archive: Folder) -> None:
        assert archive.run().mapping == "archive"

    def test_none_fits(self, folder: Folder) -> None:
        folder.csv("results", "a,b\n1,2")
        with pytest.raises(MappingError) as caught:
            folder.run()
        assert "archive: no file named games" in caught.value.message
        assert "nba_api: no file named leaguegamelog*" in caught.value.message

    def test_two_fit(self, archive: Folder, nba_api: Folder) -> None:
        with pytest.raises(MappingError, match="fits the mappings archive and nba_api"):
            archive.run()
        report = archive.run("archive")
        assert "ShotChartDetail.csv" in report.ignored

    def test_nearly_fits(self, archive: Folder) -> None:
        archive.parquet("games", f"SELECT * RENAME (season_type AS seasontype) FROM ({GAMES})")
        with pytest.raises(MappingError) as caught:
            archive.run()
        assert "no column `tipoff`" in caught.value.message

    def test_own(self, folder: Folder, tmp_path: Path) -> None:
        folder.csv(
            "results",
            """
            id,day,start,kind,home,guest
            g1,2024-11-01,2024-11-01 19:30,R,bos,nyk
            """,
        )
        folder.csv(
            "books",
            """
            id,book,favoured_by,seen
            g1,FanDuel,6.5,2024-11-01T20:00:00Z
            """,
        )
        mapping = tmp_path / "mine.toml"
        mapping.write_text(
            """
            description = "Own"
            [[source]]
            table = "schedule"
            files = "results*"
            [source.columns]
            game_id = "id"
            game_date = "day"
            season_year = { constant = 2024 }
            season_phase = { column = "kind", values = { R = "regular" } }
            tipoff_at = { column = "start", as = "eastern" }
            home_team = { column = "home", as = "upper" }
            away_team = { column = "guest", as = "upper" }
            home_score = { column = "points_home", optional = true }
            [[source]]
            table = "odds_game_lines"
            files = "books"
            [source.columns]
            game_id = "id"
            provider = { constant = "mine" }
            bookmaker = { column = "book", as = "lower" }
            captured_at = "seen"
            spread_home = { column = "favoured_by", as = "negate" }
            """
        )
        folder.run(mapping)
        assert folder.rows("schedule", "home_team, season_year, status, tipoff_at::VARCHAR") == [
            ("BOS", 2024, "scheduled", "2024-11-01 23:30:00")
        ]
        assert folder.rows(
            "odds_game_lines", "provider, bookmaker, spread_home, captured_at_inferred"
        ) == [("mine", "fanduel", -6.5, False)]

    def test_own_that_the_engine_cannot_run(self, folder: Folder, tmp_path: Path) -> None:
        folder.csv("results", "id,day\ng1,2024-11-01")
        mapping = tmp_path / "mine.toml"
        mapping.write_text(
            'description = "Own"\n[[source]]\ntable = "schedule"\nfiles = "results"\n'
            '[source.columns]\ngame_id = "id"\ngame_date = { column = "day", format = "%Q" }\n'
        )
        with pytest.raises(MappingError, match="rules for schedule cannot be run on results"):
            folder.run(mapping)


def test_schedule_alone(archive: Folder) -> None:
    for path in archive.path.iterdir():
        if path.stem != "games":
            path.unlink()
    assert archive.run().rows == {"nba_raw.schedule": 4, "nba_raw.players": 0}
    assert archive.written() == ["schedule.parquet"]


class TestEnds:
    """Each of these leaves nothing behind."""

    def ended(self, folder: Folder, mapping: str | None = None) -> str:
        with pytest.raises(ImportRefused) as caught:
            folder.run(mapping)
        assert folder.written() == []
        return caught.value.message

    def test_missing_column(self, archive: Folder) -> None:
        archive.parquet("player_boxscores", f"SELECT * RENAME (fgm AS fg_m) FROM ({BOXSCORES})")
        assert self.ended(archive) == (
            "player_boxscores.parquet has no column `fgm`, which is needed for fg_made;"
            " the nearest there is `fg_m`."
        )

    def test_unreadable_parquet(self, archive: Folder) -> None:
        (archive.path / "shots.parquet").write_text("no parquet")
        assert "shots.parquet cannot be read" in self.ended(archive)

    def test_ragged_csv(self, nba_api: Folder) -> None:
        path = nba_api.path / "ShotChartDetail.csv"
        path.write_text(path.read_text() + "1,2,3\n")
        assert "ShotChartDetail.csv cannot be read" in self.ended(nba_api)

    def test_csv_that_is_no_text(self, nba_api: Folder) -> None:
        (nba_api.path / "ShotChartDetail.csv").write_bytes(b"\xff\xfe\x00\x01")
        assert "ShotChartDetail.csv cannot be read" in self.ended(nba_api)

    def test_same_source_twice(self, archive: Folder) -> None:
        archive.csv("shots", "a\n1")
        assert "shots.csv and shots.parquet are one source twice" in self.ended(archive)

    def test_contradicting_games(self, archive: Folder) -> None:
        games = f"SELECT * EXCLUDE t, t::TIMESTAMPTZ AS tipoff FROM ({GAMES})"
        archive.parquet(
            "games",
            f"{games} UNION ALL SELECT * REPLACE (home_score + 1 AS home_score) FROM ({games})"
            " WHERE game_id = '001'",
        )
        message = self.ended(archive)
        assert "schedule: two different rows for game_id 001" in message

    def test_contradicting_boxscores(self, archive: Folder) -> None:
        archive.parquet(
            "player_boxscores",
            f"{BOXSCORES} UNION ALL SELECT * REPLACE (points + 1 AS points) FROM ({BOXSCORES})"
            " WHERE player_id = 8",
        )
        message = self.ended(archive)
        assert "game_id 001, player_lookup jaysontatum" in message
        assert "(Jayson Tatum, nba:8)" in message

    def test_spreads_signed_the_other_way(self, archive: Folder) -> None:
        archive.parquet(
            "games",
            "SELECT 'g' || n AS game_id, 2023 AS season_year, DATE '2024-01-01' + n::INTEGER AS"
            " game_date, 'regular' AS season_type, 'BOS' AS home_abbr, 'NYK' AS away_abbr,"
            " (100 + n % 17)::INTEGER AS home_score, 105 AS away_score,"
            " TIMESTAMPTZ '2024-01-01 23:00:00+00' AS tipoff FROM range(120) AS t(n)",
        )
        archive.parquet(
            "game_odds",
            "SELECT 'g' || n AS game_id, NULL::DATE AS game_date, (n % 17 - 5)::DOUBLE AS"
            " spread_home, 220.0 AS total, 'fanduel' AS bookmaker, FALSE AS suspect,"
            " 'kyleskom OddsData.sqlite (sbrscrape, FanDuel)' AS source FROM range(120) AS t(n)",
        )
        message = self.ended(archive)
        assert "The spreads of fanduel from sbr run against the results of 120 games" in message

    def test_no_schedule(self, archive: Folder) -> None:
        (archive.path / "games.parquet").unlink()
        assert "no schedule of mapping archive: looked for games" in self.ended(archive, "archive")

    def test_empty_folder(self, folder: Folder) -> None:
        assert "holds no .parquet" in self.ended(folder)

    def test_no_folder(self, folder: Folder) -> None:
        folder.path.rmdir()
        assert "is no folder" in self.ended(folder)


def test_sources_are_not_overwritten(archive: Folder) -> None:
    with pytest.raises(ImportRefused, match="holds the sources"):
        import_folder(archive.path, out=archive.path)


def test_failed_write_keeps_the_former_import(
    archive: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.run()
    before = archive.rows("odds_game_lines", "*")
    archive.parquet("game_odds", f"SELECT * REPLACE (total + 1 AS total) FROM ({ODDS})")

    def fails(*_: object) -> int:
        raise OSError("disk full")

    monkeypatch.setattr("league.importing.run.write_players", fails)
    with pytest.raises(OSError, match="disk full"):
        archive.run()
    assert archive.rows("odds_game_lines", "*") == before
    assert all(name.endswith(".parquet") for name in archive.written())


def test_same_again(archive: Folder) -> None:
    archive.run()
    first = {name: (archive.out / name).read_bytes() for name in archive.written()}
    archive.run()
    assert {name: (archive.out / name).read_bytes() for name in archive.written()} == first


def test_compressed_csv(nba_api: Folder) -> None:
    plain = nba_api.path / "ShotChartDetail.csv"
    with gzip.open(nba_api.path / "ShotChartDetail.csv.gz", "wb") as packed:
        packed.write(plain.read_bytes())
    plain.unlink()
    assert nba_api.run().rows["nba_raw.shots"] == 2
