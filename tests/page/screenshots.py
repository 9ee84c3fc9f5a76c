"""The README's pictures: `python -m tests.page.screenshots docs/`."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from playwright.sync_api import Page

from league.sample import make_league, write
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.contract import Layer
from processors.registry import load
from tests.page.browser import chromium, visiting
from tests.page.pictures import small
from tests.page.world import ZONES, forget_what_comes, morning_of
from tests.service.process import Served
from warehouse.duckdb.engine import DuckDBWarehouse

TODAY = date(2026, 3, 12)
LOST = date(2026, 3, 10)
"""The box scores of one game of it never came."""
MISSING = (date(2026, 3, 3), date(2026, 3, 4))
OLD_CODE = date(2026, 3, 6)
BAD_ROW = date(2026, 3, 1)
TRACED = date(2026, 1, 15)


def build(file: Path) -> str:
    """Two seasons up to a morning in March, with something to look at; whom to trace."""
    with closing(DuckDBWarehouse(file)) as warehouse:
        contracts = load().contracts
        warehouse.migrate(list(contracts.values()))
        warehouse.load(write(make_league(seasons=2), file.parent), contracts)
    with closing(duckdb.connect(str(file))) as connection:
        forget_what_comes(connection, TODAY)
        for statement in (
            f"DELETE FROM nba_raw.player_boxscores WHERE game_id = (SELECT MIN(game_id)"
            f" FROM nba_raw.schedule WHERE game_date = '{LOST}')",
            f"UPDATE nba_raw.player_boxscores SET fg_made = fg_attempted + 1"
            f" WHERE game_date = '{BAD_ROW}' AND player_lookup = (SELECT MIN(player_lookup)"
            f" FROM nba_raw.player_boxscores WHERE game_date = '{BAD_ROW}' AND fg_attempted > 9)",
        ):
            connection.execute(statement)
    _compute(file)
    with closing(duckdb.connect(str(file))) as connection:
        connection.execute(
            "UPDATE nba_ops.partitions SET logic_version = reverse(logic_version)"
            f" WHERE table_name = '{ZONES}' AND partition_date = '{OLD_CODE}'"
        )
        found = connection.execute(
            "SELECT player_lookup FROM nba_precompute.player_daily_cache"
            f" WHERE analysis_date = '{TRACED}' AND games_in_sample = 10"
            " ORDER BY points_avg_last_10 DESC, player_lookup LIMIT 1"
        ).fetchone()
    assert found is not None
    return str(found[0])


def _compute(file: Path) -> None:
    first, last = MISSING
    with closing(DuckDBWarehouse(file)) as warehouse:
        pipeline = Pipeline(warehouse, load())
        registry, opening = pipeline.registry, pipeline.assessor.calendar.game_dates[0]
        analytics = [one.table for one in registry if one.contract.layer is Layer.ANALYTICS]
        pipeline.run(make_request(registry, start=opening, end=first - timedelta(days=1)))
        pipeline.run(make_request(registry, tables=analytics, start=first, end=last))
        pipeline.run(make_request(registry, start=last + timedelta(days=1), end=TODAY))


def calendar(page: Page) -> None:
    """The details of one date are open."""
    page.locator(f"#grid a[href*='/dates/{LOST}#player_game_summary']").focus()


def trace(page: Page) -> None:
    page.get_by_role("heading", level=1).wait_for()


def main() -> None:
    out = Path(sys.argv[1])
    with TemporaryDirectory() as folder:
        file = Path(folder) / "league.duckdb"
        player = build(file)
        shown = {
            "calendar": ("/", calendar, 1650),
            "trace": (f"/dates/{TRACED}/players/{player}", trace, 1130),
        }
        with Served(file, {"TIPOFF_NOW": morning_of(TODAY)}) as served, chromium() as browser:
            for name, (address, ready, height) in shown.items():
                size = {"width": 1200, "height": height}
                with visiting(browser, served.url, viewport=size) as visitor:
                    page = visitor.open(address)
                    ready(page)
                    (out / f"{name}.png").write_bytes(small(page.screenshot()))


if __name__ == "__main__":
    main()
