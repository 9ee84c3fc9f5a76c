"""Three real seasons, imported and computed: nothing comes out that isn't explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from league.importing import import_folder
from pipeline.plan import make_request
from pipeline.run import Pipeline, Report
from processors.registry import load
from tests.worlds import open_memory

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real seasons are not beside this checkout (../shared/data)"
)

ROSTER_RULE = """
WITH season_starts AS (
  SELECT season_year, MIN(game_date) AS season_start
  FROM `nba_raw.schedule` WHERE season_phase = 'regular' GROUP BY season_year
)
SELECT played.season_year,
  DATE_DIFF(played.game_date, season_starts.season_start, DAY) < 14 AS in_bootstrap,
  COUNT(*) AS appearances, COUNTIF(expected.player_lookup IS NOT NULL) AS found
FROM `nba_analytics.player_game_summary` AS played
JOIN season_starts ON season_starts.season_year = played.season_year
LEFT JOIN `nba_analytics.upcoming_player_game_context` AS expected
  ON expected.game_date = played.game_date AND expected.player_lookup = played.player_lookup
  AND expected.game_id = played.game_id
WHERE NOT played.is_dnp
GROUP BY 1, 2 ORDER BY 1, 2
"""

LEADERS = """
WITH totals AS (
  SELECT season_year, player_lookup, COUNT(*) AS games, SUM(points) AS points
  FROM `nba_analytics.player_game_summary`
  WHERE season_phase = 'regular' AND NOT is_dnp
  GROUP BY season_year, player_lookup
)
SELECT season_year, player_lookup, SAFE_DIVIDE(points, games) AS average
FROM totals WHERE games >= 58
QUALIFY ROW_NUMBER() OVER (PARTITION BY season_year ORDER BY SAFE_DIVIDE(points, games) DESC) = 1
ORDER BY season_year
"""


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pipeline, Report]]:
    files = import_folder(DATA, out=tmp_path_factory.mktemp("real")).files
    warehouse = open_memory()
    warehouse.load(files, load().contracts)
    pipeline = Pipeline(warehouse, load())
    dates = pipeline.assessor.calendar.game_dates
    report = pipeline.run(make_request(pipeline.registry, start=dates[0], end=dates[-1]))
    yield pipeline, report
    warehouse.close()


def test_outcomes(computed: tuple[Pipeline, Report]) -> None:
    """Lines exist for half a season only; on the first night nobody has a past."""
    _, report = computed
    seen = Counter(
        (one.table.removeprefix("nba_analytics."), one.status.value)
        for one in report.results
        if one.status.value not in ("success", "skipped_no_games")
    )
    assert seen == {
        ("player_lines", "blocked"): 515,
        ("player_asof", "skipped_bootstrap"): 1,
        ("upcoming_player_game_context", "skipped_bootstrap"): 2,
    }
    lines = [one for one in report.results if one.table == "nba_analytics.player_lines"]
    assert sum(one.status.value == "success" for one in lines) == 108


def test_roster_rule(computed: tuple[Pipeline, Report]) -> None:
    """Those who played were expected: 98.7-99.2 % after day 14, 81-93 % in the days before."""
    pipeline, _ = computed
    for season, in_bootstrap, appearances, found in pipeline.warehouse.rows(ROSTER_RULE):
        share = found / appearances
        low, high, digits = (0.81, 0.93, 2) if in_bootstrap else (0.987, 0.992, 3)
        assert low <= round(share, digits) <= high, (season, in_bootstrap, share)


def test_every_game(computed: tuple[Pipeline, Report]) -> None:
    pipeline, _ = computed
    counts = pipeline.warehouse.rows(
        "SELECT season_year, COUNT(DISTINCT game_id) AS games, COUNT(*) AS sides"
        " FROM `nba_analytics.team_offense_game_summary` GROUP BY 1 ORDER BY 1"
    )
    assert counts == [(2021, 1317, 2634), (2022, 1314, 2628), (2023, 1312, 2624)]


def test_leaders(computed: tuple[Pipeline, Report]) -> None:
    """As everyone knows them."""
    pipeline, _ = computed
    leaders = [(year, who, round(avg, 1)) for year, who, avg in pipeline.warehouse.rows(LEADERS)]
    assert leaders == [
        (2021, "joelembiid", 30.6),
        (2022, "joelembiid", 33.1),
        (2023, "lukadoncic", 33.9),
    ]
