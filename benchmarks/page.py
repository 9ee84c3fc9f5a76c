"""The operator page over five seasons: what the service takes, and when a browser has drawn it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from statistics import median

import duckdb
import httpx
from playwright.sync_api import sync_playwright

from benchmarks.served import served
from benchmarks.timing import timed
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.registry import load
from warehouse.opening import open_warehouse

SEASONS = 5
STARTS, WARM, DRAWN = 5, 20, 7
LOOKED_AT = {
    "cold": ("calendar, first in a process (median of 5)", ""),
    "first_warm": ("**calendar, warm** (median of 20)", "200 ms"),
    "drawn": ("calendar, warm, in Chromium until it is drawn (median of 7)", ""),
    "date_warm": ("a date", ""),
    "player_warm": ("a player's trace", ""),
    "features_warm": ("features", ""),
    "work_warm": ("work", ""),
}
MOST_BYTES = 150_000
PARTS = re.compile(r'(?:href|src)="(/static/[^"]+)"')
ONE = """
SELECT analysis_date, MIN(player_lookup) FROM nba_precompute.player_daily_cache
WHERE games_in_sample = 10 GROUP BY 1 ORDER BY 1 DESC LIMIT 1 OFFSET 80
"""
"""A date in the middle of the last season, and somebody on it."""
PAINTS = "performance.getEntriesByName('first-contentful-paint')"


def measure_page(file: Path) -> dict[str, float]:
    """Of a file of five seasons that holds the raw tables only."""
    _compute(file)
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(ONE).fetchone()
    assert found is not None
    day, player = found
    pages = {
        "first": "/",
        "date": f"/dates/{day}",
        "player": f"/dates/{day}/players/{player}",
        "features": "/features?wait=yes",
        "work": "/work",
    }
    cold = []
    for _ in range(STARTS):
        with served(file) as service:
            cold.append(timed(lambda client=service.client: _look(client, "/")))
    with served(file) as service:
        client = service.client
        for address in pages.values():
            _look(client, address)
        warm = {
            name: median(timed(lambda at=address: _look(client, at)) for _ in range(WARM))
            for name, address in pages.items()
        }
        drawn = _drawn(service.url)
        size = _bytes(client)
    return {
        "cold": median(cold),
        **{f"{name}_warm": seconds for name, seconds in warm.items()},
        "drawn": drawn,
        "bytes": size,
    }


def page_part(found: dict[str, float]) -> list[str]:
    """Of the page of results."""
    return [
        f"## The operator page over {SEASONS} seasons",
        "",
        "Everything is computed; asked over loopback, the answer read to its end.",
        "",
        "| | aim | took |",
        "|---|---|---|",
        *(
            f"| {what} | {aim and f'under {aim}'} | {1000 * found[key]:.0f} ms |"
            for key, (what, aim) in LOOKED_AT.items()
        ),
        f"| **calendar with all that it loads, unpacked** | under {MOST_BYTES // 1000} kB"
        f" | {found['bytes'] / 1000:.0f} kB |",
    ]


def _compute(file: Path) -> None:
    pipeline = Pipeline(open_warehouse(f"duckdb://{file}"), load())
    days = pipeline.assessor.calendar.game_dates
    pipeline.run(make_request(pipeline.registry, start=days[0], end=days[-1]))
    pipeline.warehouse.close()


def _look(client: httpx.Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.text


def _bytes(client: httpx.Client) -> float:
    """The first view with every script and style sheet, unpacked."""
    text = _look(client, "/")
    return len(text.encode()) + sum(
        len(_look(client, part).encode()) for part in PARTS.findall(text)
    )


def _drawn(url: str) -> float:
    """In a browser that has seen nothing yet, from asking until something is drawn."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        found = []
        for _ in range(DRAWN):
            context = browser.new_context()
            page = context.new_page()
            page.goto(url, wait_until="load")
            page.wait_for_function(f"() => {PAINTS}.length > 0")
            found.append(page.evaluate(f"{PAINTS}[0].startTime") / 1000)
            context.close()
        browser.close()
    return median(found)
