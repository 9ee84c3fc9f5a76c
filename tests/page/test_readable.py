"""Every page in light, in the dark and on a phone: axe finds nothing grave, nothing is too wide."""

from __future__ import annotations

import pytest

from tests.page import world as at
from tests.page.accessibility import grave_findings
from tests.page.addresses import PAGES
from tests.page.browser import DESK, PHONE
from tests.page.conftest import Visiting
from tests.page.world import World

LOOKS = {
    "light": {"color_scheme": "light", "viewport": DESK},
    "dark": {"color_scheme": "dark", "viewport": DESK},
    "phone": {"color_scheme": "dark", "viewport": PHONE, "has_touch": True, "is_mobile": True},
}
COLOURS = "getComputedStyle(document.body).{}"
WIDTH = "document.scrollingElement.scrollWidth"


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_pages(visit: Visiting, world: World, name: str, look: str) -> None:
    with visit(**LOOKS[look]) as visitor:
        page = visitor.open(PAGES[name].format(player=world.player))
        assert grave_findings(page) == []
        assert page.evaluate(WIDTH) <= page.viewport_size["width"]
        assert page.title()
        assert page.locator("h1").count() == 1


@pytest.mark.parametrize("look", LOOKS)
def test_error_page(visit: Visiting, look: str) -> None:
    with visit(**LOOKS[look]) as visitor:
        page = visitor.open(f"/dates/{at.TRACED}/players/{'n' * 90}", code=422)
        assert grave_findings(page) == []
        assert page.evaluate(WIDTH) <= page.viewport_size["width"]


def test_light_and_dark(visit: Visiting) -> None:
    """Two palettes, not one and its filter: ink and paper change places."""
    colours = {}
    for look in ("light", "dark"):
        with visit(color_scheme=look) as visitor:
            page = visitor.open("/work")
            colours[look] = [
                page.evaluate(COLOURS.format(name)) for name in ("color", "backgroundColor")
            ]
    assert not set(colours["light"]) & set(colours["dark"])
