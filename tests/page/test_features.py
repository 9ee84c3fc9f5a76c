"""Features: how they spread and how empty they are, month by month; what canaries say of them."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.page.browser import Visitor
from tests.page.conftest import Visiting


def test_from_all_to_one(visitor: Visitor) -> None:
    """The first look reads the season, and shows it by itself; one feature is told in depth."""
    page = visitor.open("/features")
    features = page.get_by_role("region", name="Distributions by month").get_by_role("row")
    expect(features).to_have_count(55)
    expect(page.get_by_role("main")).to_contain_text("19 dates are stored, 30 are asked for")
    row = features.filter(has_text="points_avg_last_10")
    expect(row).to_contain_text(" %")
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("points_avg_last_10")
    months = page.get_by_role("region", name="By month").get_by_role("rowheader")
    assert months.all_inner_texts() == ["season", "2025-11", "2025-12"]
    expect(page.get_by_role("main")).to_contain_text(" are NULL")


def test_without_scripts(visit: Visiting) -> None:
    with visit(java_script_enabled=False) as visitor:
        page = visitor.open("/features?wait=yes")
        page.get_by_role("link", name="by NULL share").click()
        page.wait_for_url("**sort=nulls*")
        table = page.get_by_role("region", name="Distributions by month")
        expect(table.get_by_role("rowheader").first).to_contain_text("avg_points_vs_opponent")
