"""The mapping of nba_api's own column names."""

from __future__ import annotations

from datetime import date

from .conftest import Folder, about, refused

COACH = "DNP - Coach's Decision"

VERSION_3 = """
SELECT '0022400061' AS "gameId", 'BOS' AS "teamTricode", 1628369 AS "personId",
  'Jayson' AS "firstName", 'Tatum' AS "familyName", 'F' AS position, '' AS comment,
  '30:18' AS minutes, 37 AS points, 26.0 AS "plusMinusPoints", 14 AS "fieldGoalsMade",
  18 AS "fieldGoalsAttempted", 8 AS "threePointersMade", 11 AS "threePointersAttempted",
  1 AS "freeThrowsMade", 2 AS "freeThrowsAttempted", 0 AS "reboundsOffensive",
  4 AS "reboundsDefensive", 4 AS "reboundsTotal", 10 AS assists, 1 AS steals, 1 AS blocks,
  1 AS turnovers, 1 AS "foulsPersonal"
"""


class TestSchedule:
    def test_two_rows_make_a_game(self, nba_api: Folder) -> None:
        report = nba_api.run()
        assert report.mapping == "nba_api"
        assert nba_api.rows(
            "schedule",
            "game_id, season_year, game_date, season_phase, home_team, away_team, home_score,"
            " away_score, status",
        ) == [
            ("0022400061", 2024, date(2024, 10, 22), "regular", "BOS", "NYK", 132, 109, "final"),
            ("0052400101", 2024, date(2025, 4, 15), "play_in", "BOS", "LAL", 101, 100, "final"),
        ]
        one = about(report, "LeagueGameLog_2024-25")
        assert (one.read, one.taken, one.merged) == (4, 2, 2)

    def test_missing_partner(self, nba_api: Folder) -> None:
        log = nba_api.path / "LeagueGameLog_2024-25.csv"
        log.write_text("\n".join(log.read_text().splitlines()[:4]) + "\n")
        report = nba_api.run()
        one = about(report, "LeagueGameLog_2024-25")
        assert (one.read, one.taken, one.merged, one.refused_rows) == (3, 1, 1, 1)
        assert one.refused[0].reason == "not one home and one away row of the game"
        assert "LAL @ BOS" in one.refused[0].examples[0]

    def test_same_log_twice(self, nba_api: Folder) -> None:
        log = nba_api.path / "LeagueGameLog_2024-25.csv"
        log.with_name("LeagueGameLog_again.csv").write_bytes(log.read_bytes())
        sources = [one for one in nba_api.run().sources if one.table == "schedule"]
        assert [(one.read, one.taken, one.duplicates, one.merged) for one in sources] == [
            (4, 2, 0, 2),
            (4, 0, 4, 0),
        ]

    def test_game_in_progress(self, nba_api: Folder) -> None:
        log = nba_api.path / "LeagueGameLog_2024-25.csv"
        log.write_text(log.read_text().replace(",W,265", ",,265").replace(",L,265", ",,265"))
        assert refused(nba_api.run(), "LeagueGameLog_2024-25") == {"the game is not over": 1}


class TestBoxscores:
    def test_version_2(self, nba_api: Folder) -> None:
        report = nba_api.run()
        assert nba_api.rows(
            "player_boxscores",
            "player_lookup, game_date, opponent, is_home, is_starter, minutes, points, plus_minus,"
            " dnp_reason",
        ) == [
            ("grantwilliams", date(2024, 10, 22), "NYK", True, False, "34:30", 2, -1, None),
            ("jaysontatum", date(2024, 10, 22), "NYK", True, True, "30:18", 37, 26, None),
            ("milesmcbride", date(2024, 10, 22), "BOS", False, False, None, None, None, COACH),
        ]
        assert about(report, "BoxScoreTraditionalV2_0022400061").flags == {"did_not_play": 1}

    def test_version_3(self, nba_api: Folder) -> None:
        (nba_api.path / "BoxScoreTraditionalV2_0022400061.csv").unlink()
        nba_api.parquet("BoxScoreTraditionalV3", VERSION_3)
        nba_api.run()
        assert nba_api.rows(
            "player_boxscores", "player_name, is_starter, minutes, points, dnp_reason"
        ) == [("Jayson Tatum", True, "30:18", 37, None)]


def test_shots(nba_api: Folder) -> None:
    nba_api.run()
    assert nba_api.rows("shots", "shot_number, team, player_lookup, zone, is_three, made") == [
        (7, "BOS", "jaysontatum", "above_break_three", True, True),
        (9, "BOS", "jaysontatum", "paint", False, False),
    ]


def test_a_date_that_is_not_the_games(nba_api: Folder) -> None:
    shots = nba_api.path / "ShotChartDetail.csv"
    shots.write_text(shots.read_text().replace("20241022", "20241023", 1))
    assert refused(nba_api.run(), "ShotChartDetail") == {"the date is not the schedule's": 1}


def test_birth_dates(nba_api: Folder) -> None:
    nba_api.csv(
        "CommonPlayerInfo",
        """
        PERSON_ID,DISPLAY_FIRST_LAST,BIRTHDATE,POSITION
        1628369,Jayson Tatum,1998-03-03T00:00:00,Forward-Guard
        """,
    )
    nba_api.run()
    people = nba_api.rows("players", "player_lookup, birth_date, position, source_ids")
    assert people == [
        ("grantwilliams", None, None, "nba:1629684"),
        ("jaysontatum", date(1998, 3, 3), "F-G", "nba:1628369"),
        ("milesmcbride", None, None, "nba:1630540"),
    ]


def test_every_row_is_accounted_for(nba_api: Folder) -> None:
    for one in nba_api.run().sources:
        assert one.read == one.taken + one.refused_rows + one.duplicates + one.merged, one.file


def test_parquet_reads_like_csv(nba_api: Folder) -> None:
    nba_api.run()
    from_csv = nba_api.rows("player_boxscores", "*")
    stem = "BoxScoreTraditionalV2_0022400061"
    nba_api.parquet(
        stem,
        f"SELECT * REPLACE (FGM::DOUBLE AS FGM, coalesce(START_POSITION, '') AS START_POSITION)"
        f" FROM read_csv('{nba_api.path / stem}.csv', types = {{'GAME_ID': 'VARCHAR',"
        f" 'MIN': 'VARCHAR',"
        " 'START_POSITION': 'VARCHAR'})",
    )
    (nba_api.path / f"{stem}.csv").unlink()
    nba_api.run()
    assert nba_api.rows("player_boxscores", "*") == from_csv
