"""A player on a date: a number, the games that it came from, and the sum done by eye."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.page import world as at
from tests.page.browser import Visitor
from tests.page.conftest import Visiting
from tests.page.world import World


@pytest.fixture
def page(visitor: Visitor, world: World) -> Iterator[Page]:
    return visitor.open(f"/dates/{at.TRACED}/players/{world.player}")


def card(page: Page, title: str) -> Locator:
    heading = page.get_by_role("heading", name=title, exact=True)
    return page.locator(".numbers .card").filter(has=heading)


def points_of(rows: Locator, header: Locator) -> list[int]:
    """Of the column Pts."""
    names = header.get_by_role("columnheader").all_inner_texts()
    place = names.index("Pts")
    return [int(row.locator("th, td").nth(place).inner_text()) for row in rows.all()]


def test_last_ten(page: Page) -> None:
    """The ten games before the date, their points listed, their average what is stored; the
    date's own game stands there struck out."""
    expect(page.get_by_role("heading", level=2, name="points_avg_last_10")).to_be_visible()
    games = page.get_by_role("table", name="His games, newest first")
    used, header = games.locator("tr.used"), games.locator("thead tr")
    points = points_of(used, header)
    assert len(points) == 10
    dates = used.get_by_role("rowheader").all_inner_texts()
    assert dates == sorted(dates, reverse=True)
    assert max(dates) < str(at.TRACED)
    stored = card(page, "Stored").locator(".big").inner_text()
    assert float(stored) == pytest.approx(sum(points) / 10, abs=1e-6)
    again = card(page, "From the games before")
    expect(again).to_contain_text("equal")
    banned = games.locator("tr.banned")
    expect(banned).to_have_count(1)
    expect(banned).to_contain_text(f"{at.TRACED} the date itself: must not be in any number")
    let_in = [*points_of(banned, header), *points[:9]]
    leaked = card(page, f"If {at.TRACED} were let in").locator(".big").inner_text()
    assert float(leaked) == pytest.approx(sum(let_in) / 10, abs=1e-6)
    for values in (points, let_in):
        expect(page.get_by_text(f"{' + '.join(map(str, values))} = {sum(values)};")).to_be_visible()


def test_another_feature(page: Page) -> None:
    """Picked from the list, by the selection, and from the address; back goes back."""
    features = page.get_by_role("region", name="features")
    expect(features.get_by_role("listitem")).to_have_count(54)
    page.locator("#pick-points_avg_last_5").click()
    expect(page.get_by_role("heading", level=2, name="points_avg_last_5")).to_be_visible()
    expect(page.locator("tr.used")).to_have_count(5)
    assert page.url.endswith("feature=points_avg_last_5")
    page.get_by_role("combobox", name="Feature").select_option("points_std_last_10")
    expect(page.locator("tr.used")).to_have_count(10)
    page.go_back()
    expect(page.get_by_role("heading", level=2, name="points_avg_last_5")).to_be_visible()


def test_without_scripts(visit: Visiting, world: World) -> None:
    with visit(java_script_enabled=False) as visitor:
        page = visitor.open(f"/dates/{at.TRACED}/players/{world.player}")
        page.get_by_role("combobox", name="Feature").select_option("points_avg_last_5")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("heading", level=2, name="points_avg_last_5")).to_be_visible()
        page.locator("#pick-days_rest").click()
        page.wait_for_url("**feature=days_rest#evidence")


def test_nobody(visitor: Visitor) -> None:
    page = visitor.open(f"/dates/{at.TRACED}/players/nobody", code=422)
    expect(page.get_by_role("alert")).to_contain_text("nobody")
