"""The rulings for incomplete sources, each on the archive layout."""

from __future__ import annotations

from datetime import datetime

import pytest

from .conftest import BOXSCORES, GAMES, LINES, ODDS, SHOTS, Folder, about, refused


class TestSchedule:
    def test_phases_and_status(self, archive: Folder) -> None:
        archive.run()
        assert archive.rows("schedule", "game_id, season_phase, status, boxscore_expected") == [
            ("001", "regular", "final", True),
            ("002", "play_in", "final", False),
            ("003", "playoffs", "final", True),
            ("004", "playoffs", "scheduled", True),
        ]

    def test_tipoff_utc_or_null(self, archive: Folder) -> None:
        report = archive.run()
        tipoffs = dict(archive.rows("schedule", "game_id, tipoff_at"))
        assert tipoffs["001"] == datetime(2024, 4, 10, 23, 30)
        assert tipoffs["003"] is None
        assert about(report, "games").flags["tipoff_unknown"] == 1

    def test_overtime_stays_unknown(self, archive: Folder) -> None:
        archive.run()
        assert {row[0] for row in archive.rows("schedule", "overtime_periods")} == {None}

    def test_unknown_phase_is_refused(self, archive: Folder) -> None:
        archive.parquet(
            "games",
            f"SELECT * EXCLUDE t REPLACE (if(game_id = '002', 'friendly', season_type) AS"
            f" season_type), t::TIMESTAMPTZ AS tipoff FROM ({GAMES})",
        )
        report = archive.run()
        assert refused(report, "games") == {"season_type holds a value unknown to the mapping": 1}
        assert "friendly" in about(report, "games").refused[0].examples[0]
        assert refused(report, "game_odds")["suspected in-play"] == 1


class TestBoxscores:
    def test_minutes_as_written(self, archive: Folder) -> None:
        archive.run()
        minutes = archive.rows("player_boxscores", "minutes")
        assert minutes == [("12.25",), ("30",), ("34",), ("34.5",), ("8",)]

    def test_nothing_is_invented(self, archive: Folder) -> None:
        report = archive.run()
        rows = archive.rows(
            "player_boxscores",
            "DISTINCT is_starter, offensive_rebounds, defensive_rebounds, rebounds, dnp_reason",
        )
        assert rows == [(None, None, None, 5, None)]
        assert about(report, "player_boxscores").flags == {
            "rebounds_total_only": 5,
            "shooting_unknown": 1,
            "starter_unknown": 5,
        }

    def test_unknown_shooting_loads(self, archive: Folder) -> None:
        archive.run()
        rows = archive.rows("player_boxscores", "player_lookup, points, fg_made")
        assert ("jaysontatum", 31, None) in rows

    def test_held_against_the_schedule(self, archive: Folder) -> None:
        archive.parquet(
            "player_boxscores",
            f"SELECT * REPLACE (if(player_id = 7 AND game_id = '001', '999', game_id) AS game_id,"
            f" if(player_id = 8, game_date + 1, game_date) AS game_date,"
            f" if(player_id = 9 AND game_id = '001', 'LAL', team_abbr) AS team_abbr,"
            f" if(player_id = 9 AND game_id = '003', TRUE, is_home) AS is_home) FROM ({BOXSCORES})",
        )
        assert refused(archive.run(), "player_boxscores") == {
            "home or opponent is not the schedule's": 1,
            "the date is not the schedule's": 1,
            "the game is not in the schedule": 1,
            "the team is not in the game": 1,
        }

    def test_a_fraction_is_no_count(self, archive: Folder) -> None:
        archive.parquet(
            "player_boxscores",
            f"SELECT * REPLACE (if(player_id = 8, 7.5, points)::DOUBLE AS points)"
            f" FROM ({BOXSCORES})",
        )
        report = archive.run()
        assert refused(report, "player_boxscores") == {"points is no whole number": 1}
        assert "7.5" in about(report, "player_boxscores").refused[0].examples[0]

    def test_identical_rows_collapse(self, archive: Folder) -> None:
        archive.parquet("player_boxscores", f"{BOXSCORES} UNION ALL {BOXSCORES}")
        one = about(archive.run(), "player_boxscores")
        assert (one.read, one.taken, one.duplicates, one.refused) == (10, 5, 5, ())


class TestShots:
    def test_zones(self, archive: Folder) -> None:
        archive.run()
        assert archive.rows("shots", "shot_number, zone, is_three, made, assisted") == [
            (1, "paint", False, True, None),
            (2, "paint", False, False, None),
            (3, "mid_range", False, True, None),
            (4, "corner_three", True, True, None),
            (5, "corner_three", True, False, None),
            (6, "above_break_three", True, True, None),
            (7, "backcourt", True, False, None),
        ]

    def test_worth_decides_points(self, archive: Folder) -> None:
        archive.parquet(
            "shots",
            f"SELECT * REPLACE (if(zone_basic = 'Mid-Range', '3PT Field Goal', shot_type)"
            f" AS shot_type) FROM ({SHOTS})",
        )
        report = archive.run()
        assert archive.rows("shots", "is_three, shot_number")[-1] == (True, 7)
        assert (3, "mid_range", True) in archive.rows("shots", "shot_number, zone, is_three")
        assert about(report, "shots").flags["zone_against_worth"] == 1


class TestGameOdds:
    def test_closing_lines(self, archive: Folder) -> None:
        report = archive.run()
        tipoff = datetime(2024, 4, 10, 23, 29, 59)
        assert archive.rows(
            "odds_game_lines",
            "provider, bookmaker, captured_at, captured_at_inferred, spread_home, total",
        ) == [
            ("kaggle", "unknown", tipoff, True, -8.0, 219.0),
            ("odds_api", "consensus", tipoff, True, -7.5, 220.5),
            ("sbr", "fanduel", tipoff, True, -8.0, None),
        ]
        assert about(report, "game_odds").flags == {
            "captured_at_inferred": 3,
            "total_unknown": 1,
        }

    def test_refusals(self, archive: Folder) -> None:
        assert refused(archive.run(), "game_odds") == {
            "suspected in-play": 1,
            "a closing line of a game without tip-off": 1,
        }

    def test_two_closing_lines_of_a_book(self, archive: Folder) -> None:
        archive.parquet(
            "game_odds",
            f"{ODDS} UNION ALL SELECT * REPLACE (spread_home - 1 AS spread_home) FROM ({ODDS})"
            " WHERE bookmaker LIKE 'consensus%'",
        )
        report = archive.run()
        assert refused(report, "game_odds")["ambiguous: different values of one key"] == 2
        assert [row[0] for row in archive.rows("odds_game_lines", "provider")] == ["kaggle", "sbr"]

    def test_no_line_at_all(self, archive: Folder) -> None:
        archive.parquet(
            "game_odds",
            f"SELECT * REPLACE (NULL::DOUBLE AS spread_home, NULL::DOUBLE AS total) FROM ({ODDS})",
        )
        assert refused(archive.run(), "game_odds")["neither spread nor total"] == 3

    def test_unknown_source(self, archive: Folder) -> None:
        archive.parquet("game_odds", f"SELECT * REPLACE ('a new site' AS source) FROM ({ODDS})")
        report = archive.run()
        assert refused(report, "game_odds")["source holds a value unknown to the mapping"] == 4
        assert "nba_raw.odds_game_lines" not in report.files
        assert "odds_game_lines.parquet" not in archive.written()
        assert report.rows["nba_raw.odds_game_lines"] == 0


class TestPlayerLines:
    def add(self, archive: Folder, **changed: str) -> None:
        changes = ", ".join(f"{value} AS {column}" for column, value in changed.items())
        more = f"SELECT * REPLACE ({changes}) FROM ({LINES}) WHERE line = 9.5"
        archive.parquet("player_lines", f"{LINES} UNION ALL {more}")

    def test_one_row_a_capture(self, archive: Folder) -> None:
        archive.run()
        assert archive.rows(
            "odds_player_points",
            "captured_at, player_lookup, provider, bookmaker, points_line, captured_at_inferred",
        ) == [
            (datetime(2024, 4, 10, 12), "timhardawayjr", "odds_api", "draftkings", 9.5, False),
            (datetime(2024, 4, 10, 22), "timhardawayjr", "odds_api", "draftkings", 10.5, False),
        ]

    def test_alternate_line(self, archive: Folder) -> None:
        self.add(archive, line="12.5", line_type="'alternate'")
        assert refused(archive.run(), "player_lines") == {"alternate line": 1}

    def test_other_market(self, archive: Folder) -> None:
        self.add(archive, market="'player_assists'")
        assert refused(archive.run(), "player_lines") == {"another market than points": 1}

    def test_two_lines_at_one_instant(self, archive: Folder) -> None:
        self.add(archive, line="11.5")
        report = archive.run()
        assert refused(report, "player_lines") == {"ambiguous: different values of one key": 2}
        assert about(report, "player_lines").taken == 1

    def test_two_prices_at_one_instant(self, archive: Folder) -> None:
        self.add(archive, over_odds="-120")
        assert refused(archive.run(), "player_lines") == {
            "ambiguous: different values of one key": 2
        }

    def test_identical_copy(self, archive: Folder) -> None:
        self.add(archive, line="9.5")
        one = about(archive.run(), "player_lines")
        assert (one.taken, one.duplicates, one.refused) == (2, 1, ())

    def test_without_id_by_alias(self, archive: Folder) -> None:
        archive.parquet(
            "player_lines",
            f"SELECT * REPLACE (NULL::BIGINT AS player_id, 'Tim Hardaway' AS player_name)"
            f" FROM ({LINES})",
        )
        archive.run()
        assert set(archive.rows("odds_player_points", "player_lookup")) == {("timhardawayjr",)}

    def test_unresolved_is_listed(self, archive: Folder) -> None:
        self.add(archive, player_id="NULL::BIGINT", player_name="'Hardaway Tim'")
        report = archive.run()
        assert refused(report, "player_lines") == {"the player is unknown": 1}
        assert [(one.name, one.file, one.rows) for one in report.unresolved] == [
            ("Hardaway Tim", "player_lines.parquet", 1)
        ]

    def test_team_may_be_unknown(self, archive: Folder) -> None:
        archive.parquet("player_lines", f"SELECT * REPLACE (NULL AS team_abbr) FROM ({LINES})")
        assert about(archive.run(), "player_lines").flags == {"team_unknown": 2}


class TestPlayers:
    def test_latest_boxscore_spelling(self, archive: Folder) -> None:
        archive.run()
        rows = archive.rows(
            "players", "player_lookup, player_name, aliases, source_ids, birth_date"
        )
        assert ("timhardawayjr", "Tim Hardaway Jr.", "timhardaway", "nba:9", None) in rows

    def test_a_name_of_several_is_nobodys_alias(self, archive: Folder) -> None:
        archive.run()
        aliases = {row[0] for row in archive.rows("players", "aliases")}
        assert aliases == {None, "timhardaway"}

    def test_two_people_with_one_key(self, archive: Folder) -> None:
        archive.parquet(
            "player_boxscores",
            f"SELECT * REPLACE (if(player_id = 8, 'AL HORFORD', player_name) AS player_name)"
            f" FROM ({BOXSCORES})",
        )
        with pytest.raises(Exception, match=r"Al Horford \(nba:7\) and AL HORFORD \(nba:8\)"):
            archive.run()
        assert archive.written() == []


def test_transactions_are_no_injury_report(archive: Folder) -> None:
    report = archive.run()
    assert refused(report, "injuries") == {"day-level transactions are not an injury report": 1}
    assert "nba_raw.injury_report" not in report.files


def test_every_row_is_accounted_for(archive: Folder) -> None:
    for one in archive.run().sources:
        assert one.read == one.taken + one.refused_rows + one.duplicates + one.merged, one.file
