"""The season calendar: what became of each date, in sight, under the pointer and by keyboard."""

from __future__ import annotations

import re
from datetime import date, timedelta

from playwright.sync_api import Locator, Page, expect

from tests.page import world as at
from tests.page.browser import Visitor
from tests.page.conftest import Visiting
from tests.page.world import World

NOVEMBER = (
    ("player_daily_cache", at.MISSING[0], "missing"),
    ("player_daily_cache", at.TRACED, "stands"),
    ("player_composite_factors", at.FAILED, "failed"),
    ("player_game_summary", at.QUARANTINED, "stands in part"),
    ("player_shot_zone_analysis", at.OLD_CODE, "stale: made by older code"),
)
DECEMBER = (
    ("player_game_summary", at.CORRECTED, "stale: an input changed"),
    ("player_game_summary", at.REJECTED, "rejected"),
    ("player_game_summary", at.BLOCKED, "blocked"),
    ("player_game_summary", at.TODAY + timedelta(days=1), "still to come"),
)


def cell(page: Page, table: str, day: date) -> Locator:
    header = page.get_by_role("rowheader", name=table, exact=True)
    row = page.locator("#grid tbody tr").filter(has=header)
    return row.locator(f"a[href*='/dates/{day}']")


def open_month(page: Page, month: str) -> None:
    tab = page.get_by_role("navigation", name="Months").get_by_role("link", name=month)
    tab.click()
    expect(tab).to_have_attribute("aria-current", "true")


def test_season(visitor: Visitor) -> None:
    """Today's season is before the eyes, with every table's coverage, and the first month in which
    something can be mended."""
    page = visitor.open("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Season 2025-26")
    expect(page.get_by_role("heading", name="November 2025")).to_be_visible()
    row = page.get_by_role("region", name="Tables").get_by_role("row", name="player_daily_cache")
    assert " of " in row.inner_text()
    for word in ("bootstrap", "stale", "blocked", "rejected", "failed", "still to come"):
        assert word in page.get_by_role("list", name="Outcomes").inner_text(), word


def test_months(visitor: Visitor) -> None:
    """Each outcome stands where it belongs, in words, too."""
    page = visitor.open("/")
    for month, cells in (("Dec", DECEMBER), ("Nov", NOVEMBER)):
        open_month(page, month)
        for table, day, word in cells:
            expect(cell(page, table, day)).to_have_accessible_name(re.compile(f": {word}"))
    assert "month=2025-11" in page.url
    page.go_back()
    expect(page.get_by_role("heading", name="December 2025")).to_be_visible()


def test_details(visitor: Visitor) -> None:
    """Why, under the pointer, at the keyboard's focus and at a click; a second click opens it."""
    page = visitor.open(f"/?season=2025-26&month={at.BLOCKED:%Y-%m}")
    details = page.get_by_role("region", name="Details")
    blocked = cell(page, "player_game_summary", at.BLOCKED)
    blocked.hover()
    expect(details).to_contain_text("nba_raw.player_boxscores: 0 of 9 games of 2025-12-05")
    stale = cell(page, "player_game_summary", at.CORRECTED)
    stale.focus()
    expect(details).to_contain_text("nba_raw.player_boxscores")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(details).to_contain_text("2 December 2025")
    rejected = cell(page, "player_game_summary", at.REJECTED)
    rejected.click()
    expect(details).to_contain_text("40 of 253 rows are bad")
    rejected.click()
    page.wait_for_url(f"**/dates/{at.REJECTED}*")


def test_by_keyboard(visitor: Visitor) -> None:
    """Tab passes what can be used, its focus can be seen, Enter opens the date."""
    page = visitor.open("/")
    passed = []
    for _ in range(70):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            "() => { const it = document.activeElement, look = getComputedStyle(it);"
            " return {name: it.id || it.textContent.trim(), grid: !!it.closest('#grid tbody'),"
            " seen: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2}; }"
        )
        assert focus["seen"], focus
        passed.append(focus["name"])
        if focus["grid"]:
            break
    else:
        raise AssertionError(f"the grid isn't reached: {passed}")
    assert passed[0] == "Skip to the content"
    assert {"Calendar", "Features", "Work", "s2025-26", "m2025-11"} <= set(passed)
    page.keyboard.press("End")
    expect(page.get_by_role("region", name="Details")).to_contain_text("30 November 2025")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dates/2025-11-30#*")


def test_without_scripts(visit: Visiting, world: World) -> None:
    """From the calendar to a date to a player, and to what a run would do, without any script."""
    with visit(java_script_enabled=False) as visitor:
        page = visitor.open("/")
        page.get_by_role("navigation", name="Months").get_by_role("link", name="Dec").click()
        page.get_by_role("navigation", name="Months").get_by_role("link", name="Nov").click()
        cell(page, "player_daily_cache", at.TRACED).click()
        page.wait_for_url(f"**/dates/{at.TRACED}*")
        page.get_by_role("combobox", name="Table").select_option("player_daily_cache")
        page.get_by_role("searchbox", name="Player").fill(world.player)
        page.get_by_role("button", name="Show").click()
        page.get_by_role("region", name="Rows of").get_by_role("link").first.click()
        page.wait_for_url(f"**/players/{world.player}")
        page.get_by_role("link", name="Work").click()
        page.get_by_label("First date").fill(str(at.TRACED))
        page.get_by_role("button", name="See what a run would do").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Run {at.TRACED}?")
