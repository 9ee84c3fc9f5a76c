"""A date: why it is as it is, and its rows."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.page import world as at
from tests.page.browser import Visitor
from tests.page.world import World


def branch(page: Page, table: str) -> None:
    """Opened."""
    page.locator(f"#{table}:not([open]) > summary").click()


def test_bootstrap_day(visitor: Visitor) -> None:
    """Nothing is missing: it is by design, and until when is said."""
    page = visitor.open_date(at.BOOTSTRAP)
    main = page.get_by_role("main")
    expect(main).to_contain_text("season day 7 of 2025-26")
    expect(main).to_contain_text("the first date processed is 2025-11-04")
    expect(page.get_by_text("First thing missing")).to_have_count(0)


def test_blocked_day(visitor: Visitor) -> None:
    """What is missing first, of how many, and the command that repairs it."""
    page = visitor.open_date(at.BLOCKED)
    card = page.locator(".card", has_text="First thing missing")
    expect(card).to_contain_text("nba_raw.player_boxscores")
    expect(card.locator("code")).to_contain_text("tipoff ")
    summary = page.locator("#player_game_summary")
    expect(summary).to_have_attribute("open", "")
    inputs = page.get_by_role("region", name="Inputs of player_game_summary")
    row = inputs.get_by_role("row", name="nba_raw.player_boxscores")
    assert row.get_by_role("cell").all_inner_texts()[:3] == [
        "0",
        "9",
        f"games of {at.BLOCKED} whole",
    ]


def test_why(visitor: Visitor) -> None:
    """Stale rows, a failure and a leak, each with its reason."""
    page = visitor.open_date(at.OLD_CODE)
    expect(page.locator("#player_shot_zone_analysis")).to_contain_text("older code")
    page = visitor.open_date(at.FAILED)
    branch(page, "player_composite_factors")
    expect(page.locator("#player_composite_factors")).to_contain_text(at.BAD_NEWS)
    page = visitor.open_date(at.QUARANTINED)
    quarantine = page.get_by_role("region", name="Quarantine")
    expect(quarantine).to_contain_text("made_more_than_attempted")
    page = visitor.open_date(at.LEAKY)
    verdicts = page.get_by_role("region", name="Verdicts", exact=True)
    expect(verdicts.get_by_role("row", name="blindness")).to_contain_text("failed")


def test_rows(visitor: Visitor, world: World) -> None:
    """Paged, searched by a player as it is typed, and each leads to him."""
    page = visitor.open(f"/dates/{at.TRACED}?table=player_daily_cache")
    rows = page.get_by_role("region", name="Rows of player_daily_cache")
    first = rows.get_by_role("rowheader").first.inner_text()
    page.get_by_role("link", name="next →").click()
    expect(page.get_by_text("page 2 of")).to_be_visible()
    assert rows.get_by_role("rowheader").first.inner_text() != first
    page.get_by_role("searchbox", name="Player").press_sequentially(world.player[:-2])
    told = page.locator("#rows-told")
    expect(told).to_contain_text(f"match “{world.player[:-2]}”")
    expect(rows.get_by_role("rowheader")).to_have_count(1)
    expect(rows.get_by_role("rowheader")).to_contain_text(at.HOSTILE)
    assert f"player={world.player[:-2]}" in page.url
    rows.get_by_role("link").click()
    page.wait_for_url(f"**/dates/{at.TRACED}/players/{world.player}")
