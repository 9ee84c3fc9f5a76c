# ruff: noqa: E501, because a line of CSV is one line
"""Tiny worlds on disk: a few games in the archive layout and in nba_api's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from league.importing import FileReport, ImportReport, import_folder

GAMES = """
SELECT * FROM (VALUES
  ('001', 2023, DATE '2024-04-10', 'regular',   'BOS', 'NYK', 110, 100, '2024-04-10 23:30:00+00'),
  ('002', 2023, DATE '2024-04-17', 'playin',    'MIA', 'CHI', 112,  91, '2024-04-17 23:00:00+00'),
  ('003', 2023, DATE '2024-04-21', 'playoffs',  'BOS', 'MIA', 114,  94, NULL),
  ('004', 2023, DATE '2024-04-24', 'playoffs',  'BOS', 'MIA', NULL, NULL, '2024-04-24 23:00:00Z')
) AS t(game_id, season_year, game_date, season_type, home_abbr, away_abbr, home_score, away_score,
  t)
"""

BOXSCORES = """
SELECT game_id, game_date, player_id::BIGINT AS player_id, player_name, team_abbr, opponent_abbr,
  is_home, NULL::BOOLEAN AS starter, minutes::DOUBLE AS minutes, points, 5 AS rebounds,
  1 AS assists, 0 AS steals, 0 AS blocks, 2 AS turnovers, fgm, fga, 1 AS fg3m, 2 AS fg3a,
  2 AS ftm, 2 AS fta, 3 AS plus_minus
FROM (VALUES
  ('001', DATE '2024-04-10', 7, 'Al Horford',        'BOS', 'NYK', TRUE,  34.0, 20, 8, 15),
  ('001', DATE '2024-04-10', 8, 'Jayson Tatum',      'BOS', 'NYK', TRUE,  34.5, 31, NULL, NULL),
  ('001', DATE '2024-04-10', 9, 'Tim Hardaway',      'NYK', 'BOS', FALSE, 12.25, 4, 1, 6),
  ('003', DATE '2024-04-21', 7, 'Al Horford',        'BOS', 'MIA', TRUE,  30.0, 11, 4, 9),
  ('003', DATE '2024-04-21', 9, 'Tim Hardaway Jr.',  'MIA', 'BOS', FALSE,  8.0, 2, 1, 1)
) AS t(game_id, game_date, player_id, player_name, team_abbr, opponent_abbr, is_home, minutes,
  points, fgm, fga)
"""

SHOTS = """
SELECT game_id, DATE '2024-04-10' AS game_date, player_id, 'x' AS player_name, team_abbr,
  zone_basic, 24 AS distance, shot_type, made
FROM (VALUES
  ('001', 7, 'BOS', 'Restricted Area',       '2PT Field Goal', TRUE),
  ('001', 7, 'BOS', 'In The Paint (Non-RA)', '2PT Field Goal', FALSE),
  ('001', 9, 'NYK', 'Mid-Range',             '2PT Field Goal', TRUE),
  ('001', 9, 'NYK', 'Left Corner 3',         '3PT Field Goal', TRUE),
  ('001', 8, 'BOS', 'Right Corner 3',        '3PT Field Goal', FALSE),
  ('001', 8, 'BOS', 'Above the Break 3',     '3PT Field Goal', TRUE),
  ('001', 8, 'BOS', 'Backcourt',             '3PT Field Goal', FALSE)
) AS t(game_id, player_id, team_abbr, zone_basic, shot_type, made)
"""

ODDS = """
SELECT game_id, game_date, spread_home::DOUBLE AS spread_home, total::DOUBLE AS total, bookmaker,
  source, suspect
FROM (VALUES
  ('001', DATE '2024-04-10', -7.5, 220.5, 'consensus mean of books (The Odds API)',
    'mostgood1/NBA-Betting closing_lines', FALSE),
  ('001', DATE '2024-04-10', -8, NULL, 'fanduel',
    'kyleskom OddsData.sqlite (sbrscrape, FanDuel)', FALSE),
  ('001', DATE '2024-04-10', -8, 219, 'unknown (Kaggle nba_2008-2025 compilation)',
    'phillipjoolee-cell/data-analytics-portfolio', FALSE),
  ('002', DATE '2024-04-17', 15, 150, 'fanduel',
    'kyleskom OddsData.sqlite (sbrscrape, FanDuel)', TRUE),
  ('003', DATE '2024-04-21', -14, 205, 'fanduel',
    'kyleskom OddsData.sqlite (sbrscrape, FanDuel)', FALSE)
) AS t(game_id, game_date, spread_home, total, bookmaker, source, suspect)
"""

LINES = """
SELECT game_id, game_date::DATE AS game_date, player_id::BIGINT AS player_id, player_name,
  team_abbr, bookmaker, market, line, -110 AS over_odds, -110 AS under_odds,
  captured_at::TIMESTAMPTZ AS captured_at, line_type, 'btam-ny/EV-Bets-NBA' AS source
FROM (VALUES
  ('001', '2024-04-10', 9, 'Tim Hardaway Jr', 'NYK', 'DraftKings', 'player_points', 9.5,
    '2024-04-10 12:00:00+00', 'main'),
  ('001', '2024-04-10', 9, 'Tim Hardaway Jr', 'NYK', 'DraftKings', 'player_points', 10.5,
    '2024-04-10 18:00:00-04', 'main')
) AS t(game_id, game_date, player_id, player_name, team_abbr, bookmaker, market, line, captured_at,
  line_type)
"""


@dataclass(frozen=True)
class Folder:
    """A folder of sources and the import of it."""

    path: Path
    out: Path

    def parquet(self, stem: str, query: str) -> None:
        duckdb.sql("SET TimeZone = 'UTC'")
        target = str(self.path / f"{stem}.parquet")
        duckdb.sql(f"COPY ({query}) TO '{target}' (FORMAT parquet)")

    def csv(self, stem: str, text: str) -> None:
        lines = (line.strip() for line in text.strip().splitlines())
        (self.path / f"{stem}.csv").write_text("\n".join(lines) + "\n", "utf-8")

    def run(self, mapping: str | Path | None = None) -> ImportReport:
        return import_folder(self.path, mapping=mapping, out=self.out)

    def rows(self, table: str, columns: str) -> list[tuple]:
        file = self.out / f"{table}.parquet"
        return duckdb.sql(f"SELECT {columns} FROM '{file}' ORDER BY ALL").fetchall()

    def written(self) -> list[str]:
        return sorted(one.name for one in self.out.iterdir()) if self.out.exists() else []


def about(report: ImportReport, stem: str) -> FileReport:
    return next(one for one in report.sources if one.file.startswith(stem + "."))


def refused(report: ImportReport, stem: str) -> dict[str, int]:
    return {one.reason: one.rows for one in about(report, stem).refused}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "sources").mkdir()
    return Folder(tmp_path / "sources", tmp_path / "out")


@pytest.fixture
def archive(folder: Folder) -> Folder:
    folder.parquet("games", f"SELECT * EXCLUDE t, t::TIMESTAMPTZ AS tipoff FROM ({GAMES})")
    folder.parquet("player_boxscores", BOXSCORES)
    folder.parquet("shots", SHOTS)
    folder.parquet("game_odds", ODDS)
    folder.parquet("player_lines", LINES)
    folder.parquet("injuries", "SELECT DATE '2024-04-10' AS event_date, 'out' AS event")
    return folder


@pytest.fixture
def nba_api(folder: Folder) -> Folder:
    folder.csv(
        "LeagueGameLog_2024-25",
        """
        SEASON_ID,TEAM_ID,TEAM_ABBREVIATION,TEAM_NAME,GAME_ID,GAME_DATE,MATCHUP,WL,MIN,PTS
        22024,1610612738,BOS,Boston Celtics,0022400061,2024-10-22,BOS vs. NYK,W,240,132
        22024,1610612752,NYK,New York Knicks,0022400061,2024-10-22,NYK @ BOS,L,240,109
        52024,1610612747,LAL,Los Angeles Lakers,0052400101,2025-04-15,LAL @ BOS,L,265,100
        52024,1610612738,BOS,Boston Celtics,0052400101,2025-04-15,LAL @ BOS,W,265,101
        """,
    )
    folder.csv(
        "BoxScoreTraditionalV2_0022400061",
        """
        GAME_ID,TEAM_ID,TEAM_ABBREVIATION,PLAYER_ID,PLAYER_NAME,START_POSITION,COMMENT,MIN,FGM,FGA,FG3M,FG3A,FTM,FTA,OREB,DREB,REB,AST,STL,BLK,TO,PF,PTS,PLUS_MINUS
        0022400061,1610612738,BOS,1628369,Jayson Tatum,F,,30.000000:18,14,18,8,11,1,2,0,4,4,10,1,1,1,1,37,26.0
        0022400061,1610612738,BOS,1629684,Grant Williams,,,34:30,1,2,0,0,0,0,0,1,1,0,0,0,0,0,2,-1.0
        0022400061,1610612752,NYK,1630540,Miles McBride,,DNP - Coach's Decision   ,,,,,,,,,,,,,,,,,
        """,
    )
    folder.csv(
        "ShotChartDetail",
        """
        GRID_TYPE,GAME_ID,GAME_EVENT_ID,PLAYER_ID,PLAYER_NAME,TEAM_ID,TEAM_NAME,PERIOD,SHOT_TYPE,SHOT_ZONE_BASIC,SHOT_ZONE_AREA,SHOT_ZONE_RANGE,SHOT_DISTANCE,SHOT_MADE_FLAG,GAME_DATE,HTM,VTM
        Shot Chart Detail,0022400061,7,1628369,Jayson Tatum,1610612738,Boston Celtics,1,3PT Field Goal,Above the Break 3,Center(C),24+ ft.,26,1,20241022,BOS,NYK
        Shot Chart Detail,0022400061,9,1628369,Jayson Tatum,1610612738,Boston Celtics,1,2PT Field Goal,Restricted Area,Center(C),Less Than 8 ft.,1,0,20241022,BOS,NYK
        """,
    )
    return folder
