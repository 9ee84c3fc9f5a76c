"""The first view of five seasons fits through a thin wire."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing

import duckdb
import pytest
from playwright.sync_api import Browser

from tests.page import world as at
from tests.page.browser import visiting
from tests.page.world import World
from tests.service.process import Served

MOST_BYTES = 150_000
WEEKS = 52 * 7
EARLIER = """
INSERT INTO nba_raw.schedule BY NAME
SELECT * EXCLUDE (back) REPLACE (
  game_id || '-' || back.back AS game_id,
  season_year - back.back AS season_year,
  game_date - CAST(back.back * $weeks AS INTEGER) AS game_date,
  tipoff_at - to_days(CAST(back.back * $weeks AS INTEGER)) AS tipoff_at,
  'final' AS status
)
FROM nba_raw.schedule CROSS JOIN (SELECT unnest([1, 2, 3, 4]) AS back) AS back
"""
"""The season's games four times more, each a year before: over, without a row to show for it, so
that each of their dates has its reason."""


@pytest.fixture(scope="module")
def five(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    file = tmp_path_factory.mktemp("five") / "five.duckdb"
    shutil.copy(world.file, file)
    with closing(duckdb.connect(str(file))) as connection:
        connection.execute(EARLIER, {"weeks": WEEKS})
    with Served(file, {"TIPOFF_NOW": at.morning_of(at.TODAY)}) as served:
        yield served


def test_first_view(browser: Browser, five: Served) -> None:
    """The page with all that it loads, unpacked, whichever season is chosen."""
    with visiting(browser, five.url) as visitor:
        page = visitor.open("/")
        page.wait_for_load_state("networkidle")
        sizes = {answer.url: len(answer.body()) for answer in visitor.answers}
        seasons = page.get_by_role("navigation", name="Seasons").get_by_role("link")
        assert seasons.count() == 5
    assert sum(sizes.values()) < MOST_BYTES, sizes
