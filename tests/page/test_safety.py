"""Names and messages that are markup are shown as text, and nothing of them runs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from service.page.rendering import HEADERS
from tests.page import world as at
from tests.page.addresses import PAGES
from tests.page.browser import Visitor
from tests.page.world import World

POLICY = "Content-Security-Policy"
FOREIGN = "main :is(script:not([type='application/json']), img, iframe, [onmouseover], [onerror])"


@pytest.mark.parametrize("name", PAGES)
def test_policy(visitor: Visitor, world: World, name: str) -> None:
    """Sent with each page; what it forbids would be heard, and nothing of the kind is there."""
    page = visitor.open(PAGES[name].format(player=world.player))
    sent = next(one for one in visitor.answers if one.request.is_navigation_request())
    assert sent.headers[POLICY.lower()] == HEADERS[POLICY]
    assert page.locator(FOREIGN).count() == 0
    assert page.locator("[style]").count() == 0


def test_player(visitor: Visitor, world: World) -> None:
    page = visitor.open(f"/dates/{at.TRACED}/players/{world.player}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(at.HOSTILE)
    expect(page).to_have_title(re.compile(re.escape(at.HOSTILE)))


def test_messages(visitor: Visitor) -> None:
    """Of an engine, of an audit, and of a message that nobody can read."""
    page = visitor.open_date(at.LEAKY)
    verdicts = page.get_by_role("region", name="Verdicts of blindness")
    expect(verdicts).to_contain_text(at.BAD_NEWS)
    page = visitor.open("/work")
    expect(page.get_by_role("region", name="Last failures by reason")).to_contain_text(at.BAD_NEWS)
    letters = page.get_by_role("region", name="Dead letters", exact=True)
    row = letters.get_by_role("row", name="unknown_table")
    expect(row).to_contain_text(at.BAD_NEWS)
    row.get_by_role("link").first.click()
    expect(page.get_by_label("The message in it")).to_contain_text(r"<img src=x onerror=alert(1)>")
    assert page.locator(FOREIGN).count() == 0


def test_search(visitor: Visitor) -> None:
    """What was searched for comes back as text, too."""
    page = visitor.open_date(at.TRACED)
    page.get_by_role("searchbox", name="Player").fill(at.BAD_NEWS)
    expect(page.locator("#rows-told")).to_contain_text(f"match “{at.BAD_NEWS}”")
    page.reload()
    expect(page.get_by_role("searchbox", name="Player")).to_have_value(at.BAD_NEWS)
    assert page.locator(FOREIGN).count() == 0


def test_error_page(visitor: Visitor) -> None:
    page = visitor.open(f"/features?feature={at.BAD_NEWS.replace('&', '%26')}", code=422)
    expect(page.get_by_role("alert")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator(FOREIGN).count() == 0
